import { anything, int64, list, map, named, object, oneOf, rules, string, time, type Shape } from '../shape.ts';

/** An object of the same namespace. */
export const LOCAL_REF: Shape = named('LocalObjectReference', object({ 'name!': string() }));

/** One object that was applied. */
export const INVENTORY_ENTRY: Shape = named('InventoryEntry', object({ 'id!': string(), 'v!': string() }));

/** A key of a Secret. */
export const SECRET_KEY_REF: Shape = named('SecretKeyReference', object({ key: string(), 'name!': string() }));

/** Namespaces by their labels. */
export const NAMESPACE_SELECTOR: Shape = named('NamespaceSelector', object({ matchLabels: map(string()) }));

/** An object of any namespace. */
export const NAMESPACED_REF: Shape = named('NamespacedObjectReference', object({ 'name!': string(), namespace: string() }));

/** Who may have signed without a key. */
export const OIDC_IDENTITY: Shape = named('OidcIdentityMatch', object({ 'issuer!': string(), 'subject!': string() }));

/** A reference to a Secret and nothing else, as old versions have it. */
export const SECRET_HOLDER: Shape = object({ secretRef: LOCAL_REF });

/** The objects that were applied. */
export const INVENTORY_ENTRIES: Shape = list(INVENTORY_ENTRY);

/** Several selectors of namespaces. */
export const NAMESPACE_SELECTORS: Shape = list(NAMESPACE_SELECTOR);

/** Dependencies, as old versions have them. */
export const NAMESPACED_REFS: Shape = list(NAMESPACED_REF);

/** An image by name, tag and digest. */
export const IMAGE_REF: Shape = named('ImageRef', object({ digest: string(), 'name!': string(), 'tag!': string() }));

/** An object that has to be ready first. */
export const DEPENDENCY: Shape = named('DependencyReference', object({ 'name!': string(), namespace: string(), readyExpr: string() }));

/** A revision in a Git repository, before it could be a full name. */
export const GIT_REF_V1BETA2: Shape = object({ branch: string(), commit: string(), semver: string(), tag: string() });

/** All who may have signed. */
export const OIDC_IDENTITIES: Shape = list(OIDC_IDENTITY);

/** The type of a condition. */
export const CONDITION_TYPE: Shape = string({
  maxLength: 316,
  pattern: String.raw`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$`,
});

/** A change of an image. */
export const KUSTOMIZE_IMAGE: Shape = named(
  'KustomizeImage',
  object({ digest: string(), 'name!': string(), newName: string(), newTag: string() }),
);

/** The objects that have to be ready first. */
export const DEPENDENCIES: Shape = list(DEPENDENCY);

/** A revision in a Git repository. */
export const GIT_REF: Shape = named(
  'GitRepositoryRef',
  object({ branch: string(), commit: string(), name: string(), semver: string(), tag: string() }),
);

/** Labels and annotations to add. */
export const COMMON_METADATA: Shape = named('CommonMetadata', object({ annotations: map(string()), labels: map(string()) }));

/** An object of any kind. */
export const OBJECT_REF: Shape = named(
  'NamespacedObjectKindReference',
  object({ apiVersion: string(), 'kind!': string(), 'name!': string(), namespace: string() }),
);

/** Another cluster, by a Secret only. */
export const KUBE_CONFIG_V2BETA2: Shape = object({ 'secretRef!': SECRET_KEY_REF });

/** The kinds that had events in old versions. */
export const EVENT_KIND_V1BETA2: Shape = oneOf([
  'Bucket',
  'GitRepository',
  'Kustomization',
  'HelmRelease',
  'HelmChart',
  'HelmRepository',
  'ImageRepository',
  'ImagePolicy',
  'ImageUpdateAutomation',
  'OCIRepository',
]);

/** Changes of images. */
export const KUSTOMIZE_IMAGES: Shape = list(KUSTOMIZE_IMAGE);

/** The objects that were applied. */
export const INVENTORY: Shape = named('ResourceInventory', object({ 'entries!': INVENTORY_ENTRIES }));

/** How objects of a kind show their health. */
export const HEALTH_CHECK_EXPR: Shape = named(
  'CustomHealthCheck',
  object({ 'apiVersion!': string(), 'current!': string(), failed: string(), inProgress: string(), kind: string() }),
);

/** Signatures, when cosign was the only tool. */
export const VERIFY_COSIGN: Shape = object({ 'provider!': oneOf(['cosign'], { default: 'cosign' }), secretRef: LOCAL_REF });

/** Who may refer to an object from other namespaces. */
export const ACCESS_FROM: Shape = named('AccessFrom', object({ 'namespaceSelectors!': NAMESPACE_SELECTORS }));

