// Generated from the definitions of the kinds by packages/api/tools/generate-types.ts. Do not edit.
import type { JsonValue } from '@flux-ts/base';
import type { ObjectMeta } from './object.ts';

/** Who may refer to this object from other namespaces. */
export type AccessFrom = {
  /** The namespaces, by labels; one that matches is enough. */
  readonly namespaceSelectors: readonly NamespaceSelector[];
};

/** Alert, v1beta3: an object that notification-controller works on. */
export type Alert = {
  readonly apiVersion: 'notification.toolkit.fluxcd.io/v1beta3';
  readonly kind: 'Alert';
  readonly metadata: ObjectMeta;
  readonly spec: AlertSpec;
};

/** What is wanted. */
export type AlertSpec = {
  /** Words added to every event that is sent. */
  readonly eventMetadata?: Readonly<Record<string, string>>;
  /** The least severity that is sent: info means all, error only errors. */
  readonly eventSeverity?: 'info' | 'error';
  /** The objects whose events are sent. */
  readonly eventSources: readonly {
    /** The API version of the object referred to; without it the version that the cluster prefers. */
    readonly apiVersion?: string;
    /** The kind of the objects. */
    readonly kind:
      | 'Bucket'
      | 'GitRepository'
      | 'Kustomization'
      | 'HelmRelease'
      | 'HelmChart'
      | 'HelmRepository'
      | 'ImageRepository'
      | 'ImagePolicy'
      | 'ImageUpdateAutomation'
      | 'OCIRepository'
      | 'ArtifactGenerator'
      | 'ExternalArtifact';
    /** Labels that the objects have to carry. */
    readonly matchLabels?: Readonly<Record<string, string>>;
    /** The name of the object; * means all of the kind. */
    readonly name: string;
    /** The namespace of the objects; default: the namespace of this one. */
    readonly namespace?: string;
  }[];
  /** Regular expressions; a match keeps it out. */
  readonly exclusionList?: readonly string[];
  /** Regular expressions; only messages that match one are sent. */
  readonly inclusionList?: readonly string[];
  /** The Provider to send with. */
  readonly providerRef: LocalObjectReference;
  /** A line that goes with every event. Use eventMetadata.summary. */
  readonly summary?: string;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
};

/** The newest artifact: what was fetched, packed for the other controllers. */
export type Artifact = {
  /** The digest of the artifact’s file, with its algorithm. */
  readonly digest: string;
  /** When this revision was stored. */
  readonly lastUpdateTime: string;
  /** What the origin says of it, such as OCI annotations. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The path of the file in the controller’s store. */
  readonly path: string;
  /** What the artifact was made from, such as main@sha1:... */
  readonly revision: string;
  /** The size of the file in bytes. */
  readonly size?: number;
  /** The address at which the controller serves the artifact. */
  readonly url: string;
};

/** ArtifactGenerator, v1beta1: an object that source-watcher works on. */
export type ArtifactGenerator = {
  readonly apiVersion: 'source.extensions.fluxcd.io/v1beta1';
  readonly kind: 'ArtifactGenerator';
  readonly metadata: ObjectMeta;
  readonly spec: ArtifactGeneratorSpec;
  readonly status?: ArtifactGeneratorStatus;
};

/** What is wanted. */
export type ArtifactGeneratorSpec = {
  /** The artifacts to make; each becomes an ExternalArtifact. */
  readonly artifacts: readonly {
    /** What is copied into the artifact, in order. */
    readonly copy: readonly {
      /** Patterns of files to leave out. */
      readonly exclude?: readonly string[];
      /** What to copy, as @alias/pattern. */
      readonly from: string;
      /** What is done with files that are there already: overwrite, merge, or unpack. */
      readonly strategy?: 'Overwrite' | 'Merge' | 'Extract';
      /** Where to, as @artifact/path. */
      readonly to: string;
    }[];
    /** The name of the ExternalArtifact. */
    readonly name: string;
    /** The source, as @alias, whose revision is noted as the origin. */
    readonly originRevision?: string;
    /** The source, as @alias, whose revision the artifact gets; default: a digest of its content. */
    readonly revision?: string;
  }[];
  /** Labels and annotations that every object made from this one gets. */
  readonly commonMetadata?: CommonMetadata;
  /** A pattern of directories in a source, @alias/pattern; each match makes its own artifacts. */
  readonly pathPattern?: string;
  /** The sources to take from. */
  readonly sources: readonly {
    /** The short name of the source, used as @alias. */
    readonly alias: string;
    /** The kind of the source. */
    readonly kind: 'Bucket' | 'GitRepository' | 'OCIRepository' | 'HelmChart' | 'ExternalArtifact';
    /** The name of the object referred to. */
    readonly name: string;
    /** The namespace of the object referred to; default: the namespace of this object. */
    readonly namespace?: string;
  }[];
};

