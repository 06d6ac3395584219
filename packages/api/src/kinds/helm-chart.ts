import { AGE, NOT_OBSERVED, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { boolean, duration, int64, list, named, object, oneOf, rules, string, type Shape } from '../shape.ts';
import {
  ACCESS_FROM,
  ARTIFACT,
  ARTIFACT_V1BETA1,
  ARTIFACT_V1BETA2,
  CONDITIONS,
  LOCAL_REF,
  OIDC_IDENTITIES,
  VERIFY_COSIGN,
} from './shapes.ts';

const SOURCE_REF: Shape = named(
  'HelmChartSourceRef',
  object({ apiVersion: string(), 'kind!': oneOf(['HelmRepository', 'GitRepository', 'Bucket']), 'name!': string() }),
);

const V1: KindVersion = {
  name: 'v1',
  spec: named(
    'HelmChartSpec',
    object(
      {
        'chart!': string(),
        ignoreMissingValuesFiles: boolean(),
        'interval!': duration(),
        reconcileStrategy: oneOf(['ChartVersion', 'Revision'], { default: 'ChartVersion' }),
        'sourceRef!': SOURCE_REF,
        suspend: boolean(),
        valuesFiles: list(string()),
        verify: object({
          matchOIDCIdentity: OIDC_IDENTITIES,
          'provider!': oneOf(['cosign', 'notation'], { default: 'cosign' }),
          secretRef: LOCAL_REF,
        }),
        version: string({ default: '*' }),
      },
      rules([
        "!has(self.verify) || self.sourceRef.kind == 'HelmRepository'",
        "spec.verify is only supported when spec.sourceRef.kind is 'HelmRepository'",
      ]),
    ),
  ),
  status: named(
    'HelmChartStatus',
    object(
      {
        artifact: ARTIFACT,
        conditions: CONDITIONS,
        lastHandledReconcileAt: string(),
        observedChartName: string(),
        observedGeneration: int64(),
        observedSourceArtifactRevision: string(),
        observedValuesFiles: list(string()),
        url: string(),
      },
      NOT_OBSERVED,
    ),
  ),
  served: { from: '2.3' },
  statusSubresource: true,
  columns: [
    column('Chart', '.spec.chart'),
    column('Version', '.spec.version'),
    column('Source Kind', '.spec.sourceRef.kind'),
    column('Source Name', '.spec.sourceRef.name'),
    AGE,
    READY,
    STATUS,
  ],
};

const V1BETA2: KindVersion = {
  name: 'v1beta2',
  spec: object({
    accessFrom: ACCESS_FROM,
    'chart!': string(),
    'interval!': duration(),
    reconcileStrategy: oneOf(['ChartVersion', 'Revision'], { default: 'ChartVersion' }),
    'sourceRef!': SOURCE_REF,
    suspend: boolean(),
    valuesFile: string(),
    valuesFiles: list(string()),
    verify: VERIFY_COSIGN,
    version: string({ default: '*' }),
  }),
  status: object(
    {
      artifact: ARTIFACT_V1BETA2,
      conditions: CONDITIONS,
      lastHandledReconcileAt: string(),
      observedChartName: string(),
      observedGeneration: int64(),
      observedSourceArtifactRevision: string(),
      url: string(),
    },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.7' },
  statusSubresource: true,
  columns: [
    column('Chart', '.spec.chart'),
    column('Version', '.spec.version'),
    column('Source Kind', '.spec.sourceRef.kind'),
    column('Source Name', '.spec.sourceRef.name'),
    AGE,
    READY,
    STATUS,
  ],
};

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: object({
    accessFrom: ACCESS_FROM,
    'chart!': string(),
    'interval!': string(),
    reconcileStrategy: oneOf(['ChartVersion', 'Revision'], { default: 'ChartVersion' }),
    'sourceRef!': SOURCE_REF,
    suspend: boolean(),
    valuesFile: string(),
    valuesFiles: list(string()),
    version: string({ default: '*' }),
  }),
  status: object(
    { artifact: ARTIFACT_V1BETA1, conditions: CONDITIONS, lastHandledReconcileAt: string(), observedGeneration: int64(), url: string() },
    NOT_OBSERVED,
  ),
  served: { from: '0.38', to: '2.6' },
  statusSubresource: true,
  columns: [
    column('Chart', '.spec.chart'),
    column('Version', '.spec.version'),
    column('Source Kind', '.spec.sourceRef.kind'),
    column('Source Name', '.spec.sourceRef.name'),
    READY,
    STATUS,
    AGE,
  ],
};

/** HelmChart, in every version that was served. */
export const HELM_CHART: FluxKind = {
  group: 'source.toolkit.fluxcd.io',
  kind: 'HelmChart',
  plural: 'helmcharts',
  singular: 'helmchart',
  shortNames: ['hc'],
  categories: ['all', 'fluxcd', 'fluxcd-sources'],
  controller: 'source-controller',
  aliases: ['source chart'],
  versions: [V1, V1BETA2, V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