/** The kinds that have events. */
export const EVENT_KIND: Shape = oneOf([
  'Bucket',
  'GitRepository',
  'Kustomization',
  'HelmRelease',
  'HelmChart',
  'HelmRepository',
  'ImageRepository',
  'ImagePolicy',
  'ImageUpdateAutomation',
  'OCIRepository',
  'ArtifactGenerator',
  'ExternalArtifact',
]);

/** An artifact, as the first versions had it. */
export const ARTIFACT_V1BETA1: Shape = object({
  checksum: string(),
  lastUpdateTime: time(),
  'path!': string(),
  revision: string(),
  'url!': string(),
});

/** How objects of several kinds show their health. */
export const HEALTH_CHECK_EXPRS: Shape = list(HEALTH_CHECK_EXPR);

/** Objects by group, kind, name and labels. */
export const SELECTOR: Shape = named(
  'Selector',
  object({
    annotationSelector: string(),
    group: string(),
    kind: string(),
    labelSelector: string(),
    name: string(),
    namespace: string(),
    version: string(),
  }),
);

/** One operation of a JSON patch. */
export const JSON_PATCH_OPERATION: Shape = object({
  from: string(),
  'op!': oneOf(['test', 'remove', 'add', 'replace', 'move', 'copy']),
  'path!': string(),
  value: anything(),
});

/** The operations of a JSON patch. */
export const JSON_PATCH_OPERATIONS: Shape = list(JSON_PATCH_OPERATION);

/** A patch whose text was not required. */
export const PATCH_V2BETA1: Shape = object({ patch: string(), target: SELECTOR });

/** A patch and the objects that it is for. */
export const PATCH: Shape = named('Patch', object({ 'patch!': string(), target: SELECTOR }));

/** Patches whose texts were not required. */
export const PATCHES_V2BETA1: Shape = list(PATCH_V2BETA1);

/** An artifact, when its checksum had no algorithm. */
export const ARTIFACT_V1BETA2: Shape = object({
  checksum: string(),
  lastUpdateTime: time(),
  metadata: map(string()),
  'path!': string(),
  revision: string(),
  size: int64(),
  'url!': string(),
});

/** Fields that do not count. */
export const IGNORE_RULE: Shape = named('IgnoreRule', object({ 'paths!': list(string()), target: SELECTOR }));

/** Patches. */
export const PATCHES: Shape = list(PATCH);

/** All fields that do not count. */
export const IGNORE_RULES: Shape = list(IGNORE_RULE);

/** A stored artifact. */
export const ARTIFACT: Shape = named(
  'Artifact',
  object({
    'digest!': string({ pattern: '^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$' }),
    'lastUpdateTime!': time(),
    metadata: map(string()),
    'path!': string(),
    'revision!': string(),
    size: int64(),
    'url!': string(),
  }),
);

/** Objects whose events or requests count, in old versions. */
export const EVENT_SOURCE_V1BETA2: Shape = object({
  apiVersion: string(),
  kind: EVENT_KIND_V1BETA2,
  matchLabels: map(string()),
  'name!': string({ maxLength: 53, minLength: 1 }),
  namespace: string({ maxLength: 53, minLength: 1 }),
});

/** Several of them. */
export const EVENT_SOURCES_V1BETA2: Shape = list(EVENT_SOURCE_V1BETA2);

/** Another cluster. */
export const KUBE_CONFIG: Shape = named(
  'KubeConfigReference',
  object(
    { configMapRef: LOCAL_REF, secretRef: SECRET_KEY_REF },
    rules(
      [
        'has(self.configMapRef) || has(self.secretRef)',
        'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
      ],
      [
        '!has(self.configMapRef) || !has(self.secretRef)',
        'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
      ],
    ),
  ),
);

/** A JSON patch and the objects that it is for. */
export const JSON_PATCH: Shape = object({ 'patch!': JSON_PATCH_OPERATIONS, 'target!': SELECTOR });

/** One aspect of an object’s state. */
export const CONDITION: Shape = named(
  'Condition',
  object({
    'lastTransitionTime!': time(),
    'message!': string({ maxLength: 32768 }),
    observedGeneration: int64({ minimum: 0 }),
    'reason!': string({ maxLength: 1024, minLength: 1, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
    'status!': oneOf(['True', 'False', 'Unknown']),
    'type!': CONDITION_TYPE,
  }),
);

/** JSON patches. */
export const JSON_PATCHES: Shape = list(JSON_PATCH);

/** All aspects of an object’s state. */
export const CONDITIONS: Shape = list(CONDITION);
