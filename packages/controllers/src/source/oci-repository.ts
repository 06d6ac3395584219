import { errorMessage, deepEqual } from '@flux-ts/base';
import { packTarGz, unpackTarGz } from '@flux-ts/archive';
import { specOf } from '@flux-ts/kube';
import { listTags, OciError, parseReference, pullArtifact, resolve, type OciOptions, type OciReference } from '@flux-ts/oci';
import { compareVersions, parseConstraint, tryParseVersion } from '@flux-ts/semver';
import { RE2JS } from 're2js';
import { TYPES } from '../shared/deps.ts';
import { specDuration, specText } from '../shared/spec.ts';
import { storageFailure, type SourceKind, type SourceRun } from './harness.ts';
import { SourceFailure, type StepOutcome } from './outcome.ts';
import { ociAuthOf } from './steps/secrets.ts';

async function optionsOf(run: SourceRun): Promise<OciOptions> {
  return {
    auth: await ociAuthOf(run),
    signal: run.signal,
    timeoutMs: specDuration(run.object, 'timeout') ?? 60_000,
    ...(run.cell.resolve === undefined ? {} : { rewrite: run.cell.resolve }),
  };
}

function pullFailure(error: unknown, doing: string): SourceFailure {
  const auth = error instanceof OciError && error.code === 'OCI_AUTH';
  return new SourceFailure({
    condition: 'FetchFailed',
    reason: auth ? 'AuthenticationFailed' : 'OCIArtifactPullFailed',
    message: `${doing}: ${errorMessage(error)}`,
    cause: error,
  });
}

async function chooseTag(run: SourceRun, options: OciOptions): Promise<string> {
  const range = specText(run.object, 'ref', 'semver');
  if (range === undefined) return specText(run.object, 'ref', 'tag') ?? 'latest';
  const filter = specText(run.object, 'ref', 'semverFilter');
  const pattern = filter === undefined ? undefined : RE2JS.compile(filter);
  const constraint = parseConstraint(range);
  const tags = await listTags(parseReference(specText(run.object, 'url') ?? ''), options);
  const best = tags
    .filter((tag) => pattern === undefined || pattern.matcher(tag).find())
    .flatMap((tag) => {
      const version = tryParseVersion(tag) ?? tryParseVersion(tag.replaceAll('_', '+'));
      return version !== undefined && constraint.check(version) ? [{ tag, version }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version))[0];
  if (best === undefined) throw new Error(`no match found for semver: ${range}`);
  return best.tag;
}

async function resolveReference(
  run: SourceRun,
  options: OciOptions,
): Promise<{ readonly reference: OciReference; readonly revision: string }> {
  const url = specText(run.object, 'url') ?? '';
  const digest = specText(run.object, 'ref', 'digest');
  if (digest !== undefined) return { reference: parseReference(`${url}@${digest}`), revision: digest };
  const tag = await chooseTag(run, options);
  const resolved = await resolve(parseReference(`${url}:${tag}`), options);
  return { reference: parseReference(`${url}@${resolved.digest}`), revision: `${tag}@${resolved.digest}` };
}

async function reconcile(run: SourceRun): Promise<StepOutcome> {
  const { draft } = run;
  if (specText(run.object, 'verify', 'provider') !== undefined) {
    throw new SourceFailure({
      kind: 'stall',
      condition: 'SourceVerified',
      reason: 'VerificationError',
      message: 'verification of artifact signatures is not supported',
    });
  }
  const options = await optionsOf(run);
  let found: Awaited<ReturnType<typeof resolveReference>>;
  try {
    found = await resolveReference(run, options);
  } catch (error) {
    run.signal.throwIfAborted();
    throw error instanceof SourceFailure ? error : pullFailure(error, 'failed to determine artifact digest');
  }
  draft.unmark('FetchFailed', 'ArtifactOutdated');
  const spec = specOf(run.object);
  const same =
    deepEqual(spec['layerSelector'], draft.get('observedLayerSelector')) && deepEqual(spec['ignore'], draft.get('observedIgnore'));
  if (run.artifact()?.revision === found.revision && same) {
    run.trace('ArtifactUpToDate', `artifact up-to-date with remote revision: '${found.revision}'`);
  } else {
    await run.building(`: new revision '${found.revision}' for '${specText(run.object, 'url') ?? ''}'`, 'NewRevision');
    await pull(run, found, options);
    draft.set('observedLayerSelector', spec['layerSelector']);
    draft.set('observedIgnore', spec['ignore']);
  }
  draft.mark('ArtifactInStorage', 'True', 'Succeeded', `stored artifact for digest '${found.revision}'`);
  return 'success';
}

async function pull(
  run: SourceRun,
  found: { readonly reference: OciReference; readonly revision: string },
  options: OciOptions,
): Promise<void> {
  const mediaType = specText(run.object, 'layerSelector', 'mediaType');
  let pulled: Awaited<ReturnType<typeof pullArtifact>>;
  try {
    pulled = await pullArtifact(found.reference, mediaType === undefined ? {} : { layerMediaType: mediaType }, options);
  } catch (error) {
    run.signal.throwIfAborted();
    throw pullFailure(error, `failed to pull artifact from '${specText(run.object, 'url') ?? ''}'`);
  }
  try {
    const copy = specText(run.object, 'layerSelector', 'operation') === 'copy';
    const bytes = copy ? pulled.bytes : packTarGz(unpackTarGz(pulled.bytes));
    const hex = found.revision.slice(found.revision.lastIndexOf(':') + 1);
    const artifact = await run.cell.store.put(run.owner, {
      name: `${hex}.tar.gz`,
      revision: found.revision,
      bytes,
      metadata: pulled.annotations,
    });
    run.setArtifact(artifact);
    run.draft.set('url', await run.cell.store.link(artifact, 'latest.tar.gz'));
  } catch (error) {
    throw storageFailure('ArchiveOperationFailed', 'unable to archive artifact to storage', error);
  }
}

/** OCIRepository: a layer of an artifact in a registry. */
export const ociRepositoryKind: SourceKind = {
  type: TYPES.OCIRepository,
  reconcile,
  notify: (run) => {
    const metadata = run.artifact()?.metadata ?? {};
    const source = metadata['org.opencontainers.image.source'];
    const origin = metadata['org.opencontainers.image.revision'];
    const more = `${source === undefined ? '' : `, origin source '${source}'`}${origin === undefined ? '' : `, origin revision '${origin}'`}`;
    const message = `stored artifact with revision '${run.artifact()?.revision ?? ''}' from '${specText(run.object, 'url') ?? ''}'${more}`;
    return { reason: 'NewArtifact', message };
  },
  failConditions: ['FetchFailed', 'StorageOperationFailed'],
};
