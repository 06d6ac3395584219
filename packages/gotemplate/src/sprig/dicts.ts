import { define, sortedKeys, type JsonObject } from '@flux-ts/base';
import { toText } from '../cast.ts';
import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import { ANY_SLICE, type GoType } from '../types.ts';
import { GoNamedMap, goTypeOf, isMap, stringSlice, typeName, typedMap, typedSlice } from '../values.ts';
import { mergeInto } from './merge.ts';
import { GoObject, type GoFunc, type MaybeValue, type TemplateMap, type TemplateValue } from '../model.ts';

const MAP = 'map[string]interface {}';

/** Sets a key of a map that a template may write. @throws GoError where the map is Go's nil map */
function setKey(map: TemplateMap, key: string, value: TemplateValue): void {
  if (Object.isFrozen(map)) throw new GoError('assignment to entry in nil map');
  if (key === '__proto__') define(map as Record<string, never>, key, value as never);
  else map[key] = value;
}

function keysOf(map: TemplateMap): string[] {
  return sortedKeys(map as JsonObject);
}

function dict(args: readonly TemplateValue[]): TemplateMap {
  const out: TemplateMap = {};
  for (let i = 0; i < args.length; i += 2) {
    const key = args[i];
    setKey(out, typeof key === 'string' ? key : toText(key), i + 1 < args.length ? (args[i + 1] as TemplateValue) : '');
  }
  return out;
}

function pick(map: TemplateMap, keys: readonly string[]): TemplateMap {
  const out: TemplateMap = {};
  for (const key of keys) if (Object.hasOwn(map, key)) setKey(out, key, map[key] as TemplateValue);
  return out;
}

function omit(map: TemplateMap, keys: readonly string[]): TemplateMap {
  const out: TemplateMap = {};
  for (const key of Object.keys(map)) if (!keys.includes(key)) setKey(out, key, map[key] as TemplateValue);
  return out;
}

/** Gives the map of a type assertion. @throws GoError with the text of Go's panic */
function assertMap(value: MaybeValue): TemplateMap {
  if (isMap(value) && goTypeOf(value)?.name === MAP) return value;
  throw new GoError(`interface conversion: interface {} is ${value === null || value === undefined ? 'nil' : typeName(value)}, not ${MAP}`);
}

function dig(args: readonly TemplateValue[]): MaybeValue {
  if (args.length < 3) throw new GoError('dig needs at least three arguments');
  const keys = args.slice(0, -2);
  let at = assertMap(args.at(-1));
  keys.forEach((key) => {
    if (typeof key !== 'string')
      throw new GoError(`interface conversion: interface {} is ${key === null ? 'nil' : typeName(key)}, not string`);
  });
  for (let i = 0; ; i++) {
    const key = keys[i] as string;
    if (!Object.hasOwn(at, key)) return args.at(-2);
    if (i === keys.length - 1) return at[key];
    at = assertMap(at[key]);
  }
}

function copy(value: TemplateValue): TemplateValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const type = goTypeOf(value) as GoType;
    const items = value.map(copy);
    return type === ANY_SLICE ? items : typedSlice(type, items);
  }
  if (value instanceof GoNamedMap) return new GoNamedMap(value.type.name, copyEntries(value.map));
  if (!isMap(value)) return value instanceof GoObject ? value.copied() : value;
  return typeName(value) === MAP ? copyEntries(value) : typedMap(goTypeOf(value) as GoType, copyEntries(value));
}

function copyEntries(map: TemplateMap): TemplateMap {
  const out: TemplateMap = {};
  for (const key of Object.keys(map)) setKey(out, key, copy(map[key] as TemplateValue));
  return out;
}

/** Copies a value as `deepCopy` does. @throws GoError for nil */
function deepCopy(value: MaybeValue): MaybeValue {
  if (value === null || value === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  return copy(value);
}

type Maps = readonly [TemplateMap, ...TemplateMap[]];

function merge(name: string, overwrite: boolean): GoFunc {
  return goFunc(name, [MAP, `...${MAP}`], ([target, ...sources]: Maps) => {
    const into = Object.isFrozen(target) ? {} : target;
    for (const source of sources) mergeInto(into, source, overwrite);
    return into;
  });
}

function del(map: TemplateMap, key: string): TemplateMap {
  if (!Object.isFrozen(map)) delete map[key];
  return map;
}

/** dict, get, set, unset, hasKey, pluck, keys, values, pick, omit, merge and its kin, dig, deepCopy. */
export const DICTS: readonly GoFunc[] = [
  goFunc('dict', ['...any'], dict),
  goFunc('get', [MAP, 'string'], ([map, key]: [TemplateMap, string]) => (Object.hasOwn(map, key) ? map[key] : '')),
  goFunc('set', [MAP, 'string', 'any'], ([map, key, value]: [TemplateMap, string, TemplateValue]) => {
    setKey(map, key, value);
    return map;
  }),
  goFunc('unset', [MAP, 'string'], ([map, key]: [TemplateMap, string]) => del(map, key)),
  goFunc('hasKey', [MAP, 'string'], ([map, key]: [TemplateMap, string]) => Object.hasOwn(map, key)),
  goFunc('pluck', ['string', `...${MAP}`], ([key, ...maps]: [string, ...TemplateMap[]]) =>
    maps.filter((map) => Object.hasOwn(map, key)).map((map) => map[key] as TemplateValue),
  ),
  goFunc('keys', [`...${MAP}`], (maps: readonly TemplateMap[]) => stringSlice(maps.flatMap(keysOf))),
  goFunc('values', [MAP], ([map]: [TemplateMap]) => keysOf(map).map((key) => map[key] as TemplateValue)),
  goFunc('pick', [MAP, '...string'], ([map, ...keys]: [TemplateMap, ...string[]]) => pick(map, keys)),
  goFunc('omit', [MAP, '...string'], ([map, ...keys]: [TemplateMap, ...string[]]) => omit(map, keys)),
  merge('merge', false),
  merge('mustMerge', false),
  merge('mergeOverwrite', true),
  merge('mustMergeOverwrite', true),
  goFunc('dig', ['...any'], dig),
  goFunc('deepCopy', ['any'], ([value]: [MaybeValue]) => deepCopy(value)),
  goFunc('mustDeepCopy', ['any'], ([value]: [MaybeValue]) => deepCopy(value)),
];
