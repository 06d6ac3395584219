import { type JsonObject, type JsonValue } from '@flux-ts/base';
import type { ResourceType, ResourceVersion } from '../registry/resource.ts';
import { metadataOf } from '../write/metadata.ts';
import { kindTable } from './kinds.ts';
import { customTable } from './custom.ts';
import type { KindTable } from './columns.ts';

/** What a row holds besides its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** How objects of a resource become a `meta.k8s.io` Table. */
export class TableMaker {
  readonly #apiVersion: string;
  readonly #include: IncludeObject;
  readonly #kind: KindTable;
  readonly #now: () => number;

  constructor(input: {
    readonly type: ResourceType;
    readonly version: ResourceVersion;
    readonly tableVersion: string;
    readonly include: IncludeObject;
    readonly now: () => number;
  }) {
    this.#apiVersion = `meta.k8s.io/${input.tableVersion}`;
    this.#include = input.include;
    this.#kind = input.version.columns === undefined ? kindTable(input.type) : customTable(input.version.columns);
    this.#now = input.now;
  }

  /** A table of objects. @param withColumns false: a later event of a watch, whose reader knows the columns */
  table(objects: readonly JsonObject[], metadata: JsonObject, withColumns = true): JsonObject {
    const now = this.#now();
    return {
      kind: 'Table',
      apiVersion: this.#apiVersion,
      metadata,
      columnDefinitions: withColumns ? (this.#kind.columns as unknown as JsonValue) : null,
      rows: objects.map((object) => ({ cells: this.#kind.cells(object, now), ...this.#shown(object) })),
    };
  }

  /** One object as a table of one row. */
  single(object: JsonObject, withColumns = true): JsonObject {
    const version = metadataOf(object)['resourceVersion'];
    return this.table([object], version === undefined ? {} : { resourceVersion: version }, withColumns);
  }

  #shown(object: JsonObject): JsonObject {
    if (this.#include === 'None') return {};
    return { object: this.#include === 'Object' ? object : partialMetadata(object) };
  }
}

/** An object with nothing but its metadata. */
export function partialMetadata(object: JsonObject, version = 'v1'): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: metadataOf(object) };
}
