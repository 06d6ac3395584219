import { errorMessage, formatDuration } from '@flux-ts/base';
import { isNotFound, namespaceOf } from '@flux-ts/kube';
import { artifactOf } from '@flux-ts/runtime';
import { gateEnabled } from '../../options.ts';
import { TYPES } from '../../shared/deps.ts';
import { specText } from '../../shared/spec.ts';
import { KustomizeFailure } from '../outcome.ts';
import type { KustomizeRun, RunSource } from '../run.ts';

const KINDS = ['GitRepository', 'OCIRepository', 'Bucket', 'ExternalArtifact'] as const;

/** Finds the source of a Kustomization and its artifact. @throws KustomizeFailure */
export async function findSource(run: KustomizeRun): Promise<RunSource> {
  const { object, cell, options } = run;
  const kind = KINDS.find((k) => k === specText(object, 'sourceRef', 'kind'));
  const name = specText(object, 'sourceRef', 'name') ?? '';
  const own = namespaceOf(object);
  const namespace = specText(object, 'sourceRef', 'namespace') ?? own;
  const denied = (why: string): KustomizeFailure =>
    new KustomizeFailure({ step: 'source-denied', message: `can't access '${kind ?? ''}/${namespace}/${name}', ${why}` });
  if (options.noCrossNamespaceRefs === true && namespace !== own) throw denied('cross-namespace references have been blocked');
  if (kind === undefined) {
    throw new KustomizeFailure({
      step: 'source-error',
      message: `source \`${name}\` kind '${specText(object, 'sourceRef', 'kind') ?? ''}' not supported`,
    });
  }
  if (kind === 'ExternalArtifact' && !gateEnabled(options, 'ExternalArtifact')) throw denied('ExternalArtifact feature gate is disabled');
  let source;
  try {
    source = await cell.client.get(TYPES[kind], { namespace, name }, { signal: run.context.signal });
  } catch (error) {
    run.context.signal.throwIfAborted();
    if (isNotFound(error)) throw new KustomizeFailure({ step: 'source-missing', message: error.message, cause: error });
    throw new KustomizeFailure({
      step: 'source-error',
      message: `unable to get source '${namespace}/${name}': ${errorMessage(error)}`,
      cause: error,
    });
  }
  const artifact = artifactOf(source);
  if (artifact === undefined) {
    const after = formatDuration(options.requeueDependencyMs ?? 30_000);
    throw new KustomizeFailure({ step: 'artifact-missing', message: `Source artifact not found, retrying in ${after}` });
  }
  return {
    object: source,
    artifact,
    revision: artifact.revision,
    originRevision: artifact.metadata?.['org.opencontainers.image.revision'],
  };
}
