import { GoError } from '../errors.ts';
import { UINT8 } from '../types.ts';
import { toText } from '../cast.ts';
import { GoBytes, GoInt, goTypeOf } from '../values.ts';
import { GoObject, type MaybeValue, type TemplateValue } from '../model.ts';

/** What Go's runtime says where nil is used as if it were something. */
export const NIL_DEREFERENCE = 'runtime error: invalid memory address or nil pointer dereference';

/** The items of any slice, or `undefined` for everything else. */
export function itemsOf(value: MaybeValue): readonly TemplateValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof GoBytes) return Array.from(value.bytes, (byte) => new GoInt(UINT8, byte));
  if (value instanceof GoObject && goTypeOf(value)?.kind === 'slice') return value.entries().map(([, item]) => item);
  return undefined;
}

/** The items of a slice. @throws GoError `<complaint> <kind>` for everything else */
export function listOf(value: MaybeValue, complaint: string): readonly TemplateValue[] {
  const items = itemsOf(value);
  if (items !== undefined) return items;
  const kind = goTypeOf(value)?.kind;
  throw new GoError(kind === undefined ? NIL_DEREFERENCE : `${complaint} ${kind}`);
}

/** The texts of a list's items, nil left out; of a single value its own. */
export function textsOf(value: MaybeValue): string[] {
  const items = itemsOf(value);
  if (items === undefined) return value === null || value === undefined ? [] : [toText(value)];
  const out: string[] = [];
  for (const item of items) if (item !== null) out.push(toText(item));
  return out;
}
