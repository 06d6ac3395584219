import type { CallContext, FunctionTable, GoCall, GoFunc, MaybeValue, ParamType } from './model.ts';

/**
 * Makes a function. The last parameter is variadic where it starts with `...`. The arguments were checked against the
 * parameters before the call, so `call` may name their types.
 * @example goFunc('join', ['string', 'any'], ([separator, list]: [string, MaybeValue]) => ...)
 */
export function goFunc<A extends readonly MaybeValue[]>(
  name: string,
  params: readonly ParamType[],
  call: (args: A, ctx: CallContext) => MaybeValue,
): GoFunc {
  const last = params.at(-1);
  const variadic = last?.startsWith('...') ?? false;
  return {
    name,
    params: variadic ? [...params.slice(0, -1), (last as string).slice(3)] : params,
    variadic,
    call: call as unknown as GoCall,
  };
}

/** Makes a table; the functions of later lists win. */
export function functionTable(...lists: readonly (readonly GoFunc[])[]): FunctionTable {
  const table = new Map<string, GoFunc>();
  for (const list of lists) for (const f of list) table.set(f.name, f);
  return table;
}

/** Puts tables together; later ones win. */
export function mergeTables(...tables: readonly FunctionTable[]): FunctionTable {
  const out = new Map<string, GoFunc>();
  for (const table of tables) for (const [name, f] of table) out.set(name, f);
  return out;
}
