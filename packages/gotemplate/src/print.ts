import { sprint } from './fmt.ts';
import { goTypeOf } from './values.ts';
import { GoObject, type MaybeValue } from './model.ts';

/** What an action prints of a value: `<no value>` for nil; `undefined` for what cannot be printed (functions). */
export function printable(value: MaybeValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined) return '<no value>';
  if (goTypeOf(value)?.kind === 'func') return undefined;
  return (value instanceof GoObject ? value.addressed() : undefined) ?? sprint([value]);
}
