import { compareBytes, type JsonObject } from '@flux-ts/base';
import { refOf, type ObjectRef } from '../object.ts';

const FIRST = [
  'CustomResourceDefinition',
  'Namespace',
  'ClusterRole',
  'ClusterClass',
  'RuntimeClass',
  'PriorityClass',
  'StorageClass',
  'VolumeSnapshotClass',
  'IngressClass',
  'GatewayClass',
  'ClusterRoleBinding',
  'ResourceQuota',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'Service',
  'LimitRange',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

const RANK: ReadonlyMap<string, number> = new Map([
  ...FIRST.map((kind, i): [string, number] => [kind, i - FIRST.length]),
  ...LAST.map((kind, i): [string, number] => [kind, i + 1]),
]);

/** Orders references as Flux applies them: by the rank of the kind, then group, kind, namespace, name. */
export function compareForApply(a: ObjectRef, b: ObjectRef): number {
  const rank = (RANK.get(a.kind) ?? 0) - (RANK.get(b.kind) ?? 0);
  if (rank !== 0) return rank;
  return (
    compareBytes(a.group, b.group) || compareBytes(a.kind, b.kind) || compareBytes(a.namespace, b.namespace) || compareBytes(a.name, b.name)
  );
}

/** Sorts objects into the order in which Flux applies them; the input stays as it is. */
export function sortForApply(objects: readonly JsonObject[]): JsonObject[] {
  return [...objects].sort((a, b) => compareForApply(refOf(a), refOf(b)));
}

/** A kind that further stages are made of: `group/Kind`, the core group as an empty text. */
export type StageKind = `${string}/${string}`;

/** The stages in which objects are applied. `wait` stages must be ready before the next begins. */
export interface ApplyStage {
  readonly objects: readonly JsonObject[];
  readonly wait: boolean;
}

/** Splits objects into Flux's stages: cluster definitions, classes, custom kinds, the rest. Empty stages are left out. */
export function splitStages(objects: readonly JsonObject[], customKinds: ReadonlySet<StageKind> = new Set()): ApplyStage[] {
  const definitions: JsonObject[] = [];
  const classes: JsonObject[] = [];
  const custom: JsonObject[] = [];
  const rest: JsonObject[] = [];
  for (const object of objects) {
    const { group, kind } = refOf(object);
    if (isClusterDefinition(group, kind)) definitions.push(object);
    else if (kind.toLowerCase().endsWith('class')) classes.push(object);
    else if (customKinds.has(`${group}/${kind}`)) custom.push(object);
    else rest.push(object);
  }
  return [
    { objects: definitions, wait: true },
    { objects: classes, wait: true },
    { objects: custom, wait: false },
    { objects: rest, wait: false },
  ].filter((stage) => stage.objects.length > 0);
}

function isClusterDefinition(group: string, kind: string): boolean {
  if (kind === 'CustomResourceDefinition') return group === 'apiextensions.k8s.io';
  if (kind === 'Namespace') return group === '';
  return kind === 'ClusterRole' && group === 'rbac.authorization.k8s.io';
}
