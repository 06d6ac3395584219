import { compareBytes } from '@flux-ts/base';
import { GoError } from './errors.ts';
import { sprint } from './fmt.ts';
import { formatGo } from './printf.ts';
import { goTypeOf, integerOf, isNilSlice, typeName, type GoComplex } from './values.ts';
import { GoObject, type MaybeValue } from './model.ts';

type BasicKind = 'bool' | 'complex' | 'int' | 'float' | 'string' | 'uint' | undefined;

function basicKind(value: MaybeValue): BasicKind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    default: {
      const kind = goTypeOf(value)?.kind;
      if (kind === undefined || kind === 'interface') return undefined;
      if (kind.startsWith('int')) return 'int';
      if (kind.startsWith('uint')) return 'uint';
      return kind === 'complex128'
        ? 'complex'
        : kind.startsWith('float')
          ? 'float'
          : kind === 'bool' || kind === 'string'
            ? kind
            : undefined;
    }
  }
}

/** Integers are held as number or, where they are large, as bigint. */
function sameInteger(a: MaybeValue, b: MaybeValue): boolean {
  return BigInt(integerOf(a) as number | bigint) === BigInt(integerOf(b) as number | bigint);
}

function incompatible(a: MaybeValue, b: MaybeValue): never {
  throw new GoError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

/** Equality of two values that are neither of a basic kind. */
function equalOthers(a: MaybeValue, b: MaybeValue): boolean {
  const kindA = isNilSlice(a) ? undefined : goTypeOf(a)?.kind;
  const kindB = isNilSlice(b) ? undefined : goTypeOf(b)?.kind;
  if (kindA !== undefined && kindB !== undefined && kindA !== kindB) {
    throw new GoError(`non-comparable types ${formatGo('%s', [a])}: ${typeName(a)}, ${typeName(b)}: ${sprint([b])}`);
  }
  if (kindA === undefined || kindB === undefined) return kindA === kindB;
  if (kindB === 'map' || kindB === 'slice' || kindB === 'func')
    throw new GoError(`non-comparable type ${formatGo('%s', [b])}: ${typeName(b)}`);
  if (a === b) return true;
  if (kindB === 'ptr' || !(a instanceof GoObject) || !(b instanceof GoObject)) return false;
  return typeName(a) === typeName(b) && sprint([a]) === sprint([b]);
}

function equalPair(a: MaybeValue, b: MaybeValue): boolean {
  const kindA = basicKind(a);
  const kindB = basicKind(b);
  if (kindA !== kindB) {
    const mixed = (kindA === 'int' && kindB === 'uint') || (kindA === 'uint' && kindB === 'int');
    if (mixed) return sameInteger(a, b);
    if (a !== undefined && a !== null && b !== undefined && b !== null) incompatible(a, b);
    return false;
  }
  switch (kindA) {
    case undefined:
      return equalOthers(a, b);
    case 'int':
    case 'uint':
      return sameInteger(a, b);
    case 'complex':
      return (a as GoComplex).real === (b as GoComplex).real && (a as GoComplex).imaginary === (b as GoComplex).imaginary;
    default:
      return a === b || (typeof a === 'object' && sprint([a]) === sprint([b]));
  }
}

/** Go's `eq`: whether the first value equals any of the others. @throws GoError for types that cannot be compared */
export function equal(first: MaybeValue, others: readonly MaybeValue[]): boolean {
  if (others.length === 0) throw new GoError('missing argument for comparison');
  for (const other of others) if (equalPair(first, other)) return true;
  return false;
}

/** Go's `lt`. @throws GoError for types that have no order */
export function less(a: MaybeValue, b: MaybeValue): boolean {
  const kindA = basicKind(a);
  const kindB = basicKind(b);
  if (kindA === undefined || kindB === undefined) throw new GoError('invalid type for comparison');
  const whole = (kind: BasicKind): boolean => kind === 'int' || kind === 'uint';
  if (whole(kindA) && whole(kindB)) return (integerOf(a) as number | bigint) < (integerOf(b) as number | bigint);
  if (kindA !== kindB) return incompatible(a, b);
  if (kindA === 'bool' || kindA === 'complex') throw new GoError('invalid type for comparison');
  if (kindA === 'float') return (a as number) < (b as number);
  return compareBytes(a as string, b as string) < 0;
}

/** Go's `le`. */
export function lessOrEqual(a: MaybeValue, b: MaybeValue): boolean {
  return less(a, b) || equal(a, [b]);
}
