import { AGE, READY, STATUS, column, type FluxKind, type KindVersion } from '../kind.ts';
import { named, object } from '../shape.ts';
import { ARTIFACT, CONDITIONS, OBJECT_REF } from './shapes.ts';

const V1: KindVersion = {
  name: 'v1',
  spec: named('ExternalArtifactSpec', object({ sourceRef: OBJECT_REF })),
  status: named('ExternalArtifactStatus', object({ artifact: ARTIFACT, conditions: CONDITIONS })),
  served: { from: '2.7' },
  statusSubresource: true,
  columns: [AGE, READY, STATUS, column('Source', '.spec.sourceRef.name')],
};

/** ExternalArtifact, in every version that was served. */
export const EXTERNAL_ARTIFACT: FluxKind = {
  group: 'source.toolkit.fluxcd.io',
  kind: 'ExternalArtifact',
  plural: 'externalartifacts',
  singular: 'externalartifact',
  shortNames: ['ea'],
  categories: ['all', 'fluxcd', 'fluxcd-sources'],
  controller: 'source-controller',
  aliases: ['source external'],
  versions: [V1],
  annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
};
