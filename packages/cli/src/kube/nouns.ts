import { getArray, getPath, getString, isObject, type JsonObject } from '@flux-ts/base';
import { nameOf, namespaceOf } from '@flux-ts/kube';

/** A kind that the verbs of the command line work on. */
export interface Noun {
  /** The word after the verb, and its aliases. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: string;
  readonly kind: string;
  /** How `get` shows it. */
  readonly columns: readonly string[];
  readonly row: (object: JsonObject) => readonly string[];
  /** Kinds without conditions. */
  readonly static?: string;
}

const SOURCE = 'source.toolkit.fluxcd.io';
const NOTIFICATION = 'notification.toolkit.fluxcd.io';
const IMAGE = 'image.toolkit.fluxcd.io';

/** Cuts every hexadecimal run of 40 to 128 characters to eight, as Flux's tables do. */
export function shortenHashes(text: string): string {
  return text.replace(/[0-9a-f]{40,128}/g, (hash) => hash.slice(0, 8));
}

/** The Ready condition's status and message; an object without one waits to be reconciled. */
export function readiness(object: JsonObject): { readonly status: string; readonly message: string; readonly reason: string } {
  // these are static: nothing ever writes a condition
  if (object['kind'] === 'HelmRepository' && getString(object, ['spec', 'type']) === 'oci')
    return { status: 'True', message: 'Helm repository is Ready', reason: '' };
  const ready = (getArray(object, ['status', 'conditions']) ?? []).filter(isObject).find((c) => c['type'] === 'Ready');
  if (ready === undefined) return { status: 'False', message: 'waiting to be reconciled', reason: '' };
  return { status: String(ready['status']), message: shortenHashes(String(ready['message'] ?? '')), reason: String(ready['reason'] ?? '') };
}

function suspended(object: JsonObject): string {
  return getPath(object, ['spec', 'suspend']) === true ? 'True' : 'False';
}

function withStatus(revision: (object: JsonObject) => string): (object: JsonObject) => readonly string[] {
  return (object) => {
    const { status, message } = readiness(object);
    return [nameOf(object), shortenHashes(revision(object)), suspended(object), status, message];
  };
}

const COMMON = ['Name', 'Revision', 'Suspended', 'Ready', 'Message'];
const artifactRevision = (object: JsonObject): string => getString(object, ['status', 'artifact', 'revision']) ?? '';

function source(name: string, kind: string): Noun {
  return { name, group: SOURCE, kind, columns: COMMON, row: withStatus(artifactRevision) };
}

/** `kustomizations`. */
export const kustomizations: Noun = {
  name: 'kustomizations',
  aliases: ['ks', 'kustomization'],
  group: 'kustomize.toolkit.fluxcd.io',
  kind: 'Kustomization',
  columns: COMMON,
  row: withStatus((object) => getString(object, ['status', 'lastAppliedRevision']) ?? ''),
};

/** `helmreleases`. */
export const helmReleases: Noun = {
  name: 'helmreleases',
  aliases: ['hr', 'helmrelease'],
  group: 'helm.toolkit.fluxcd.io',
  kind: 'HelmRelease',
  columns: COMMON,
  row: withStatus(
    (object) => getString(object, ['status', 'history', 0, 'chartVersion']) ?? getString(object, ['status', 'lastAttemptedRevision']) ?? '',
  ),
};

/** The sources, by their word after `source`. */
export const sources: readonly Noun[] = [
  source('git', 'GitRepository'),
  source('oci', 'OCIRepository'),
  source('bucket', 'Bucket'),
  source('helm', 'HelmRepository'),
  source('chart', 'HelmChart'),
];

/** `sources external`. */
export const externalSources: Noun = {
  name: 'external',
  group: SOURCE,
  kind: 'ExternalArtifact',
  columns: ['Name', 'Revision', 'Source', 'Ready', 'Message'],
  row: (object) => {
    const { status, message } = readiness(object);
    const ref = (step: string): string => getString(object, ['spec', 'sourceRef', step]) ?? '';
    return [
      nameOf(object),
      shortenHashes(artifactRevision(object)),
      `${ref('kind')}/${ref('namespace') || namespaceOf(object)}/${ref('name')}`,
      status,
      message,
    ];
  },
};

/** The kinds of notification-controller. */
export const notifications: readonly Noun[] = [
  {
    name: 'alert-providers',
    aliases: ['alert-provider'],
    group: NOTIFICATION,
    kind: 'Provider',
    columns: ['Name', 'Ready', 'Message'],
    row: (object) => [nameOf(object), 'True', 'Provider is Ready'],
    static: 'Provider is Ready',
  },
  {
    name: 'alerts',
    aliases: ['alert'],
    group: NOTIFICATION,
    kind: 'Alert',
    columns: ['Name', 'Suspended', 'Ready', 'Message'],
    row: (object) => [nameOf(object), suspended(object), 'True', 'Alert is Ready'],
    static: 'Alert is Ready',
  },
  {
    name: 'receivers',
    aliases: ['receiver'],
    group: NOTIFICATION,
    kind: 'Receiver',
    columns: ['Name', 'Suspended', 'Ready', 'Message'],
    row: (object) => {
      const { status, message } = readiness(object);
      return [nameOf(object), suspended(object), status, message];
    },
  },
];

function scanned(path: readonly string[]): (object: JsonObject) => readonly string[] {
  return (object) => {
    const { status, message } = readiness(object);
    return [nameOf(object), getString(object, path) ?? '', suspended(object), status, message];
  };
}

/** The image kinds, by their word after `image`. */
export const images: readonly Noun[] = [
  {
    name: 'repository',
    group: IMAGE,
    kind: 'ImageRepository',
    columns: ['Name', 'Last scan', 'Suspended', 'Ready', 'Message'],
    row: scanned(['status', 'lastScanResult', 'scanTime']),
  },
  {
    name: 'policy',
    group: IMAGE,
    kind: 'ImagePolicy',
    columns: ['Name', 'Image', 'Tag', 'Ready', 'Message'],
    row: (object) => {
      const { status, message } = readiness(object);
      const ref = (step: string): string => getString(object, ['status', 'latestRef', step]) ?? '';
      return [nameOf(object), ref('name'), ref('tag'), status, message];
    },
  },
  {
    name: 'update',
    group: IMAGE,
    kind: 'ImageUpdateAutomation',
    columns: ['Name', 'Last run', 'Suspended', 'Ready', 'Message'],
    row: scanned(['status', 'lastAutomationRunTime']),
  },
];

/** Every noun. */
export const allNouns: readonly Noun[] = [...sources, externalSources, helmReleases, kustomizations, ...notifications, ...images];

/** Finds a noun by its kind. */
export function nounOfKind(kind: string): Noun | undefined {
  return allNouns.find((noun) => noun.kind === kind);
}
