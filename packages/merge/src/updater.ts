import { deepEqual, FluxError, type JsonValue } from '@flux-ts/base';
import { FieldSet } from './field-set.ts';
import { compareTyped, excludeFromComparison, type Comparison } from './typed-compare.ts';
import { toFieldSet, withNamedFields } from './typed-field-set.ts';
import { mergeTyped } from './typed-merge.ts';
import { reconcileFieldSet } from './typed-reconcile.ts';
import { removeFields } from './typed-remove.ts';
import type { TypeSchema } from './type-schema.ts';
import { formatPath, type FieldPath } from './path-element.ts';

/** A value and its type. */
export interface TypedValue {
  readonly type: TypeSchema;
  readonly value: JsonValue;
}

/** What one manager owns, in terms of one version. */
export interface VersionedSet {
  readonly set: FieldSet;
  readonly apiVersion: string;
  /** Whether it was applied (rather than updated). */
  readonly applied: boolean;
}

/** What every manager owns. */
export type Managers = ReadonlyMap<string, VersionedSet>;

/** How the updater changes a value's version. */
export interface Converter {
  /** The value at another version; undefined where that version is not served any more. */
  convert(object: TypedValue, apiVersion: string): TypedValue | undefined;
}

/** What the updater works with. */
export interface UpdaterOptions {
  readonly converter: Converter;
  /** Fields that nobody ever owns, per version. */
  readonly ignored?: (apiVersion: string) => FieldSet | undefined;
}

/** One field that another manager owns with another value. */
export interface FieldConflict {
  readonly manager: string;
  readonly path: FieldPath;
}

/** An apply that would change fields of other managers. */
export class ConflictError extends FluxError<'APPLY_CONFLICT'> {
  readonly conflicts: readonly FieldConflict[];

  constructor(conflicts: readonly FieldConflict[]) {
    const lines = conflicts.map(({ manager, path }) => `conflict with ${JSON.stringify(manager)}: ${formatPath(path)}`);
    super({ code: 'APPLY_CONFLICT', message: lines.length === 1 ? (lines[0] as string) : ['conflicts:', ...lines].join('\n') });
    this.conflicts = conflicts;
  }
}

/** What an apply asks for. */
export interface ApplyRequest {
  readonly live: TypedValue;
  readonly config: TypedValue;
  readonly apiVersion: string;
  readonly managers: Managers;
  readonly manager: string;
  readonly force: boolean;
}

/** Who owns what, moved along with an object from one write to the next. */
export class Updater {
  readonly #converter: Converter;
  readonly #ignored: (apiVersion: string) => FieldSet | undefined;

  constructor(options: UpdaterOptions) {
    this.#converter = options.converter;
    this.#ignored = options.ignored ?? ((): undefined => undefined);
  }

  /**
   * Ownership after a write of any other kind than apply: what changed belongs to the writer now.
   * @throws TypedError where one of the objects does not fit its type
   */
  update(
    live: TypedValue,
    next: TypedValue,
    request: { readonly apiVersion: string; readonly managers: Managers; readonly manager: string },
  ): Managers {
    const { apiVersion, manager } = request;
    const managers = this.#reconcile(live, request.managers);
    const comparison = this.#pass({ live, next, apiVersion, managers, manager, force: true });
    const own = managers.get(manager)?.set ?? FieldSet.empty;
    let set = own.difference(comparison.removed).union(comparison.modified).union(comparison.added);
    const ignored = this.#ignored(apiVersion);
    if (ignored !== undefined) set = set.recursiveDifference(ignored);
    if (set.isEmpty) managers.delete(manager);
    else managers.set(manager, { set, apiVersion, applied: false });
    return managers;
  }

  /**
   * Applies a configuration: merges it over the live object, takes away what the manager applied last time and no more,
   * and moves ownership.
   * @returns the merged object, or undefined where it equals the live one
   * @throws ConflictError unless forced · TypedError
   */
  apply(request: ApplyRequest): { readonly object: TypedValue | undefined; readonly managers: Managers } {
    const { live, config, apiVersion, manager, force } = request;
    const managers = this.#reconcile(live, request.managers);
    const merged: TypedValue = { type: live.type, value: mergeTyped(live.type, live.value, config.value) ?? null };
    const last = managers.get(manager);
    let set = toFieldSet(config.type, config.value);
    const ignored = this.#ignored(apiVersion);
    if (ignored !== undefined) set = set.recursiveDifference(ignored);
    managers.set(manager, { set, apiVersion, applied: true });
    // what is still applied is not pruned: nothing to do where that is all of it
    const kept = last === undefined || (last.apiVersion === apiVersion && last.set.difference(set).isEmpty);
    const next = kept ? merged : this.#prune({ merged, managers, manager, last });
    const { same } = this.#pass({ live, next, apiVersion, managers, manager, force });
    // a set in another order is the same set, yet another object
    return { object: same && deepEqual(live.value, next.value) ? undefined : next, managers };
  }

