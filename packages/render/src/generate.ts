import {
  define,
  errorMessage,
  getArray,
  getString,
  isArray,
  isObject,
  own,
  type FileSystem,
  type JsonObject,
  type JsonValue,
} from '@flux-ts/base';
import { decodeKustomization, readManifest, type BuildCache } from '@flux-ts/kustomize';
import { parseYaml, printYaml } from '@flux-ts/yaml';
import { RenderError } from './errors.ts';
import { matchIgnore, parseIgnorePatterns, type IgnorePattern } from './gitignore.ts';
import { defaultPatterns, loadIgnorePatterns, vcsPatterns } from './sourceignore.ts';

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** What the kustomization of a Flux Kustomization is made from. */
export interface GenerateInput {
  readonly fs: FileSystem;
  /** The directory of `spec.path`, absolute in `fs`. */
  readonly directory: string;
  readonly spec: JsonObject;
  /** Patterns of files to leave out; with it, `.sourceignore` files count too. */
  readonly ignore?: string;
  readonly cache?: BuildCache;
}

/** The kustomization file to build with. */
export interface Generated {
  readonly path: string;
  readonly text: string;
  /** Whether there was none before. */
  readonly created: boolean;
}

function fail(message: string, cause?: unknown): never {
  throw new RenderError({ code: 'RENDER_GENERATE', message, ...(cause === undefined ? {} : { cause }) });
}

/**
 * Makes the kustomization.yaml that Flux builds with: the one in the directory, or one that lists the manifests found
 * below it, with what the Kustomization's spec says put on top.
 * @throws RenderError RENDER_GENERATE
 */
export function generateKustomization(input: GenerateInput): Generated {
  const patterns = input.ignore === undefined ? undefined : ignorePatterns(input);
  const found = FILE_NAMES.map((name) => `${input.directory}/${name}`).find((path) => input.fs.stat(path)?.kind === 'file');
  const base = found === undefined ? generated(input, patterns) : existing(input.fs.read(found));
  const kustomization =
    found !== undefined && list(base, 'resources').length === 0 ? { ...base, buildMetadata: ['originAnnotations'] } : base;
  const filtered = patterns === undefined ? kustomization : filterEntries(kustomization, input, patterns);
  return {
    path: found ?? `${input.directory}/kustomization.yaml`,
    text: printYaml(withSpec(filtered, input)),
    created: found === undefined,
  };
}

const EMPTY: JsonObject = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

function existing(bytes: Uint8Array): JsonObject {
  try {
    return { ...EMPTY, ...decodeKustomization(parseYaml(Buffer.from(bytes).toString('utf8'))) };
  } catch (error) {
    return fail(errorMessage(error), error);
  }
}

function list(object: JsonObject, field: string): readonly JsonValue[] {
  return getArray(object, [field]) ?? [];
}

function generated(input: GenerateInput, patterns: readonly IgnorePattern[] | undefined): JsonObject {
  const files = scanManifests(input, patterns);
  if (files.length === 0) return { ...EMPTY, namespace: '_placeholder' };
  return { ...EMPTY, resources: files.map((path) => `.${path.slice(input.directory.length)}`) };
}

/** Patterns are about paths relative to the directory. */
function ignorePatterns(input: GenerateInput): IgnorePattern[] {
  return [...loadIgnorePatterns(input.fs, input.directory), ...parseIgnorePatterns(input.ignore ?? '', [])];
}

function isIgnored(
  path: string,
  isDirectory: boolean,
  at: { readonly directory: string; readonly patterns: readonly IgnorePattern[] },
): boolean {
  const steps = path.slice(at.directory.length + 1).split('/');
  return matchIgnore([...vcsPatterns(), ...defaultPatterns(), ...at.patterns], steps, isDirectory);
}

/** The manifests below a directory, in order: YAML files, and directories with a kustomization of their own. */
export function scanManifests(input: GenerateInput, patterns: readonly IgnorePattern[] | undefined): string[] {
  const { fs, directory } = input;
  const paths: string[] = [];
  const walk = (at: string): void => {
    for (const name of fs.list(at)) {
      const path = at === '/' ? `/${name}` : `${at}/${name}`;
      const stat = fs.stat(path);
      if (stat?.kind === 'directory') {
        if (FILE_NAMES.some((file) => fs.stat(`${path}/${file}`)?.kind === 'file')) paths.push(path);
        else walk(path);
        continue;
      }
      if (stat === undefined || !/\.ya?ml$/.test(name)) continue;
      if (patterns !== undefined && patterns.length > 0 && isIgnored(path, false, { directory, patterns })) continue;
      try {
        readManifest(fs, path, input.cache);
      } catch (error) {
        fail(`failed to decode Kubernetes YAML from ${path}: ${errorMessage(error)}`, error);
      }
      paths.push(path);
    }
  };
  walk(directory);
  return paths;
}

