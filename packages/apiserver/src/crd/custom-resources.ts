import { deepEqual, getObject, getString, type Clock, type JsonObject } from '@flux-ts/base';
import type { CelCompiler } from '@flux-ts/schema';
import type { Catalog } from '../registry/catalog.ts';
import type { Stored } from '../storage/stored.ts';
import type { Store } from '../storage/store.ts';
import { finalizersOf, metadataOf, withMetadata } from '../write/metadata.ts';
import { formatTime } from '@flux-ts/base';
import { CLEANUP, crdStatus, isEstablished } from './crd-status.ts';
import { resourceOf } from './definition.ts';

/** Where CRDs are stored. */
export const CRD_TABLE = 'apiextensions.k8s.io/customresourcedefinitions';

/** Serves what CustomResourceDefinitions define, and takes it away again. */
export class CustomResources {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #cel: CelCompiler | undefined;
  /** Tables of CRDs that wait for their last objects to go. */
  readonly #ending = new Map<string, string>();
  readonly #specs = new Map<string, JsonObject>();

  constructor(init: { readonly store: Store; readonly catalog: Catalog; readonly clock: Clock; readonly cel: CelCompiler | undefined }) {
    this.#store = init.store;
    this.#catalog = init.catalog;
    this.#clock = init.clock;
    this.#cel = init.cel;
    init.store.onChange((table, change) => {
      if (change.type === 'DELETED' && this.#ending.has(table)) this.#finish(this.#ending.get(table) as string);
    });
  }

  /** Serves all stored CRDs: at the start. */
  load(): void {
    for (const stored of this.#store.table(CRD_TABLE).list()) this.accept(stored.object);
  }

  /** The stored form of a CRD by its name. */
  definition(name: string): JsonObject | undefined {
    return this.#store.table(CRD_TABLE).get(`/${name}`)?.object;
  }

  /** Whether a CRD is on its way out: nothing new may be made of it. */
  isEnding(table: string): boolean {
    return this.#ending.has(table);
  }

  /** Takes a CRD that was written: accepts its names, writes its status, serves it; or clears up where it was deleted. */
  accept(crd: JsonObject): void {
    const name = getString(crd, ['metadata', 'name']) ?? '';
    const status = crdStatus(crd, this.#nameConflict(crd), this.#clock.now());
    let current = crd;
    if (status !== getObject(crd, ['status'])) {
      current = this.#store.put({ table: CRD_TABLE, namespace: '', name }, { ...crd, status }).object;
    }
    if (isEstablished(current)) this.#serve(current);
    if (metadataOf(current)['deletionTimestamp'] === undefined) return;
    const table = tableOf(current);
    this.#ending.set(table, name);
    if (finalizersOf(current).includes(CLEANUP)) this.#clear(table);
    this.#finish(name);
  }

  /** Stops serving a CRD that is gone. */
  remove(crd: JsonObject): void {
    const table = tableOf(crd);
    this.#ending.delete(table);
    this.#specs.delete(table);
    const [group = '', resource = ''] = table.split('/');
    this.#catalog.remove(group, resource);
  }

  #serve(crd: JsonObject): void {
    const table = tableOf(crd);
    const spec = getObject(crd, ['spec']) ?? {};
    if (deepEqual(this.#specs.get(table), spec)) return;
    this.#specs.set(table, spec);
    const type = resourceOf(crd, this.#cel);
    if (type === undefined) {
      const [group = '', resource = ''] = table.split('/');
      this.#catalog.remove(group, resource);
    } else this.#catalog.set(type);
  }

  #nameConflict(crd: JsonObject): string | undefined {
    const names = getObject(crd, ['spec', 'names']) ?? {};
    const group = getString(crd, ['spec', 'group']) ?? '';
    const kind = String(names['kind']);
    const other = this.#catalog.byKind(group, kind);
    if (other === undefined || other.resource === names['plural']) return undefined;
    return `${JSON.stringify(kind)} is already in use`;
  }

  /** Deletes all objects of a table: those with finalizers are marked only. */
  #clear(table: string): void {
    for (const stored of this.#store.table(table).list()) {
      const where = { table, namespace: stored.namespace, name: stored.name };
      if (finalizersOf(stored.object).length === 0) this.#store.delete(where);
      else if (metadataOf(stored.object)['deletionTimestamp'] === undefined) {
        this.#store.put(
          where,
          withMetadata(stored.object, { deletionTimestamp: formatTime(this.#clock.now()), deletionGracePeriodSeconds: 0 }),
        );
      }
    }
  }

  #finish(name: string): void {
    const stored: Stored | undefined = this.#store.table(CRD_TABLE).get(`/${name}`);
    if (stored === undefined) return;
    const table = tableOf(stored.object);
    if (this.#store.table(table).size > 0) return;
    const finalizers = finalizersOf(stored.object).filter((f) => f !== CLEANUP);
    const where = { table: CRD_TABLE, namespace: '', name };
    if (finalizers.length > 0) {
      if (finalizers.length !== finalizersOf(stored.object).length) this.#store.put(where, withMetadata(stored.object, { finalizers }));
      return;
    }
    this.remove(stored.object);
    this.#store.delete(where, withMetadata(stored.object, { finalizers: undefined }));
  }
}

function tableOf(crd: JsonObject): string {
  return `${getString(crd, ['spec', 'group']) ?? ''}/${getString(crd, ['spec', 'names', 'plural']) ?? ''}`;
}
