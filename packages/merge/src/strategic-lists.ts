import { isObject, own, compareBytes, type JsonValue } from '@flux-ts/base';
import { DIRECTIVE, expectMap, goText, mergeKeyOf } from './strategic-schema.ts';

type Items = readonly JsonValue[];

/** How the items of a list are told apart: by their merge key, or by themselves. */
export interface ItemKey {
  readonly mergeKey: string;
  readonly maps: boolean;
}

function keyOf(item: JsonValue, key: ItemKey): JsonValue | undefined {
  if (!key.maps) return item;
  return isObject(item) ? own(item, key.mergeKey) : undefined;
}

/** The place of an item in a list, -1 where it is not in it. */
export function indexIn(list: Items, item: JsonValue, key: ItemKey): number {
  const wanted = keyOf(item, key);
  return list.findIndex((other) => keyOf(other, key) === wanted);
}

/** Splits off the items that ask for a deletion. */
export function splitDeletions(list: Items): { readonly kept: Items; readonly deletions: Items } {
  const kept: JsonValue[] = [];
  const deletions: JsonValue[] = [];
  for (const item of list) (expectMap(item)[DIRECTIVE] === 'delete' ? deletions : kept).push(item);
  return { kept, deletions };
}

/** Sorts a list by the order of another; items that are not in it come first, deletions last. */
export function sortByOrder(list: Items, order: Items, key: ItemKey): Items {
  let items = [...list];
  let deletions: Items = [];
  if (key.maps) {
    for (const item of [...items, ...order]) mergeKeyOf(item, key.mergeKey);
    const split = splitDeletions(items);
    items = [...split.kept];
    deletions = split.deletions;
  }
  const places = items.map((item) => indexIn(order, item, key));
  // an insertion sort: an item without a place moves ahead of everything, which no comparison sort would promise
  for (let i = 1; i < items.length; i++) {
    for (let j = i; j > 0; j--) {
      const here = places[j] as number;
      const before = places[j - 1] as number;
      if (here >= 0 && before >= 0 && here >= before) break;
      [items[j - 1], items[j]] = [items[j] as JsonValue, items[j - 1] as JsonValue];
      [places[j - 1], places[j]] = [here, before];
    }
  }
  return [...items, ...deletions];
}

/**
 * Sorts the patch's items by the patch's order and the server's own by the server's, then weaves them together as the server
 * had them.
 */
export function weave(
  items: { readonly patch: Items; readonly server: Items },
  orders: { readonly patch: Items; readonly server: Items },
  key: ItemKey,
): Items {
  const right = sortByOrder(items.patch, orders.patch, key);
  const left = sortByOrder(items.server, orders.server, key);
  const out: JsonValue[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const mine = indexIn(orders.server, left[i] as JsonValue, key);
    const theirs = indexIn(orders.server, right[j] as JsonValue, key);
    if (mine >= 0 && theirs >= 0 && mine < theirs) out.push(left[i++] as JsonValue);
    else out.push(right[j++] as JsonValue);
  }
  return [...out, ...left.slice(i), ...right.slice(j)];
}

/** Splits a list into the items that another list has and the rest. */
export function partition(list: Items, by: Items, key: ItemKey): { readonly patch: Items; readonly server: Items } {
  const patch: JsonValue[] = [];
  const server: JsonValue[] = [];
  for (const item of list) {
    if (key.maps) mergeKeyOf(item, key.mergeKey);
    (indexIn(by, item, key) >= 0 ? patch : server).push(item);
  }
  return { patch, server };
}

/** Takes repeats out; the last item fills the gap, as upstream does it. */
export function withoutRepeats(list: Items): JsonValue[] {
  const out = [...list];
  for (let i = 0; i < out.length - 1; i++) {
    for (let j = i + 1; j < out.length; j++) {
      if (out[i] !== out[j]) continue;
      const last = out.pop() as JsonValue;
      if (j < out.length) out[j] = last;
      j--;
    }
  }
  return out;
}

/** Sorts scalars by their text. */
export function sortScalars(list: Items): JsonValue[] {
  return [...list].sort((a, b) => compareBytes(goText(a), goText(b)));
}

/** Sorts maps by the text of a field. */
export function sortMaps(list: Items, field: string): JsonValue[] {
  const textOf = (item: JsonValue): string => goText(isObject(item) ? own(item, field) : undefined);
  return [...list].sort((a, b) => compareBytes(textOf(a), textOf(b)));
}
