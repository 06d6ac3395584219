import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, list, named, object, oneOf, rules, shortDuration, string, type Shape } from '../shape.ts';
import { ACCESS_FROM, ARTIFACT, ARTIFACT_V1BETA1, ARTIFACT_V1BETA2, CONDITIONS, GIT_REF, GIT_REF_V1BETA2, LOCAL_REF } from './shapes.ts';

const VERIFY_V1BETA2: Shape = object({ 'mode!': oneOf(['head']), secretRef: LOCAL_REF });
const INCLUDED: Shape = named('GitRepositoryIncluded', object({ fromPath: string(), 'repository!': LOCAL_REF, toPath: string() }));
const INCLUDE: Shape = list(INCLUDED);

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'GitRepositorySpec',
    object(
      {
        ignore: string(),
        include: INCLUDE,
        'interval!': duration(),
        provider: oneOf(['generic', 'aws', 'azure', 'github']),
        proxySecretRef: LOCAL_REF,
        recurseSubmodules: boolean(),
        ref: GIT_REF,
        secretRef: LOCAL_REF,
        serviceAccountName: string(),
        sparseCheckout: list(string()),
        suspend: boolean(),
        timeout: shortDuration({ default: '60s' }),
        'url!': string({ pattern: '^(http|https|ssh)://.*$' }),
        verify: object({ mode: oneOf(['head', 'HEAD', 'Tag', 'TagAndHEAD'], { default: 'HEAD' }), 'secretRef!': LOCAL_REF }),
      },
      rules([
        "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
        "serviceAccountName can only be set when provider is 'azure' or 'aws'",
      ]),
    ),
  ),
  status: named(
    'GitRepositoryStatus',
    object(
      {
        artifact: ARTIFACT,
        conditions: CONDITIONS,
        includedArtifacts: list(ARTIFACT),
        lastHandledReconcileAt: string(),
        observedGeneration: int64(),
        observedIgnore: string(),
        observedInclude: INCLUDE,
        observedRecurseSubmodules: boolean(),
        observedSparseCheckout: list(string()),
        sourceVerificationMode: string(),
      },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.0' },
  statusSubresource: true,
  columns: [column('URL', '.spec.url'), AGE, READY, STATUS],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    accessFrom: ACCESS_FROM,
    gitImplementation: oneOf(['go-git', 'libgit2'], { default: 'go-git' }),
    ignore: string(),
    include: INCLUDE,
    'interval!': duration(),
    recurseSubmodules: boolean(),
    ref: GIT_REF_V1BETA2,
    secretRef: LOCAL_REF,
    suspend: boolean(),
    timeout: shortDuration({ default: '60s' }),
    'url!': string({ pattern: '^(http|https|ssh)://.*$' }),
    verify: VERIFY_V1BETA2,
  }),
  status: object(
    {
      artifact: ARTIFACT_V1BETA2,
      conditions: CONDITIONS,
      contentConfigChecksum: string(),
      includedArtifacts: list(ARTIFACT_V1BETA2),
      lastHandledReconcileAt: string(),
      observedGeneration: int64(),
      observedIgnore: string(),
      observedInclude: INCLUDE,
      observedRecurseSubmodules: boolean(),
      url: string(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.7' },
  statusSubresource: true,
  columns: [column('URL', '.spec.url'), AGE, READY, STATUS],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({
    accessFrom: ACCESS_FROM,
    gitImplementation: oneOf(['go-git', 'libgit2'], { default: 'go-git' }),
    ignore: string(),
    include: INCLUDE,
    'interval!': string(),
    recurseSubmodules: boolean(),
    ref: GIT_REF_V1BETA2,
    secretRef: LOCAL_REF,
    suspend: boolean(),
    timeout: string({ default: '60s' }),
    'url!': string({ pattern: '^(http|https|ssh)://.*$' }),
    verify: VERIFY_V1BETA2,
  }),
  status: object(
    {
      artifact: ARTIFACT_V1BETA1,
      conditions: CONDITIONS,
      includedArtifacts: list(ARTIFACT_V1BETA1),
      lastHandledReconcileAt: string(),
      observedGeneration: int64(),
      url: string(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [column('URL', '.spec.url'), READY, STATUS, AGE],
};

/** GitRepository, in every version that was served. */
export const GIT_REPOSITORY: FluxKind = {
  group: 'source.toolkit.fluxcd.io',
  kind: 'GitRepository',
  plural: 'gitrepositories',
  singular: 'gitrepository',
  shortNames: ['gitrepo'],
  categories: ['all', 'fluxcd', 'fluxcd-sources'],
  controller: 'source-controller',
  aliases: ['source git'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
