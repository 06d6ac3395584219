import { getPath, setPath, type JsonObject } from '@flux-ts/base';
import type { ResourceContext } from '../core.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** A claim that names no class gets the default one, where there is one. */
export function admitClaim(claim: JsonObject, { core }: ResourceContext): JsonObject {
  if (getPath(claim, ['spec', 'storageClassName']) !== undefined) return claim;
  if (getPath(claim, ['metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class']) !== undefined) return claim;
  const defaults = core.store
    .table('storage.k8s.io/storageclasses')
    .list()
    .filter((s) => getPath(s.object, ['metadata', 'annotations', DEFAULT_CLASS]) === 'true')
    .sort((a, b) => b.revision - a.revision);
  const [chosen] = defaults;
  return chosen === undefined ? claim : (setPath(claim, ['spec', 'storageClassName'], chosen.name) as JsonObject);
}
