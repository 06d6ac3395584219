export {
  FLUX_CONFIG,
  FLUX_CONTENT_LAYER,
  HELM_CHART_LAYER,
  HELM_CONFIG,
  HELM_PROVENANCE_LAYER,
  listTags,
  pullArtifact,
  pullChart,
  pushArtifact,
  resolve,
  type OciDescriptor,
  type OciManifest,
  type OciResolved,
  type PulledArtifact,
  type PulledChart,
  type PushRequest,
} from './artifact.ts';
export { formatReference, OciError, parseReference, type OciErrorCode, type OciReference } from './reference.ts';
export type { OciAuth, OciOptions } from './session.ts';
export { serveRegistry, type OciRegistry, type OciRegistryOptions } from './registry.ts';
