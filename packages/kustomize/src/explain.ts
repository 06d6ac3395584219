import { deepEqual, getString, type FileSystem, type JsonValue, type Position } from '@flux-ts/base';
import { parseYamlDocuments, plainValue, type YamlDocument } from '@flux-ts/yaml';
import { build, type BuildOptions } from './build.ts';
import { joinPath, dirName } from './paths.ts';
import { isListStep, lookup, splitFieldPath } from './path-matcher.ts';
import { idText } from './res-id.ts';
import type { ResMap } from './res-map.ts';
import type { Resource } from './resource.ts';
import type { BuildStep, StepObserver } from './target.ts';
import { isMap, isSeq, type KObject, type KValue } from './value.ts';

/** One thing that set a field. */
export interface FieldStep {
  /** `file`, or kustomize's name of the transformer or generator. */
  readonly name: string;
  /** The patch file, the prefix and the like. */
  readonly detail: string;
  /** Where it stands: the resource file, the patch, or the kustomization. */
  readonly at: Position;
  /** The value after it; undefined: taken away. */
  readonly value: JsonValue | undefined;
}

/** How one field of one resource of the output came to be; the last step set what is there. */
export interface Explanation {
  /** kustomize's text of the resource's identity. */
  readonly resource: string;
  /** The field, names separated by dots; list elements as `[name=x]` where they have a name. */
  readonly field: string;
  readonly value: JsonValue;
  readonly steps: readonly FieldStep[];
}

interface Change {
  readonly step: BuildStep;
  readonly before: KObject | undefined;
  readonly after: KObject;
}

interface Trace {
  readonly file: string | undefined;
  readonly loaded: KObject | undefined;
  readonly changes: Change[];
}

class Recorder implements StepObserver {
  loaded(resource: Resource, file: string): void {
    const trace: Trace = { file, loaded: resource.object, changes: [] };
    resource.trace = trace;
  }

  around(step: BuildStep, map: ResMap, run: () => void): void {
    const before = new Map(map.resources.map((r) => [r, r.object]));
    run();
    for (const resource of map.resources) {
      const was = before.get(resource);
      if (was === resource.object) continue;
      if (resource.trace === undefined) {
        const trace: Trace = { file: undefined, loaded: undefined, changes: [] };
        resource.trace = trace;
      }
      (resource.trace as Trace).changes.push({ step, before: was, after: resource.object });
    }
  }
}

/**
 * Tells which file, patch or generator set fields of the output. The kustomization is built a second time with a recorder;
 * values themselves carry no origin.
 * @param field a field path (`spec.replicas`, `spec.template.spec.containers.[name=a].image`); undefined: every field
 * @returns one entry for every resource that has the field (or every leaf), in the order of the output
 * @throws KustomizeError as `build` does
 */
export function explain(fs: FileSystem, path: string, field: string | undefined, options: BuildOptions = {}): Explanation[] {
  const seen: { readonly trace: Trace | undefined; readonly id: string; readonly object: KObject }[] = [];
  const recorder = new Recorder();
  const { cache: _cache, ...rest } = options;
  build(fs, path, {
    ...rest,
    observe: {
      loaded: (resource, file) => recorder.loaded(resource, file),
      around: (step, map, run) => recorder.around(step, map, run),
    },
    finished: (resources) => {
      for (const r of resources) seen.push({ trace: r.trace as Trace | undefined, id: idText(r.id), object: r.object });
    },
  });
  const places = new Places(fs);
  return seen.flatMap(({ trace, id, object }) => {
    const fields = field === undefined ? leaves(object) : [splitFieldPath(field)];
    return fields.flatMap((steps) => {
      const value = find(object, steps);
      if (value === undefined) return [];
      return [{ resource: id, field: steps.join('.'), value: plainValue(value), steps: historyOf(trace, steps, places) }];
    });
  });
}

function find(object: KObject | undefined, steps: readonly string[]): KValue | undefined {
  if (object === undefined) return undefined;
  try {
    return lookup(object, steps);
  } catch {
    return undefined;
  }
}

function historyOf(trace: Trace | undefined, steps: readonly string[], places: Places): FieldStep[] {
  if (trace === undefined) return [];
  const out: FieldStep[] = [];
  const first = find(trace.loaded, steps);
  if (first !== undefined && trace.file !== undefined) {
    out.push({
      name: 'file',
      detail: trace.file,
      at: places.inResource(trace.file, trace.loaded as KObject, steps),
      value: plainValue(first),
    });
  }
  for (const { step, before, after } of trace.changes) {
    const was = find(before, steps);
    const is = find(after, steps);
    if (was === is || (was !== undefined && is !== undefined && deepEqual(plainValue(was), plainValue(is)))) continue;
    out.push({
      name: step.name,
      detail: step.detail,
      at: places.ofStep(step, steps),
      value: is === undefined ? undefined : plainValue(is),
    });
  }
  return out;
}

