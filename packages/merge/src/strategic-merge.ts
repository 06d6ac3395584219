import { deepEqual, define, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { PatchError } from './patch-error.ts';
import { indexIn, partition, splitDeletions, weave, withoutRepeats } from './strategic-lists.ts';
import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  expectList,
  expectMap,
  goText,
  goTypeOf,
  holdsMaps,
  lookup,
  mergeKeyOf,
  RETAIN_KEYS,
  SET_ORDER,
  type StrategicSchema,
} from './strategic-schema.ts';

type Mutable = Record<string, JsonValue>;

/** How one map is merged into another. */
export interface MergeMode {
  /** True: directives are carried out, as on the server. False: they are carried over, to make one patch of two. */
  readonly carryOut: boolean;
}

/**
 * Applies a strategic merge patch: maps are merged, lists with the strategy `merge` by their key, others replaced; `$patch`,
 * `$retainKeys`, `$setElementOrder/...` and `$deleteFromPrimitiveList/...` are carried out.
 * @throws PatchError PATCH_INVALID with upstream's text
 */
export function strategicMergePatch(original: JsonObject, patch: JsonObject, schema: StrategicSchema | undefined): JsonObject {
  return mergeMaps(original, patch, schema, { carryOut: true });
}

/** Merges a patch into an object, or (not `carryOut`) into another patch. @throws PatchError */
export function mergeMaps(original: JsonObject, patch: JsonObject, schema: StrategicSchema | undefined, mode: MergeMode): JsonObject {
  const directive = own(patch, DIRECTIVE);
  if (directive !== undefined) return carryOutDirective(directive, patch);
  const target: Mutable = { ...original };
  const rest: Mutable = { ...patch };
  retainKeys(target, rest, mode);
  orderLists(target, rest, { schema, mode });
  for (const [key, value] of Object.entries(rest)) mergeKey(target, key, value, { schema, mode });
  return target;
}

interface Context {
  readonly schema: StrategicSchema | undefined;
  readonly mode: MergeMode;
}

function invalid(message: string): never {
  throw new PatchError('PATCH_INVALID', message);
}

function carryOutDirective(directive: JsonValue, patch: JsonObject): JsonObject {
  if (directive === 'delete') return {};
  if (directive !== 'replace') return invalid(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
  const { [DIRECTIVE]: _, ...rest } = patch;
  return rest;
}

/** Takes the keys away that `$retainKeys` does not name. */
function retainKeys(target: Mutable, patch: Mutable, mode: MergeMode): void {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return;
  delete patch[RETAIN_KEYS];
  if (!mode.carryOut) {
    const there = target[RETAIN_KEYS];
    if (there === undefined) target[RETAIN_KEYS] = keys;
    else if (!deepEqual(there, keys)) {
      invalid(`${goText(there)} and ${goText(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`);
    }
    return;
  }
  if (!isArray(keys)) return invalid('invalid patch format of retainKeys');
  const names = new Set(keys);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER)) continue;
    if (!names.has(key)) invalid("patch content doesn't match retainKeys list");
  }
  for (const key of Object.keys(target)) if (!names.has(key)) delete target[key];
}

function keyAfter(key: string, prefix: string, message: string): string {
  return key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : invalid(message);
}

const BAD_ORDER = 'invalid patch format of setElementOrder list';

/** Merges and sorts the lists that the patch gives an order for; they leave the patch. */
function orderLists(target: Mutable, patch: Mutable, { schema, mode }: Context): void {
  for (const [directive, value] of Object.entries(patch)) {
    if (!directive.startsWith(SET_ORDER)) continue;
    if (!mode.carryOut) {
      const there = target[directive];
      if (there === undefined) target[directive] = value;
      else if (!deepEqual(there, value)) invalid(BAD_ORDER);
    }
    delete patch[directive];
    const order = expectList(value);
    const key = keyAfter(directive, SET_ORDER, BAD_ORDER);
    const mine = own(target, key) === undefined ? undefined : expectList(target[key]);
    const theirs = own(patch, key) === undefined ? undefined : expectList(patch[key]);
    const strategy = lookup(schema, key);
    checkOrder(theirs ?? [], order, strategy.mergeKey);
    if (mine === undefined && theirs === undefined) continue;
    const merged: MergedList =
      mine !== undefined && theirs !== undefined && strategy.action === 'merge'
        ? mergeLists(mine, theirs, { ...strategy, mode, deletion: false })
        : { items: theirs ?? mine ?? [], order: mine ?? [] };
    const itemKey = { mergeKey: strategy.mergeKey, maps: strategy.mergeKey !== '' };
    const items = partition(mine === undefined ? (withoutDirectives(merged.items) as readonly JsonValue[]) : merged.items, order, itemKey);
    const maps = holdsMaps(mine ?? [], theirs ?? []);
    target[key] = weave(items, { patch: order, server: merged.order }, { ...itemKey, maps });
    delete patch[key];
  }
}

/** The patch's items must come in the order that the directive gives. */
function checkOrder(list: readonly JsonValue[], order: readonly JsonValue[], mergeKey: string): void {
  if (order.length === 0 || list.length === 0) return;
  const items = mergeKey === '' ? list : splitDeletions(list).kept;
  let i = 0;
  let o = 0;
  while (i < items.length && o < order.length) {
    const item = items[i] as JsonValue;
    if (isObject(item) && Object.hasOwn(item, DIRECTIVE)) {
      i++;
      continue;
    }
    const wanted = order[o] as JsonValue;
    if (mergeKey === '' ? item === wanted : mergeKeyOf(item, mergeKey) === mergeKeyOf(wanted, mergeKey)) i++;
    o++;
  }
  if (i < items.length && o >= order.length)
    invalid(`The order in patch list:\n${goText(list)}\n doesn't match ${SET_ORDER} list:\n${goText(order)}\n`);
}

