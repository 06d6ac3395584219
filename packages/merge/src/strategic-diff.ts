import { compareBytes, deepEqual, define, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { conflictMessage, PatchError } from './patch-error.ts';
import { strategicConflict } from './strategic-conflicts.ts';
import { sortByOrder, sortMaps, sortScalars, withoutRepeats } from './strategic-lists.ts';
import { mergeMaps } from './strategic-merge.ts';
import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  expectMap,
  goText,
  goTypeOf,
  holdsMaps,
  lookup,
  mergeKeyOf,
  RETAIN_KEYS,
  SET_ORDER,
  type StrategicSchema,
  type Strategy,
} from './strategic-schema.ts';

/** The strategic merge patch that makes one object from the other. @throws PatchError PATCH_INVALID */
export function createTwoWayMergePatch(original: JsonObject, modified: JsonObject, schema: StrategicSchema | undefined): JsonObject {
  return diffMaps(original, modified, schema, { changes: true, deletions: true, order: true, retainKeys: false });
}

/**
 * The strategic merge patch for a live object: what the new configuration adds or changes against the live object, and what it
 * no longer has of the old one.
 * @throws PatchError PATCH_INVALID; PATCH_CONFLICT where, without `overwrite`, the live object was changed otherwise
 */
export function createThreeWayMergePatch(
  configurations: { readonly original: JsonObject; readonly modified: JsonObject; readonly current: JsonObject },
  schema: StrategicSchema | undefined,
  options: { readonly overwrite?: boolean } = {},
): JsonObject {
  const { original, modified, current } = configurations;
  const delta = diffMaps(current, modified, schema, { changes: true, deletions: false, order: true, retainKeys: false });
  const deletions = diffMaps(original, modified, schema, { changes: false, deletions: true, order: true, retainKeys: false });
  const patch = mergeMaps(deletions, delta, schema, { carryOut: false });
  if (options.overwrite === true) return patch;
  const changed = diffMaps(original, current, schema, { changes: true, deletions: true, order: false, retainKeys: false });
  if (strategicConflict(patch, changed, schema)) {
    throw new PatchError('PATCH_CONFLICT', conflictMessage(patch, changed));
  }
  return patch;
}

interface DiffMode {
  /** Additions and changes go into the patch. */
  readonly changes: boolean;
  readonly deletions: boolean;
  /** Lists get their `$setElementOrder`. */
  readonly order: boolean;
  /** The map gets its `$retainKeys`. */
  readonly retainKeys: boolean;
}

type Mutable = Record<string, JsonValue>;

function diffMaps(original: JsonObject, modified: JsonObject, schema: StrategicSchema | undefined, mode: DiffMode): JsonObject {
  const patch: Mutable = {};
  for (const key of Object.keys(modified)) {
    const after = modified[key] as JsonValue;
    const before = own(original, key);
    if (before === undefined) {
      if (mode.changes) define(patch, key, after);
    } else if (key === DIRECTIVE) {
      if (typeof before !== 'string' || typeof after !== 'string')
        throw new PatchError('PATCH_INVALID', `invalid value for special key: ${DIRECTIVE}`);
      if (before !== after) patch[DIRECTIVE] = after;
    } else if (goTypeOf(before) !== goTypeOf(after)) {
      if (mode.changes) define(patch, key, after);
    } else if (deepEqual(before, after)) {
      if (
        isObject(after) &&
        schema !== undefined &&
        schema.field(key) !== undefined &&
        lookup(schema, key).action === 'replace' &&
        mode.changes
      )
        define(patch, key, after);
    } else {
      diffValue(patch, key, { before, after }, { schema, mode });
    }
  }
  if (mode.deletions) for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) define(patch, key, null);
  if (mode.retainKeys) {
    const keys = Object.keys(modified).filter((key) => modified[key] !== null);
    const gone = Object.keys(original).some((key) => original[key] !== null && !Object.hasOwn(modified, key));
    if (keys.length > 0 && (gone || Object.keys(patch).length > 0)) patch[RETAIN_KEYS] = keys.sort(compareBytes);
  }
  return patch;
}

