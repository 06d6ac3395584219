import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, integer, list, named, object, oneOf, shortDuration, string, time } from '../shape.ts';
import { ACCESS_FROM, CONDITIONS, LOCAL_REF } from './shapes.ts';

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'ImageRepositorySpec',
    object({
      accessFrom: ACCESS_FROM,
      certSecretRef: LOCAL_REF,
      exclusionList: list(string(), { default: [String.raw`^.*\.sig$`], maxItems: 25 }),
      'image!': string(),
      insecure: boolean(),
      'interval!': duration(),
      provider: oneOf(['generic', 'aws', 'azure', 'gcp'], { default: 'generic' }),
      proxySecretRef: LOCAL_REF,
      secretRef: LOCAL_REF,
      serviceAccountName: string({ maxLength: 253 }),
      suspend: boolean(),
      timeout: shortDuration(),
    }),
  ),
  status: named(
    'ImageRepositoryStatus',
    object(
      {
        canonicalImageName: string(),
        conditions: CONDITIONS,
        lastHandledReconcileAt: string(),
        lastScanResult: object({ latestTags: list(string()), revision: string(), scanTime: time(), 'tagCount!': integer() }),
        observedExclusionList: list(string()),
        observedGeneration: int64(),
      },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.7' },
  statusSubresource: true,
  columns: [
    column('Image', '.spec.image'),
    column('Tags', '.status.lastScanResult.tagCount'),
    READY,
    STATUS,
    column('Last scan', '.status.lastScanResult.scanTime', { priority: 1 }),
    AGE,
  ],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    accessFrom: ACCESS_FROM,
    certSecretRef: LOCAL_REF,
    exclusionList: list(string(), { default: [String.raw`^.*\.sig$`], maxItems: 25 }),
    'image!': string(),
    insecure: boolean(),
    'interval!': duration(),
    provider: oneOf(['generic', 'aws', 'azure', 'gcp'], { default: 'generic' }),
    proxySecretRef: LOCAL_REF,
    secretRef: LOCAL_REF,
    serviceAccountName: string({ maxLength: 253 }),
    suspend: boolean(),
    timeout: shortDuration(),
  }),
  status: object(
    {
      canonicalImageName: string(),
      conditions: CONDITIONS,
      lastHandledReconcileAt: string(),
      lastScanResult: object({ latestTags: list(string()), scanTime: time(), 'tagCount!': integer() }),
      observedExclusionList: list(string()),
      observedGeneration: int64(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '2.0', to: '2.8' },
  statusSubresource: true,
  columns: [column('Last scan', '.status.lastScanResult.scanTime'), column('Tags', '.status.lastScanResult.tagCount')],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({
    accessFrom: ACCESS_FROM,
    certSecretRef: LOCAL_REF,
    exclusionList: list(string()),
    image: string(),
    interval: duration(),
    secretRef: LOCAL_REF,
    serviceAccountName: string({ maxLength: 253 }),
    suspend: boolean(),
    timeout: shortDuration(),
  }),
  status: object(
    {
      canonicalImageName: string(),
      conditions: CONDITIONS,
      lastHandledReconcileAt: string(),
      lastScanResult: object({ scanTime: time(), 'tagCount!': integer() }),
      observedGeneration: int64(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [column('Last scan', '.status.lastScanResult.scanTime'), column('Tags', '.status.lastScanResult.tagCount')],
};

/** ImageRepository, in every version that was served. */
export const IMAGE_REPOSITORY: FluxKind = {
  group: 'image.toolkit.fluxcd.io',
  kind: 'ImageRepository',
  plural: 'imagerepositories',
  singular: 'imagerepository',
  shortNames: ['imgrepo', 'imagerepo'],
  shortNamesSince: '2.7',
  categories: ['all', 'fluxcd', 'fluxcd-images'],
  controller: 'image-reflector-controller',
  aliases: ['image repository'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: {},
};
