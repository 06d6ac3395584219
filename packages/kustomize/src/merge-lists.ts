import type { MergeSchema } from './merge-schema.ts';
import type { MergeContext, MergeFunction } from './merge-types.ts';
import { fieldOf, isEmpty, isMap, isNullish, rawText, withField, type KObject, type KValue } from './value.ts';

interface At {
  readonly context: MergeContext;
  readonly schema: MergeSchema;
  readonly merge: MergeFunction;
}

function isHollow(value: KValue | undefined): boolean {
  return isNullish(value) || (isMap(value) && isEmpty(value));
}

/** The text of a key field as it is compared; mappings and sequences count as empty text. */
function keyText(element: KValue, key: string): string {
  const value = fieldOf(element, key);
  return isEmpty(value) ? '' : rawText(value);
}

/** Whether an element carries these key texts. An empty text matches any element that has the field; keys beyond the texts do not count. */
function carries(element: KObject, keys: readonly string[], texts: readonly string[]): boolean {
  if (texts.length === 0) return false;
  for (let i = 0; i < keys.length && i < texts.length; i++) {
    const key = keys[i] as string;
    if (!Object.hasOwn(element, key)) return false;
    if (texts[i] !== '' && rawText(fieldOf(element, key)) !== texts[i]) return false;
  }
  return true;
}

/** Puts an element in the place of those with the same keys, or at the end; without an element those are removed. */
function setElement(
  list: readonly KValue[],
  element: KValue | undefined,
  match: { readonly keys: readonly string[]; readonly texts: readonly string[] },
): KValue[] {
  const { keys, texts } = match;
  const keyed = keys[0] !== '' && texts.length > 0 && texts[0] !== '';
  const out: KValue[] = [];
  let found = false;
  for (const item of list) {
    if (isHollow(item)) continue;
    if (!isMap(item) && keyed) {
      out.push(item);
      continue;
    }
    const same = keys[0] === '' ? !isMap(item) && rawText(item) === texts[0] : isMap(item) && carries(item, keys, texts);
    if (!same) {
      if (texts.length > 0) out.push(item);
      continue;
    }
    found = true;
    if (element !== undefined) out.push(element);
  }
  if (element !== undefined && !isNullish(element) && !found) out.push(element);
  return out;
}

/** The element whose key fields have exactly these texts; keys without a text are left out unless all are. */
function findElement(list: readonly KValue[] | undefined, keys: readonly string[], texts: readonly string[]): number {
  if (list === undefined) return -1;
  if (keys[0] === '') return list.findIndex((item) => rawText(item) === texts[0]);
  const some = texts.some((t) => t !== '');
  return list.findIndex(
    (item) =>
      isMap(item) && keys.every((key, i) => (some && texts[i] === '') || (Object.hasOwn(item, key) && rawText(item[key]) === texts[i])),
  );
}

function elementKeys(lists: readonly (readonly KValue[] | undefined)[], keys: readonly string[]): string[][] {
  const seen = new Set<string>();
  const out: string[][] = [];
  for (const list of lists) {
    for (const element of list ?? []) {
      const texts = keys[0] === '' ? [rawText(element)] : keys.map((key) => keyText(element, key));
      const id = texts.join('\u0000');
      if (seen.has(id)) continue;
      seen.add(id);
      out.push(texts);
    }
  }
  return out;
}

/** Key texts that agree in one key and do not contradict each other in the rest are one element. */
function unify(all: string[][]): string[][] {
  const join = (a: readonly string[], b: readonly string[]): string[] | undefined => {
    let common = false;
    const out: string[] = [];
    for (let i = 0; i < a.length; i++) {
      const x = a[i] as string;
      const y = b[i] as string;
      if (x === y) common = true;
      else if (x !== '' && y !== '') return undefined;
      out.push(x === '' ? y : x);
    }
    return common ? out : undefined;
  };
  for (let i = 0; i < all.length; i++) {
    for (let j = 0; j < all.length; j++) {
      const joined = join(all[i] as string[], all[j] as string[]);
      if (joined === undefined) continue;
      all[i] = joined;
      all[j] = joined;
    }
  }
  return all;
}