function diffValue(
  patch: Mutable,
  key: string,
  { before, after }: { readonly before: JsonValue; readonly after: JsonValue },
  { schema, mode }: { readonly schema: StrategicSchema | undefined; readonly mode: DiffMode },
): void {
  if (isObject(before) && isObject(after)) {
    const strategy = lookup(schema, key);
    if (strategy.action === 'replace') {
      if (mode.changes) define(patch, key, after);
      return;
    }
    const below = diffMaps(before, after, strategy.schema, { ...mode, retainKeys: strategy.retainKeys });
    if (Object.keys(below).length > 0) define(patch, key, below);
  } else if (isArray(before) && isArray(after)) {
    const strategy = lookup(schema, key);
    if (strategy.action === 'merge') {
      const lists = diffLists(before, after, strategy, { ...mode, retainKeys: strategy.retainKeys });
      if (lists.items.length > 0) define(patch, key, lists.items);
      if (lists.deletions.length > 0) patch[`${DELETE_FROM_LIST}/${key}`] = lists.deletions;
      if (lists.order.length > 0) patch[`${SET_ORDER}/${key}`] = lists.order;
    } else if (mode.changes) {
      define(patch, key, after);
    }
  } else if (mode.changes) {
    define(patch, key, after);
  }
}

type Items = readonly JsonValue[];

interface ListDiff {
  readonly items: Items;
  readonly deletions: Items;
  readonly order: Items;
}

function diffLists(original: Items, modified: Items, strategy: Strategy, mode: DiffMode): ListDiff {
  if (original.length === 0) return { items: mode.changes ? modified : [], deletions: [], order: [] };
  const { mergeKey } = strategy;
  const maps = holdsMaps(original, modified);
  const key = { mergeKey, maps };
  if (!maps) {
    const { additions, deletions } = diffScalars(original, modified);
    const items = mode.changes ? sortByOrder(additions, modified, key) : [];
    const gone = mode.deletions ? withoutRepeats(deletions) : [];
    const ordered = mode.order && (gone.length > 0 || (mode.changes && !deepEqual(original, modified)));
    return { items, deletions: gone, order: ordered ? modified : [] };
  }
  const { changes, deletions } = diffListsOfMaps(original, modified, strategy, mode);
  const items = [...sortByOrder(changes, modified, key), ...deletions];
  const sameOrder =
    original.length === modified.length &&
    modified.every((item, i) => mergeKeyOf(item, mergeKey) === mergeKeyOf(original[i] as JsonValue, mergeKey));
  const ordered = mode.order && ((mode.changes && (items.length > 0 || !sameOrder)) || (mode.deletions && items.length > 0));
  return { items, deletions: [], order: ordered ? modified.map((item) => ({ [mergeKey]: mergeKeyOf(item, mergeKey) })) : [] };
}

/** Walks two sorted lists side by side, by the texts of their items. */
function walkSorted(
  left: Items,
  right: Items,
  textOf: (item: JsonValue) => string,
  visit: (mine: JsonValue | undefined, theirs: JsonValue | undefined) => void,
): void {
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const mine = left[l];
    const theirs = right[r];
    const order = mine === undefined ? 1 : theirs === undefined ? -1 : compareBytes(textOf(mine), textOf(theirs));
    if (order <= 0) l++;
    if (order >= 0) r++;
    visit(order <= 0 ? mine : undefined, order >= 0 ? theirs : undefined);
  }
}

function diffScalars(original: Items, modified: Items): { readonly additions: Items; readonly deletions: Items } {
  const additions: JsonValue[] = [];
  const deletions: JsonValue[] = [];
  walkSorted(sortScalars(original), sortScalars(modified), goText, (mine, theirs) => {
    if (mine === undefined) additions.push(theirs as JsonValue);
    else if (theirs === undefined) deletions.push(mine);
  });
  return { additions, deletions };
}

function diffListsOfMaps(
  original: Items,
  modified: Items,
  { mergeKey, schema }: Strategy,
  mode: DiffMode,
): { readonly changes: Items; readonly deletions: Items } {
  const changes: JsonValue[] = [];
  const deletions: JsonValue[] = [];
  const textOf = (item: JsonValue): string => goText(mergeKeyOf(item, mergeKey));
  walkSorted(sortMaps(original, mergeKey), sortMaps(modified, mergeKey), textOf, (mine, theirs) => {
    if (mine !== undefined && theirs !== undefined) {
      const below = diffMaps(expectMap(mine), expectMap(theirs), schema, mode);
      if (Object.keys(below).length > 0) changes.push({ ...below, [mergeKey]: mergeKeyOf(theirs, mergeKey) });
    } else if (theirs !== undefined) {
      mergeKeyOf(theirs, mergeKey);
      if (mode.changes) changes.push(theirs);
    } else if (mine !== undefined && mode.deletions) {
      deletions.push({ [DIRECTIVE]: 'delete', [mergeKey]: mergeKeyOf(mine, mergeKey) });
    }
  });
  return { changes, deletions };
}
