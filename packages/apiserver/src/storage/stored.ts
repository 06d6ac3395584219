import type { JsonObject } from '@flux-ts/base';

/** One stored version of an object. Never changed; another write makes another one. */
export interface Stored {
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  /** `namespace/name`; the order of lists. */
  readonly key: string;
  /** As stored, `metadata.resourceVersion` included. */
  readonly object: JsonObject;
  /** The revision of this version. */
  readonly revision: number;
}

/** One committed write. `current` of a DELETED carries the last state under the revision of the deletion. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly current: Stored;
  readonly previous: Stored | undefined;
  /** When it was committed, milliseconds of the clock. */
  readonly at: number;
}

/** The key of an object inside its table. */
export function storedKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