/** The paths of all leaves; list elements by name where they have one. */
function leaves(value: KValue, path: readonly string[] = []): string[][] {
  if (isMap(value) && Object.keys(value).length > 0)
    return Object.keys(value).flatMap((key) => leaves(value[key] as KValue, [...path, key.includes('.') ? `[${key}]` : key]));
  if (isSeq(value) && value.length > 0) {
    return value.flatMap((item, i) => {
      const name = isMap(item) ? item['name'] : undefined;
      return leaves(item, [...path, typeof name === 'string' ? `[name=${name}]` : String(i)]);
    });
  }
  return [[...path]];
}

/** The kustomization field that each step stands for. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  PatchStrategicMergeTransformer: ['patchesStrategicMerge'],
  PatchTransformer: ['patches'],
  NamespaceTransformer: ['namespace'],
  PrefixTransformer: ['namePrefix'],
  SuffixTransformer: ['nameSuffix'],
  LabelTransformer: ['labels', 'commonLabels'],
  AnnotationsTransformer: ['commonAnnotations'],
  PatchJson6902Transformer: ['patchesJson6902'],
  ReplicaCountTransformer: ['replicas'],
  ImageTagTransformer: ['images'],
  ReplacementTransformer: ['replacements'],
  ConfigMapGenerator: ['configMapGenerator'],
  SecretGenerator: ['secretGenerator'],
  HelmChartInflationGenerator: ['helmCharts'],
  RefVarTransformer: ['vars'],
};

/** Finds where things stand in files. */
class Places {
  readonly #fs: FileSystem;
  readonly #documents = new Map<string, readonly YamlDocument[]>();

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  #read(file: string): readonly YamlDocument[] {
    let documents = this.#documents.get(file);
    if (documents === undefined) {
      try {
        documents = parseYamlDocuments(this.#fs.read(file));
      } catch {
        documents = [];
      }
      this.#documents.set(file, documents);
    }
    return documents;
  }

  /** Where a field of a resource stands in its file; the nearest field above it where the text does not spell it out. */
  inResource(file: string, object: KObject, steps: readonly string[]): Position {
    const plain = plainValue(object);
    const same = (d: YamlDocument, path: readonly string[]): boolean => getString(d.value, path) === getString(plain, path);
    const document = this.#read(file).find((d) => same(d, ['kind']) && same(d, ['metadata', 'name']) && same(d, ['metadata', 'namespace']));
    return this.#nearest(file, document, steps);
  }

  /** Where the step's patch sets the field, or where the kustomization asks for the step. */
  ofStep(step: BuildStep, steps: readonly string[]): Position {
    if (step.name.startsWith('Patch') && step.detail !== '' && !step.detail.startsWith('inline')) {
      const file = joinPath(dirName(step.where), step.detail);
      for (const document of this.#read(file)) {
        const found = this.#nearest(file, document, steps);
        if (found.line > 1) return found;
      }
      if (this.#read(file).length > 0) return { file, line: 1, column: 1 };
    }
    const [kustomization] = this.#read(step.where);
    const known = (FIELDS[step.name] ?? []).find((name) => kustomization?.position([name]) !== undefined);
    const position = known === undefined ? undefined : kustomization?.position([known]);
    return { line: 1, column: 1, ...position, file: step.where };
  }

  #nearest(file: string, document: YamlDocument | undefined, steps: readonly string[]): Position {
    if (document === undefined) return { file, line: 1, column: 1 };
    const path = concrete(document.value, steps);
    for (let end = path.length; end > 0; end--) {
      const position = document.position(path.slice(0, end));
      if (position !== undefined) return { ...position, file };
    }
    return { file, line: document.line, column: 1 };
  }
}

/** A field path with list steps (`[name=x]`) turned into indices, as far as it leads. */
function concrete(value: JsonValue, steps: readonly string[]): (string | number)[] {
  const out: (string | number)[] = [];
  let at: JsonValue | undefined = value;
  for (const step of steps) {
    if (Array.isArray(at)) {
      const list = at as readonly JsonValue[];
      const [key = '', wanted = ''] = step.replace(/^\[|\]$/g, '').split('=');
      const index = isListStep(step) ? list.findIndex((item) => getString(item, [key]) === wanted) : Number(step);
      if (!Number.isInteger(index) || index < 0 || index >= list.length) return out;
      out.push(index);
      at = list[index];
    } else if (typeof at === 'object' && at !== null && Object.hasOwn(at, step)) {
      out.push(step);
      at = (at as { readonly [key: string]: JsonValue })[step];
    } else return out;
  }
  return out;
}
