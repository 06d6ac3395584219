import { AGE, READY, STATUS, type FluxKind, type KindVersion } from '../kind.ts';
import { list, named, object, oneOf, rules, string } from '../shape.ts';
import { COMMON_METADATA, CONDITIONS } from './shapes.ts';

const V1BETA1: KindVersion = {
  name: 'v1beta1',
  spec: named(
    'ArtifactGeneratorSpec',
    object(
      {
        'artifacts!': list(
          object({
            'copy!': list(
              object({
                exclude: list(string(), { maxItems: 100 }),
                'from!': string({ maxLength: 1024, minLength: 1, pattern: '^@([a-z0-9]([a-z0-9_-]*[a-z0-9])?)/(.*)$' }),
                strategy: oneOf(['Overwrite', 'Merge', 'Extract']),
                'to!': string({ maxLength: 1024, minLength: 1, pattern: '^@(artifact)/(.*)$' }),
              }),
              { minItems: 1 },
            ),
            'name!': string({ maxLength: 253, minLength: 1 }),
            originRevision: string({ maxLength: 64, pattern: '^@([a-z0-9]([a-z0-9_-]*[a-z0-9])?)$' }),
            revision: string({ maxLength: 64, pattern: '^@([a-z0-9]([a-z0-9_-]*[a-z0-9])?)$' }),
          }),
          { maxItems: 1000, minItems: 1 },
        ),
        commonMetadata: COMMON_METADATA,
        pathPattern: string({ maxLength: 1024, pattern: '^@([a-z0-9]([a-z0-9_-]*[a-z0-9])?)/(.*)$' }),
        'sources!': list(
          object({
            'alias!': string({ maxLength: 63, pattern: '^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$' }),
            'kind!': oneOf(['Bucket', 'GitRepository', 'OCIRepository', 'HelmChart', 'ExternalArtifact']),
            'name!': string({ maxLength: 253, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' }),
            namespace: string({ maxLength: 63, minLength: 1, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
          }),
          { maxItems: 1000, minItems: 1 },
        ),
      },
      rules([
        String.raw`has(self.pathPattern) && size(self.pathPattern) > 0 || self.artifacts.all(a, a.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'))`,
        'artifact names must be valid Kubernetes object names when pathPattern is not set',
      ]),
    ),
  ),
  status: named(
    'ArtifactGeneratorStatus',
    object({
      conditions: CONDITIONS,
      inventory: list(object({ 'digest!': string(), 'filename!': string(), 'name!': string(), 'namespace!': string() })),
      lastHandledReconcileAt: string(),
      observedSourcesDigest: string(),
    }),
  ),
  served: { from: '2.7' },
  statusSubresource: true,
  columns: [AGE, READY, STATUS],
};

/** ArtifactGenerator, in every version that was served. */
export const ARTIFACT_GENERATOR: FluxKind = {
  group: 'source.extensions.fluxcd.io',
  kind: 'ArtifactGenerator',
  plural: 'artifactgenerators',
  singular: 'artifactgenerator',
  shortNames: ['ag'],
  categories: ['all', 'fluxcd', 'fluxcd-sources'],
  controller: 'source-watcher',
  aliases: ['artifact generator'],
  versions: [V1BETA1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
