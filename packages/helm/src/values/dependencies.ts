import { isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { formatGo, type TemplateValue } from '@flux-ts/gotemplate';
import { parseConstraint, SemverError, tryParseVersion } from '@flux-ts/semver';
import type { Chart, ChartDependency } from '../chart/model.ts';
import { coalesceValues, mergeChartValues, type CoalesceOptions } from './coalesce.ts';
import { copyTable, lookupTable, lookupValue, mergeTable, type Table, type Warn } from './tables.ts';

/** Tells whether a version lies in a range; a text that is neither version nor range never does. */
export function isCompatibleRange(constraint: string, version: string): boolean {
  const parsed = tryParseVersion(version);
  if (parsed === undefined) return false;
  try {
    return parseConstraint(constraint).check(parsed);
  } catch (error) {
    if (error instanceof SemverError) return false;
    throw error;
  }
}

/**
 * Applies a chart's `dependencies`: aliases, conditions, tags and import-values, at every level.
 * @param values what the user gave, not coalesced
 * @returns a new chart: disabled subcharts gone, aliased ones renamed, imported values among its defaults
 */
export function processDependencies(chart: Chart, values: JsonObject, options: CoalesceOptions = {}): Chart {
  return importAll(selectEnabled(chart, values, '', options), options);
}

function aliased(charts: readonly Chart[], dependency: ChartDependency): Chart | undefined {
  const found = charts.find((c) => c.metadata.name === dependency.name && isCompatibleRange(dependency.version ?? '', c.metadata.version));
  if (found === undefined || dependency.alias === undefined) return found;
  return { ...found, metadata: { ...found.metadata, name: dependency.alias }, loadedName: found.metadata.name };
}

function selectEnabled(chart: Chart, values: JsonObject, path: string, options: CoalesceOptions): Chart {
  const declared = chart.metadata.dependencies;
  if (declared === undefined) return chart;
  const undeclared = chart.subcharts.filter(
    (child) => !declared.some((d) => d.name === child.metadata.name && isCompatibleRange(d.version ?? '', child.metadata.version)),
  );
  const found = declared.map((d) => aliased(chart.subcharts, d)).filter((c) => c !== undefined);
  const candidates = [...undeclared, ...found];
  const renamed = declared.map((d) => ({ ...d, name: d.alias ?? d.name }));
  const all: Chart = { ...chart, subcharts: candidates };
  const coalesced = coalesceValues(all, values, options);
  const tags = lookupTable(coalesced, 'tags');
  const enabled = renamed.map((d) => byCondition(d, coalesced, path, options.warn) ?? byTags(d, tags, options.warn));
  const off = new Set(renamed.filter((_, i) => enabled[i] === false).map((d) => d.name));
  const dependencies = renamed.filter((d) => !off.has(d.name)).map((d) => inOrder({ ...d, enabled: true }));
  const subcharts = candidates
    .filter((child) => !off.has(child.metadata.name))
    .map((child) => selectEnabled(child, coalesced, `${path}${child.metadata.name}.`, options));
  return withDependencies({ ...chart, subcharts }, dependencies);
}

/** The keys in the order of Go's struct; `enabled` stands before `import-values`. */
function inOrder(d: ChartDependency): ChartDependency {
  const { name, version, repository, condition, tags, enabled, alias } = d;
  const imports = d['import-values'];
  return {
    name,
    ...(version === undefined ? {} : { version }),
    repository,
    ...(condition === undefined ? {} : { condition }),
    ...(tags === undefined ? {} : { tags }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(imports === undefined ? {} : { 'import-values': imports }),
    ...(alias === undefined ? {} : { alias }),
  };
}

function withDependencies(chart: Chart, dependencies: readonly ChartDependency[]): Chart {
  const { dependencies: _, type, ...rest } = chart.metadata;
  const own = dependencies.length === 0 ? {} : { dependencies };
  return { ...chart, metadata: { ...rest, ...own, ...(type === undefined ? {} : { type }) } };
}

function byCondition(dependency: ChartDependency, values: JsonObject, path: string, warn: Warn | undefined): boolean | undefined {
  for (const condition of (dependency.condition ?? '').trim().split(',')) {
    if (condition === '') continue;
    const value = lookupValue(values, path + condition);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) warn?.(`returned non-bool value path=${condition} chart=${dependency.name}`);
  }
  return undefined;
}

function byTags(dependency: ChartDependency, tags: JsonObject | undefined, warn: Warn | undefined): boolean {
  let off = false;
  for (const tag of dependency.tags ?? []) {
    const value = tags !== undefined && Object.hasOwn(tags, tag) ? tags[tag] : undefined;
    if (value === true) return true;
    if (value === false) off = true;
    else if (value !== undefined) warn?.(`returned non-bool value tag=${tag} chart=${dependency.name}`);
  }
  return !off;
}

function importAll(chart: Chart, options: CoalesceOptions): Chart {
  const subcharts = chart.subcharts.map((child) => importAll(child, options));
  return importValues({ ...chart, subcharts }, options);
}

/** Where an import comes from and goes to; a bare name means `exports.<name>` into the top. */
function importPaths(entry: JsonValue): { readonly child: string; readonly parent: string } | undefined {
  if (typeof entry === 'string') return { child: `exports.${entry}`, parent: '.' };
  if (!isObject(entry)) return undefined;
  const text = (key: string): string => formatGo('%v', [Object.hasOwn(entry, key) ? (entry[key] as TemplateValue) : null]);
  return { child: text('child'), parent: text('parent') };
}

function importValues(chart: Chart, options: CoalesceOptions): Chart {
  const dependencies = chart.metadata.dependencies;
  if (dependencies === undefined) return chart;
  const merged = mergeChartValues(chart, {}, options);
  const how = { keepNull: true, keepNullOverNull: false, prefix: '', warn: options.warn };
  const imported: Table = {};
  const resolved = dependencies.map((dependency) => {
    const paths = (dependency['import-values'] ?? []).map(importPaths).filter((p) => p !== undefined);
    for (const { child, parent } of paths) {
      const table = lookupTable(merged, `${dependency.name}.${child}`);
      if (table === undefined) options.warn?.(`ImportValues missing table from chart ${dependency.name}`);
      else mergeTable(imported, parent === '.' ? table : nest(parent.split('.'), table), how);
    }
    const { 'import-values': _, ...rest } = dependency;
    return inOrder(paths.length === 0 ? rest : { ...rest, 'import-values': paths.map(({ child, parent }) => ({ child, parent })) });
  });
  // a copy, because imported tables are shared with those of the subcharts that they came from
  const values = mergeTable(copyTable(merged), imported, how);
  return { ...withDependencies(chart, resolved), values };
}

function nest(path: readonly string[], table: Table): Table {
  return path.reduceRight<Table>((inner, key) => ({ [key]: inner }), table);
}
