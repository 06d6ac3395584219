import { getObject, type JsonObject } from '@flux-ts/base';
import { annotationsOf, isKubeError, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { controlledBy, objectsAt } from '../read.ts';
import { create, type World } from '../world.ts';

/** Makes the claims of a Pod's ephemeral volumes, which go with it. */
export async function makeEphemeralClaims(world: World, pod: JsonObject): Promise<void> {
  for (const volume of objectsAt(pod, ['spec', 'volumes'])) {
    const template = getObject(volume, ['ephemeral', 'volumeClaimTemplate']);
    const name = `${nameOf(pod)}-${String(volume['name'])}`;
    if (template === undefined || world.cache.get(KIND.claim, { namespace: namespaceOf(pod), name }) !== undefined) continue;
    const [labels, annotations] = [labelsOf(template), annotationsOf(template)];
    const claim: JsonObject = {
      ...KIND.claim,
      metadata: {
        name,
        namespace: namespaceOf(pod),
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
        ownerReferences: [controlledBy(pod)],
      },
      spec: getObject(template, ['spec']) ?? {},
    };
    try {
      await create(world, claim);
    } catch (error) {
      if (!isKubeError(error)) throw error;
      const message = `ephemeral volume ${String(volume['name'])}: create PVC ${name}: ${error.message}`;
      world.say(pod, { type: 'Warning', reason: 'FailedCreate', message });
    }
  }
}
