import { errorMessage, getPath, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYaml, printYaml } from '@flux-ts/yaml';
import { expand, type ExpandOptions } from './envsubst.ts';
import { RenderError } from './errors.ts';

const OPT_OUT = 'kustomize.toolkit.fluxcd.io/substitute';
const NAME = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** Tells whether an object opts out of substitution by label or annotation. */
export function isSubstitutionDisabled(object: JsonObject): boolean {
  return ['labels', 'annotations'].some((field) => getString(object, ['metadata', field, OPT_OUT]) === 'disabled');
}

/** Checks the names of variables. @throws RenderError RENDER_SUBSTITUTE with Flux's text */
export function checkVariableNames(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(variables)) {
    if (NAME.test(name)) continue;
    throw new RenderError({
      code: 'RENDER_SUBSTITUTE',
      message: `envsubst error: '${name}' var name is invalid, must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'`,
    });
  }
}

/**
 * Expands `${...}` in one rendered object as Flux's post-build step does: the object is printed as YAML, the text is
 * expanded and read again, so a value may change its type (`${n}` with n = "5" gives 5).
 * @param object not changed; comes back as it is where its text holds no `$` or it opts out
 * @param variables names checked before with {@link checkVariableNames}
 * @throws RenderError RENDER_SUBSTITUTE
 */
export function substituteObject(object: JsonObject, variables: Readonly<Record<string, string>>, options: ExpandOptions): JsonObject {
  if (isSubstitutionDisabled(object) || !mentionsDollar(object)) return object;
  const text = printYaml(object);
  let expanded: string;
  try {
    expanded = expand(text, variables, options);
  } catch (error) {
    throw new RenderError({
      code: 'RENDER_SUBSTITUTE',
      message: `envsubst error: variable substitution failed: ${errorMessage(error)}`,
      cause: error,
    });
  }
  if (expanded === text) return object;
  let value: JsonValue;
  try {
    value = parseYaml(expanded);
  } catch (error) {
    throw new RenderError({
      code: 'RENDER_SUBSTITUTE',
      message: `envsubst error: YAMLToJSON: ${errorMessage(error).replace(/^error converting YAML to JSON: /, '')}`,
      cause: error,
    });
  }
  if (!isObject(value))
    throw new RenderError({
      code: 'RENDER_SUBSTITUTE',
      message: `UnmarshalJSON: json: cannot unmarshal ${typeof value} into Go value of type map[string]interface {}`,
    });
  return toFloats(value) as JsonObject;
}

function mentionsDollar(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('$');
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(mentionsDollar);
  const object = value as JsonObject;
  for (const key of Object.keys(object)) if (key.includes('$') || mentionsDollar(object[key] as JsonValue)) return true;
  return false;
}

/** What is read again becomes Go's float64: integers beyond 2^53 are rounded. */
function toFloats(value: JsonValue): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toFloats);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toFloats(item)]));
}

/** What a reference of `substituteFrom` reads: texts by key (Secrets decoded). */
export type ReadReference = (kind: 'ConfigMap' | 'Secret', name: string) => Readonly<Record<string, string>> | undefined;

/** The variables of a Kustomization, and what was read for them. */
export interface LoadedVariables {
  readonly variables: Readonly<Record<string, string>>;
  /** Texts that came out of Secrets. */
  readonly secret: ReadonlySet<string>;
}

/** Loads `postBuild.substituteFrom` in order and puts `postBuild.substitute` on top; newlines are dropped. @throws RenderError */
export function loadVariables(spec: JsonObject, read: ReadReference): LoadedVariables {
  const variables: Record<string, string> = {};
  const secret = new Set<string>();
  const references = getPath(spec, ['postBuild', 'substituteFrom']);
  for (const reference of Array.isArray(references) ? (references as readonly JsonObject[]) : []) {
    const kind = reference['kind'];
    const name = getString(reference, ['name']) ?? '';
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue;
    const data = read(kind, name);
    if (data === undefined) {
      if (reference['optional'] === true) continue;
      const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
      throw new RenderError({
        code: 'RENDER_SUBSTITUTE',
        message: `substitute from '${kind}/${name}' error: ${plural} "${name}" not found`,
      });
    }
    for (const [key, value] of Object.entries(data)) {
      variables[key] = value.replaceAll('\n', '');
      if (kind === 'Secret') secret.add(key);
      else secret.delete(key);
    }
  }
  const inline = getPath(spec, ['postBuild', 'substitute']);
  if (isObject(inline)) {
    for (const [key, value] of Object.entries(inline)) {
      variables[key] = typeof value === 'string' ? value.replaceAll('\n', '') : String(value);
      secret.delete(key);
    }
  }
  return { variables, secret };
}