function filterEntries(kustomization: JsonObject, input: GenerateInput, patterns: readonly IgnorePattern[]): JsonObject {
  const { fs, directory } = input;
  const out: Record<string, JsonValue> = { ...kustomization };
  for (const field of ['resources', 'components', 'crds']) {
    if (!isArray(out[field])) continue;
    out[field] = list(kustomization, field).filter((entry) => {
      if (typeof entry !== 'string' || (field !== 'crds' && /^[a-z][a-z0-9+.-]*:/i.test(entry))) return true;
      const path = `${directory}/${entry.replace(/^\.\//, '')}`;
      const stat = fs.stat(path);
      if (stat === undefined) return fail(`lstat ${path}: no such file or directory`);
      return !isIgnored(path, stat.kind === 'directory', { directory, patterns });
    });
  }
  return out;
}

/** Tells whether a component's path is local and relative. */
export function isLocalRelativePath(path: string): boolean {
  const lower = path.toLowerCase();
  const schemes = ['git::', 'gh:', 'ssh://', 'https://', 'http://', 'git@', 'github.com:', 'github.com/'];
  if (schemes.some((scheme) => scheme.length < path.length && lower.startsWith(scheme))) return false;
  return !path.startsWith('/') && !lower.replace(/^file:\/\//, '').startsWith('/');
}

function nestedString(spec: JsonObject, field: string): string | undefined {
  const value = own(spec, field);
  if (value === undefined) return undefined;
  return typeof value === 'string'
    ? value
    : fail(`.spec.${field} accessor error: ${JSON.stringify(value)} is of the wrong type, expected string`);
}

function withSpec(kustomization: JsonObject, input: GenerateInput): JsonObject {
  const { spec } = input;
  const out: Record<string, JsonValue> = { ...kustomization };
  const names = {
    namespace: nestedString(spec, 'targetNamespace'),
    namePrefix: nestedString(spec, 'namePrefix'),
    nameSuffix: nestedString(spec, 'nameSuffix'),
  };
  for (const [field, value] of Object.entries(names)) if (value !== undefined) out[field] = value;
  append(out, 'patches', list(spec, 'patches').map(patchEntry));
  append(out, 'components', components(input));
  append(
    out,
    'patchesStrategicMerge',
    list(spec, 'patchesStrategicMerge').map((patch) => JSON.stringify(patch)),
  );
  append(
    out,
    'patchesJson6902',
    list(spec, 'patchesJson6902').map((patch) => {
      const target = own(patch as JsonObject, 'target');
      return { patch: JSON.stringify(own(patch as JsonObject, 'patch') ?? []), ...(isObject(target) ? { target } : {}) };
    }),
  );
  const images = mergeImages(list(kustomization, 'images'), list(spec, 'images'));
  if (images.length > 0) out['images'] = images;
  const metadata = list(spec, 'buildMetadata');
  if (metadata.length > 0) out['buildMetadata'] = metadata;
  return out;
}

function append(out: Record<string, JsonValue>, field: string, more: readonly JsonValue[]): void {
  if (more.length > 0) define(out, field, [...list(out, field), ...more]);
}

function patchEntry(patch: JsonValue): JsonObject {
  if (!isObject(patch)) return fail('unable to get patches: unable to convert patch to map[string]interface{}');
  const target = own(patch, 'target');
  return { patch: getString(patch, ['patch']) ?? '', ...(isObject(target) ? { target } : {}) };
}

function components(input: GenerateInput): string[] {
  const { spec, fs, directory } = input;
  const out: string[] = [];
  for (const component of list(spec, 'components')) {
    if (typeof component !== 'string') return fail('unable to get components: .spec.components accessor error: contains non-string value');
    if (!isLocalRelativePath(component)) fail(`component path '${component}' must be local and relative`);
    if (spec['ignoreMissingComponents'] === true && fs.stat(resolve(directory, component)) === undefined) continue;
    out.push(component);
  }
  return out;
}

function resolve(directory: string, relative: string): string {
  const out = directory.split('/').filter((s) => s !== '');
  for (const part of relative.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '.' && part !== '') out.push(part);
  }
  return `/${out.join('/')}`;
}

function mergeImages(own: readonly JsonValue[], more: readonly JsonValue[]): readonly JsonValue[] {
  const images = own.map((image) => ({ ...(image as JsonObject) }) as Record<string, JsonValue>);
  for (const entry of more) {
    if (!isObject(entry)) return fail('unable to get images: unable to convert patch to map[string]interface{}');
    const text = (field: string): string => getString(entry, [field]) ?? '';
    const known = images.find((image) => image['name'] === text('name'));
    if (known === undefined) {
      images.push(Object.fromEntries(['name', 'newName', 'newTag', 'digest'].filter((f) => text(f) !== '').map((f) => [f, text(f)])));
      continue;
    }
    if (text('newName') !== '') known['newName'] = text('newName');
    // tag and digest choose the version together: a new one takes both old ones away
    if (text('newTag') === '' && text('digest') === '') continue;
    for (const field of ['newTag', 'digest']) {
      if (text(field) === '') delete known[field];
      else known[field] = text(field);
    }
  }
  return images;
}
