/** The types of conditions that Flux sets. */
export const CONDITIONS = {
  Ready: 'Ready',
  Healthy: 'Healthy',
  Reconciling: 'Reconciling',
  Stalled: 'Stalled',
  ArtifactInStorage: 'ArtifactInStorage',
  ArtifactOutdated: 'ArtifactOutdated',
  SourceVerified: 'SourceVerified',
  FetchFailed: 'FetchFailed',
  BuildFailed: 'BuildFailed',
  StorageOperationFailed: 'StorageOperationFailed',
  IncludeUnavailable: 'IncludeUnavailable',
  Released: 'Released',
  TestSuccess: 'TestSuccess',
  Remediated: 'Remediated',
  Drifted: 'Drifted',
} as const;

/** The type of a condition that Flux sets. */
export type ConditionType = (typeof CONDITIONS)[keyof typeof CONDITIONS];

/** Conditions that are bad, or mean work under way, when they are true. */
export const NEGATIVE_CONDITIONS: readonly ConditionType[] = [
  'Reconciling',
  'Stalled',
  'FetchFailed',
  'BuildFailed',
  'StorageOperationFailed',
  'ArtifactOutdated',
  'IncludeUnavailable',
  'Remediated',
  'Drifted',
];

/** The reasons that all controllers share, and those of single kinds. */
export const REASONS = {
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Progressing: 'Progressing',
  ProgressingWithRetry: 'ProgressingWithRetry',
  Suspended: 'Suspended',
  DependencyNotReady: 'DependencyNotReady',
  InvalidPath: 'InvalidPath',
  InvalidURL: 'InvalidURL',
  InsecureConnectionsDisallowed: 'InsecureConnectionsDisallowed',
  UnsupportedConnectionType: 'UnsupportedConnectionType',
  PruneFailed: 'PruneFailed',
  ArtifactFailed: 'ArtifactFailed',
  BuildFailed: 'BuildFailed',
  HealthCheckFailed: 'HealthCheckFailed',
  HealthCheckCanceled: 'HealthCheckCanceled',
  ReconciliationSucceeded: 'ReconciliationSucceeded',
  ReconciliationFailed: 'ReconciliationFailed',
  InvalidCELExpression: 'InvalidCELExpression',
  FeatureGateDisabled: 'FeatureGateDisabled',
  AccessDenied: 'AccessDenied',
  // sources
  URLInvalid: 'URLInvalid',
  StorageOperationFailed: 'StorageOperationFailed',
  AuthenticationFailed: 'AuthenticationFailed',
  VerificationError: 'VerificationError',
  DirCreationFailed: 'DirCreationFailed',
  StatOperationFailed: 'StatOperationFailed',
  ReadOperationFailed: 'ReadOperationFailed',
  AcquireLockFailed: 'AcquireLockFailed',
  InvalidSTSConfiguration: 'InvalidSTSConfiguration',
  GitOperationFailed: 'GitOperationFailed',
  GitOperationSucceed: 'GitOperationSucceed',
  BucketOperationFailed: 'BucketOperationFailed',
  OCIPullFailed: 'OCIArtifactPullFailed',
  OCILayerOperationFailed: 'OCIArtifactLayerOperationFailed',
  NoSourceArtifact: 'NoSourceArtifact',
  ChartPullSucceeded: 'ChartPullSucceeded',
  ChartPackageSucceeded: 'ChartPackageSucceeded',
  IndexationSucceeded: 'IndexationSucceeded',
  IndexationFailed: 'IndexationFailed',
  ArtifactUpToDate: 'ArtifactUpToDate',
  CacheOperationFailed: 'CacheOperationFailed',
  // releases
  InstallSucceeded: 'InstallSucceeded',
  InstallFailed: 'InstallFailed',
  UpgradeSucceeded: 'UpgradeSucceeded',
  UpgradeFailed: 'UpgradeFailed',
  TestSucceeded: 'TestSucceeded',
  TestFailed: 'TestFailed',
  RollbackSucceeded: 'RollbackSucceeded',
  RollbackFailed: 'RollbackFailed',
  UninstallSucceeded: 'UninstallSucceeded',
  UninstallFailed: 'UninstallFailed',
  SourceNotReady: 'SourceNotReady',
  ValuesError: 'ValuesError',
  ChartMutateError: 'ChartMutateError',
  RESTClientError: 'RESTClientError',
  FactoryError: 'FactoryError',
  StateError: 'StateError',
  ReconcileError: 'ReconcileError',
  RetriesExceeded: 'RetriesExceeded',
  MissingRollbackTarget: 'MissingRollbackTarget',
  DriftDetected: 'DriftDetected',
  NoDriftDetected: 'NoDriftDetected',
  InventoryBuildFailed: 'InventoryBuildFailed',
  NamespaceCheckSkipped: 'NamespaceCheckSkipped',
} as const;

/** A reason that Flux gives. */
export type Reason = (typeof REASONS)[keyof typeof REASONS];

/** The finalizers of Flux's objects. */
export const FINALIZERS = { flux: 'finalizers.fluxcd.io', artifactGenerator: 'source.extensions.fluxcd.io/finalizer' } as const;

/** The annotations that Flux reads and writes. */
export const ANNOTATIONS = {
  reconcileRequest: 'reconcile.fluxcd.io/requestedAt',
  forceRequest: 'reconcile.fluxcd.io/forceAt',
  resetRequest: 'reconcile.fluxcd.io/resetAt',
  /** A prefix: what follows becomes a key of the event's metadata. */
  eventPrefix: 'event.toolkit.fluxcd.io/',
  kustomizeReconcile: 'kustomize.toolkit.fluxcd.io/reconcile',
  kustomizeSsa: 'kustomize.toolkit.fluxcd.io/ssa',
  kustomizeForce: 'kustomize.toolkit.fluxcd.io/force',
  kustomizePrune: 'kustomize.toolkit.fluxcd.io/prune',
  kustomizeSubstitute: 'kustomize.toolkit.fluxcd.io/substitute',
  kustomizeDecrypt: 'kustomize.toolkit.fluxcd.io/decrypt',
  helmDriftDetection: 'helm.toolkit.fluxcd.io/driftDetection',
} as const;

/** The labels that Flux reads and writes. */
export const LABELS = {
  kustomizeName: 'kustomize.toolkit.fluxcd.io/name',
  kustomizeNamespace: 'kustomize.toolkit.fluxcd.io/namespace',
  helmName: 'helm.toolkit.fluxcd.io/name',
  helmNamespace: 'helm.toolkit.fluxcd.io/namespace',
  artifactGeneratorName: 'source.extensions.fluxcd.io/name',
  artifactGeneratorNamespace: 'source.extensions.fluxcd.io/namespace',
  watch: 'reconcile.fluxcd.io/watch',
  shard: 'sharding.fluxcd.io/key',
} as const;

/** The names under which the controllers and the command line write fields. */
export const FIELD_MANAGERS = {
  cli: 'flux',
  sourceController: 'source-controller',
  kustomizeController: 'kustomize-controller',
  /** What kustomize-controller writes its own objects' status and finalizers with. */
  kustomizeControllerStatus: 'gotk-kustomize-controller',
  helmController: 'helm-controller',
  notificationController: 'notification-controller',
  imageReflectorController: 'image-reflector-controller',
  imageAutomationController: 'image-automation-controller',
  sourceWatcher: 'source-watcher',
} as const;
