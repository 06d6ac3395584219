import { define, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { formatGo, type TemplateValue } from '@flux-ts/gotemplate';
import type { Chart } from '../chart/model.ts';
import { valuesError } from '../errors.ts';
import { copyTable, dropNulls, joinPath, mergeTable, tableAt, type Table, type Warn } from './tables.ts';

/** The major version whose rules count where Helm 3 and Helm 4 differ. */
export type HelmMajor = 3 | 4;

/** How values are layered. */
export interface CoalesceOptions {
  /** Default 4: null in a chart's own defaults takes the key away; Helm 3 keeps it. */
  readonly helmVersion?: HelmMajor;
  readonly warn?: Warn | undefined;
}

interface Run {
  readonly keepNull: boolean;
  readonly helmVersion: HelmMajor;
  readonly warn: Warn | undefined;
}

/**
 * Puts a user's values over the chart's defaults, and those over the subcharts'; null takes keys away.
 * @param values not changed @returns a new table that nothing else holds
 * @throws ValuesError VALUES_TYPE where a subchart's section is no table
 */
export function coalesceValues(chart: Chart, values: JsonObject, options: CoalesceOptions = {}): Table {
  return run(chart, values, { keepNull: false, helmVersion: options.helmVersion ?? 4, warn: options.warn });
}

/** As {@link coalesceValues}, but null stays: for values that will be coalesced again. */
export function mergeChartValues(chart: Chart, values: JsonObject, options: CoalesceOptions = {}): Table {
  return run(chart, values, { keepNull: true, helmVersion: options.helmVersion ?? 4, warn: options.warn });
}

function run(chart: Chart, values: JsonObject, how: Run): Table {
  const dest = copyTable(values);
  coalesce(chart, dest, '', how);
  return dest;
}

function coalesce(chart: Chart, dest: Table, prefix: string, how: Run): void {
  ownDefaults(chart, dest, prefix, how);
  const path = joinPath(prefix, chart.metadata.name);
  for (const child of chart.subcharts) {
    const name = child.metadata.name;
    const at = Object.hasOwn(dest, name) ? dest[name] : undefined;
    if (at === undefined) define(dest, name, {});
    else if (!isObject(at)) throw valuesError('VALUES_TYPE', formatGo(`type mismatch on %s: %t`, [name, at as TemplateValue]));
    const section = tableAt(dest, name) as Table;
    globals(section, dest, path, how);
    coalesce(child, section, path, how);
  }
}

/** Copies a parent's globals into a subchart's section, the parent's on top. */
function globals(dest: Table, src: Table, prefix: string, how: Run): void {
  const own = Object.hasOwn(dest, 'global') ? dest['global'] : {};
  const above = Object.hasOwn(src, 'global') ? src['global'] : {};
  if (!isObject(own)) return how.warn?.('warning: skipping globals because destination global is not a table.');
  if (!isObject(above)) return how.warn?.('warning: skipping globals because source global is not a table.');
  const target = own as Table;
  for (const key of Object.keys(above)) {
    const value = above[key] as JsonValue;
    const below = Object.hasOwn(target, key) ? target[key] : undefined;
    if (isObject(value)) {
      const top: Table = { ...value }; // shallow: deeper tables are shared with the parent, as upstream
      if (below === undefined) define(target, key, top);
      else if (!isObject(below)) how.warn?.(`Conflict: cannot merge map onto non-map for ${JSON.stringify(key)}. Skipping.`);
      else {
        mergeTable(top, below as Table, { keepNull: true, keepNullOverNull: false, prefix: joinPath(prefix, key), warn: how.warn });
        define(target, key, top);
      }
    } else if (isObject(below)) how.warn?.(`key ${key} is table. Skipping`);
    else define(target, key, value);
  }
  define(dest, 'global', target);
}

function ownDefaults(chart: Chart, values: Table, prefix: string, how: Run): void {
  const defaults = copyTable(chart.values);
  const path = joinPath(prefix, chart.metadata.name);
  for (const key of Object.keys(defaults)) {
    const value = defaults[key] as JsonValue;
    if (!Object.hasOwn(values, key)) {
      if (!how.keepNull && how.helmVersion === 4) {
        if (value === null) continue;
        if (isObject(value)) dropNulls(value as Table);
      }
      define(values, key, value);
      continue;
    }
    const over = values[key] as JsonValue;
    if (over === null && !how.keepNull) delete values[key];
    else if (isObject(over)) {
      if (!isObject(value)) {
        if (value !== null) how.warn?.(`warning: skipped value for ${path}.${key}: Not a table.`);
        continue;
      }
      const keepNull = how.keepNull || chart.subcharts.some((child) => child.metadata.name === key);
      if (!keepNull && how.helmVersion === 4) dropNulls(value as Table);
      mergeTable(over as Table, value as Table, {
        keepNull,
        keepNullOverNull: how.helmVersion === 4,
        prefix: joinPath(path, key),
        warn: how.warn,
      });
    }
  }
}
