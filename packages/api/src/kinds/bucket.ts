import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, named, object, oneOf, rules, shortDuration, string } from '../shape.ts';
import { ACCESS_FROM, ARTIFACT, ARTIFACT_V1BETA1, ARTIFACT_V1BETA2, CONDITIONS, LOCAL_REF } from './shapes.ts';

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'BucketSpec',
    object(
      {
        'bucketName!': string(),
        certSecretRef: LOCAL_REF,
        'endpoint!': string(),
        ignore: string(),
        insecure: boolean(),
        'interval!': duration(),
        prefix: string(),
        provider: oneOf(['generic', 'aws', 'gcp', 'azure'], { default: 'generic' }),
        proxySecretRef: LOCAL_REF,
        region: string(),
        secretRef: LOCAL_REF,
        serviceAccountName: string(),
        sts: object({
          certSecretRef: LOCAL_REF,
          'endpoint!': string({ pattern: '^(http|https)://.*$' }),
          'provider!': oneOf(['aws', 'ldap']),
          secretRef: LOCAL_REF,
        }),
        suspend: boolean(),
        timeout: shortDuration({ default: '60s' }),
      },
      rules(
        [
          "self.provider == 'aws' || self.provider == 'generic' || !has(self.sts)",
          "STS configuration is only supported for the 'aws' and 'generic' Bucket providers",
        ],
        [
          "self.provider != 'aws' || !has(self.sts) || self.sts.provider == 'aws'",
          "'aws' is the only supported STS provider for the 'aws' Bucket provider",
        ],
        [
          "self.provider != 'generic' || !has(self.sts) || self.sts.provider == 'ldap'",
          "'ldap' is the only supported STS provider for the 'generic' Bucket provider",
        ],
        [
          "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.secretRef)",
          "spec.sts.secretRef is not required for the 'aws' STS provider",
        ],
        [
          "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.certSecretRef)",
          "spec.sts.certSecretRef is not required for the 'aws' STS provider",
        ],
        [
          "self.provider != 'generic' || !has(self.serviceAccountName)",
          "ServiceAccountName is not supported for the 'generic' Bucket provider",
        ],
        ['!has(self.secretRef) || !has(self.serviceAccountName)', 'cannot set both .spec.secretRef and .spec.serviceAccountName'],
      ),
    ),
  ),
  status: named(
    'BucketStatus',
    object(
      {
        artifact: ARTIFACT,
        conditions: CONDITIONS,
        lastHandledReconcileAt: string(),
        observedGeneration: int64(),
        observedIgnore: string(),
        url: string(),
      },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.4' },
  statusSubresource: true,
  columns: [column('Endpoint', '.spec.endpoint'), AGE, READY, STATUS],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    accessFrom: ACCESS_FROM,
    'bucketName!': string(),
    'endpoint!': string(),
    ignore: string(),
    insecure: boolean(),
    'interval!': duration(),
    provider: oneOf(['generic', 'aws', 'gcp', 'azure'], { default: 'generic' }),
    region: string(),
    secretRef: LOCAL_REF,
    suspend: boolean(),
    timeout: shortDuration({ default: '60s' }),
  }),
  status: object(
    {
      artifact: ARTIFACT_V1BETA2,
      conditions: CONDITIONS,
      lastHandledReconcileAt: string(),
      observedGeneration: int64(),
      observedIgnore: string(),
      url: string(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.7' },
  statusSubresource: true,
  columns: [column('Endpoint', '.spec.endpoint'), AGE, READY, STATUS],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({
    accessFrom: ACCESS_FROM,
    'bucketName!': string(),
    'endpoint!': string(),
    ignore: string(),
    insecure: boolean(),
    'interval!': string(),
    provider: oneOf(['generic', 'aws', 'gcp'], { default: 'generic' }),
    region: string(),
    secretRef: LOCAL_REF,
    suspend: boolean(),
    timeout: string({ default: '60s' }),
  }),
  status: object(
    { artifact: ARTIFACT_V1BETA1, conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64(), url: string() },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [column('Endpoint', '.spec.endpoint'), READY, STATUS, AGE],
};

/** Bucket, in every version that was served. */
export const BUCKET: FluxKind = {
  group: 'source.toolkit.fluxcd.io',
  kind: 'Bucket',
  plural: 'buckets',
  singular: 'bucket',
  shortNames: [],
  categories: ['all', 'fluxcd', 'fluxcd-sources'],
  controller: 'source-controller',
  aliases: ['source bucket'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