function mergeKey(target: Mutable, patchKey: string, value: JsonValue, { schema, mode }: Context): void {
  const deletion = patchKey.startsWith(DELETE_FROM_LIST);
  if (deletion && !mode.carryOut) {
    target[patchKey] = value;
    return;
  }
  const key = deletion ? keyAfter(patchKey, DELETE_FROM_LIST, 'invalid patch format of primitive list') : patchKey;
  if (value === null) {
    delete target[key];
    if (mode.carryOut) return;
  }
  const before = own(target, key);
  if (before === undefined || goTypeOf(before) !== goTypeOf(value)) {
    if (deletion) return;
    if (isDirective(value)) delete target[key];
    else define(target, key, withoutDirectives(mode.carryOut ? withoutNulls(value) : value));
    return;
  }
  if (isObject(value)) {
    const strategy = lookup(schema, key);
    define(target, key, strategy.action === 'replace' ? value : mergeMaps(expectMap(before), value, strategy.schema, mode));
  } else if (isArray(value)) {
    const strategy = lookup(schema, key);
    define(
      target,
      key,
      strategy.action === 'merge' || deletion ? mergeLists(expectList(before), value, { ...strategy, mode, deletion }).items : value,
    );
  } else {
    define(target, key, value);
  }
}

interface ListContext extends Context {
  readonly mergeKey: string;
  /** The patch names scalars to delete. */
  readonly deletion: boolean;
}

interface MergedList {
  readonly items: readonly JsonValue[];
  /** The order by which the server's own items are woven in afterwards: what upstream's shared memory makes of the original list. */
  readonly order: readonly JsonValue[];
}

function mergeLists(original: readonly JsonValue[], patch: readonly JsonValue[], context: ListContext): MergedList {
  if (original.length === 0 && patch.length === 0) return { items: original, order: original };
  const maps = holdsMaps(original, patch);
  const key = { mergeKey: context.mergeKey, maps };
  if (!maps) {
    if (context.mode.carryOut && context.deletion) return { items: original.filter((item) => !patch.includes(item)), order: original };
    const merged = withoutRepeats([...original, ...patch]);
    return { items: weave(partition(merged, patch, key), { patch, server: original }, key), order: original };
  }
  if (context.mergeKey === '') invalid('cannot merge lists without merge key for type struct');
  const special = carryOutItems(original, patch, context.mergeKey);
  const merged = [...special.original];
  for (const item of special.patch) {
    mergeKeyOf(item, context.mergeKey);
    const at = indexIn(merged, item, key);
    if (at >= 0) merged[at] = mergeMaps(expectMap(merged[at]), expectMap(item), context.schema, context.mode);
    else merged.push(item);
  }
  return {
    items: weave(partition(merged, special.patch, key), { patch: special.patch, server: special.original }, key),
    // new items take the places of deleted ones, as far as there are any
    order: special.replaced ? original : merged.slice(0, original.length),
  };
}

/** Carries out the items of a patch that are directives. */
function carryOutItems(
  original: readonly JsonValue[],
  patch: readonly JsonValue[],
  mergeKey: string,
): { readonly original: readonly JsonValue[]; readonly patch: readonly JsonValue[]; readonly replaced: boolean } {
  let left = original;
  let replace = false;
  const rest: JsonValue[] = [];
  for (const item of patch) {
    const map = expectMap(item);
    const directive = own(map, DIRECTIVE);
    if (directive === undefined) rest.push(item);
    else if (directive === 'delete') {
      const value = mergeKeyOf(item, mergeKey);
      left = left.filter((other) => expectMap(other)[mergeKey] !== value);
    } else if (directive === 'replace') replace = true;
    else if (directive === 'merge') invalid('merging lists cannot yet be specified in the patch');
    else invalid(`unknown patch type: ${goText(directive)} in map: ${goText(map)}`);
  }
  return replace ? { original: rest, patch: [], replaced: true } : { original: left, patch: rest, replaced: false };
}

/** A new value without the nulls inside its maps: there is nothing that they could delete. */
function withoutNulls(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const out: Mutable = {};
  for (const key of Object.keys(value)) if (value[key] !== null) define(out, key, withoutNulls(value[key] as JsonValue));
  return out;
}

/** A map that says what is to be done with it. */
function isDirective(value: JsonValue): boolean {
  return isObject(value) && Object.hasOwn(value, DIRECTIVE);
}

/**
 * A new value without the maps that say what is to be done with them: there is nothing that they could apply to. Directives about
 * keys and order stay, as upstream leaves them.
 */
function withoutDirectives(value: JsonValue): JsonValue {
  if (isArray(value)) return value.filter((item) => !isDirective(item)).map(withoutDirectives);
  if (!isObject(value)) return value;
  const out: Mutable = {};
  for (const key of Object.keys(value)) {
    const item = value[key] as JsonValue;
    if (!isDirective(item)) define(out, key, key.startsWith('$') ? item : withoutDirectives(item));
  }
  return out;
}
