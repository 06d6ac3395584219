import { getString, type JsonObject } from '@flux-ts/base';
import { nameOf } from '@flux-ts/kube';
import { objectsAt } from '../read.ts';
import type { World } from '../world.ts';
import { makePod, type Made } from './make-pod.ts';
import { REVISION_LABEL } from './revisions.ts';

/** Which Pod of a StatefulSet. */
export interface Numbered {
  readonly ordinal: number;
  /** The name of the revision that it is made of, and that one's template. */
  readonly revision: string;
  readonly template: JsonObject | undefined;
}

/** Makes a Pod of a StatefulSet: with a name and host name of its own, and its claims for volumes. */
export function makeNumbered(world: World, set: JsonObject, { ordinal, revision, template }: Numbered): Promise<Made> {
  const owner = nameOf(set);
  const name = `${owner}-${ordinal}`;
  const own = objectsAt(set, ['spec', 'volumeClaimTemplates']).map(nameOf);
  const base = template ?? ((set['spec'] as JsonObject)['template'] as JsonObject);
  const volumes = objectsAt(base, ['spec', 'volumes']).filter((volume) => !own.includes(String(volume['name'])));
  const claims = own.map((volume): JsonObject => ({ name: volume, persistentVolumeClaim: { claimName: `${volume}-${name}` } }));
  const subdomain = getString(set, ['spec', 'serviceName']) ?? '';
  return makePod(world, set, {
    name,
    template: base,
    labels: {
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
      [REVISION_LABEL]: revision,
    },
    spec: {
      hostname: name,
      ...(subdomain === '' ? {} : { subdomain }),
      ...(volumes.length + claims.length > 0 ? { volumes: [...claims, ...volumes] } : {}),
    },
    words: {
      made: (pod) => `create Pod ${pod} in StatefulSet ${owner} successful`,
      failed: (why) => `create Pod ${name} in StatefulSet ${owner} failed error: ${why}`,
    },
  });
}
