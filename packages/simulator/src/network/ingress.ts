import { getString, type JsonObject } from '@flux-ts/base';
import { annotationsOf, isTerminating } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { objectsAt } from '../read.ts';
import { writeStatus, type Again, type World } from '../world.ts';

const RETRY_MS = 10_000;

/** Gives an Ingress the address of its class's controller, where that class exists. */
export async function reconcileIngress(world: World, ingress: JsonObject): Promise<Again> {
  if (isTerminating(ingress) || objectsAt(ingress, ['status', 'loadBalancer', 'ingress']).length > 0) return undefined;
  const name = getString(ingress, ['spec', 'ingressClassName']) ?? annotationsOf(ingress)['kubernetes.io/ingress.class'];
  if (name === undefined) return undefined;
  if (world.cache.get(KIND.ingressClass, { name }) === undefined) return { againInMs: RETRY_MS };
  await writeStatus(world, ingress, { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } });
  world.say(ingress, { type: 'Normal', reason: 'Sync', message: 'Scheduled for sync (simulated)' });
  return undefined;
}
