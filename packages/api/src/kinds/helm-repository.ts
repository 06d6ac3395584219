import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, named, object, oneOf, shortDuration, string } from '../shape.ts';
import { ACCESS_FROM, ARTIFACT, ARTIFACT_V1BETA1, ARTIFACT_V1BETA2, CONDITIONS, LOCAL_REF } from './shapes.ts';

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'HelmRepositorySpec',
    object({
      accessFrom: ACCESS_FROM,
      certSecretRef: LOCAL_REF,
      insecure: boolean(),
      interval: duration(),
      passCredentials: boolean(),
      provider: oneOf(['generic', 'aws', 'azure', 'gcp'], { default: 'generic' }),
      secretRef: LOCAL_REF,
      suspend: boolean(),
      timeout: shortDuration(),
      type: oneOf(['default', 'oci']),
      'url!': string({ pattern: '^(http|https|oci)://.*$' }),
    }),
  ),
  status: named(
    'HelmRepositoryStatus',
    object(
      { artifact: ARTIFACT, conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64(), url: string() },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.3' },
  statusSubresource: true,
  columns: [column('URL', '.spec.url'), AGE, READY, STATUS],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    accessFrom: ACCESS_FROM,
    'interval!': duration(),
    passCredentials: boolean(),
    provider: oneOf(['generic', 'aws', 'azure', 'gcp'], { default: 'generic' }),
    secretRef: LOCAL_REF,
    suspend: boolean(),
    timeout: shortDuration({ default: '60s' }),
    type: oneOf(['default', 'oci']),
    'url!': string(),
  }),
  status: object(
    { artifact: ARTIFACT_V1BETA2, conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64(), url: string() },
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
    'interval!': string(),
    passCredentials: boolean(),
    secretRef: LOCAL_REF,
    suspend: boolean(),
    timeout: string({ default: '60s' }),
    'url!': string(),
  }),
  status: object(
    { artifact: ARTIFACT_V1BETA1, conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64(), url: string() },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [column('URL', '.spec.url'), READY, STATUS, AGE],
};

/** HelmRepository, in every version that was served. */
export const HELM_REPOSITORY: FluxKind = {
  group: 'source.toolkit.fluxcd.io',
  kind: 'HelmRepository',
  plural: 'helmrepositories',
  singular: 'helmrepository',
  shortNames: ['helmrepo'],
  categories: ['all', 'fluxcd', 'fluxcd-sources'],
  controller: 'source-controller',
  aliases: ['source helm'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
