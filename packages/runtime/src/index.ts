export {
  combineControllers,
  createController,
  keysWhere,
  TerminalError,
  type Controller,
  type ControllerSpec,
  type ReconcileContext,
  type ReconcileResult,
  type RuntimeDeps,
  type WatchSpec,
} from './controller.ts';
export { WorkQueue, type WorkQueueInit } from './work-queue.ts';
export { InformerSet, type InformerSetInit } from './informer-set.ts';
export {
  anyOf,
  artifactChanged,
  generationChanged,
  RECONCILE_REQUEST_ANNOTATION,
  reconcileRequested,
  requestedAt,
  type Predicate,
} from './predicates.ts';
export { conditionJson, getCondition, isReady, readConditions, removeCondition, setCondition, type Condition } from './conditions.ts';
export { StatusDraft, type StatusDraftInit } from './status-draft.ts';
export { EventRecorder, type EventRecord, type EventRecorderInit, type EventSeverity } from './events.ts';
export { runAsLeader, type LeaderElectionInit } from './leader.ts';
export { Metrics, type ObjectLabels } from './metrics.ts';
export { jittered } from './jitter.ts';
export {
  createHttpClient,
  type HttpAnswer,
  type HttpAuth,
  type HttpClient,
  type HttpClientInit,
  type HttpGetOptions,
  type ServiceResolver,
} from './http-client.ts';
export { artifactJson, artifactOf, canonicalRevision, hasRevision, readArtifact, type Artifact } from './artifact/artifact.ts';
export { ArtifactStore, ArtifactStoreError, type ArtifactOwner, type ArtifactStoreInit } from './artifact/store.ts';
export { serveArtifacts, type ArtifactServer } from './artifact/server.ts';
export { ArtifactFetchError, fetchArtifact, type ArtifactFetchOptions } from './artifact/fetch.ts';
export { readSecret, secretDataOf, secretText, type SecretData } from './secrets.ts';
