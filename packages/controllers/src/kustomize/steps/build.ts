import { cleanPath, type MemoryFileSystem } from '@flux-ts/archive';
import { formatDuration, getObject, getString, isObject, type JsonObject } from '@flux-ts/base';
import { isNotFound, nameOf, namespaceOf, specOf, subjectOf, typeOf } from '@flux-ts/kube';
import type { Kinds } from '@flux-ts/schema';
import { renderKustomization, type KustomizationRender } from '@flux-ts/render';
import { ArtifactFetchError } from '@flux-ts/runtime';
import { gateEnabled } from '../../options.ts';
import { TYPES } from '../../shared/deps.ts';
import { specList, specText } from '../../shared/spec.ts';
import { failureOf, KustomizeFailure } from '../outcome.ts';
import type { KustomizeRun, RunSource } from '../run.ts';
import { RemoteBases } from './remote-bases.ts';

/** Downloads the artifact and makes sure that the path is in it. @throws KustomizeFailure */
export async function fetchSource(run: KustomizeRun, source: RunSource): Promise<MemoryFileSystem> {
  const { cell, context, options } = run;
  let tree: MemoryFileSystem;
  try {
    tree = await cell.files.tree(source.artifact, {
      http: cell.http,
      clock: cell.clock,
      signal: context.signal,
      ...(options.httpRetry === undefined ? {} : { retries: options.httpRetry }),
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ArtifactFetchError && error.code === 'ARTIFACT_NOT_FOUND') {
      const after = formatDuration(options.requeueDependencyMs ?? 30_000);
      throw new KustomizeFailure({
        step: 'artifact-gone',
        message: `Source is not ready, artifact not found, retrying in ${after}`,
        cause: error,
      });
    }
    throw failureOf('fetch', error);
  }
  const path = cleanPath(`/${specText(run.object, 'path') ?? ''}`);
  if (path !== '/' && tree.stat(path) === undefined) {
    throw new KustomizeFailure({ step: 'path', message: `kustomization path not found: stat ${path}: no such file or directory` });
  }
  return tree;
}

type Variables = Readonly<Record<string, string>>;

/** Reads the ConfigMaps and Secrets that substituteFrom names, before the build, which cannot wait. */
async function readVariables(run: KustomizeRun): Promise<ReadonlyMap<string, Variables>> {
  const out = new Map<string, Variables>();
  for (const reference of specList(run.object, 'postBuild', 'substituteFrom')) {
    const kind = getString(reference, ['kind']) === 'Secret' ? 'Secret' : 'ConfigMap';
    const name = getString(reference, ['name']) ?? '';
    try {
      const object = await run.cell.client.get(TYPES[kind], { namespace: namespaceOf(run.object), name }, { signal: run.context.signal });
      out.set(`${kind}/${name}`, textsOf(object, kind === 'Secret'));
    } catch (error) {
      if (!isNotFound(error)) throw error; // an absent one is the renderer's to judge: it may be optional
    }
  }
  return out;
}

function textsOf(object: JsonObject, encoded: boolean): Variables {
  const entries = Object.entries(getObject(object, ['data']) ?? {}).filter((e): e is [string, string] => typeof e[1] === 'string');
  return Object.fromEntries(encoded ? entries.map(([k, v]) => [k, Buffer.from(v, 'base64').toString('utf8')]) : entries);
}

function refuseEncrypted(object: JsonObject): JsonObject {
  if (!isObject(object['sops'])) return object;
  throw new KustomizeFailure({
    step: 'build',
    message: `decryption failed for '${typeOf(object).kind}/${nameOf(object)}': decryption of SOPS data is not supported`,
  });
}

/** Builds the objects of a Kustomization. @throws KustomizeFailure */
export async function buildObjects(run: KustomizeRun, tree: MemoryFileSystem): Promise<KustomizationRender> {
  const { workDir } = run.cell;
  const bases = run.options.noRemoteBases === true || workDir === undefined ? undefined : new RemoteBases(run, workDir);
  try {
    const variables = await readVariables(run);
    const kinds = await run.cell.kinds();
    for (;;) {
      try {
        return renderOnce(run, tree, { variables, kinds, fetchRemote: bases?.fetch });
      } catch (error) {
        if (bases === undefined || !(await bases.advance())) throw error;
      }
    }
  } catch (error) {
    run.context.signal.throwIfAborted();
    throw failureOf('build', error);
  } finally {
    await bases?.close();
  }
}

interface RenderNeeds {
  readonly variables: ReadonlyMap<string, Variables>;
  readonly kinds: Kinds;
  readonly fetchRemote: RemoteBases['fetch'] | undefined;
}

function renderOnce(run: KustomizeRun, tree: MemoryFileSystem, needs: RenderNeeds): KustomizationRender {
  const { object, options } = run;
  return renderKustomization(
    {
      spec: specOf(object),
      sourceRoot: tree,
      name: nameOf(object),
      namespace: namespaceOf(object),
      strict: gateEnabled(options, 'StrictPostBuildSubstitutions', true),
      alwaysSubstitute: specText(object, 'postBuild', 'substituteStrategy') === 'Always',
    },
    {
      readRef: (kind, name) => needs.variables.get(`${kind}/${name}`),
      kinds: needs.kinds,
      cache: run.cell.builds,
      ...(needs.fetchRemote === undefined ? {} : { fetchRemote: needs.fetchRemote }),
      ...(specText(object, 'decryption', 'provider') === undefined ? {} : { decrypt: refuseEncrypted }),
    },
  );
}

/** Refuses Secrets that are still encrypted. @throws KustomizeFailure */
export function checkEncrypted(objects: readonly JsonObject[]): void {
  const encrypted = objects.find((o) => typeOf(o).kind === 'Secret' && isObject(o['sops']));
  if (encrypted === undefined) return;
  const message = `${subjectOf(encrypted)} is SOPS encrypted, configuring decryption is required for this secret to be reconciled`;
  throw new KustomizeFailure({ step: 'apply', message });
}
