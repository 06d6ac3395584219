import { plainValue, printYaml, readKyamlScalar, scalarTag, scalarText } from '@flux-ts/yaml';
import type { JsonObject } from '@flux-ts/base';
import { failure } from './errors.ts';
import { originText, originsText } from './origin.ts';
import type { Resource } from './resource.ts';
import { fieldOf, isMap, isNullish, isSeq, rawText, withField, withoutField, type KObject, type KScalar, type KValue } from './value.ts';

/** What of the history of resources stands in the output. */
export interface OutputOptions {
  readonly origins: boolean;
  readonly transformations: boolean;
}

const ORIGIN = 'config.kubernetes.io/origin';
const TRANSFORMATIONS = 'alpha.config.kubernetes.io/transformations';
const INTERNAL = new Set(
  ['previousKinds', 'previousNames', 'prefixes', 'suffixes', 'previousNamespaces', 'allowNameChange', 'allowKindChange', 'refBy', 'generatorBehavior', 'needsHashSuffix', 'path', 'index', 'seqindent', 'id']
    .map((name) => `internal.config.kubernetes.io/${name}`)
    .concat(['internal.config.kubernetes.io/annotations-migration-resource-id', 'config.kubernetes.io/path', 'config.kubernetes.io/index', 'config.k8s.io/id', 'kustomize.config.k8s.io/helm-generated']),
); // prettier-ignore

/** The object of a resource as it is printed: annotations are texts, an empty mapping of them is left out. */
export function finishObject(resource: Resource, options: OutputOptions): KObject {
  const { object, state } = resource;
  if (state.misfit !== undefined && holds(object, state.misfit)) {
    const plain = scalarTag(readKyamlScalar(scalarText(state.misfit)) as KScalar);
    throw failure(
      `map[string]interface {}(nil): yaml: cannot decode ${plain} \`${scalarText(state.misfit)}\` as a ${scalarTag(state.misfit)}`,
    );
  }
  const metadata = fieldOf(object, 'metadata');
  const annotations = fieldOf(metadata, 'annotations');
  const rewrite = !(options.origins && options.transformations);
  const added: Record<string, string> = {};
  if (options.origins && state.origin !== undefined) added[ORIGIN] = originText(state.origin);
  if (options.transformations && state.transformations.length > 0) added[TRANSFORMATIONS] = originsText(state.transformations);
  if (annotations === undefined && Object.keys(added).length === 0) return object;
  const kept: Record<string, string> = {};
  let changed = Object.keys(added).length > 0;
  if (isMap(annotations)) {
    for (const [key, value] of Object.entries(annotations)) {
      if (INTERNAL.has(key) || (key === ORIGIN && !options.origins) || (key === TRANSFORMATIONS && !options.transformations)) {
        changed = true;
        continue;
      }
      const text = rawText(value);
      if (text !== value) changed = true;
      kept[key] = text;
    }
  } else changed = true;
  if (!changed && Object.keys(kept).length > 0) return object;
  if (!rewrite && Object.keys(kept).length === 0 && Object.keys(added).length === 0) return object;
  const all = { ...kept, ...added };
  const before: KObject = isMap(metadata) ? metadata : {};
  const next = Object.keys(all).length === 0 ? withoutField(before, 'annotations') : withField(before, 'annotations', all);
  return isNullish(metadata) && Object.keys(all).length === 0 ? object : withField(object, 'metadata', next);
}

function holds(value: KValue, wanted: KValue): boolean {
  if (value === wanted) return true;
  if (isSeq(value)) return value.some((item) => holds(item, wanted));
  return isMap(value) && Object.values(value).some((item) => holds(item, wanted));
}

/** An object as plain JSON. */
export function plainObject(object: KObject): JsonObject {
  return plainValue(object) as JsonObject;
}

/** A resource as YAML, as it is now. */
export function resourceYaml(resource: Resource): string {
  return printYaml(plainValue(resource.object));
}
