import { define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { tryParseVersion } from '@flux-ts/semver';
import { parseYaml } from '@flux-ts/yaml';
import { chartError } from '../errors.ts';
import type { ChartDependency, ChartLock, ChartMetadata, Maintainer } from './model.ts';

function goKind(value: JsonValue): string {
  if (isArray(value)) return 'array';
  return value === null ? 'null' : typeof value === 'bigint' ? 'number' : typeof value;
}

/** Reads fields as encoding/json does into a Go struct: the exact key, else one that differs in case only. */
class Fields {
  readonly #object: JsonObject;
  readonly #struct: string;

  constructor(value: JsonValue, struct: string) {
    if (!isObject(value)) throw mismatch(goKind(value), undefined, struct);
    this.#object = value;
    this.#struct = struct;
  }

  get(name: string): JsonValue | undefined {
    if (Object.hasOwn(this.#object, name)) return this.#object[name];
    const lower = name.toLowerCase();
    for (const key of Object.keys(this.#object)) if (key.toLowerCase() === lower) return this.#object[key];
    return undefined;
  }

  /** A string; numbers and booleans become text, as sigs.k8s.io/yaml does for string fields. */
  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    return scalarText(value) ?? this.#bad(name, value, 'string');
  }

  bool(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
    return this.#bad(name, value, 'bool');
  }

  list(name: string, type: string): readonly JsonValue[] | undefined {
    const value = this.get(name);
    if (value === undefined || value === null || isArray(value)) return value ?? undefined;
    return this.#bad(name, value, type);
  }

  texts(name: string): string[] | undefined {
    return this.list(name, '[]string')?.map((v) => (v === null ? '' : (scalarText(v) ?? this.#bad(name, v, 'string'))));
  }

  textMap(name: string): Record<string, string> | undefined {
    const value = this.get(name);
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) return this.#bad(name, value, 'map[string]string');
    const out: Record<string, string> = {};
    for (const [key, v] of Object.entries(value)) define(out, key, v === null ? '' : (scalarText(v) ?? this.#bad(name, v, 'string')));
    return out;
  }

  #bad(name: string, value: JsonValue, type: string): never {
    throw mismatch(goKind(value), `${this.#struct}.${name}`, type);
  }
}

function mismatch(kind: string, field: string | undefined, type: string): Error {
  const target = field === undefined ? `Go value of type v2.${type}` : `Go struct field ${field} of type ${type}`;
  return chartError('CHART_YAML', `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into ${target}`);
}

function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** Takes out what has no value, so that `{}` and Go's omitempty agree. */
function compact<T extends object>(object: { readonly [K in keyof T]: T[K] | undefined }, always: readonly string[]): T {
  const entries = Object.entries(object).filter(([key, value]) => {
    if (always.includes(key)) return true;
    return value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);
  });
  return Object.fromEntries(entries) as T;
}

/** White space becomes a blank, what cannot be printed goes: Helm's protection of terminals. */
function sanitize(text: string | undefined): string | undefined {
  if (text === undefined || /^[ -~]*$/.test(text)) return text;
  return text.replace(/\s/gu, ' ').replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '');
}

function readDependency(value: JsonValue): ChartDependency {
  if (value === null) throw chartError('CHART_INVALID', 'validation: dependencies must not contain empty or null nodes');
  const fields = new Fields(value, 'Dependency');
  return compact<ChartDependency>(
    {
      name: sanitize(fields.text('name')) ?? '',
      version: sanitize(fields.text('version')),
      repository: sanitize(fields.text('repository')) ?? '',
      condition: sanitize(fields.text('condition')),
      tags: fields.texts('tags')?.map((tag) => sanitize(tag) as string),
      enabled: fields.bool('enabled'),
      'import-values': fields.list('import-values', '[]interface {}'),
      alias: fields.text('alias'),
    },
    ['name', 'repository'],
  );
}

function readMaintainer(value: JsonValue): Maintainer {
  if (value === null) throw chartError('CHART_INVALID', 'validation: maintainers must not contain empty or null nodes');
  const fields = new Fields(value, 'Maintainer');
  return compact<Maintainer>(
    { name: sanitize(fields.text('name')), email: sanitize(fields.text('email')), url: sanitize(fields.text('url')) },
    [],
  );
}

/**
 * Reads Chart.yaml, cleans its texts and fills `apiVersion: v1` where it is missing.
 * @throws ChartError CHART_YAML; {@link validateMetadata} looks at the content
 */
export function readMetadata(data: Uint8Array | string): ChartMetadata {
  return metadataOf(parseYaml(data));
}

/** As {@link readMetadata}, for a value that is already read (a repository index, a release). */
export function metadataOf(value: JsonValue): ChartMetadata {
  const fields = new Fields(value, 'Metadata');
  return compact<ChartMetadata>(
    {
      name: sanitize(fields.text('name')) ?? '',
      home: sanitize(fields.text('home')),
      sources: fields.texts('sources')?.map((s) => sanitize(s) as string),
      version: fields.text('version') ?? '',
      description: sanitize(fields.text('description')),
      keywords: fields.texts('keywords')?.map((s) => sanitize(s) as string),
      maintainers: fields.list('maintainers', '[]*v2.Maintainer')?.map(readMaintainer),
      icon: sanitize(fields.text('icon')),
      apiVersion: fields.text('apiVersion') || 'v1',
      condition: sanitize(fields.text('condition')),
      tags: sanitize(fields.text('tags')),
      appVersion: sanitize(fields.text('appVersion')),
      deprecated: fields.bool('deprecated'),
      annotations: fields.textMap('annotations'),
      kubeVersion: sanitize(fields.text('kubeVersion')),
      dependencies: fields.list('dependencies', '[]*v2.Dependency')?.map(readDependency),
      type: fields.text('type'),
    },
    ['name', 'version', 'apiVersion'],
  );
}

/** Reads the dependencies of a requirements.yaml (charts of apiVersion v1). */
export function readRequirements(data: Uint8Array): readonly ChartDependency[] | undefined {
  const value = parseYaml(data);
  if (value === null) return undefined;
  return new Fields(value, 'Metadata').list('dependencies', '[]*v2.Dependency')?.map(readDependency);
}

/** Reads Chart.lock or requirements.lock; undefined where the file holds nothing. */
export function readLock(data: Uint8Array): ChartLock | undefined {
  const value = parseYaml(data);
  if (value === null) return undefined;
  const fields = new Fields(value, 'Lock');
  return {
    generated: fields.text('generated') ?? '0001-01-01T00:00:00Z',
    digest: fields.text('digest') ?? '',
    dependencies: (fields.list('dependencies', '[]*v2.Dependency') ?? []).map(readDependency),
  };
}

function invalid(message: string): never {
  throw chartError('CHART_INVALID', `validation: ${message}`);
}

/**
 * Checks what Helm demands of a Chart.yaml when it loads the chart.
 * @throws ChartError CHART_INVALID with Helm's text; a name that is a path (`../x`) among the reasons
 */
export function validateMetadata(metadata: ChartMetadata): void {
  if (metadata.name === '') invalid('chart.metadata.name is required');
  if (metadata.name.includes('/') || metadata.name === '.' || metadata.name === '..') {
    invalid(`chart.metadata.name ${JSON.stringify(metadata.name)} is invalid`);
  }
  if (metadata.version === '') invalid('chart.metadata.version is required');
  if (tryParseVersion(metadata.version) === undefined) invalid(`chart.metadata.version ${JSON.stringify(metadata.version)} is invalid`);
  if (!['', 'application', 'library'].includes(metadata.type ?? '')) invalid('chart.metadata.type must be application or library');
  const names = new Set<string>();
  for (const dependency of metadata.dependencies ?? []) {
    if (dependency.alias !== undefined && !/^[a-zA-Z0-9_-]+$/.test(dependency.alias)) {
      invalid(`dependency ${JSON.stringify(dependency.name)} has disallowed characters in the alias`);
    }
    const key = dependency.alias ?? dependency.name;
    if (names.has(key)) {
      invalid(
        `more than one dependency with name or alias ${JSON.stringify(key)}. Try using distinct aliases for dependencies with the same chart name.`,
      );
    }
    names.add(key);
  }
}
