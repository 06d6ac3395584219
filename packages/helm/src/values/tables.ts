import { define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

/**
 * Values under construction. Helm's layering works in place and shares tables between a chart's globals and those of its
 * subcharts; what that sharing does to the result is part of its behaviour, so these functions work in place as well, on
 * private copies that {@link copyTable} makes.
 */
export type Table = Record<string, JsonValue>;

/** Told about values that do not fit together (Helm logs them). */
export type Warn = (message: string) => void;

/** A deep, changeable copy. Scalars are shared, lists too where they hold no table. */
export function copyTable(value: JsonObject): Table {
  const out: Table = {};
  for (const key of Object.keys(value)) define(out, key, copyValue(value[key] as JsonValue));
  return out;
}

function copyValue(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(copyValue);
  return isObject(value) ? copyTable(value) : value;
}

/** The table at a key, changeable; undefined where there is none. Only for values made by {@link copyTable}. */
export function tableAt(table: Table, key: string): Table | undefined {
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return isObject(value) ? (value as Table) : undefined;
}

/** `a.b` of two parts of a dotted path. */
export function joinPath(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}

/** Takes every null out of a table, at any depth of tables (not inside lists). */
export function dropNulls(table: Table): void {
  for (const key of Object.keys(table)) {
    if (table[key] === null) delete table[key];
    else {
      const inner = tableAt(table, key);
      if (inner !== undefined) dropNulls(inner);
    }
  }
}

/** How {@link mergeTable} treats null, and where it says what does not fit. */
export interface MergeTableOptions {
  /** Keep null (merging) or let it take the key away (coalescing). */
  readonly keepNull: boolean;
  /** A null over a null stays (Helm 4) instead of taking the key away (Helm 3). */
  readonly keepNullOverNull: boolean;
  readonly prefix: string;
  readonly warn: Warn | undefined;
}

/** Lays `dest` over `src`, in place: `dest` gets what it lacks. `src` may be changed and shared afterwards. */
export function mergeTable(dest: Table, src: Table, options: MergeTableOptions): Table {
  for (const key of Object.keys(src)) {
    const value = src[key] as JsonValue;
    const has = Object.hasOwn(dest, key);
    const over = has ? (dest[key] as JsonValue) : undefined;
    const path = joinPath(options.prefix, key);
    if (has && !options.keepNull && over === null && !(options.keepNullOverNull && value === null)) delete dest[key];
    else if (!has) define(dest, key, value);
    else if (isObject(value)) {
      if (isObject(over)) mergeTable(over as Table, value as Table, { ...options, prefix: path });
      else options.warn?.(`warning: cannot overwrite table with non table for ${path}`);
    } else if (isObject(over) && value !== null) {
      options.warn?.(`warning: destination for ${path} is a table. Ignoring non-table value`);
    }
  }
  return dest;
}

/** The table at a dotted path, as Helm's `Values.Table`. */
export function lookupTable(table: JsonObject, path: string): Table | undefined {
  let at: Table | undefined = table as Table;
  for (const key of path.split('.')) {
    if (at === undefined) return undefined;
    at = tableAt(at, key);
  }
  return at;
}

/** The value at a dotted path where it is no table, as Helm's `Values.PathValue`. */
export function lookupValue(table: JsonObject, path: string): JsonValue | undefined {
  const dot = path.lastIndexOf('.');
  const holder = dot < 0 ? (table as Table) : lookupTable(table, path.slice(0, dot));
  const key = path.slice(dot + 1);
  const value = holder !== undefined && Object.hasOwn(holder, key) ? holder[key] : undefined;
  return isObject(value) ? undefined : value;
}
