import { goJsonString, isArray, isFluxError, type JsonValue } from '@flux-ts/base';
import { parseNodes, parseYaml, plainValue, printNodes } from '@flux-ts/yaml';
import { quoteOddKeys } from '../empty-nulls.ts';
import { MalformedYamlError } from '../read-resources.ts';
import { KustomizeError, failure, prefixed } from '../errors.ts';
import { configText } from '../config-text.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../json-patch.ts';
import type { Patch, Selector } from '../kustomization.ts';
import { Resource } from '../resource.ts';
import type { ResMap } from '../res-map.ts';
import { takeMetadata } from '../res-map.ts';
import { applyStrategicPatch } from '../strategic-merge.ts';
import { idText } from '../res-id.ts';
import { hideAnnotations, showAnnotations } from './build-annotations.ts';
import type { Transformer, TransformerContext } from './transformer.ts';
import { fieldOf, isMap, retext, withField, type KObject } from '../value.ts';

/** Applies a strategic merge patch to one resource; kind, name and namespace stay unless the patch may change them. */
function patchOne(resource: Resource, patch: Resource, context: TransformerContext): void {
  const { name, namespace } = resource;
  const { kind } = resource.id;
  const { allowKindChange, allowNameChange } = patch.state;
  if (allowNameChange || allowKindChange) resource.storePreviousId();
  const merged = applyStrategicPatch(resource.object, patch.object, context.schemas());
  if (merged === undefined || Object.keys(merged).length === 0) {
    resource.clear();
    return;
  }
  resource.object = merged;
  if (!allowKindChange) resource.kind = kind;
  if (!allowNameChange) resource.name = name;
  resource.namespace = namespace;
}

/** Applies a patch to selected resources; the patch takes on each one's group and version. */
function patchSelected(
  map: ResMap,
  selected: readonly Resource[],
  how: { readonly patch: Resource; readonly context: TransformerContext },
): void {
  const keys = new Set(selected.map((r) => r.key));
  const kept: Resource[] = [];
  let conflict = false;
  for (const resource of map.resources) {
    const { key } = resource;
    if (keys.has(key)) {
      const copy = how.patch.copy();
      takeMetadata(copy, how.patch);
      const apiVersion = fieldOf(resource.object, 'apiVersion');
      if (apiVersion !== undefined)
        copy.object = withField(copy.object, 'apiVersion', retext(fieldOf(copy.object, 'apiVersion'), String(textOr(apiVersion))));
      patchOne(resource, copy, how.context);
      if (resource.key !== key) conflict = true;
    }
    if (!resource.isEmpty) kept.push(resource);
  }
  if (!conflict && kept.length === map.size) return;
  map.replaceAll([]);
  map.appendAll(kept);
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Applies a JSON patch to one resource. What kustomize notes in annotations while it builds is there for the patch to see. */
function jsonPatchOne(resource: Resource, operations: readonly JsonPatchOperation[]): void {
  const shown = showAnnotations(resource);
  const result = applyJsonPatch(plainValue(shown), operations);
  if (!isMap(result as KObject)) throw failure('json: cannot unmarshal array into Go value of type map[string]interface {}');
  resource.object = hideAnnotations(result as KObject);
}

/** Reads JSON patch operations, JSON or YAML. @throws KustomizeError */
export function readJsonPatch(text: string): readonly JsonPatchOperation[] {
  let value: JsonValue;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new KustomizeError({ message: error instanceof Error ? error.message : String(error), cause: error });
  }
  if (value === null) return [];
  if (!isArray(value)) {
    const kind =
      typeof value === 'string' ? 'string' : typeof value === 'object' ? 'object' : typeof value === 'boolean' ? 'bool' : 'number';
    throw failure(`json: cannot unmarshal ${kind} into Go value of type jsonpatch.Patch`);
  }
  if (value.some((operation) => typeof operation !== 'object' || operation === null || isArray(operation))) {
    throw failure('json: cannot unmarshal into Go value of type jsonpatch.Operation');
  }
  return value as readonly JsonPatchOperation[];
}

