export { expand, VariableNotSetError, type ExpandOptions } from './envsubst.ts';
export { parseSubstitutions, SubstituteSyntaxError, type SubstNode } from './envsubst-parse.ts';
export { RenderError, type RenderErrorCode } from './errors.ts';
export { generateKustomization, isLocalRelativePath, scanManifests, type Generated, type GenerateInput } from './generate.ts';
export { matchIgnore, matchPattern, parseIgnorePattern, parseIgnorePatterns, type IgnorePattern, type IgnoreVerdict } from './gitignore.ts';
export { ConfinementError, MountedFileSystem } from './mounted-file-system.ts';
export { normalizeObject, withCommonMetadata } from './normalize.ts';
export {
  appliedObjects,
  buildKustomization,
  ownerLabels,
  renderKustomization,
  type BuiltKustomization,
  type KustomizationEnv,
  type KustomizationInput,
  type KustomizationRender,
  type RenderedObject,
  type RenderReads,
} from './render-kustomization.ts';
export { defaultPatterns, ignoreMatcher, loadIgnorePatterns, vcsPatterns, type IgnoreMatcher, type IgnoreOptions } from './sourceignore.ts';
export {
  checkVariableNames,
  isSubstitutionDisabled,
  loadVariables,
  substituteObject,
  type LoadedVariables,
  type ReadReference,
} from './substitute.ts';
export { chartInflater, inflateChart, type InflateOptions } from './inflate-chart.ts';
export {
  helmOriginLabels,
  postRenderer,
  renderHelmRelease,
  type HelmReleaseEnv,
  type HelmReleaseInput,
  type HelmReleaseRender,
} from './render-release.ts';
export {
  composeValues,
  setValue,
  valuesDigest,
  ValuesReferenceError,
  type ComposedValues,
  type ReadValuesReference,
  type ValuesInput,
  type ValuesReference,
  type ValuesReferenceReason,
} from './values.ts';
export { memoryError, RenderBoundError, timeoutError, type RenderBoundCode, type RenderSubject } from './worker/bounds.ts';
export { InlineRenderer, type InlineRendererOptions } from './worker/inline-renderer.ts';
export { RenderPool, type RenderPoolOptions } from './worker/render-pool.ts';
export type { WorkerScript } from './worker/render-thread.ts';
export type { LookupQuery, ReadCluster, ReleaseRenderer, ReleaseRenderOptions } from './worker/renderer.ts';
export { serveRenders } from './worker/serve-renders.ts';
