import { compareBytes } from '@flux-ts/base';
import { toInt64, toText } from '../cast.ts';
import { goDeepEqual } from '../deep-equal.ts';
import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import { ANY_SLICE, sliceType } from '../types.ts';
import { GoBytes, goTypeOf, nilSlice, stringSlice, typedSlice } from '../values.ts';
import { isEmpty } from './defaults.ts';
import { NIL_DEREFERENCE, itemsOf, listOf, textsOf } from './lists-of.ts';
import type { GoFunc, MaybeValue, TemplateValue } from '../model.ts';

type Values = readonly TemplateValue[];

/** Makes a function and its twin with `must`: in sprig one panics, the other returns, the same error. */
function both(name: string, params: readonly string[], call: (args: Values) => MaybeValue): GoFunc[] {
  const must = `must${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
  return [goFunc(name, params, call), goFunc(must, params, call)];
}

function push([list, item]: Values): TemplateValue[] {
  return [...listOf(list, 'Cannot push on type'), item as TemplateValue];
}

function includes(list: Values, item: TemplateValue): boolean {
  return list.some((other) => goDeepEqual(other, item));
}

function uniq(list: Values): TemplateValue[] {
  const out: TemplateValue[] = [];
  for (const item of list) if (!includes(out, item)) out.push(item);
  return out;
}

function chunk([size, list]: Values): TemplateValue[] {
  const items = listOf(list, 'Cannot chunk type');
  const step = Number(toInt64(size));
  if (step < 0 && Math.floor((items.length - 1) / step) === -1) return typedSlice(sliceType(ANY_SLICE), []);
  if (step <= 0) throw new GoError('runtime error: makeslice: len out of range');
  const out: TemplateValue[] = [];
  for (let i = 0; i < items.length; i += step) out.push(items.slice(i, i + step));
  return typedSlice(sliceType(ANY_SLICE), out);
}

/** A part of a list; of an empty one Go's nil slice. */
function someOf(list: Values, from: number, to: number | undefined): TemplateValue[] {
  return list.length === 0 ? nilSlice(ANY_SLICE) : list.slice(from, to);
}

function slice([list, from, to]: Values): MaybeValue {
  const items = listOf(list, 'list should be type of slice or array but');
  if (items.length === 0) return null;
  const start = from === undefined ? 0 : Number(toInt64(from));
  const end = to === undefined ? items.length : Number(toInt64(to));
  if (start < 0 || start > end || end > items.length) throw new GoError('reflect.Value.Slice: slice index out of bounds');
  if (list instanceof GoBytes) return new GoBytes(list.bytes.subarray(start, end));
  const type = goTypeOf(list);
  return type === undefined || type.name === ANY_SLICE.name ? items.slice(start, end) : typedSlice(type, items.slice(start, end));
}

function concat(lists: Values): TemplateValue[] {
  const out = lists.flatMap((list) => {
    const items = itemsOf(list);
    if (items !== undefined) return items;
    const kind = goTypeOf(list)?.kind;
    throw new GoError(kind === undefined ? NIL_DEREFERENCE : `Cannot concat type ${kind} as list`);
  });
  return out.length === 0 ? nilSlice(ANY_SLICE) : out;
}

function sortAlpha([list]: Values): TemplateValue[] {
  if (itemsOf(list) === undefined) return stringSlice([toText(list)]);
  return stringSlice(textsOf(list).sort(compareBytes));
}

function has([needle, list]: Values): boolean {
  return list !== null && includes(listOf(list, 'Cannot find has on type'), needle as TemplateValue);
}

/** list, append, prepend, concat, first and its kin, uniq, without, has, slice, chunk, sortAlpha, join. */
export const LISTS: readonly GoFunc[] = [
  goFunc('list', ['...any'], (args: Values) => [...args]),
  goFunc('tuple', ['...any'], (args: Values) => [...args]),
  ...both('append', ['any', 'any'], push),
  ...both('push', ['any', 'any'], push),
  ...both('prepend', ['any', 'any'], ([list, item]) => [item as TemplateValue, ...listOf(list, 'Cannot prepend on type')]),
  ...both('first', ['any'], ([list]) => listOf(list, 'Cannot find first on type')[0] ?? null),
  ...both('last', ['any'], ([list]) => listOf(list, 'Cannot find last on type').at(-1) ?? null),
  ...both('rest', ['any'], ([list]) => someOf(listOf(list, 'Cannot find rest on type'), 1, undefined)),
  ...both('initial', ['any'], ([list]) => someOf(listOf(list, 'Cannot find initial on type'), 0, -1)),
  ...both('reverse', ['any'], ([list]) => [...listOf(list, 'Cannot find reverse on type')].reverse()),
  ...both('compact', ['any'], ([list]) => listOf(list, 'Cannot compact on type').filter((item) => !isEmpty(item))),
  ...both('uniq', ['any'], ([list]) => uniq(listOf(list, 'Cannot find uniq on type'))),
  ...both('without', ['any', '...any'], ([list, ...omit]) =>
    listOf(list, 'Cannot find without on type').filter((item) => !includes(omit, item)),
  ),
  ...both('has', ['any', 'any'], has),
  ...both('slice', ['any', '...any'], slice),
  ...both('chunk', ['int', 'any'], chunk),
  goFunc('concat', ['...any'], concat),
  goFunc('sortAlpha', ['any'], sortAlpha),
  goFunc('toStrings', ['any'], ([value]: Values) => stringSlice(textsOf(value))),
  goFunc('join', ['string', 'any'], ([separator, list]: [string, TemplateValue]) => textsOf(list).join(separator)),
];
