// What the traced tests of Flux's kustomize package call, in terms of this package.
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { getObject, getPath, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { KustomizeError, build, diskFileSystem } from '@flux-ts/kustomize';
import { parseYaml, parseYamlDocuments, printYaml } from '@flux-ts/yaml';
import {
  MountedFileSystem,
  checkVariableNames,
  generateKustomization,
  isLocalRelativePath,
  loadIgnorePatterns,
  loadVariables,
  parseIgnorePatterns,
  scanManifests,
  substituteObject,
  type IgnorePattern,
} from '../../src/index.ts';
import { Filled, Several, type Calls } from './trace.ts';

interface Generator {
  readonly spec: JsonObject;
  readonly ignore: string | undefined;
}

interface Holder {
  object: JsonObject;
}

/** @param home the copy of the Go package's directory */
export function kustomizeCalls(home: string): Calls {
  const references = new Map<string, Readonly<Record<string, string>>>();
  let loaded: IgnorePattern[] = [];
  const remote = new Map<string, string>();
  const at = (path: unknown): string => resolve(home, String(path));
  const attempt = (count: number, run: () => readonly unknown[]): Several => {
    try {
      return new Several(...run(), ...(count > 0 ? [null] : []));
    } catch (error) {
      return new Several(...Array.from({ length: count }, () => null), error);
    }
  };
  const buildAt = (root: string, directory: string): Several => {
    const answer = attempt(1, () => builtAt(root, directory));
    const error = answer.values[1];
    // RENDER_BUILD says so; this runner goes below it
    if (!(error instanceof KustomizeError) || error.code !== 'KUSTOMIZE_PANIC') return answer;
    return new Several(null, new Error(`recovered from kustomize build panic: ${error.message}`));
  };
  const builtAt = (root: string, directory: string): readonly unknown[] => {
    const fs = root === '' ? diskFileSystem('/') : new MountedFileSystem(diskFileSystem(root), root);
    const result = build(fs, directory, {
      loadRestrictor: 'LoadRestrictionsNone',
      reorder: 'none',
      keepBuiltinSchema: true,
      fetchRemote: (request) => Buffer.from(remote.get(request.kind === 'file' ? request.url : '') ?? ''),
    });
    return [{ resources: result.resources.map(({ object }): Holder => ({ object })) }];
  };
  const generate = (self: unknown, directory: string): ReturnType<typeof generateKustomization> => {
    const { spec, ignore } = self as Generator;
    return generateKustomization({ fs: diskFileSystem('/'), directory, spec, ...(ignore === undefined ? {} : { ignore }) });
  };
  return {
    readYamlObjects: ([text]) => attempt(1, () => [documents(String(text))]),
    createObjectFile: ([, path]) => {
      for (const object of documents(readFileSync(at(path), 'utf8'))) {
        const secret = getString(object, ['kind']) === 'Secret';
        const data = Object.entries(getObject(object, ['data']) ?? {}).map(([key, value]) => [
          key,
          secret ? Buffer.from(String(value ?? ''), 'base64').toString() : String(value ?? ''),
        ]);
        const texts = Object.entries(getObject(object, ['stringData']) ?? {}).map(([key, value]) => [key, String(value ?? '')]);
        references.set(
          `${getString(object, ['kind']) ?? ''}/${getString(object, ['metadata', 'name']) ?? ''}`,
          Object.fromEntries([...data, ...texts]) as Record<string, string>,
        );
      }
      return null;
    },
    'kustomize.NewGenerator': ([, ks]): Generator => ({ spec: specOf(ks), ignore: undefined }),
    'kustomize.NewGeneratorWithIgnore': ([, ignore, ks]): Generator => ({ spec: specOf(ks), ignore: String(ignore) }),
    'kustomize.WithSaveOriginalKustomization': () => null,
    '.WriteFile': ([directory], self) =>
      attempt(1, () => {
        const generated = generate(self, at(directory));
        writeFileSync(generated.path, generated.text);
        return [generated.created ? 'created' : 'updated'];
      }),
    '.GenerateManifest': ([directory], self) =>
      attempt(3, () => {
        const generated = generate(self, at(directory));
        return [generated.text, generated.path, generated.created ? 'created' : 'updated'];
      }),
    'filesys.MakeFsOnDisk': () => null,
    'kustomize.SecureBuild': ([root, directory]) => buildAt(at(root), at(directory)),
    'kustomize.Build': ([, directory]) => buildAt('', at(directory)),
    '.Resources': (_, self) => (self as { readonly resources: readonly Holder[] }).resources,
    '.AsYaml': (_, self) =>
      attempt(1, () => [(self as { readonly resources: readonly Holder[] }).resources.map((r) => printYaml(r.object)).join('---\n')]),
    '.AsYAML': (_, self) => attempt(1, () => [printYaml((self as Holder).object)]),
    '.Replace': () => new Several(0, null),
    '.Error': (_, self) => (self as Error).message,
    'kustomize.SubstituteWithStrict': ([strict]) => ({ strict }),
    'kustomize.SubstituteWithAlways': ([always]) => ({ always }),
    'kustomize.SubstituteVariables': ([, , ks, resource, ...options]) =>
      attempt(1, () => {
        const settings = Object.assign({}, ...options) as { readonly strict?: boolean; readonly always?: boolean };
        const { variables } = loadVariables(specOf(ks), (kind, name) => references.get(`${kind}/${name}`));
        checkVariableNames(variables);
        const holder = resource as Holder;
        if (Object.keys(variables).length === 0 && settings.always !== true) return [holder];
        holder.object = substituteObject(holder.object, variables, { strict: settings.strict ?? false });
        return [holder];
      }),
    'kustomize.IsLocalRelativePath': ([path]) => isLocalRelativePath(String(path)),
    scanManifests: ([, base, patterns]) =>
      attempt(1, () => {
        const input = { fs: diskFileSystem('/'), directory: at(base), spec: {} };
        const found = scanManifests(input, (patterns ?? undefined) as readonly IgnorePattern[] | undefined);
        return [found.map((path) => relative(home, path))];
      }),
    // domains are relative to the directory here, not to the root of the disk
    'sourceignore.LoadIgnorePatterns': ([directory]) => {
      loaded = loadIgnorePatterns(diskFileSystem('/'), at(directory));
      return new Several(loaded, null);
    },
    // the tests append what this gives to what they loaded before, which a trace does not say
    'sourceignore.ReadPatterns': ([text]) => void loaded.push(...parseIgnorePatterns(String(text), [])),
    'sort.Strings': ([list]) => (list as string[] | undefined)?.sort(),
    'os.ReadFile': ([path]) => attempt(1, () => [readFileSync(at(path), 'utf8')]),
    'copy.Copy': ([from, to]) => {
      cpSync(at(from), at(to), { recursive: true });
      return null;
    },
    'yaml.Unmarshal': ([text]) => new Filled(null, { arg1: parseYaml(String(text)) }),
    'yaml.Marshal': ([value]) => new Several(printYaml(value as JsonValue), null),
    snapshotDir: ([, directory]) => snapshot(at(directory)),
    'unstructured.NestedSlice': ([object, ...path]) => nested(object, path),
    'unstructured.NestedString': ([object, ...path]) => nested(object, path),
    '(unstructured.Unstructured).SetNamespace': () => null,
    '(client.Client).Create': () => null,
    'http.HandlerFunc': ([callback]) => callback,
    'httptest.NewServer': ([callback]) => {
      const { steps, asserts } = callback as { readonly steps: readonly JsonObject[]; readonly asserts: readonly JsonObject[] };
      const written = steps.find((step) => step['call'] === '$cb.w.Write');
      const path = getPath(asserts[0] as JsonObject, ['to', 'Equal', '0']) as string;
      const url = 'http://127.0.0.1:1';
      remote.set(url + path, String(((written as JsonObject)['args'] as readonly JsonValue[])[0]));
      return { URL: url };
    },
  };
}

function documents(text: string): readonly JsonObject[] {
  return parseYamlDocuments(text).map(({ value }) => value as JsonObject);
}

function specOf(ks: unknown): JsonObject {
  return getObject(ks as JsonObject, ['spec']) ?? {};
}

function nested(object: unknown, path: readonly unknown[]): Several {
  const value = getPath(object as JsonObject, path as readonly string[]);
  return new Several(value, value !== undefined, null);
}

function snapshot(directory: string): JsonObject {
  return Object.fromEntries(
    (readdirSync(directory, { recursive: true }) as string[])
      .filter((path) => statSync(join(directory, path)).isFile())
      .map((path) => [path, readFileSync(join(directory, path), 'utf8')]),
  );
}

/** Writes the files that a trace asks for. */
export function prepareOnDisk(kind: string, path: string, content: string): void {
  if (kind === 'mkdir') {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