  /** Field sets after changes of the schema. */
  #reconcile(live: TypedValue, managers: Managers): Map<string, VersionedSet> {
    const out = new Map<string, VersionedSet>();
    for (const [manager, owned] of managers) {
      const type = this.#converter.convert(live, owned.apiVersion)?.type;
      if (type === undefined) continue;
      const set = reconcileFieldSet(type, owned.set);
      out.set(manager, set === undefined ? owned : { ...owned, set });
    }
    return out;
  }

  /** Takes what changed away from all other managers. @returns the comparison at the request's version */
  #pass(request: {
    readonly live: TypedValue;
    readonly next: TypedValue;
    readonly apiVersion: string;
    readonly managers: Map<string, VersionedSet>;
    readonly manager: string;
    readonly force: boolean;
  }): Comparison & { readonly same: boolean } {
    const { live, next, apiVersion, managers, manager, force } = request;
    const own = compareTyped(live.type, live.value, next.value);
    const same = own.added.isEmpty && own.modified.isEmpty && own.removed.isEmpty;
    const versions = new Map<string, Comparison>([[apiVersion, excludeFromComparison(own, this.#ignored(apiVersion))]]);
    const conflicts = new Map<string, FieldSet>();
    for (const [other, owned] of managers) {
      if (other === manager) continue;
      const comparison = versions.get(owned.apiVersion) ?? this.#compareAt(live, next, owned.apiVersion);
      if (comparison === undefined) {
        managers.delete(other); // its version is gone, so is what it owned
        continue;
      }
      versions.set(owned.apiVersion, comparison);
      const conflict = owned.set.intersection(comparison.modified.union(comparison.added));
      if (!conflict.isEmpty) conflicts.set(other, conflict);
      const set = owned.set.difference(conflict).difference(comparison.removed);
      if (set !== owned.set) managers.set(other, { ...owned, set });
    }
    if (!force && conflicts.size > 0) throw new ConflictError(listConflicts(conflicts));
    for (const [other, owned] of managers) if (owned.set.isEmpty) managers.delete(other);
    return { ...(versions.get(apiVersion) as Comparison), same };
  }

  #compareAt(live: TypedValue, next: TypedValue, apiVersion: string): Comparison | undefined {
    const before = this.#converter.convert(live, apiVersion);
    const after = before === undefined ? undefined : this.#converter.convert(next, apiVersion);
    if (before === undefined || after === undefined) return undefined;
    return excludeFromComparison(compareTyped(before.type, before.value, after.value), this.#ignored(apiVersion));
  }

  /** Takes away the items that this manager applied last time, does not apply now, and that nobody else owns. */
  #prune(request: {
    readonly merged: TypedValue;
    readonly managers: Managers;
    readonly manager: string;
    readonly last: VersionedSet;
  }): TypedValue {
    const { merged, managers, manager, last } = request;
    if (last.set.isEmpty) return merged;
    const at = this.#converter.convert(merged, last.apiVersion);
    if (at === undefined) return merged;
    const lastSet = withNamedFields(at.type, last.set);
    let pruned: TypedValue = { type: at.type, value: removeFields(at.type, at.value, lastSet) };
    pruned = this.#addBackOwned(at, pruned, { prunedVersion: last.apiVersion, managers });
    pruned = this.#addBackDangling(at, pruned, { version: last.apiVersion, lastSet });
    return this.#converter.convert(pruned, (managers.get(manager) as VersionedSet).apiVersion) ?? merged;
  }

  /** Items that others, or the new configuration, own come back; first at the version that was pruned. */
  #addBackOwned(
    merged: TypedValue,
    pruned: TypedValue,
    context: { readonly prunedVersion: string; readonly managers: Managers },
  ): TypedValue {
    const owned = new Map<string, FieldSet>([[context.prunedVersion, FieldSet.empty]]);
    for (const { set, apiVersion } of context.managers.values()) owned.set(apiVersion, owned.get(apiVersion)?.union(set) ?? set);
    let from = merged;
    let out = pruned;
    for (const [apiVersion, set] of owned) {
      const all = this.#converter.convert(from, apiVersion);
      const rest = all === undefined ? undefined : this.#converter.convert(out, apiVersion);
      if (all === undefined || rest === undefined) continue;
      from = all;
      const { type } = all;
      const keep = withNamedFields(type, toFieldSet(rest.type, rest.value)).union(withNamedFields(type, set));
      const gone = withNamedFields(type, toFieldSet(type, all.value)).difference(keep);
      out = { type, value: removeFields(type, all.value, gone) };
    }
    return out;
  }

  /** Items that nobody owned, this manager included, come back. */
  #addBackDangling(merged: TypedValue, pruned: TypedValue, context: { readonly version: string; readonly lastSet: FieldSet }): TypedValue {
    const at = this.#converter.convert(pruned, context.version);
    if (at === undefined) return merged;
    const { type } = merged;
    const rest = withNamedFields(type, toFieldSet(at.type, at.value));
    const all = withNamedFields(type, toFieldSet(type, merged.value));
    return { type, value: removeFields(type, merged.value, all.difference(rest).intersection(context.lastSet)) };
  }
}

function listConflicts(conflicts: ReadonlyMap<string, FieldSet>): FieldConflict[] {
  return [...conflicts.keys()].sort().flatMap((manager) => (conflicts.get(manager) as FieldSet).paths().map((path) => ({ manager, path })));
}
