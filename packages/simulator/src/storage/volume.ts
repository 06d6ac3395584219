import { getString, type JsonObject } from '@flux-ts/base';
import { isTerminating, uidOf } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { remove, timeOf, writeStatus, type Again, type World } from '../world.ts';

/** Keeps the phase of a volume; one whose claim is gone goes with it, or stays released. */
export async function reconcileVolume(world: World, volume: JsonObject): Promise<Again> {
  if (isTerminating(volume)) return undefined;
  const uid = getString(volume, ['spec', 'claimRef', 'uid']) ?? '';
  const namespace = getString(volume, ['spec', 'claimRef', 'namespace']) ?? '';
  const name = getString(volume, ['spec', 'claimRef', 'name']) ?? '';
  const claim = uid === '' ? undefined : world.cache.get(KIND.claim, { namespace, name });
  const isBound = claim !== undefined && uidOf(claim) === uid;
  const phase = uid === '' ? 'Available' : isBound ? 'Bound' : 'Released';
  if (phase === 'Released' && getString(volume, ['spec', 'persistentVolumeReclaimPolicy']) === 'Delete') {
    await remove(world, volume);
    return undefined;
  }
  if (getString(volume, ['status', 'phase']) !== phase) await writeStatus(world, volume, { phase, lastPhaseTransitionTime: timeOf(world) });
  return undefined;
}
