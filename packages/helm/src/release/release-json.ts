import { goJson, isArray, isObject, own, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { metadataOf } from '../chart/metadata.ts';
import type { ChartMetadata } from '../chart/model.ts';
import type { ChartRecord, FileRecord, HookRecord, ReleaseInfoRecord, ReleaseRecord } from './record.ts';

function present(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return false;
  if (isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}

/** The given keys in order, those without a value left out: Go's struct with `omitempty`. */
export function ordered(object: object, keys: readonly string[], always: readonly string[] = []): JsonObject {
  const from = object as JsonObject;
  const out: Record<string, JsonValue> = {};
  for (const key of keys) {
    const value = own(from, key);
    if (present(value) || always.includes(key)) out[key] = value ?? null;
  }
  return out;
}

const INFO: readonly string[] = [
  'first_deployed',
  'last_deployed',
  'deleted',
  'description',
  'status',
  'rollback_revision',
  'notes',
  'resources',
];
const HOOK: readonly string[] = [
  'name',
  'kind',
  'path',
  'manifest',
  'events',
  'last_run',
  'weight',
  'delete_policies',
  'output_log_policies',
];
const METADATA: readonly string[] = [
  'name',
  'home',
  'sources',
  'version',
  'description',
  'keywords',
  'maintainers',
  'icon',
  'apiVersion',
  'condition',
  'tags',
  'appVersion',
  'deprecated',
  'annotations',
  'kubeVersion',
  'dependencies',
  'type',
];
const DEPENDENCY: readonly string[] = ['name', 'version', 'repository', 'condition', 'tags', 'enabled', 'import-values', 'alias'];

/** A value whose objects are Go maps: printed with sorted keys. */
export class GoMap {
  readonly value: JsonValue;

  constructor(value: JsonValue) {
    this.value = value;
  }
}

type Printable = JsonValue | GoMap | readonly Printable[] | { readonly [key: string]: Printable };

/** Prints as Go's encoding/json: structs in their order, maps sorted, HTML escaped. */
export function printGo(value: Printable): string {
  if (value instanceof GoMap) return goJson(value.value);
  if (Array.isArray(value)) return `[${(value as readonly Printable[]).map(printGo).join(',')}]`;
  if (typeof value !== 'object' || value === null) return goJson(value);
  const object = value as { readonly [key: string]: Printable };
  return `{${Object.keys(object)
    .map((key) => `${goJson(key)}:${printGo(object[key] as Printable)}`)
    .join(',')}}`;
}

/** The info of a release in the order of its JSON. */
export function infoJson(info: ReleaseInfoRecord): Printable {
  const out = ordered(info, INFO);
  return out['resources'] === undefined ? out : { ...out, resources: new GoMap(out['resources']) };
}

/** Chart.yaml in the order of its JSON. */
export function metadataJson(metadata: ChartMetadata | null): Printable {
  if (metadata === null) return null;
  const out: Record<string, Printable> = { ...ordered(metadata, METADATA) };
  if (metadata.maintainers !== undefined && metadata.maintainers.length > 0) {
    out['maintainers'] = metadata.maintainers.map((m) => ordered(m, ['name', 'email', 'url']));
  }
  if (out['annotations'] !== undefined) out['annotations'] = new GoMap({ ...metadata.annotations });
  if (metadata.dependencies !== undefined && metadata.dependencies.length > 0) {
    out['dependencies'] = metadata.dependencies.map((d) => {
      const dependency: Record<string, Printable> = { ...ordered(d, DEPENDENCY, ['name', 'repository']) };
      if (dependency['import-values'] !== undefined) dependency['import-values'] = new GoMap(dependency['import-values'] as JsonValue);
      return dependency;
    });
  }
  return out;
}

/** A hook in the order of its JSON. */
export function hookJson(hook: HookRecord): Printable {
  const out = ordered(hook, HOOK, ['last_run']);
  return { ...out, last_run: ordered(hook.last_run ?? {}, ['started_at', 'completed_at', 'phase'], ['phase']), ...restOf(out) };
}

/** What stands behind `last_run`, again, so that spreading keeps the order of keys. */
function restOf(out: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(out).filter(([key]) => key !== 'last_run'));
}

function fileJson(file: FileRecord): Printable {
  return { name: file.name, data: file.data, ...(file.modtime === undefined ? {} : { modtime: file.modtime }) };
}

function chartJson(chart: ChartRecord): Printable {
  return {
    metadata: metadataJson(chart.metadata),
    lock: chart.lock,
    templates: chart.templates?.map(fileJson) ?? null,
    values: new GoMap(chart.values),
    schema: chart.schema,
    ...(chart.schemamodtime === undefined ? {} : { schemamodtime: chart.schemamodtime }),
    files: chart.files?.map(fileJson) ?? null,
    ...(chart.modtime === undefined ? {} : { modtime: chart.modtime }),
  };
}

/** Prints a release as Helm stores it. */
export function releaseJson(record: ReleaseRecord): string {
  return printGo({
    name: record.name,
    info: infoJson(record.info),
    chart: chartJson(record.chart),
    ...(record.config !== null && Object.keys(record.config).length > 0 ? { config: new GoMap(record.config) } : {}),
    ...(record.manifest === '' ? {} : { manifest: record.manifest }),
    ...(record.hooks === null || record.hooks.length === 0 ? {} : { hooks: record.hooks.map(hookJson) }),
    version: record.version,
    namespace: record.namespace,
    ...(record.apply_method === undefined ? {} : { apply_method: record.apply_method }),
  });
}

function objectOr(value: JsonValue | undefined): JsonObject | null {
  return isObject(value) ? value : null;
}

/**
 * Reads a stored release; what it lacks gets Go's zero value.
 * @throws SyntaxError where the text is no JSON, TypeError where it is no object
 */
export function parseRelease(text: string, labels?: Readonly<Record<string, string>>): ReleaseRecord {
  const value = parseJson(text);
  if (!isObject(value)) throw new TypeError('a release is a JSON object');
  const chart = objectOr(own(value, 'chart')) ?? {};
  const metadata = objectOr(own(chart, 'metadata'));
  const info = { ...objectOr(own(value, 'info')) } as Record<string, JsonValue>;
  for (const key of ['first_deployed', 'last_deployed', 'deleted']) if (info[key] === '') delete info[key];
  const hooks = own(value, 'hooks');
  const applyMethod = own(value, 'apply_method');
  const text_ = (key: string): string => {
    const at = own(value, key);
    return typeof at === 'string' ? at : '';
  };
  return {
    name: text_('name'),
    info: info as ReleaseInfoRecord,
    chart: {
      ...(chart as unknown as ChartRecord),
      metadata: metadata === null ? null : metadataOf(metadata),
    },
    config: objectOr(own(value, 'config')),
    manifest: text_('manifest'),
    hooks: isArray(hooks) ? (hooks as readonly HookRecord[]).map(readHook) : null,
    version: Number(own(value, 'version') ?? 0),
    namespace: text_('namespace'),
    ...(applyMethod === 'ssa' || applyMethod === 'csa' ? { apply_method: applyMethod } : {}),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** Helm 3 writes the times of hooks that never ran as empty texts. */
function readHook(hook: HookRecord): HookRecord {
  const run = hook.last_run;
  if (run === undefined) return hook;
  const { started_at: started, completed_at: completed, phase } = run;
  return {
    ...hook,
    last_run: { ...(started ? { started_at: started } : {}), ...(completed ? { completed_at: completed } : {}), phase: phase ?? '' },
  };
}
