import { plainValue } from '@flux-ts/yaml';
import { deepEqual } from '@flux-ts/base';
import type { KValue } from './value.ts';

/** Tells whether two values are equal as JSON. */
export function deepEqualValues(a: KValue, b: KValue): boolean {
  return a === b || deepEqual(plainValue(a), plainValue(b));
}
