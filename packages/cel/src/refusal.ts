import { noSuchOverload, type CelError } from './errors.ts';
import { typeNameOf } from './type-names.ts';
import type { CelValue } from './values.ts';

const NUMBERS = ['int', 'uint', 'double'];
const TIMES = ['google.protobuf.Duration', 'google.protobuf.Timestamp'];
const ORDERED = [...NUMBERS, ...TIMES, 'string', 'bytes', 'bool'];

/** The types that can do something with an operator at all. */
const ABLE: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['_+_', [...NUMBERS, ...TIMES, 'string', 'bytes', 'list']],
  ['_-_', [...NUMBERS, ...TIMES]],
  ['_*_', NUMBERS],
  ['_/_', NUMBERS],
  ['_%_', ['int', 'uint']],
  ['_<_', ORDERED],
  ['_<=_', ORDERED],
  ['_>_', ORDERED],
  ['_>=_', ORDERED],
  ['-_', ['int', 'double', 'bool', 'google.protobuf.Duration']],
]);

/** Types with methods of their own: they refuse for themselves, and say less. */
const WITH_METHODS: ReadonlySet<string> = new Set(['string', ...TIMES]);
const BARE: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'matches', '@in', '!_']);
const NAME_ONLY: ReadonlySet<string> = new Set(['size', 'sort']);

/**
 * What cel-go says of a call that has no meaning for its arguments: sometimes only that, sometimes which function,
 * sometimes the types, too.
 * @param fixedPattern the function got its pattern beforehand
 */
export function refusal(fn: string, args: readonly CelValue[], fixedPattern: boolean): CelError {
  const able = ABLE.get(fn);
  if (able !== undefined) {
    const type = typeNameOf(args[0] as CelValue);
    return noSuchOverload(able.includes(type) || WITH_METHODS.has(type) ? '' : fn);
  }
  if (fixedPattern || BARE.has(fn)) return noSuchOverload();
  const type = typeNameOf(args[0] as CelValue);
  if (fn === 'flatten' && args.length === 1) return noSuchOverload(`${type === 'map' ? 'map(dyn, dyn)' : type}.flatten()`);
  if (fn === 'sort' && WITH_METHODS.has(type)) return noSuchOverload();
  return noSuchOverload(NAME_ONLY.has(fn) ? fn : `${fn}(${args.map(typeNameOf).join(', ')})`);
}