/** The step for one `patches` entry. @throws KustomizeError in kustomize's words where it is no patch or both kinds */
export function patchTransformer(entry: Patch, context: TransformerContext): Transformer {
  const inline = (entry.patch ?? '').trim();
  const path = entry.path ?? '';
  if (inline === '' && path === '') throw failure(`must specify one of patch and path in\n${configText(entry)}`);
  if (inline !== '' && path !== '') throw failure(`patch and path can't be set at the same time\n${configText(entry)}`);
  const text = inline !== '' ? inline : load(path, context);
  const source = inline !== '' ? `[patch: ${goJsonString(inline, false)}]` : `[path: ${goJsonString(path, false)}]`;
  const strategic = attempt(() => readPatch(text, path, context));
  const json =
    strategic.value !== undefined && strategic.value.length > 0 && !text.startsWith('[') ? undefined : attempt(() => readJsonPatch(text));
  const both = json?.value !== undefined && json.value.length > 0 && strategic.value !== undefined && strategic.value.length > 0;
  if (both) throw failure(`illegally qualifies as both an SM and JSON patch: ${source}`);
  if (strategic.value === undefined && json?.value === undefined) {
    throw new KustomizeError({ message: `unable to parse SM or JSON patch from ${source}`, cause: strategic.error });
  }
  const base = { name: 'PatchTransformer', detail: path === '' ? 'inline patch' : path };
  if (strategic.value !== undefined) {
    const patches = strategic.value.map((object) => new Resource(object)).map((patch) => allow(patch, entry));
    return { ...base, transform: (map) => applyStrategic(map, patches, { entry, source, context }) };
  }
  const operations = json?.value ?? [];
  return { ...base, transform: (map) => applyJson(map, operations, { entry, source, context }) };
}

/** Reads a strategic merge patch; keys that are no strings stand for their text. */
function readPatch(text: string, path: string, context: TransformerContext): readonly KObject[] {
  const file = path === '' ? undefined : path;
  try {
    return context.read(text, file);
  } catch (error) {
    const cause = error instanceof MalformedYamlError ? error.cause : undefined;
    if (!isFluxError(cause) || cause.code !== 'YAML_TYPE') throw error;
    const nodes = parseNodes(text);
    nodes.forEach(quoteOddKeys);
    return context.read(printNodes(nodes), file);
  }
}

interface Applying {
  readonly entry: Patch;
  readonly source: string;
  readonly context: TransformerContext;
}

function load(path: string, context: TransformerContext): string {
  try {
    return Buffer.from(context.loader.load(path)).toString('utf8');
  } catch (error) {
    throw prefixed(`failed to get the patch file from path(${path})`, error);
  }
}

function allow(patch: Resource, entry: Patch): Resource {
  if (entry.options === undefined) return patch;
  patch.state = {
    ...patch.state,
    allowNameChange: entry.options.allowNameChange === true,
    allowKindChange: entry.options.allowKindChange === true,
  };
  return patch;
}

function attempt<T>(step: () => T): { readonly value?: T; readonly error?: unknown } {
  try {
    return { value: step() };
  } catch (error) {
    return { error };
  }
}

function applyStrategic(map: ResMap, patches: readonly Resource[], at: Applying): void {
  const { target } = at.entry;
  if (target !== undefined) {
    if (patches.length > 1) {
      throw failure(
        `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${at.source}`,
      );
    }
    const [patch] = patches;
    if (patch === undefined) return;
    const selected = select(map, target);
    warnNothing(selected, at);
    patchSelected(map, selected, { patch, context: at.context });
    return;
  }
  for (const patch of patches) {
    const id = patch.originalId;
    let resource: Resource;
    try {
      resource = map.getById(id);
    } catch (error) {
      throw prefixed(`no resource matches strategic merge patch ${goJsonString(idText(id), false)}`, error);
    }
    const before = resource.object;
    patchOne(resource, patch, at.context);
    if (resource.object === before) warn(at, 'PATCH_NO_CHANGE', `the patch ${at.source} changes nothing in ${idText(id)}`);
  }
}

