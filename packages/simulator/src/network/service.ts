import { getPath, getString, type JsonObject } from '@flux-ts/base';
import { isTerminating, uidOf } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { objectsAt } from '../read.ts';
import { troubleAt, unreadableAnnotations } from '../rules/rule-book.ts';
import { writeStatus, type Again, type World } from '../world.ts';
import { keepEndpoints } from './endpoints.ts';

const ADDRESSES = 250;

/** Gives a Service its endpoints and, for the LoadBalancer type, an address of the documentation range 203.0.113.0/24. */
export async function reconcileService(world: World, service: JsonObject): Promise<Again> {
  if (isTerminating(service)) return undefined;
  await keepEndpoints(world, service);
  const balanced = getString(service, ['spec', 'type']) === 'LoadBalancer' && getPath(service, ['spec', 'loadBalancerClass']) === undefined;
  const has = objectsAt(service, ['status', 'loadBalancer', 'ingress']).length > 0;
  if (!balanced) {
    if (!has || getString(service, ['spec', 'type']) === 'LoadBalancer') return undefined;
    await writeStatus(world, service, { loadBalancer: {} });
    world.say(service, { type: 'Normal', reason: 'DeletedLoadBalancer', message: 'Deleted load balancer' });
    return undefined;
  }
  if (has) return undefined;
  return giveAddress(world, service);
}

async function giveAddress(world: World, service: JsonObject): Promise<Again> {
  for (const message of unreadableAnnotations(service)) world.say(service, { type: 'Warning', reason: 'UnknownSimulation', message });
  const trouble = world.rules.troubleOf(service);
  const { fail, changesInMs } = troubleAt(trouble, world.clock.now());
  world.say(service, { type: 'Normal', reason: 'EnsuringLoadBalancer', message: 'Ensuring load balancer' });
  if (fail === 'LBPending') {
    world.say(service, { type: 'Warning', reason: 'SyncLoadBalancerFailed', message: `Error syncing load balancer: ${trouble.why}` });
    return changesInMs === undefined ? undefined : { againInMs: changesInMs };
  }
  const left = trouble.delayMs === undefined ? 0 : world.pace.left(service, { lane: 'service', step: 'address', delayMs: trouble.delayMs });
  if (left > 0) return { againInMs: left };
  await writeStatus(world, service, { loadBalancer: { ingress: [{ ip: freeAddress(world, service), ipMode: 'VIP' }] } });
  world.say(service, { type: 'Normal', reason: 'EnsuredLoadBalancer', message: 'Ensured load balancer (simulated)' });
  return undefined;
}

/** The address that was asked for, else a free one; beyond 250 they are shared. */
function freeAddress(world: World, service: JsonObject): string {
  const wanted = getString(service, ['spec', 'loadBalancerIP']) ?? '';
  if (wanted !== '') return wanted;
  const taken = new Set(
    world.cache
      .list(KIND.service)
      .flatMap((other) => objectsAt(other, ['status', 'loadBalancer', 'ingress']))
      .map((ingress) => String(ingress['ip'])),
  );
  const start = Buffer.from(uidOf(service)).reduce((sum, byte) => (sum * 31 + byte) % ADDRESSES, 7);
  const address = (n: number): string => `203.0.113.${((start + n) % ADDRESSES) + 2}`;
  for (let n = 0; n < ADDRESSES; n++) if (!taken.has(address(n))) return address(n);
  return address(0);
}
