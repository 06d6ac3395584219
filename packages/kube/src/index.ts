export type { KubeRequest, KubeResponse, KubeUser, KubeWatchEvent, Transport } from './transport.ts';
export {
  KubeClient,
  resourcePath,
  type ApplyOptions,
  type DeleteOptions,
  type KubeClientInit,
  type ListOptions,
  type ObjectList,
  type Patch,
  type RequestOptions,
  type WatchOptions,
  type WriteOptions,
} from './client.ts';
export {
  errorFromStatus,
  isConflict,
  isKubeError,
  isNoMatch,
  isNotFound,
  KubeError,
  type KubeErrorCode,
  type StatusCause,
} from './errors.ts';
export { Informer, type InformerEvent, type InformerInit } from './informer.ts';
export { RestMapper, type ApiResource } from './mapper.ts';
export {
  annotationsOf,
  anyInMetadata,
  finalizersOf,
  formatRef,
  generationOf,
  groupOf,
  isTerminating,
  keyOf,
  keyText,
  labelsOf,
  nameOf,
  namespaceOf,
  parseKey,
  refOf,
  resourceVersionOf,
  specOf,
  splitApiVersion,
  statusOf,
  subjectOf,
  typeOf,
  uidOf,
  withMetadata,
  type ObjectKey,
  type ObjectRef,
  type TypeRef,
} from './object.ts';
export { createHttpTransport, serverVersion, type HttpTransportInit } from './http-transport.ts';
export { execToken, transportOf } from './config/exec.ts';
export { inClusterTransport, type InClusterInit } from './config/in-cluster.ts';
export {
  contextOf,
  KubeconfigError,
  mergeKubeconfigs,
  parseKubeconfig,
  type ExecPlugin,
  type KubeContext,
  type Kubeconfig,
  type KubeconfigOptions,
} from './config/kubeconfig.ts';
export { mergeContext, removeContext, useContext, type ContextEntry } from './config/write.ts';
export { augmentStatus, computeStatus, conditionsOfGeneration, type StatusOptions } from './kstatus/status.ts';
export { conditionsOf, current, failed, inProgress, type KCondition, type KStatus, type StatusResult } from './kstatus/result.ts';
export { ApplyManager, type ApplyManagerInit, type ApplyManagerOptions, type DeleteAllOptions, type DiffResult } from './apply/manager.ts';
export { changeOf, changesOnly, formatChanges, type ApplyAction, type ChangeSetEntry } from './apply/change-set.ts';
export { cleanupPatch, type CleanupOptions, type FieldManagerMatch } from './apply/cleanup.ts';
export { hasDrifted, normalizeDryRun } from './apply/drift.ts';
export { ApplyError, dryRunError, isImmutableError, type ApplyErrorCode } from './apply/errors.ts';
export {
  adoptIgnored,
  ignoredPointers,
  pointerPath,
  selects,
  withoutPointers,
  type IgnoreRule,
  type ObjectSelector,
  type SelectorParser,
} from './apply/ignore.ts';
export { maskSecretData } from './apply/sanitize.ts';
export { compareForApply, sortForApply, splitStages, type ApplyStage, type StageKind } from './apply/sort.ts';
export {
  pauseFor,
  waitForReady,
  waitForTermination,
  WaitInterrupted,
  type StatusReader,
  type WaitDeps,
  type WaitOptions,
} from './apply/wait.ts';
export { inventoryEntry, inventoryId, objectOfEntry, parseInventoryId, staleEntries, type InventoryEntry } from './inventory.ts';
export { mapLimited } from './limit.ts';