/**
 * Merges two lists by their keys. Items of the patch come first and in its order (or last, where the context appends).
 * @param dest the list in the object, @param patch the list in the patch; the same list for both when it is new
 */
export function mergeKeyed(dest: readonly KValue[], patch: readonly KValue[] | undefined, at: At): readonly KValue[] {
  const keys = at.schema.keys.length === 0 ? [''] : at.schema.keys;
  if (patch === undefined && keys.length === 1) {
    const quick = untouched(dest, keys[0] as string, at);
    if (quick !== undefined) return quick;
  }
  const order = at.context.prepend ? [patch === dest ? undefined : patch, dest] : [dest, patch === dest ? undefined : patch];
  const values = keys.length > 1 ? unify(elementKeys(order, keys)) : elementKeys(order, keys);
  const usable = keys.filter((_, i) => values.some((texts) => texts[i] !== ''));
  const matchKeys = usable.length === 0 ? keys : usable;
  const elements = at.schema.elements;
  let base = dest;
  let added: KValue[] = [];
  for (const all of values) {
    const texts = usable.length === 0 ? all : all.filter((text, i) => text !== '' || usable.includes(keys[i] as string));
    const inDest = findElement(base, matchKeys, texts);
    const inPatch = findElement(patch === dest ? base : patch, matchKeys, texts);
    const was = inDest < 0 ? undefined : base[inDest];
    const merged = at.merge(was, inPatch < 0 ? undefined : (patch === dest ? base : (patch as readonly KValue[]))[inPatch], {
      context: at.context,
      schema: elements,
    });
    let value = merged.value;
    if (isHollow(value)) {
      base = setElement(base, undefined, { keys: matchKeys, texts });
      continue;
    }
    if (isMap(value)) {
      for (let i = 0; i < matchKeys.length; i++) {
        const key = matchKeys[i] as string;
        if (!Object.hasOwn(value, key) && texts[i] !== undefined && texts[i] !== '') value = withField(value, key, texts[i] as string);
      }
    }
    if (merged.fromDest && inDest >= 0 && value !== was) base = base.map((item, i) => (i === inDest ? (value as KValue) : item));
    added = setElement(added, value, { keys: matchKeys, texts });
  }
  if (values.length === 0) return base;
  return at.context.prepend ? append(added, base, matchKeys) : append([...base], added, matchKeys);
}

function append(to: KValue[], from: readonly KValue[], keys: readonly string[]): KValue[] {
  let out = to;
  for (const element of from) {
    const texts: string[] = [];
    if (keys[0] === '') texts.push(rawText(element));
    else {
      for (const key of keys) {
        const value = fieldOf(element, key);
        if (value === undefined) out = [...out, element];
        else texts.push(rawText(value));
      }
    }
    if (keys.length > 1) out = setElement(out, undefined, { keys, texts });
    out = setElement(out, element, { keys, texts });
  }
  return out;
}

/** A list that the patch does not name: the same one, where every element has a key of its own. */
function untouched(dest: readonly KValue[], key: string, at: At): readonly KValue[] | undefined {
  const seen = new Set<string>();
  let out: KValue[] | undefined;
  for (let i = 0; i < dest.length; i++) {
    const element = dest[i] as KValue;
    const text = key === '' ? rawText(element) : keyText(element, key);
    if (text === '' || seen.has(text) || (key === '') === isMap(element)) return undefined;
    seen.add(text);
    const { value } = at.merge(element, undefined, { context: at.context, schema: at.schema.elements });
    if (value === element) continue;
    if (isHollow(value)) return undefined;
    out ??= [...dest];
    out[i] = value as KValue;
  }
  return out ?? dest;
}
