/** What became of a field between two versions of a kind. */
export interface FieldChange {
  readonly kinds: readonly string[];
  /** The versions that have the field as it was; any of them. */
  readonly from: readonly string[];
  /** The version from which on it is as it is now. */
  readonly to: string;
  /** The field as it was. */
  readonly path: string;
  /** The field that stands for it now; absent where there is none. */
  readonly newPath?: string;
  /** What to know on the way. */
  readonly note?: string;
}

/**
 * The fields that were renamed or removed between versions. Flux converts by changing the `apiVersion` alone, so
 * none of these is carried over by a cluster: whoever moves a manifest to a newer version has to.
 */
export const FIELD_CHANGES: readonly FieldChange[] = [
  {
    kinds: ['GitRepository'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.gitImplementation',
    note: 'there is one Git library only',
  },
  { kinds: ['GitRepository'], from: ['v1beta1', 'v1beta2'], to: 'v1', path: 'spec.accessFrom', note: 'had no effect' },
  { kinds: ['GitRepository'], from: ['v1beta1', 'v1beta2'], to: 'v1', path: 'status.url' },
  {
    kinds: ['GitRepository'],
    from: ['v1beta2'],
    to: 'v1',
    path: 'status.contentConfigChecksum',
    newPath: 'status.observedIgnore',
    note: 'the settings are noted one by one',
  },
  {
    kinds: ['GitRepository', 'Bucket', 'HelmChart', 'HelmRepository', 'OCIRepository'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'status.artifact.checksum',
    newPath: 'status.artifact.digest',
    note: 'the digest names its algorithm: sha256:<checksum>',
  },
  {
    kinds: ['GitRepository'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.verify.mode',
    newPath: 'spec.verify.mode',
    note: 'head is HEAD; Tag and TagAndHEAD are new',
  },
  {
    kinds: ['HelmChart'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.valuesFile',
    newPath: 'spec.valuesFiles',
    note: 'a list; the old file comes first',
  },
  {
    kinds: ['HelmChart', 'Bucket'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.accessFrom',
    note: 'had no effect',
  },
  {
    kinds: ['HelmRepository'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.secretRef (caFile, certFile, keyFile)',
    newPath: 'spec.certSecretRef',
    note: 'keys ca.crt, tls.crt, tls.key in a Secret of their own',
  },
  { kinds: ['Kustomization'], from: ['v1beta1', 'v1beta2'], to: 'v1', path: 'spec.validation', note: 'the server always validates' },
  {
    kinds: ['Kustomization'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.patchesStrategicMerge',
    newPath: 'spec.patches',
    note: 'each item becomes {patch: <YAML>}',
  },
  {
    kinds: ['Kustomization'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.patchesJson6902',
    newPath: 'spec.patches',
    note: 'each item keeps its target; its operations become a YAML text',
  },
  { kinds: ['Kustomization'], from: ['v1beta1'], to: 'v1beta2', path: 'status.snapshot', newPath: 'status.inventory' },
  {
    kinds: ['HelmRelease'],
    from: ['v2beta1'],
    to: 'v2beta2',
    path: 'spec.chart.spec.valuesFile',
    newPath: 'spec.chart.spec.valuesFiles',
    note: 'a list; the old file comes first',
  },
  {
    kinds: ['HelmRelease'],
    from: ['v2beta1', 'v2beta2'],
    to: 'v2',
    path: 'spec.postRenderers[].kustomize.patchesStrategicMerge',
    newPath: 'spec.postRenderers[].kustomize.patches',
  },
  {
    kinds: ['HelmRelease'],
    from: ['v2beta1', 'v2beta2'],
    to: 'v2',
    path: 'spec.postRenderers[].kustomize.patchesJson6902',
    newPath: 'spec.postRenderers[].kustomize.patches',
  },
  {
    kinds: ['HelmRelease'],
    from: ['v2beta1'],
    to: 'v2beta2',
    path: 'spec.maxHistory',
    newPath: 'spec.maxHistory',
    note: 'the default is 5, it was 10',
  },
  {
    kinds: ['HelmRelease'],
    from: ['v2beta1', 'v2beta2'],
    to: 'v2',
    path: 'status.lastAppliedRevision',
    newPath: 'status.history[].chartVersion',
  },
  {
    kinds: ['HelmRelease'],
    from: ['v2beta1', 'v2beta2'],
    to: 'v2',
    path: 'status.lastReleaseRevision',
    newPath: 'status.history[].version',
  },
  {
    kinds: ['HelmRelease'],
    from: ['v2beta1', 'v2beta2'],
    to: 'v2',
    path: 'status.lastAttemptedValuesChecksum',
    newPath: 'status.lastAttemptedConfigDigest',
  },
  {
    kinds: ['Alert'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1beta3',
    path: 'spec.summary',
    newPath: 'spec.eventMetadata',
    note: 'under the key summary; the old field is still read',
  },
  { kinds: ['Alert', 'Provider'], from: ['v1beta1', 'v1beta2'], to: 'v1beta3', path: 'status', note: 'there is none' },
  { kinds: ['Receiver'], from: ['v1beta1', 'v1beta2'], to: 'v1', path: 'status.url', newPath: 'status.webhookPath' },
  {
    kinds: ['ImagePolicy'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'status.latestImage',
    newPath: 'status.latestRef',
    note: 'name, tag and digest apart',
  },
  {
    kinds: ['ImagePolicy'],
    from: ['v1beta2'],
    to: 'v1',
    path: 'status.observedPreviousImage',
    newPath: 'status.observedPreviousRef',
    note: 'name, tag and digest apart',
  },
  {
    kinds: ['ImageUpdateAutomation'],
    from: ['v1beta1', 'v1beta2'],
    to: 'v1',
    path: 'spec.git.commit.messageTemplate',
    newPath: 'spec.git.commit.messageTemplate',
    note: '.Updated is .Changed',
  },
];

/** The changes of a kind on the way from one version to another, in order; the versions as they stand in `FluxKind.versions`. */
export function fieldChanges(kind: string, from: string): readonly FieldChange[] {
  return FIELD_CHANGES.filter((change) => change.kinds.includes(kind) && change.from.includes(from));
}