function applyJson(map: ResMap, operations: readonly JsonPatchOperation[], at: Applying): void {
  const { target } = at.entry;
  if (target === undefined) throw failure(`must specify a target for JSON patch ${at.source}`);
  const selected = map.select(target);
  warnNothing(selected, at);
  for (const resource of selected) {
    resource.storePreviousId();
    jsonPatchOne(resource, operations);
  }
}

function warnNothing(selected: readonly Resource[], at: Applying): void {
  if (selected.length === 0) warn(at, 'PATCH_NO_TARGET', `the target of the patch ${at.source} matches no resource`);
}

function warn(at: Applying, code: string, message: string): void {
  at.context.warn?.({
    severity: 'warning',
    code,
    message,
    line: 1,
    column: 1,
    ...((at.entry.path ?? '') === '' ? {} : { file: at.entry.path as string }),
  });
}

function select(map: ResMap, target: Selector): Resource[] {
  try {
    return map.select(target);
  } catch (error) {
    throw prefixed(`unable to find patch target ${goJsonString(selectorText(target), false)} in \`resources\``, error);
  }
}

function selectorText(target: Selector): string {
  const id = {
    group: target.group ?? '',
    version: target.version ?? '',
    kind: target.kind ?? '',
    name: target.name ?? '',
    namespace: target.namespace ?? '',
  };
  return `${idText(id)}:a=${target.annotationSelector ?? ''}:l=${target.labelSelector ?? ''}`;
}

/** The step for `patchesStrategicMerge` (texts or paths). @throws KustomizeError where a patch cannot be read */
export function strategicMergeTransformer(
  entries: { readonly paths?: readonly string[]; readonly patches?: string },
  context: TransformerContext,
): Transformer {
  const paths = entries.paths ?? [];
  const inline = entries.patches ?? '';
  if (paths.length === 0 && inline === '') throw failure('empty file path and empty patch content');
  const patches: Resource[] = [];
  for (const path of paths) {
    const asText = attempt(() => context.read(path, undefined));
    const objects = asText.value ?? readPatchFile(path, context);
    patches.push(...objects.map((object) => new Resource(object)));
  }
  if (inline !== '') patches.push(...context.read(inline, undefined).map((object) => new Resource(object)));
  if (patches.length === 0) throw failure(`patch appears to be empty; files=[${paths.join(' ')}], Patch=${inline}`);
  return {
    name: 'PatchStrategicMergeTransformer',
    detail: paths.filter((p) => !p.includes('\n')).join(', '),
    transform(map) {
      for (const patch of patches) patchSelected(map, [map.getById(patch.originalId)], { patch, context });
    },
  };
}

function readPatchFile(path: string, context: TransformerContext): readonly KObject[] {
  return context.read(Buffer.from(context.loader.load(path)).toString('utf8'), path);
}

/** The step for one `patchesJson6902` entry. @throws KustomizeError where the patch cannot be read */
export function jsonPatchTransformer(
  entry: { readonly target?: Selector; readonly path?: string; readonly jsonOp?: string },
  context: TransformerContext,
): Transformer {
  const path = entry.path ?? '';
  let text = entry.jsonOp ?? '';
  if ((entry.target?.name ?? '') === '') throw failure('must specify the target name');
  if (path === '' && text === '') throw failure('empty file path and empty jsonOp');
  if (path !== '') {
    if (text !== '') throw failure('must specify a file path or jsonOp, not both');
    text = Buffer.from(context.loader.load(path)).toString('utf8');
    if (text === '') throw failure(`patch file '${path}' empty seems to be empty`);
  }
  let operations: readonly JsonPatchOperation[];
  try {
    operations = readJsonPatch(text);
  } catch (error) {
    throw prefixed(`decoding ${text}`, error);
  }
  if (operations.length === 0) throw failure(`patch appears to be empty; file=${path}, JsonOp=${text}`);
  const target = entry.target as Selector;
  return {
    name: 'PatchJson6902Transformer',
    detail: path === '' ? 'inline JSON patch' : path,
    transform(map) {
      for (const resource of map.select(target)) jsonPatchOne(resource, operations);
    },
  };
}
