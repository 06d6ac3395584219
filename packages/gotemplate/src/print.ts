import { sprint } from './fmt.ts';
import { goTypeOf } from './values.ts';
import type { MaybeValue } from './model.ts';

/** What an action prints of a value: `<no value>` for nil; `undefined` for what cannot be printed (functions). */
export function printable(value: MaybeValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined) return '<no value>';
  if (goTypeOf(value)?.kind === 'func') return undefined;
  return sprint([value]);
}
