import { displayDouble } from './display.ts';
import { evalError, noSuchOverload } from './errors.ts';
import { typeNameOf } from './type-names.ts';
import { CelList, CelMap, CelOptional, CelUint, displayKey, type CelValue } from './values.ts';

/** Whether a missing field or item is an error or just not there. */
export type Presence = 'required' | 'optional';

/** The value as a truth value. @throws CelError where it is none */
export function asBool(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

function listIndex(index: CelValue): bigint {
  if (typeof index === 'bigint') return index;
  if (index instanceof CelUint) return index.value;
  if (typeof index !== 'number') throw evalError(`unsupported index type '${typeNameOf(index)}' in list`);
  if (!Number.isInteger(index)) throw evalError(`unsupported index value ${displayDouble(index)} in list`);
  return BigInt(index);
}

/**
 * Gives a field of a map or an item of a list.
 * @returns `undefined` where it is not there and need not be
 * @throws CelError where it is not there and has to be
 */
export function qualify(target: CelValue, key: CelValue, presence: Presence): CelValue | undefined {
  if (target instanceof CelMap) return presence === 'optional' ? target.find(key) : target.get(key);
  if (target instanceof CelList) {
    const index = listIndex(key);
    if (index >= 0n && index < target.size) return target.at(Number(index));
    if (presence === 'optional') return undefined;
    throw evalError(`index out of bounds: ${index}`);
  }
  if (presence === 'optional') return undefined;
  throw evalError(`no such key: ${displayKey(key)}`);
}

/** Tells whether a field is there. @throws CelError where it makes no sense to ask */
export function isPresent(target: CelValue, field: string): boolean {
  const inner = target instanceof CelOptional ? target.value : target;
  if (inner === undefined) return false;
  if (inner instanceof CelMap) return inner.find(field) !== undefined;
  if (inner instanceof CelList) listIndex(field);
  return false;
}
