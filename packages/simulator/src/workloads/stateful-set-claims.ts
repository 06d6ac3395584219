import { deepEqual, getObject, getString, type JsonObject } from '@flux-ts/base';
import { annotationsOf, isKubeError, labelsOf, nameOf, namespaceOf, typeOf, uidOf } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { objectsAt } from '../read.ts';
import { create, patch, type World } from '../world.ts';

function retention(set: JsonObject, when: 'whenDeleted' | 'whenScaled'): string {
  return getString(set, ['spec', 'persistentVolumeClaimRetentionPolicy', when]) ?? 'Retain';
}

function ownedBy(owner: JsonObject): JsonObject {
  return { ...typeOf(owner), name: nameOf(owner), uid: uidOf(owner) };
}

/** Makes the claims of a numbered Pod that are not there, and lets those go with the set that are to go with it. */
export async function keepClaims(world: World, set: JsonObject, pod: string): Promise<void> {
  const owners = retention(set, 'whenDeleted') === 'Delete' ? [ownedBy(set)] : [];
  for (const template of objectsAt(set, ['spec', 'volumeClaimTemplates'])) {
    const name = `${nameOf(template)}-${pod}`;
    const known = world.cache.get(KIND.claim, { namespace: namespaceOf(set), name });
    if (known === undefined) await makeClaim(world, set, { template, pod, owners });
    else if (!deepEqual(owned(known, set), owners)) {
      const others = objectsAt(known, ['metadata', 'ownerReferences']).filter((reference) => !concerns(reference, set));
      const next = [...others, ...owners];
      await patch(world, known, { metadata: { ownerReferences: next.length > 0 ? next : null } });
    }
  }
}

/** References to the set itself, or to Pods of it that were to take the claim along. */
function concerns(reference: JsonObject, set: JsonObject): boolean {
  return reference['uid'] === uidOf(set) || (reference['kind'] === 'Pod' && String(reference['name']).startsWith(`${nameOf(set)}-`));
}

function owned(claim: JsonObject, set: JsonObject): readonly JsonObject[] {
  return objectsAt(claim, ['metadata', 'ownerReferences']).filter((reference) => concerns(reference, set));
}

async function makeClaim(
  world: World,
  set: JsonObject,
  at: { readonly template: JsonObject; readonly pod: string; readonly owners: readonly JsonObject[] },
): Promise<void> {
  const { template, pod, owners } = at;
  const labels = { ...labelsOf(template), ...getObject(set, ['spec', 'selector', 'matchLabels']) };
  const annotations = annotationsOf(template);
  const claim: JsonObject = {
    ...KIND.claim,
    metadata: {
      name: `${nameOf(template)}-${pod}`,
      namespace: namespaceOf(set),
      labels,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ...(owners.length > 0 ? { ownerReferences: owners } : {}),
    },
    spec: getObject(template, ['spec']) ?? {},
  };
  const what = `create Claim ${nameOf(claim)} Pod ${pod} in StatefulSet ${nameOf(set)}`;
  try {
    if ((await create(world, claim)) !== undefined)
      world.say(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `${what} success` });
  } catch (error) {
    if (!isKubeError(error)) throw error;
    world.say(set, { type: 'Warning', reason: 'FailedCreate', message: `${what} failed error: ${error.message}` });
  }
}

/** Before a Pod goes because its set became smaller: its claims go with it, where the set says so. */
export async function releaseClaims(world: World, set: JsonObject, pod: JsonObject): Promise<void> {
  if (retention(set, 'whenScaled') !== 'Delete') return;
  for (const template of objectsAt(set, ['spec', 'volumeClaimTemplates'])) {
    const claim = world.cache.get(KIND.claim, { namespace: namespaceOf(set), name: `${nameOf(template)}-${nameOf(pod)}` });
    if (claim === undefined) continue;
    const others = objectsAt(claim, ['metadata', 'ownerReferences']).filter((reference) => !concerns(reference, set));
    await patch(world, claim, { metadata: { ownerReferences: [...others, ownedBy(pod)] } });
  }
}
