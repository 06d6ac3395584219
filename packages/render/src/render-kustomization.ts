import {
  canonicalJson,
  digest,
  digestHex,
  errorMessage,
  getObject,
  getString,
  isArray,
  isObject,
  type Diagnostic,
  type FileSystem,
  type JsonObject,
  type JsonValue,
} from '@flux-ts/base';
import { BuildCache, KustomizeError, build, type BuildOptions, type ReadSet } from '@flux-ts/kustomize';
import type { Kinds } from '@flux-ts/schema';
import { printYaml } from '@flux-ts/yaml';
import { RenderError } from './errors.ts';
import { generateKustomization } from './generate.ts';
import { MountedFileSystem } from './mounted-file-system.ts';
import { normalizeObject, withCommonMetadata } from './normalize.ts';
import { checkVariableNames, loadVariables, substituteObject, type ReadReference } from './substitute.ts';

/** A Flux Kustomization and the tree it is rendered from. */
export interface KustomizationInput {
  /** The `spec` of the Kustomization. */
  readonly spec: JsonObject;
  readonly sourceRoot: FileSystem;
  readonly name: string;
  readonly namespace: string;
  /** Whether a variable that is not there is an error; default true. */
  readonly strict?: boolean;
  /** Patterns of files to leave out when a kustomization is generated. */
  readonly ignore?: string;
  /** Runs substitution even without variables (`strategy: Always`); default by the spec. */
  readonly alwaysSubstitute?: boolean;
  /** Where the tree is said to lie, for messages; default /artifact. */
  readonly mount?: string;
}

/** What rendering takes from outside. */
export interface KustomizationEnv {
  /** Reads the data of a ConfigMap or Secret in the Kustomization's namespace (Secrets decoded); undefined where there is none. */
  readonly readRef: ReadReference;
  /** Decrypts an object; gives the same object where there is nothing to decrypt. */
  readonly decrypt?: (object: JsonObject) => JsonObject;
  /** Decrypts a file before kustomize reads it (env files and the like). */
  readonly decryptFile?: (path: string, bytes: Uint8Array) => Uint8Array;
  /** Fetches remote bases; without it they are an error. */
  readonly fetchRemote?: NonNullable<BuildOptions['fetchRemote']>;
  /** Parsed files and finished directories, shared between renders. */
  readonly cache?: BuildCache;
  /** The builtin kinds, for the round trip through typed structs; without them objects keep what kustomize gave. */
  readonly kinds?: Kinds;
}

/** One object on its way from rendering to apply and inventory. */
export interface RenderedObject {
  readonly object: JsonObject;
  /** sha256 of the object's canonical JSON, lower-case hex. */
  readonly digest: string;
  /** The file the object came from, relative to the source, where that is known. */
  readonly origin?: string;
}

/** Everything a render looked at. */
export interface RenderReads {
  readonly files: ReadSet;
  /** ConfigMaps and Secrets read, also those that were not there. */
  readonly references: readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly name: string; readonly found: boolean }[];
}

/** What a Kustomization comes to. */
export interface KustomizationRender {
  /** In kustomize's order, with owner labels and common metadata, normalised. */
  readonly objects: readonly RenderedObject[];
  /** The built YAML before labels and normalisation; `status.history` carries its digest. */
  readonly yaml: string;
  /** `sha256:<hex>` of that YAML. */
  readonly digest: string;
  readonly reads: RenderReads;
  readonly diagnostics: readonly Diagnostic[];
}

/** The labels that say to which Kustomization an object belongs. */
export function ownerLabels(name: string, namespace: string): JsonObject {
  return { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': namespace };
}

/** The directory of a `spec.path` in a tree. */
function directoryOf(path: string, mount: string): string {
  const steps: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') steps.pop();
    else if (part !== '.' && part !== '') steps.push(part);
  }
  return [mount, ...steps].join('/');
}

/**
 * Renders a Kustomization as kustomize-controller does: generates or completes the kustomization.yaml, builds it inside
 * the source tree, decrypts, substitutes, and prepares the objects for apply. No network, no clock.
 * @throws RenderError; `code` says at which step
 */
export function renderKustomization(input: KustomizationInput, env: KustomizationEnv): KustomizationRender {
  const built = buildKustomization(input, env);
  const metadata = getObject(input.spec, ['commonMetadata']) ?? {};
  const labels = { ...ownerLabels(input.name, input.namespace), ...getObject(metadata, ['labels']) };
  const annotations = getObject(metadata, ['annotations']) ?? {};
  const objects = built.objects.flatMap(({ object, origin }) =>
    appliedObjects(object).map((one): RenderedObject => {
      const ready = withCommonMetadata(normalizeObject(one, env.kinds), labels, annotations);
      return { object: ready, digest: digestHex(canonicalJson(ready)), ...(origin === undefined ? {} : { origin }) };
    }),
  );
  return { objects, yaml: built.yaml, digest: built.digest, reads: built.reads, diagnostics: built.diagnostics };
}