/** What was last seen and done; written by the controller only. */
export type ArtifactGeneratorStatus = {
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The artifacts that were made. */
  readonly inventory?: readonly {
    /** The digest of the artifact. */
    readonly digest: string;
    /** The file of the artifact in the store. */
    readonly filename: string;
    /** The name of the object referred to. */
    readonly name: string;
    /** The namespace of the object referred to; default: the namespace of this object. */
    readonly namespace: string;
  }[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The digest of the state of all sources. */
  readonly observedSourcesDigest?: string;
};

/** Bucket, v1: an object that source-controller works on. */
export type Bucket = {
  readonly apiVersion: 'source.toolkit.fluxcd.io/v1';
  readonly kind: 'Bucket';
  readonly metadata: ObjectMeta;
  readonly spec: BucketSpec;
  readonly status?: BucketStatus;
};

/** What is wanted. */
export type BucketSpec = {
  /** The name of the bucket. */
  readonly bucketName: string;
  /** The Secret with `ca.crt` and, for mutual TLS, `tls.crt` and `tls.key`. */
  readonly certSecretRef?: LocalObjectReference;
  /** The host, and port if need be, of the service. */
  readonly endpoint: string;
  /** Patterns, in the syntax of .gitignore, of files to leave out of the artifact. */
  readonly ignore?: string;
  /** Allows plain HTTP to the endpoint. */
  readonly insecure?: boolean;
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** Only objects whose names begin so are fetched. */
  readonly prefix?: string;
  /** Whose object store it is; `generic` means anything that speaks S3 with keys from the Secret. */
  readonly provider?: 'generic' | 'aws' | 'gcp' | 'azure';
  /** The Secret with the `address` of a proxy and, if it asks for them, `username` and `password`. */
  readonly proxySecretRef?: LocalObjectReference;
  /** The region that the bucket is in. */
  readonly region?: string;
  /** The Secret with the credentials, in the same namespace. */
  readonly secretRef?: LocalObjectReference;
  /** The ServiceAccount, in the same namespace, to act as. */
  readonly serviceAccountName?: string;
  /** A token service that hands out short-lived credentials. */
  readonly sts?: {
    /** The Secret with `ca.crt` and, for mutual TLS, `tls.crt` and `tls.key`. */
    readonly certSecretRef?: LocalObjectReference;
    /** The address of the token service. */
    readonly endpoint: string;
    /** Whose token service it is. */
    readonly provider: 'aws' | 'ldap';
    /** The Secret with the credentials, in the same namespace. */
    readonly secretRef?: LocalObjectReference;
  };
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
};

/** What was last seen and done; written by the controller only. */
export type BucketStatus = {
  /** The newest artifact: what was fetched, packed for the other controllers. */
  readonly artifact?: Artifact;
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The ignore patterns that the artifact was made with. */
  readonly observedIgnore?: string;
  /** A stable address that leads to the newest artifact. */
  readonly url?: string;
};

/** Labels and annotations of the HelmChart. */
export type CommonMetadata = {
  /** Annotations to add. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels to add. */
  readonly labels?: Readonly<Record<string, string>>;
};

/** Condition */
export type Condition = {
  /** When the status last changed from one value to another. */
  readonly lastTransitionTime: string;
  /** Details for people; may be empty. */
  readonly message: string;
  /** The generation of the object that the condition was set for. */
  readonly observedGeneration?: number;
  /** One word in CamelCase that says why. */
  readonly reason: string;
  /** Whether the aspect holds: True, False or Unknown. */
  readonly status: 'True' | 'False' | 'Unknown';
  /** The aspect, such as Ready or Reconciling. */
  readonly type: string;
};

/** CustomHealthCheck */
export type CustomHealthCheck = {
  /** The API version that the expressions are for. */
  readonly apiVersion: string;
  /** True when the object is healthy. */
  readonly current: string;
  /** True when the object has failed. */
  readonly failed?: string;
  /** True while the object is still being worked on. */
  readonly inProgress?: string;
  /** The kind that the expressions are for. */
  readonly kind?: string;
};

/** DependencyReference */
export type DependencyReference = {
  /** The name of the object referred to. */
  readonly name: string;
  /** The namespace of the object referred to; default: the namespace of this object. */
  readonly namespace?: string;
  /** A CEL expression over `self` and `dep` that says when the dependency is ready enough. */
  readonly readyExpr?: string;
};

/** ExternalArtifact, v1: an object that source-controller works on. */
export type ExternalArtifact = {
  readonly apiVersion: 'source.toolkit.fluxcd.io/v1';
  readonly kind: 'ExternalArtifact';
  readonly metadata: ObjectMeta;
  readonly spec: ExternalArtifactSpec;
  readonly status?: ExternalArtifactStatus;
};

/** What is wanted. */
export type ExternalArtifactSpec = {
  /** The source to take from. */
  readonly sourceRef?: NamespacedObjectKindReference;
};

/** What was last seen and done; written by the controller only. */
export type ExternalArtifactStatus = {
  /** The newest artifact: what was fetched, packed for the other controllers. */
  readonly artifact?: Artifact;
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
};

/** GitRepository, v1: an object that source-controller works on. */
export type GitRepository = {
  readonly apiVersion: 'source.toolkit.fluxcd.io/v1';
  readonly kind: 'GitRepository';
  readonly metadata: ObjectMeta;
  readonly spec: GitRepositorySpec;
  readonly status?: GitRepositoryStatus;
};

/** GitRepositoryIncluded */
export type GitRepositoryIncluded = {
  /** The directory to copy from; default: the root. */
  readonly fromPath?: string;
  /** The repository whose artifact is copied in. */
  readonly repository: LocalObjectReference;
  /** The directory to copy to; default: the name of the repository. */
  readonly toPath?: string;
};

/** Which revision to take. */
export type GitRepositoryRef = {
  /** The branch to take; default: master. */
  readonly branch?: string;
  /** The commit to take; with a branch: a commit of it. */
  readonly commit?: string;
  /** A full name such as refs/heads/main; goes before branch, tag and semver. */
  readonly name?: string;
  /** A range of versions; the newest tag in it is taken. Goes before tag. */
  readonly semver?: string;
  /** The tag to take. */
  readonly tag?: string;
};

/** What is wanted. */
export type GitRepositorySpec = {
  /** Patterns, in the syntax of .gitignore, of files to leave out of the artifact. */
  readonly ignore?: string;
  /** Other repositories whose artifacts are copied in. */
  readonly include?: readonly GitRepositoryIncluded[];
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** Where credentials come from: `generic` means the Secret; a cloud name means that cloud’s identity of the workload. */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'github';
  /** The Secret with the `address` of a proxy and, if it asks for them, `username` and `password`. */
  readonly proxySecretRef?: LocalObjectReference;
  /** Fetches submodules, too. */
  readonly recurseSubmodules?: boolean;
  /** Which revision to take. */
  readonly ref?: GitRepositoryRef;
  /** The Secret with username and password, a bearer token, or an SSH key with known_hosts. */
  readonly secretRef?: LocalObjectReference;
  /** The ServiceAccount, in the same namespace, to act as. */
  readonly serviceAccountName?: string;
  /** Only these directories are fetched. */
  readonly sparseCheckout?: readonly string[];
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
  /** The address of the repository: http, https or ssh. */
  readonly url: string;
  /** How signatures are checked; what does not pass is not used. */
  readonly verify?: {
    /** What has to be signed: the commit, the tag, or both. */
    readonly mode?: 'head' | 'HEAD' | 'Tag' | 'TagAndHEAD';
    /** The Secret with the public keys that are trusted. */
    readonly secretRef: LocalObjectReference;
  };
};

/** What was last seen and done; written by the controller only. */
export type GitRepositoryStatus = {
  /** The newest artifact: what was fetched, packed for the other controllers. */
  readonly artifact?: Artifact;
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The artifacts that were copied in. */
  readonly includedArtifacts?: readonly Artifact[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The ignore patterns that the artifact was made with. */
  readonly observedIgnore?: string;
  /** The includes that the artifact was made with. */
  readonly observedInclude?: readonly GitRepositoryIncluded[];
  /** Whether the artifact was made with submodules. */
  readonly observedRecurseSubmodules?: boolean;
  /** The directories that the artifact was made of. */
  readonly observedSparseCheckout?: readonly string[];
  /** The mode that the signature was last checked in. */
  readonly sourceVerificationMode?: string;
};

/** HelmChart, v1: an object that source-controller works on. */
export type HelmChart = {
  readonly apiVersion: 'source.toolkit.fluxcd.io/v1';
  readonly kind: 'HelmChart';
  readonly metadata: ObjectMeta;
  readonly spec: HelmChartSpec;
  readonly status?: HelmChartStatus;
};

/** The source to take from. */
export type HelmChartSourceRef = {
  /** The API version of the object referred to; without it the version that the cluster prefers. */
  readonly apiVersion?: string;
  /** The kind of the source. */
  readonly kind: 'HelmRepository' | 'GitRepository' | 'Bucket';
  /** The name of the source. */
  readonly name: string;
};

/** What is wanted. */
export type HelmChartSpec = {
  /** The name of the chart, or its path in the source. */
  readonly chart: string;
  /** Passes over values files that are not there. */
  readonly ignoreMissingValuesFiles?: boolean;
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** What makes a new artifact: a new chart version, or any new revision of the source. */
  readonly reconcileStrategy?: 'ChartVersion' | 'Revision';
  /** The source to take from. */
  readonly sourceRef: HelmChartSourceRef;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** Values files in the source, merged in order; what the chart ships counts only if it is listed. */
  readonly valuesFiles?: readonly string[];
  /** How signatures are checked; what does not pass is not used. */
  readonly verify?: {
    /** Who may have signed without a key; one match is enough. */
    readonly matchOIDCIdentity?: readonly OidcIdentityMatch[];
    /** The tool that made the signature. */
    readonly provider: 'cosign' | 'notation';
    /** The Secret with the public keys that are trusted. */
    readonly secretRef?: LocalObjectReference;
  };
  /** The version, or a range of versions, of the chart; only for charts from a HelmRepository. Default: the newest. */
  readonly version?: string;
};

/** What was last seen and done; written by the controller only. */
export type HelmChartStatus = {
  /** The newest artifact: what was fetched, packed for the other controllers. */
  readonly artifact?: Artifact;
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The name of the chart that was last found. */
  readonly observedChartName?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The revision of the source that the chart was made from. */
  readonly observedSourceArtifactRevision?: string;
  /** The values files that the chart was made with. */
  readonly observedValuesFiles?: readonly string[];
  /** A stable address that leads to the newest artifact. */
  readonly url?: string;
};

/** HelmRelease, v2: an object that helm-controller works on. */
export type HelmRelease = {
  readonly apiVersion: 'helm.toolkit.fluxcd.io/v2';
  readonly kind: 'HelmRelease';
  readonly metadata: ObjectMeta;
  readonly spec: HelmReleaseSpec;
  readonly status?: HelmReleaseStatus;
};

/** Compares the cluster with the release and says, or undoes, what differs. */
export type HelmReleaseDriftDetection = {
  /** Fields whose differences do not count. */
  readonly ignore?: readonly IgnoreRule[];
  /** What is done about differences: undo them, only say so, or do not look. */
  readonly mode?: 'enabled' | 'warn' | 'disabled';
};

/** HelmReleaseFilter */
export type HelmReleaseFilter = {
  /** Runs all but this one. */
  readonly exclude?: boolean;
  /** The name of the test. */
  readonly name: string;
};

/** What is done after a failure. */
export type HelmReleaseRemediation = {
  /** Failed tests ask for no remediation; default: as the test settings say. */
  readonly ignoreTestFailures?: boolean;
  /** Remediates also after the last retry failed. */
  readonly remediateLastFailure?: boolean;
  /** How often to try again after a failure; a negative number: for ever. */
  readonly retries?: number;
};

/** The source to take from. */
export type HelmReleaseSourceRef = {
  /** The API version of the object referred to; without it the version that the cluster prefers. */
  readonly apiVersion?: string;
  /** The kind of the source. */
  readonly kind: 'HelmRepository' | 'GitRepository' | 'Bucket';
  /** The name of the source. */
  readonly name: string;
  /** The namespace of the source; default: the namespace of this object. */
  readonly namespace?: string;
};

/** What is wanted. */
export type HelmReleaseSpec = {
  /** The chart as a template: a HelmChart is made from it. */
  readonly chart?: {
    /** Labels and annotations of the HelmChart. */
    readonly metadata?: CommonMetadata;
    /** The settings of the HelmChart. */
    readonly spec: {
      /** The chart as a template: a HelmChart is made from it. */
      readonly chart: string;
      /** Passes over values files that are not there. */
      readonly ignoreMissingValuesFiles?: boolean;
      /** How often to look for a new chart version; default: the interval of the release. */
      readonly interval?: string;
      /** What makes a new artifact: a new chart version, or any new revision of the source. */
      readonly reconcileStrategy?: 'ChartVersion' | 'Revision';
      /** The source to take from. */
      readonly sourceRef: HelmReleaseSourceRef;
      /** Values files in the source, merged in order; what the chart ships counts only if it is listed. */
      readonly valuesFiles?: readonly string[];
      /** How signatures are checked; what does not pass is not used. */
      readonly verify?: HelmReleaseVerify;
      /** The version, or a range of versions, of the chart; only for charts from a HelmRepository. Default: the newest. */
      readonly version?: string;
    };
  };
  /** A chart that is there already: an OCIRepository, a HelmChart or an ExternalArtifact. */
  readonly chartRef?: {
    /** The API version of the object referred to; without it the version that the cluster prefers. */
    readonly apiVersion?: string;
    /** The kind of the object referred to. */
    readonly kind: 'OCIRepository' | 'HelmChart' | 'ExternalArtifact';
    /** The name of the object referred to. */
    readonly name: string;
    /** The namespace of the object referred to; default: the namespace of this object. */
    readonly namespace?: string;
  };
  /** Labels and annotations that every object made from this one gets. */
  readonly commonMetadata?: CommonMetadata;
  /** Objects of the same kind that have to be ready first. */
  readonly dependsOn?: readonly DependencyReference[];
  /** Compares the cluster with the release and says, or undoes, what differs. */
  readonly driftDetection?: HelmReleaseDriftDetection;
  /** CEL expressions that say how objects of a kind show their health. */
  readonly healthCheckExprs?: readonly CustomHealthCheck[];
  /** How the chart is installed. */
  readonly install?: {
    /** What is done with the chart’s CustomResourceDefinitions: nothing, create new ones, or create and replace. */
    readonly crds?: 'Skip' | 'Create' | 'CreateReplace';
    /** Creates the target namespace where it is missing. */
    readonly createNamespace?: boolean;
    /** Does not run hooks. */
    readonly disableHooks?: boolean;
    /** Does not check the rendered objects against the cluster’s OpenAPI schema. */
    readonly disableOpenAPIValidation?: boolean;
    /** Does not check the values against the chart’s JSON schema. */
    readonly disableSchemaValidation?: boolean;
    /** Fails on objects that belong to something else, instead of taking them over. */
    readonly disableTakeOwnership?: boolean;
    /** Does not wait until the objects are ready. */
    readonly disableWait?: boolean;
    /** Does not wait until Jobs are done. */
    readonly disableWaitForJobs?: boolean;
    /** What is done after a failure. */
    readonly remediation?: HelmReleaseRemediation;
    /** Uses the name again of a release that was deleted. */
    readonly replace?: boolean;
    /** Whether objects are applied on the server side; auto: as the last release was. */
    readonly serverSideApply?: boolean;
    /** Does not install CustomResourceDefinitions. Use crds. */
    readonly skipCRDs?: boolean;
    /** What is done when an installation fails. */
    readonly strategy?: {
      /** Remediate as the remediation says, or just try again. */
      readonly name: 'RemediateOnFailure' | 'RetryOnFailure';
      /** How long to wait between retries under the strategy RetryOnFailure. */
      readonly retryInterval?: string;
    };
    /** How long one operation may take before it counts as failed. */
    readonly timeout?: string;
  };
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** How to reach another cluster and work there instead. */
  readonly kubeConfig?: KubeConfigReference;
  /** How many revisions of the release are kept; 0: all. */
  readonly maxHistory?: number;
  /** Keeps one client for all steps; turn off for charts that bring types which their hooks use. */
  readonly persistentClient?: boolean;
  /** Whether hooks and objects go through the post renderers together, apart, or hooks not at all. */
  readonly postRenderStrategy?: 'nohooks' | 'combined' | 'separate';
  /** Changes to the rendered objects, in order. */
  readonly postRenderers?: readonly {
    /** Changes in the words of Kustomize. */
    readonly kustomize?: {
      /** Changes of names, tags and digests of container images. */
      readonly images?: readonly KustomizeImage[];
      /** Patches, strategic merge or JSON 6902, each with the objects that it is for. */
      readonly patches?: readonly Patch[];
    };
  }[];
  /** The name of the release; default: target namespace and name of this object. */
  readonly releaseName?: string;
  /** How the release is rolled back. */
  readonly rollback?: {
    /** Deletes objects that a failed action made. */
    readonly cleanupOnFail?: boolean;
    /** Does not run hooks. */
    readonly disableHooks?: boolean;
    /** Does not wait until the objects are ready. */
    readonly disableWait?: boolean;
    /** Does not wait until Jobs are done. */
    readonly disableWaitForJobs?: boolean;
    /** Replaces objects where a field cannot be changed in place. */
    readonly force?: boolean;
    /** Restarts pods. */
    readonly recreate?: boolean;
    /** Whether objects are applied on the server side; auto: as the last release was. */
    readonly serverSideApply?: 'enabled' | 'disabled' | 'auto';
    /** How long one operation may take before it counts as failed. */
    readonly timeout?: string;
  };
  /** The ServiceAccount, in the same namespace, to act as. */
  readonly serviceAccountName?: string;
  /** The namespace of the release’s records. */
  readonly storageNamespace?: string;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** The namespace to put objects into. */
  readonly targetNamespace?: string;
  /** Whether and how Helm tests run. */
  readonly test?: HelmReleaseTest;
  /** How long each Helm action may take, unless the action says otherwise. */
  readonly timeout?: string;
  /** How the release is uninstalled. */
  readonly uninstall?: HelmReleaseUninstall;
  /** How the release is upgraded. */
  readonly upgrade?: {
    /** What is done when the chart gets another name: install anew, or upgrade in place. */
    readonly chartNameChangeStrategy?: 'InPlaceUpdate' | 'Reinstall';
    /** Deletes objects that a failed action made. */
    readonly cleanupOnFail?: boolean;
    /** What is done with the chart’s CustomResourceDefinitions: nothing, create new ones, or create and replace. */
    readonly crds?: 'Skip' | 'Create' | 'CreateReplace';
    /** Does not run hooks. */
    readonly disableHooks?: boolean;
    /** Does not check the rendered objects against the cluster’s OpenAPI schema. */
    readonly disableOpenAPIValidation?: boolean;
    /** Does not check the values against the chart’s JSON schema. */
    readonly disableSchemaValidation?: boolean;
    /** Fails on objects that belong to something else, instead of taking them over. */
    readonly disableTakeOwnership?: boolean;
    /** Does not wait until the objects are ready. */
    readonly disableWait?: boolean;
    /** Does not wait until Jobs are done. */
    readonly disableWaitForJobs?: boolean;
    /** Replaces objects where a field cannot be changed in place. */
    readonly force?: boolean;
    /** Starts from the values of the last release. */
    readonly preserveValues?: boolean;
    /** What is done after a failure. */
    readonly remediation?: HelmReleaseUpgradeRemediation;
    /** Whether objects are applied on the server side; auto: as the last release was. */
    readonly serverSideApply?: 'enabled' | 'disabled' | 'auto';
    /** What is done when an upgrade fails. */
    readonly strategy?: {
      /** Remediate as the remediation says, or just try again. */
      readonly name: 'RemediateOnFailure' | 'RetryOnFailure';
      /** How long to wait between retries under the strategy RetryOnFailure. */
      readonly retryInterval?: string;
    };
    /** How long one operation may take before it counts as failed. */
    readonly timeout?: string;
  };
  /** Values for the chart; they win over valuesFrom. */
  readonly values?: JsonValue;
  /** ConfigMaps and Secrets with values, merged in order. */
  readonly valuesFrom?: readonly {
    /** ConfigMap or Secret. */
    readonly kind: 'Secret' | 'ConfigMap';
    /** Takes the value at targetPath as it is, without reading it as Helm reads --set. */
    readonly literal?: boolean;
    /** Its name, in the same namespace. */
    readonly name: string;
    /** Passes over it where it is not there. */
    readonly optional?: boolean;
    /** Where in the values a single value goes, in dots; default: the key holds a whole YAML document. */
    readonly targetPath?: string;
    /** The key to read; default: values.yaml. */
    readonly valuesKey?: string;
  }[];
  /** How readiness is waited for. */
  readonly waitStrategy?: {
    /** The way to wait: kstatus, or Helm’s own. */
    readonly name: 'poller' | 'legacy';
  };
};

/** What was last seen and done; written by the controller only. */
export type HelmReleaseStatus = {
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** How often in a row the release failed since it was last as wanted. */
  readonly failures?: number;
  /** Namespace and name of the HelmChart made for this release. */
  readonly helmChart?: string;
  /** The last revisions of the release, newest first. */
  readonly history?: readonly {
    /** The Helm action that made this revision. */
    readonly action?: string;
    /** The version of the way in which the digest is made. */
    readonly apiVersion?: string;
    /** The version of what the chart installs. */
    readonly appVersion?: string;
    /** The name of the chart. */
    readonly chartName: string;
    /** The version of the chart. */
    readonly chartVersion: string;
    /** The digest of the values. */
    readonly configDigest: string;
    /** When the revision was deleted. */
    readonly deleted?: string;
    /** The digest of what was reconciled. */
    readonly digest: string;
    /** When the release was first installed. */
    readonly firstDeployed: string;
    /** When this revision was deployed. */
    readonly lastDeployed: string;
    /** The name of the release. */
    readonly name: string;
    /** The namespace of the release. */
    readonly namespace: string;
    /** The digest of the OCI artifact that the chart came from. */
    readonly ociDigest?: string;
    /** The state of this revision. */
    readonly status: string;
    /** The results of the tests, by their names. */
    readonly testHooks?: Readonly<Record<string, HelmReleaseTestHooks>>;
    /** The number of the revision. */
    readonly version: number;
  }[];
  /** How often in a row the installation failed. */
  readonly installFailures?: number;
  /** The objects that were applied. */
  readonly inventory?: ResourceInventory;
  /** The digest of the values that were last tried. */
  readonly lastAttemptedConfigDigest?: string;
  /** The generation that was last tried. */
  readonly lastAttemptedGeneration?: number;
  /** The action that was last tried. */
  readonly lastAttemptedReleaseAction?: 'install' | 'upgrade';
  /** How long that took. */
  readonly lastAttemptedReleaseActionDuration?: string;
  /** The revision that was last tried. */
  readonly lastAttemptedRevision?: string;
  /** The digest of the source that was last tried. */
  readonly lastAttemptedRevisionDigest?: string;
  /** The SHA-1 of the values that were last tried. */
  readonly lastAttemptedValuesChecksum?: string;
  /** The value of the force annotation that was last acted on. */
  readonly lastHandledForceAt?: string;
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The value of the reset annotation that was last acted on. */
  readonly lastHandledResetAt?: string;
  /** The number of the last successful revision. */
  readonly lastReleaseRevision?: number;
  /** The digest of the common metadata that was last applied. */
  readonly observedCommonMetadataDigest?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The digest of the post renderers that were last applied. */
  readonly observedPostRenderersDigest?: string;
  /** The namespace of the release’s records. */
  readonly storageNamespace?: string;
  /** How often in a row the upgrade failed. */
  readonly upgradeFailures?: number;
};

/** Whether and how Helm tests run. */
export type HelmReleaseTest = {
  /** Runs the chart’s tests after install and upgrade. */
  readonly enable?: boolean;
  /** Which tests to run. */
  readonly filters?: readonly HelmReleaseFilter[];
  /** The release is good even if tests fail. */
  readonly ignoreFailures?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
};

/** HelmReleaseTestHooks */
export type HelmReleaseTestHooks = {
  /** When the test ended. */
  readonly lastCompleted?: string;
  /** When the test began. */
  readonly lastStarted?: string;
  /** How the test ended. */
  readonly phase?: string;
};

/** How the release is uninstalled. */
export type HelmReleaseUninstall = {
  /** How dependents are deleted with the objects. */
  readonly deletionPropagation?: 'background' | 'foreground' | 'orphan';
  /** Does not run hooks. */
  readonly disableHooks?: boolean;
  /** Does not wait until the objects are ready. */
  readonly disableWait?: boolean;
  /** Keeps the records of the release. */
  readonly keepHistory?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
};

/** What is done after a failure. */
export type HelmReleaseUpgradeRemediation = {
  /** Failed tests ask for no remediation; default: as the test settings say. */
  readonly ignoreTestFailures?: boolean;
  /** Remediates also after the last retry failed. */
  readonly remediateLastFailure?: boolean;
  /** How often to try again after a failure; a negative number: for ever. */
  readonly retries?: number;
  /** How a failed upgrade is remediated: roll back, or uninstall. */
  readonly strategy?: 'rollback' | 'uninstall';
};

/** How signatures are checked; what does not pass is not used. */
export type HelmReleaseVerify = {
  /** The tool that made the signature. */
  readonly provider: 'cosign' | 'notation';
  /** The Secret with the public keys that are trusted. */
  readonly secretRef?: LocalObjectReference;
};

/** HelmRepository, v1: an object that source-controller works on. */
export type HelmRepository = {
  readonly apiVersion: 'source.toolkit.fluxcd.io/v1';
  readonly kind: 'HelmRepository';
  readonly metadata: ObjectMeta;
  readonly spec: HelmRepositorySpec;
  readonly status?: HelmRepositoryStatus;
};

/** What is wanted. */
export type HelmRepositorySpec = {
  /** Who may refer to this object from other namespaces. */
  readonly accessFrom?: AccessFrom;
  /** The Secret with `ca.crt` and, for mutual TLS, `tls.crt` and `tls.key`. */
  readonly certSecretRef?: LocalObjectReference;
  /** Allows plain HTTP to the endpoint. */
  readonly insecure?: boolean;
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval?: string;
  /** Sends the credentials also to another host, where the index points there. */
  readonly passCredentials?: boolean;
  /** Where credentials come from: `generic` means the Secret; a cloud name means that cloud’s identity of the workload. */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  /** The Secret with the credentials, in the same namespace. */
  readonly secretRef?: LocalObjectReference;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
  /** Whether the repository is an index over HTTP or an OCI registry. */
  readonly type?: 'default' | 'oci';
  /** The address to fetch from. */
  readonly url: string;
};

/** What was last seen and done; written by the controller only. */
export type HelmRepositoryStatus = {
  /** The newest artifact: what was fetched, packed for the other controllers. */
  readonly artifact?: Artifact;
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** A stable address that leads to the newest artifact. */
  readonly url?: string;
};

/** IgnoreRule */
export type IgnoreRule = {
  /** JSON pointers to the fields. */
  readonly paths: readonly string[];
  /** The objects that this is for; default: all. */
  readonly target?: Selector;
};

/** ImagePolicy, v1: an object that image-reflector-controller works on. */
export type ImagePolicy = {
  readonly apiVersion: 'image.toolkit.fluxcd.io/v1';
  readonly kind: 'ImagePolicy';
  readonly metadata: ObjectMeta;
  readonly spec: ImagePolicySpec;
  readonly status?: ImagePolicyStatus;
};

/** Which tags count, and what of them is compared. */
export type ImagePolicyFilterTags = {
  /** What is compared: groups of the pattern, such as $ts. */
  readonly extract?: string;
  /** A regular expression that tags have to match. */
  readonly pattern?: string;
};

/** By the alphabet. */
export type ImagePolicyOrder = {
  /** asc: the last one is newest; desc: the first one. */
  readonly order?: 'asc' | 'desc';
};

/** How the newest tag is chosen; exactly one way. */
export type ImagePolicyPolicy = {
  /** By the alphabet. */
  readonly alphabetical?: ImagePolicyOrder;
  /** By number. */
  readonly numerical?: ImagePolicyOrder;
  /** By version. */
  readonly semver?: ImagePolicySemver;
};

/** By version. */
export type ImagePolicySemver = {
  /** The range that versions have to be in. */
  readonly range: string;
};

/** What is wanted. */
export type ImagePolicySpec = {
  /** Whether the digest of the chosen tag is looked up: never, once, or on every run. */
  readonly digestReflectionPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Which tags count, and what of them is compared. */
  readonly filterTags?: ImagePolicyFilterTags;
  /** The ImageRepository whose tags are looked at. */
  readonly imageRepositoryRef: NamespacedObjectReference;
  /** How often to look up the digest of the chosen tag again where digests are always reflected. */
  readonly interval?: string;
  /** How the newest tag is chosen; exactly one way. */
  readonly policy: ImagePolicyPolicy;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
};

/** What was last seen and done; written by the controller only. */
export type ImagePolicyStatus = {
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The chosen image. */
  readonly latestRef?: ImageRef;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The image that was chosen before. */
  readonly observedPreviousRef?: ImageRef;
};

/** The chosen image. */
export type ImageRef = {
  /** A digest with its algorithm. */
  readonly digest?: string;
  /** The name of the image. */
  readonly name: string;
  /** The tag. */
  readonly tag: string;
};

/** ImageRepository, v1: an object that image-reflector-controller works on. */
export type ImageRepository = {
  readonly apiVersion: 'image.toolkit.fluxcd.io/v1';
  readonly kind: 'ImageRepository';
  readonly metadata: ObjectMeta;
  readonly spec: ImageRepositorySpec;
  readonly status?: ImageRepositoryStatus;
};

/** What is wanted. */
export type ImageRepositorySpec = {
  /** Who may refer to this object from other namespaces. */
  readonly accessFrom?: AccessFrom;
  /** The Secret with `ca.crt` and, for mutual TLS, `tls.crt` and `tls.key`. */
  readonly certSecretRef?: LocalObjectReference;
  /** Regular expressions; tags that match one are not listed. */
  readonly exclusionList?: readonly string[];
  /** The name of the image, without a tag. */
  readonly image: string;
  /** Allows plain HTTP to the endpoint. */
  readonly insecure?: boolean;
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** Where credentials come from: `generic` means the Secret; a cloud name means that cloud’s identity of the workload. */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  /** The Secret with the `address` of a proxy and, if it asks for them, `username` and `password`. */
  readonly proxySecretRef?: LocalObjectReference;
  /** The Secret with the credentials, in the same namespace. */
  readonly secretRef?: LocalObjectReference;
  /** The ServiceAccount, in the same namespace, to act as. */
  readonly serviceAccountName?: string;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
};

/** What was last seen and done; written by the controller only. */
export type ImageRepositoryStatus = {
  /** The full name of the image, with its registry. */
  readonly canonicalImageName?: string;
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** What the last scan found. */
  readonly lastScanResult?: {
    /** The first tags in descending order. */
    readonly latestTags?: readonly string[];
    /** The digest of the list of tags. */
    readonly revision?: string;
    /** When the scan was. */
    readonly scanTime?: string;
    /** How many tags there are. */
    readonly tagCount: number;
  };
  /** The exclusions that the scan was made with. */
  readonly observedExclusionList?: readonly string[];
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
};

/** ImageUpdateAutomation, v1: an object that image-automation-controller works on. */
export type ImageUpdateAutomation = {
  readonly apiVersion: 'image.toolkit.fluxcd.io/v1';
  readonly kind: 'ImageUpdateAutomation';
  readonly metadata: ObjectMeta;
  readonly spec: ImageUpdateAutomationSpec;
  readonly status?: ImageUpdateAutomationStatus;
};

/** Who makes the commits. */
export type ImageUpdateAutomationAuthor = {
  /** The e-mail address of the author. */
  readonly email: string;
  /** The name of the author. */
  readonly name?: string;
};

/** What is checked out. */
export type ImageUpdateAutomationCheckout = {
  /** Which revision to take. */
  readonly ref: GitRepositoryRef;
};

/** ImageUpdateAutomationMatchExpression */
export type ImageUpdateAutomationMatchExpression = {
  /** The label that the condition is about. */
  readonly key: string;
  /** How the label is compared: In, NotIn, Exists or DoesNotExist. */
  readonly operator: string;
  /** The values to compare with; none for Exists and DoesNotExist. */
  readonly values?: readonly string[];
};

/** Which image policies count, by labels; default: all in the namespace. */
export type ImageUpdateAutomationPolicySelector = {
  /** Conditions on labels, which all have to hold. */
  readonly matchExpressions?: readonly ImageUpdateAutomationMatchExpression[];
  /** Labels that the objects have to carry. */
  readonly matchLabels?: Readonly<Record<string, string>>;
};

/** Where commits are pushed to. */
export type ImageUpdateAutomationPush = {
  /** The branch to push to; default: the one that was checked out. */
  readonly branch?: string;
  /** Push options for the server. */
  readonly options?: Readonly<Record<string, string>>;
  /** A refspec to push by; with a branch, both are pushed. */
  readonly refspec?: string;
};

/** The source to take from. */
export type ImageUpdateAutomationSourceRef = {
  /** The API version of the object referred to; without it the version that the cluster prefers. */
  readonly apiVersion?: string;
  /** The kind of the source. */
  readonly kind: 'GitRepository';
  /** The name of the source. */
  readonly name: string;
  /** The namespace of the source; default: the namespace of this object. */
  readonly namespace?: string;
};

/** What is wanted. */
export type ImageUpdateAutomationSpec = {
  /** How changes are written to Git. */
  readonly git?: {
    /** What is checked out. */
    readonly checkout?: ImageUpdateAutomationCheckout;
    /** How commits are made. */
    readonly commit: {
      /** Who makes the commits. */
      readonly author: ImageUpdateAutomationAuthor;
      /** A Go template for the commit message. */
      readonly messageTemplate?: string;
      /** More values for that template. */
      readonly messageTemplateValues?: Readonly<Record<string, string>>;
      /** The key that commits are signed with. */
      readonly signingKey?: {
        /** The Secret with the key, as `git.asc`. */
        readonly secretRef: LocalObjectReference;
        /** The kind of the key. */
        readonly type?: 'gpg' | 'ssh';
      };
    };
    /** Where commits are pushed to. */
    readonly push?: ImageUpdateAutomationPush;
  };
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** Which image policies count, by labels; default: all in the namespace. */
  readonly policySelector?: ImageUpdateAutomationPolicySelector;
  /** The source to take from. */
  readonly sourceRef: ImageUpdateAutomationSourceRef;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** What is changed in the files. */
  readonly update?: {
    /** The directory to change; default: the root. */
    readonly path?: string;
    /** How files are changed: by markers in their comments. */
    readonly strategy?: 'Setters';
  };
};

/** What was last seen and done; written by the controller only. */
export type ImageUpdateAutomationStatus = {
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** When the last run was. */
  readonly lastAutomationRunTime?: string;
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The last commit that was pushed. */
  readonly lastPushCommit?: string;
  /** When that was. */
  readonly lastPushTime?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The image policies that the last run looked at. */
  readonly observedPolicies?: Readonly<Record<string, ImageRef>>;
  /** The revision of the source that the last run looked at. */
  readonly observedSourceRevision?: string;
};

/** InventoryEntry */
export type InventoryEntry = {
  /** Namespace, name, group and kind of the object, joined by underscores. */
  readonly id: string;
  /** The API version of the object. */
  readonly v: string;
};

/** How to reach another cluster and work there instead. */
export type KubeConfigReference = {
  /** The ConfigMap with provider, address and cluster of a cluster reached by cloud identity. */
  readonly configMapRef?: LocalObjectReference;
  /** The Secret that holds a kubeconfig. */
  readonly secretRef?: SecretKeyReference;
};

/** Kustomization, v1: an object that kustomize-controller works on. */
export type Kustomization = {
  readonly apiVersion: 'kustomize.toolkit.fluxcd.io/v1';
  readonly kind: 'Kustomization';
  readonly metadata: ObjectMeta;
  readonly spec: KustomizationSpec;
  readonly status?: KustomizationStatus;
};

/** What is wanted. */
export type KustomizationSpec = {
  /** Which annotations about their origin the objects get. */
  readonly buildMetadata?: readonly ('originAnnotations' | 'transformerAnnotations')[];
  /** Labels and annotations that every object made from this one gets. */
  readonly commonMetadata?: CommonMetadata;
  /** Kustomize components to add, as paths relative to the path. */
  readonly components?: readonly string[];
  /** How encrypted files are opened. */
  readonly decryption?: {
    /** The tool that the files were encrypted with. */
    readonly provider: 'sops';
    /** The Secret with the private keys. */
    readonly secretRef?: LocalObjectReference;
    /** The ServiceAccount whose cloud identity opens the keys of a key management service. */
    readonly serviceAccountName?: string;
  };
  /** What becomes of the objects when this one is deleted: follow prune, delete, wait until they are gone, or leave them. */
  readonly deletionPolicy?: 'MirrorPrune' | 'Delete' | 'WaitForTermination' | 'Orphan';
  /** Objects of the same kind that have to be ready first. */
  readonly dependsOn?: readonly DependencyReference[];
  /** Deletes and creates objects again where a field cannot be changed in place. */
  readonly force?: boolean;
  /** CEL expressions that say how objects of a kind show their health. */
  readonly healthCheckExprs?: readonly CustomHealthCheck[];
  /** Objects whose health is waited for. */
  readonly healthChecks?: readonly NamespacedObjectKindReference[];
  /** Fields that are left as they are in the cluster. */
  readonly ignore?: readonly IgnoreRule[];
  /** Passes over components that are not there. */
  readonly ignoreMissingComponents?: boolean;
  /** Changes of names, tags and digests of container images. */
  readonly images?: readonly KustomizeImage[];
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** How to reach another cluster and work there instead. */
  readonly kubeConfig?: KubeConfigReference;
  /** A text put before all names. */
  readonly namePrefix?: string;
  /** A text put after all names. */
  readonly nameSuffix?: string;
  /** Patches, strategic merge or JSON 6902, each with the objects that it is for. */
  readonly patches?: readonly Patch[];
  /** The directory of the source to build; default: its root. */
  readonly path?: string;
  /** What is done to the built objects before they are applied. */
  readonly postBuild?: {
    /** Values for ${variables} in the built objects. */
    readonly substitute?: Readonly<Record<string, string>>;
    /** ConfigMaps and Secrets with values for ${variables}; later ones win, and substitute wins over all. */
    readonly substituteFrom?: readonly KustomizationSubstituteRef[];
    /** Whether substitution also runs where there are no variables to put in. */
    readonly substituteStrategy?: 'WithVariables' | 'Always';
  };
  /** Deletes objects that are no longer in the source. */
  readonly prune: boolean;
  /** How long to wait before a failed run is tried again; default: the interval. */
  readonly retryInterval?: string;
  /** The ServiceAccount, in the same namespace, to act as. */
  readonly serviceAccountName?: string;
  /** The source to take from. */
  readonly sourceRef: {
    /** The API version of the object referred to; without it the version that the cluster prefers. */
    readonly apiVersion?: string;
    /** The kind of the source. */
    readonly kind: 'OCIRepository' | 'GitRepository' | 'Bucket' | 'ExternalArtifact';
    /** The name of the source. */
    readonly name: string;
    /** The namespace of the source; default: the namespace of this object. */
    readonly namespace?: string;
  };
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** The namespace to put objects into. */
  readonly targetNamespace?: string;
  /** How long building, applying and health checks may take; default: the interval. */
  readonly timeout?: string;
  /** Waits for the health of all objects; the list of health checks is then not read. */
  readonly wait?: boolean;
};

/** What was last seen and done; written by the controller only. */
export type KustomizationStatus = {
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The states that were reconciled last, newest first. */
  readonly history?: readonly {
    /** The digest of what was reconciled. */
    readonly digest: string;
    /** When this state was first reconciled. */
    readonly firstReconciled: string;
    /** When this state was last reconciled. */
    readonly lastReconciled: string;
    /** How long that took. */
    readonly lastReconciledDuration: string;
    /** How that ended. */
    readonly lastReconciledStatus: string;
    /** More about this state. */
    readonly metadata?: Readonly<Record<string, string>>;
    /** How often this state was reconciled. */
    readonly totalReconciliations: number;
  }[];
  /** The objects that were applied. */
  readonly inventory?: ResourceInventory;
  /** The origin’s revision that was last applied with success. */
  readonly lastAppliedOriginRevision?: string;
  /** The revision that was last applied with success. */
  readonly lastAppliedRevision?: string;
  /** The revision that was last tried. */
  readonly lastAttemptedRevision?: string;
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
};

/** KustomizationSubstituteRef */
export type KustomizationSubstituteRef = {
  /** ConfigMap or Secret. */
  readonly kind: 'Secret' | 'ConfigMap';
  /** Its name, in the same namespace. */
  readonly name: string;
  /** Passes over it where it is not there. */
  readonly optional?: boolean;
};

/** KustomizeImage */
export type KustomizeImage = {
  /** The digest to use; a tag is then left out. */
  readonly digest?: string;
  /** The image to change, without its tag. */
  readonly name: string;
  /** The name to use instead. */
  readonly newName?: string;
  /** The tag to use instead. */
  readonly newTag?: string;
};

/** The Secret with the public keys that are trusted. */
export type LocalObjectReference = {
  /** The name of the object referred to. */
  readonly name: string;
};

/** NamespaceSelector */
export type NamespaceSelector = {
  /** Labels that the namespace has to carry. */
  readonly matchLabels?: Readonly<Record<string, string>>;
};

/** NamespacedObjectKindReference */
export type NamespacedObjectKindReference = {
  /** The API version of the object referred to; without it the version that the cluster prefers. */
  readonly apiVersion?: string;
  /** The kind of the object referred to. */
  readonly kind: string;
  /** The name of the object referred to. */
  readonly name: string;
  /** The namespace of the object referred to; default: the namespace of this object. */
  readonly namespace?: string;
};

/** The ImageRepository whose tags are looked at. */
export type NamespacedObjectReference = {
  /** The name of the object referred to. */
  readonly name: string;
  /** The namespace of the object referred to; default: the namespace of this object. */
  readonly namespace?: string;
};

/** OCIRepository, v1: an object that source-controller works on. */
export type OCIRepository = {
  readonly apiVersion: 'source.toolkit.fluxcd.io/v1';
  readonly kind: 'OCIRepository';
  readonly metadata: ObjectMeta;
  readonly spec: OCIRepositorySpec;
  readonly status?: OCIRepositoryStatus;
};

/** Which layer of the artifact to take, and how. */
export type OCIRepositoryLayerSelector = {
  /** The media type of the layer; default: the first layer. */
  readonly mediaType?: string;
  /** Whether the layer is unpacked or kept as it is. */
  readonly operation?: 'extract' | 'copy';
};

/** What is wanted. */
export type OCIRepositorySpec = {
  /** The Secret with `ca.crt` and, for mutual TLS, `tls.crt` and `tls.key`. */
  readonly certSecretRef?: LocalObjectReference;
  /** Patterns, in the syntax of .gitignore, of files to leave out of the artifact. */
  readonly ignore?: string;
  /** Allows plain HTTP to the endpoint. */
  readonly insecure?: boolean;
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval: string;
  /** Which layer of the artifact to take, and how. */
  readonly layerSelector?: OCIRepositoryLayerSelector;
  /** Where credentials come from: `generic` means the Secret; a cloud name means that cloud’s identity of the workload. */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'gcp';
  /** The Secret with the `address` of a proxy and, if it asks for them, `username` and `password`. */
  readonly proxySecretRef?: LocalObjectReference;
  /** Which revision to take. */
  readonly ref?: {
    /** The digest to take, such as sha256:...; goes before semver and tag. */
    readonly digest?: string;
    /** A range of versions; the newest tag in it is taken. Goes before tag. */
    readonly semver?: string;
    /** A regular expression that tags have to match before the range is looked at. */
    readonly semverFilter?: string;
    /** The tag to take. */
    readonly tag?: string;
  };
  /** The Secret with the credentials, in the same namespace. */
  readonly secretRef?: LocalObjectReference;
  /** The ServiceAccount, in the same namespace, to act as. */
  readonly serviceAccountName?: string;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
  /** The address to fetch from. */
  readonly url: string;
  /** How signatures are checked; what does not pass is not used. */
  readonly verify?: {
    /** Who may have signed without a key; one match is enough. */
    readonly matchOIDCIdentity?: readonly OidcIdentityMatch[];
    /** The tool that made the signature. */
    readonly provider: 'cosign' | 'notation';
    /** The Secret with the public keys that are trusted. */
    readonly secretRef?: LocalObjectReference;
    /** The Secret with a trusted_root.json, for a signing service of one’s own. */
    readonly trustedRootSecretRef?: LocalObjectReference;
  };
};

/** What was last seen and done; written by the controller only. */
export type OCIRepositoryStatus = {
  /** The newest artifact: what was fetched, packed for the other controllers. */
  readonly artifact?: Artifact;
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The ignore patterns that the artifact was made with. */
  readonly observedIgnore?: string;
  /** The layer selector that the artifact was made with. */
  readonly observedLayerSelector?: OCIRepositoryLayerSelector;
  /** A stable address that leads to the newest artifact. */
  readonly url?: string;
};

/** OidcIdentityMatch */
export type OidcIdentityMatch = {
  /** A regular expression for the issuer in the certificate. */
  readonly issuer: string;
  /** A regular expression for the subject in the certificate. */
  readonly subject: string;
};

/** Patch */
export type Patch = {
  /** The patch, as YAML or JSON text. */
  readonly patch: string;
  /** Which objects the patch is for. */
  readonly target?: Selector;
};

/** Provider, v1beta3: an object that notification-controller works on. */
export type Provider = {
  readonly apiVersion: 'notification.toolkit.fluxcd.io/v1beta3';
  readonly kind: 'Provider';
  readonly metadata: ObjectMeta;
  readonly spec: ProviderSpec;
};

/** What is wanted. */
export type ProviderSpec = {
  /** Where to send to: a URL, or what the provider wants instead. */
  readonly address?: string;
  /** The Secret with `ca.crt`, and with `tls.crt` and `tls.key` for mutual TLS. */
  readonly certSecretRef?: LocalObjectReference;
  /** The channel, topic or thread to post to. */
  readonly channel?: string;
  /** A CEL expression that gives the id of a commit status. */
  readonly commitStatusExpr?: string;
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval?: string;
  /** The address of a proxy. Use proxySecretRef. */
  readonly proxy?: string;
  /** The Secret with the `address` of a proxy and, if it asks for them, `username` and `password`. */
  readonly proxySecretRef?: LocalObjectReference;
  /** The Secret with a token, an address that is secret, or headers. */
  readonly secretRef?: LocalObjectReference;
  /** The ServiceAccount, in the same namespace, to act as. */
  readonly serviceAccountName?: string;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** How long one operation may take before it counts as failed. */
  readonly timeout?: string;
  /** The service that is sent to. */
  readonly type:
    | 'slack'
    | 'discord'
    | 'msteams'
    | 'rocket'
    | 'generic'
    | 'generic-hmac'
    | 'github'
    | 'gitlab'
    | 'gitea'
    | 'giteapullrequestcomment'
    | 'bitbucketserver'
    | 'bitbucket'
    | 'azuredevops'
    | 'googlechat'
    | 'googlepubsub'
    | 'webex'
    | 'sentry'
    | 'azureeventhub'
    | 'telegram'
    | 'lark'
    | 'matrix'
    | 'opsgenie'
    | 'alertmanager'
    | 'grafana'
    | 'githubdispatch'
    | 'githubpullrequestcomment'
    | 'gitlabmergerequestcomment'
    | 'pagerduty'
    | 'datadog'
    | 'nats'
    | 'zulip'
    | 'otel'
    | 'zoom'
    | 'incident.io';
  /** The name to post under. */
  readonly username?: string;
};

/** Receiver, v1: an object that notification-controller works on. */
export type Receiver = {
  readonly apiVersion: 'notification.toolkit.fluxcd.io/v1';
  readonly kind: 'Receiver';
  readonly metadata: ObjectMeta;
  readonly spec: ReceiverSpec;
  readonly status?: ReceiverStatus;
};

/** What is wanted. */
export type ReceiverSpec = {
  /** The event types that count, as the sender names them; default: all. */
  readonly events?: readonly string[];
  /** How often to look for changes, such as "10m"; the controller may vary it a little. */
  readonly interval?: string;
  /** Issuers whose tokens may send to a receiver of type generic-oidc. */
  readonly oidcProviders?: readonly {
    /** The audience that tokens have to name. */
    readonly audience?: string;
    /** The address of the issuer; tokens have to name it. */
    readonly issuerURL: string;
    /** CEL expressions over the token that all have to hold. */
    readonly validations: readonly {
      /** The CEL expression. */
      readonly expression: string;
      /** What is said where it does not hold. */
      readonly message: string;
    }[];
    /** Named CEL expressions, each usable in those after it. */
    readonly variables?: readonly {
      /** The CEL expression. */
      readonly expression: string;
      /** The name that later expressions use. */
      readonly name: string;
    }[];
  }[];
  /** A CEL expression that every object has to pass. */
  readonly resourceFilter?: string;
  /** The objects to reconcile when a request comes. */
  readonly resources: readonly {
    /** The API version of the object referred to; without it the version that the cluster prefers. */
    readonly apiVersion?: string;
    /** A CEL expression that an object of this entry has to pass. */
    readonly filter?: string;
    /** The kind of the objects. */
    readonly kind:
      | 'Bucket'
      | 'GitRepository'
      | 'Kustomization'
      | 'HelmRelease'
      | 'HelmChart'
      | 'HelmRepository'
      | 'ImageRepository'
      | 'ImagePolicy'
      | 'ImageUpdateAutomation'
      | 'OCIRepository'
      | 'ArtifactGenerator'
      | 'ExternalArtifact';
    /** Labels that the objects have to carry. */
    readonly matchLabels?: Readonly<Record<string, string>>;
    /** The name of the object; * means all that carry the labels. */
    readonly name: string;
    /** The namespace of the objects; default: the namespace of this one. */
    readonly namespace?: string;
  }[];
  /** The Secret with the `token` that requests are checked by. */
  readonly secretRef?: LocalObjectReference;
  /** Stops all work on this object while true; nothing that is running is undone. */
  readonly suspend?: boolean;
  /** Who sends, and so how a request is checked. */
  readonly type:
    | 'generic'
    | 'generic-hmac'
    | 'generic-oidc'
    | 'github'
    | 'gitlab'
    | 'bitbucket'
    | 'harbor'
    | 'dockerhub'
    | 'quay'
    | 'gcr'
    | 'nexus'
    | 'acr'
    | 'cdevents';
};

/** What was last seen and done; written by the controller only. */
export type ReceiverStatus = {
  /** The state of the object, one entry for each aspect. */
  readonly conditions?: readonly Condition[];
  /** The value of the reconcile annotation that was last acted on; another value there asks for a new run. */
  readonly lastHandledReconcileAt?: string;
  /** The generation of the object that was last worked on; -1: not worked on yet. */
  readonly observedGeneration?: number;
  /** The path at which the receiver listens. */
  readonly webhookPath?: string;
};

/** The objects that were applied. */
export type ResourceInventory = {
  /** The entries, one an object. */
  readonly entries: readonly InventoryEntry[];
};

/** The Secret that holds a kubeconfig. */
export type SecretKeyReference = {
  /** The key of the Secret to read; default: `value`, then `value.yaml`. */
  readonly key?: string;
  /** The name of the object referred to. */
  readonly name: string;
};

/** The objects that this is for; default: all. */
export type Selector = {
  /** Annotations that the objects carry, as a label selector is written. */
  readonly annotationSelector?: string;
  /** The API group of the objects. */
  readonly group?: string;
  /** The kind of the objects. */
  readonly kind?: string;
  /** Labels that the objects carry. */
  readonly labelSelector?: string;
  /** A regular expression for their names. */
  readonly name?: string;
  /** A regular expression for their namespaces. */
  readonly namespace?: string;
  /** The API version of the objects. */
  readonly version?: string;
};
