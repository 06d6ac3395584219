import type { JsonObject } from '@flux-ts/base';
import { annotationsOf, groupOf, type TypeRef } from '@flux-ts/kube';
import { EventRecorder, InformerSet, requestedAt, type RuntimeDeps, type StatusDraft } from '@flux-ts/runtime';

/** The runtime of a controller with everything filled in. */
export interface CellDeps extends RuntimeDeps {
  readonly informers: InformerSet;
  readonly events: EventRecorder;
}

/** Fills in informers and events for a controller where its surroundings give none. */
export function completeDeps<T extends RuntimeDeps>(deps: T, component: string): T & CellDeps {
  const client = deps.client.withFieldManager(component);
  return {
    ...deps,
    client,
    informers: deps.informers ?? new InformerSet({ client, clock: deps.clock, log: deps.log }),
    events: deps.events ?? new EventRecorder({ client, clock: deps.clock, log: deps.log, component }),
  };
}

const SOURCE = 'source.toolkit.fluxcd.io/v1';

/** The kinds that controllers read and write, at the versions they speak. */
export const TYPES: Readonly<
  Record<
    | 'GitRepository'
    | 'OCIRepository'
    | 'HelmRepository'
    | 'HelmChart'
    | 'Bucket'
    | 'ExternalArtifact'
    | 'Kustomization'
    | 'HelmRelease'
    | 'Secret'
    | 'ConfigMap'
    | 'ServiceAccount',
    TypeRef
  >
> = {
  GitRepository: { apiVersion: SOURCE, kind: 'GitRepository' },
  OCIRepository: { apiVersion: SOURCE, kind: 'OCIRepository' },
  HelmRepository: { apiVersion: SOURCE, kind: 'HelmRepository' },
  HelmChart: { apiVersion: SOURCE, kind: 'HelmChart' },
  Bucket: { apiVersion: SOURCE, kind: 'Bucket' },
  ExternalArtifact: { apiVersion: SOURCE, kind: 'ExternalArtifact' },
  Kustomization: { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
  HelmRelease: { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' },
  Secret: { apiVersion: 'v1', kind: 'Secret' },
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  ServiceAccount: { apiVersion: 'v1', kind: 'ServiceAccount' },
};

/** The finalizer of all kinds. */
export const FINALIZER = 'finalizers.fluxcd.io';

/** Copies the handled value of the requestedAt annotation into the status. */
export function recordRequest(draft: StatusDraft): void {
  const at = requestedAt(draft.object);
  if (at !== undefined) draft.set('lastHandledReconcileAt', at);
}

const EVENT_PREFIX = 'event.toolkit.fluxcd.io/';

/** The metadata of an event: facts under the object's group, and what the object's annotations add. */
export function eventMetadata(
  object: JsonObject,
  facts: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> | undefined {
  const group = groupOf(object);
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(annotationsOf(object))) if (key.startsWith(EVENT_PREFIX)) out[key] = value;
  for (const [key, value] of Object.entries(facts)) if (value !== undefined && value !== '') out[`${group}/${key}`] = value;
  return Object.keys(out).length === 0 ? undefined : out;
}