/** A built Kustomization before anything is done for apply. */
export interface BuiltKustomization {
  readonly objects: readonly { readonly object: JsonObject; readonly origin?: string }[];
  readonly yaml: string;
  readonly digest: string;
  readonly reads: RenderReads;
  readonly diagnostics: readonly Diagnostic[];
}

/** Builds, decrypts and substitutes, as `flux build kustomization` prints it. @throws RenderError */
export function buildKustomization(input: KustomizationInput, env: KustomizationEnv): BuiltKustomization {
  const mount = input.mount ?? '/artifact';
  const cache = env.cache ?? new BuildCache();
  const tree = new MountedFileSystem(input.sourceRoot, mount);
  const path = getString(input.spec, ['path']) ?? './';
  const directory = directoryOf(path, mount);
  if (tree.stat(directory)?.kind !== 'directory') {
    throw new RenderError({ code: 'RENDER_PATH', message: `kustomization path not found: stat ${directory}: no such file or directory` });
  }
  const generated = generateKustomization({
    fs: tree,
    directory,
    spec: input.spec,
    cache,
    ...(input.ignore === undefined ? {} : { ignore: input.ignore }),
  });
  const fs = new MountedFileSystem(input.sourceRoot, mount, {
    overlay: { [generated.path.slice(mount.length)]: Buffer.from(generated.text) },
    ...(env.decryptFile === undefined ? {} : { readFile: env.decryptFile }),
  });
  const result = runBuild(fs, directory, { env, cache });
  const references: { kind: 'ConfigMap' | 'Secret'; name: string; found: boolean }[] = [];
  const finish = finisher(input, env, (reference) => void references.push(reference));
  const objects = result.resources.map((resource) => ({
    object: finish(resource.object, resource.id.name),
    ...(resource.origin?.path === undefined ? {} : { origin: resource.origin.path }),
  }));
  const yaml = objects.map(({ object }) => printYaml(object)).join('---\n');
  return { objects, yaml, digest: digest(yaml), reads: { files: result.reads, references }, diagnostics: result.diagnostics };
}

function runBuild(
  fs: MountedFileSystem,
  directory: string,
  at: { readonly env: KustomizationEnv; readonly cache: BuildCache },
): ReturnType<typeof build> {
  try {
    return build(fs, directory, {
      loadRestrictor: 'LoadRestrictionsNone',
      reorder: 'none',
      keepBuiltinSchema: true,
      cache: at.cache,
      ...(at.env.fetchRemote === undefined ? {} : { fetchRemote: at.env.fetchRemote }),
    });
  } catch (error) {
    const panicked = error instanceof KustomizeError && error.code === 'KUSTOMIZE_PANIC';
    const why = panicked ? 'recovered from kustomize build panic: ' : '';
    throw new RenderError({ code: 'RENDER_BUILD', message: `kustomize build failed: ${why}${errorMessage(error)}`, cause: error });
  }
}

/** What happens to each object after the build: decryption, then substitution. */
function finisher(
  input: KustomizationInput,
  env: KustomizationEnv,
  note: (reference: { kind: 'ConfigMap' | 'Secret'; name: string; found: boolean }) => void,
): (object: JsonObject, name: string) => JsonObject {
  const postBuild = getObject(input.spec, ['postBuild']);
  const read: ReadReference = (kind, name) => {
    const data = env.readRef(kind, name);
    note({ kind, name, found: data !== undefined });
    return data;
  };
  let variables: Readonly<Record<string, string>> | undefined;
  const always = input.alwaysSubstitute ?? getString(input.spec, ['postBuild', 'strategy']) === 'Always';
  return (object, name) => {
    const plain = decrypted(object, env);
    if (postBuild === undefined) return plain;
    try {
      if (variables === undefined) {
        variables = loadVariables(input.spec, read).variables;
        checkVariableNames(variables);
      }
      if (Object.keys(variables).length === 0 && !always) return plain;
      return substituteObject(plain, variables, { strict: input.strict ?? true });
    } catch (error) {
      throw new RenderError({
        code: 'RENDER_SUBSTITUTE',
        message: `post build failed for '${name}': ${errorMessage(error)}`,
        cause: error,
      });
    }
  };
}

function decrypted(object: JsonObject, env: KustomizationEnv): JsonObject {
  if (env.decrypt === undefined) return object;
  try {
    return env.decrypt(object);
  } catch (error) {
    throw new RenderError({ code: 'RENDER_DECRYPT', message: errorMessage(error), cause: error });
  }
}

/** Takes lists apart and leaves out what Flux does not apply: objects without identity, and kustomize's own. */
export function appliedObjects(object: JsonObject): readonly JsonObject[] {
  const items = object['items'];
  if (isArray(items) && getString(object, ['kind']) !== undefined)
    return items.filter((item: JsonValue): item is JsonObject => isObject(item));
  const kind = getString(object, ['kind']) ?? '';
  const apiVersion = getString(object, ['apiVersion']) ?? '';
  if (kind === '' || apiVersion === '' || (getString(object, ['metadata', 'name']) ?? '') === '') return [];
  if (kind.toLowerCase() === 'kustomization' && apiVersion.startsWith('kustomize.config.k8s.io/')) return [];
  return [object];
}
