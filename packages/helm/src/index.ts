export { checkDependencies, printMetadata } from './chart/check.ts';
export { chartCrds, type CrdFile } from './chart/crds.ts';
export { archiveFiles, directoryFiles, type LoadLimits } from './chart/files.ts';
export { helmIgnore, pathMatcher } from './chart/ignore.ts';
export { loadChart, withChartVersion, type ChartSource, type LoadOptions } from './chart/load.ts';
export { metadataOf, readLock, readMetadata, validateMetadata } from './chart/metadata.ts';
export {
  fileText,
  isLibrary,
  type Chart,
  type ChartDependency,
  type ChartFile,
  type ChartLock,
  type ChartMetadata,
  type Maintainer,
} from './chart/model.ts';
export { chartArchive, type PackageOptions } from './chart/package.ts';
export { ChartError, RenderError, ValuesError, type ChartErrorCode, type RenderErrorCode, type ValuesErrorCode } from './errors.ts';
// what rendering throws, or what a lookup may throw; templates themselves are gotemplate's
export { BudgetError, GoError, TemplateError } from '@flux-ts/gotemplate';
export { explainRenderError, type ExplainContext } from './explain.ts';
export { lintChart, type LintInput } from './lint/lint-chart.ts';
export type { LintMessage } from './lint/message.ts';
export { configDigest, observationDigest, observationText, type ObservationOptions } from './release/digest.ts';
export { deployedRelease, historyToPrune, isPending, lastRelease, sortHistory } from './release/history.ts';
export { newRelease, withStatus, type NewRelease } from './release/new-release.ts';
export { chartFromRelease, chartRecord, hookRecord, hooksOfRelease } from './release/convert.ts';
export type { ChartRecord, FileRecord, HookRecord, ReleaseInfoRecord, ReleaseRecord, ReleaseStatus } from './release/record.ts';
export { parseRelease, releaseJson } from './release/release-json.ts';
export {
  decodeReleaseSecret,
  encodeReleaseSecret,
  RELEASE_SECRET_TYPE,
  ReleaseError,
  releaseSecretName,
  type StoreOptions,
} from './release/secret.ts';
export { defaultCapabilities, parseKubeVersion, type Capabilities, type HelmBuild, type KubeVersion } from './render/capabilities.ts';
export { HelmCaches, type ReleaseInfo } from './render/engine.ts';
export type { Lookup } from './render/functions.ts';
export {
  deletePolicies,
  deletesHook,
  hookEvent,
  hooksFor,
  waitsForHook,
  type Hook,
  type HookDeletePolicy,
  type HookEvent,
  type HookExecution,
} from './render/hooks.ts';
export { lineOrigins } from './render/line-origins.ts';
export { installOrder, installOrder3, sortByKind, uninstallOrder } from './render/kinds.ts';
export { sortManifests, sourceBlock, type Manifest, type SortedManifests } from './render/manifests.ts';
export type { PostRender } from './render/post-render.ts';
export { renderChart, type ManifestObject, type Rendered, type RenderInput } from './render/render-chart.ts';
export { splitManifests } from './render/split.ts';
export { chooseVersion, newestFirst, type IndexEntry } from './repository/index-entry.ts';
export { IndexError, readIndex, type ReadIndexOptions, type RepositoryIndex } from './repository/read-index.ts';
export { validateValues, type SchemaCache } from './schema/validate-values.ts';
export { ValuesSchema } from './schema/validate.ts';
export { coalesceValues, mergeChartValues, type CoalesceOptions, type HelmMajor } from './values/coalesce.ts';
export { isCompatibleRange, processDependencies } from './values/dependencies.ts';
export { valuesProvenance, type ValueOrigin, type ValuesSource } from './values/provenance.ts';
export { mergeValues, readValues } from './values/read.ts';
export { MAX_SET_DEPTH, MAX_SET_INDEX, parseSet, parseSetFile, parseSetJson, parseSetLiteral, parseSetString } from './values/strvals.ts';
