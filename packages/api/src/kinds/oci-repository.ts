import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, named, object, oneOf, shortDuration, string, type Shape } from '../shape.ts';
import { ARTIFACT, ARTIFACT_V1BETA2, CONDITIONS, LOCAL_REF, OIDC_IDENTITIES, VERIFY_COSIGN } from './shapes.ts';

const LAYER_SELECTOR: Shape = named('OCIRepositoryLayerSelector', object({ mediaType: string(), operation: oneOf(['extract', 'copy']) }));

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'OCIRepositorySpec',
    object({
      certSecretRef: LOCAL_REF,
      ignore: string(),
      insecure: boolean(),
      'interval!': duration(),
      layerSelector: LAYER_SELECTOR,
      provider: oneOf(['generic', 'aws', 'azure', 'gcp'], { default: 'generic' }),
      proxySecretRef: LOCAL_REF,
      ref: object({ digest: string(), semver: string(), semverFilter: string(), tag: string() }),
      secretRef: LOCAL_REF,
      serviceAccountName: string(),
      suspend: boolean(),
      timeout: shortDuration({ default: '60s' }),
      'url!': string({ pattern: '^oci://.*$' }),
      verify: object({
        matchOIDCIdentity: OIDC_IDENTITIES,
        'provider!': oneOf(['cosign', 'notation'], { default: 'cosign' }),
        secretRef: LOCAL_REF,
        trustedRootSecretRef: LOCAL_REF,
      }),
    }),
  ),
  status: named(
    'OCIRepositoryStatus',
    object(
      {
        artifact: ARTIFACT,
        conditions: CONDITIONS,
        lastHandledReconcileAt: string(),
        observedGeneration: int64(),
        observedIgnore: string(),
        observedLayerSelector: LAYER_SELECTOR,
        url: string(),
      },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.6' },
  statusSubresource: true,
  columns: [column('URL', '.spec.url'), READY, STATUS, AGE],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    certSecretRef: LOCAL_REF,
    ignore: string(),
    insecure: boolean(),
    'interval!': duration(),
    layerSelector: LAYER_SELECTOR,
    provider: oneOf(['generic', 'aws', 'azure', 'gcp'], { default: 'generic' }),
    ref: object({ digest: string(), semver: string(), tag: string() }),
    secretRef: LOCAL_REF,
    serviceAccountName: string(),
    suspend: boolean(),
    timeout: shortDuration({ default: '60s' }),
    'url!': string({ pattern: '^oci://.*$' }),
    verify: VERIFY_COSIGN,
  }),
  status: object(
    {
      artifact: ARTIFACT_V1BETA2,
      conditions: CONDITIONS,
      contentConfigChecksum: string(),
      lastHandledReconcileAt: string(),
      observedGeneration: int64(),
      observedIgnore: string(),
      observedLayerSelector: LAYER_SELECTOR,
      url: string(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.7' },
  statusSubresource: true,
  columns: [column('URL', '.spec.url'), READY, STATUS, AGE],
};

/** OCIRepository, in every version that was served. */
export const OCI_REPOSITORY: FluxKind = {
  group: 'source.toolkit.fluxcd.io',
  kind: 'OCIRepository',
  plural: 'ocirepositories',
  singular: 'ocirepository',
  shortNames: ['ocirepo'],
  categories: ['all', 'fluxcd', 'fluxcd-sources'],
  controller: 'source-controller',
  aliases: ['source oci'],
  versions: [V1, V1BETA2],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
