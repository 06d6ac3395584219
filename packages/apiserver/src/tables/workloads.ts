import { getObject, parseTime, type JsonObject, type JsonValue } from '@flux-ts/base';
import { column, type Column, type KindTable } from './columns.ts';
import { age, condition, containers, count, humanDuration, items, labelText, NONE, selectorText, since, text } from './text.ts';

const WIDE: readonly Column[] = [
  column('Containers', { wide: true }),
  column('Images', { wide: true }),
  column('Selector', { wide: true }),
];

function podSpec(object: JsonObject): JsonObject | undefined {
  return getObject(object, ['spec', 'template', 'spec']);
}

function wideCells(object: JsonObject): JsonValue[] {
  return [
    ...containers(podSpec(object)),
    selectorText(object['spec'] === undefined ? undefined : (object['spec'] as JsonObject)['selector']),
  ];
}

function name(object: JsonObject): string {
  return text(object, ['metadata', 'name']);
}

const deployment: KindTable = {
  columns: [column('Name'), column('Ready'), column('Up-to-date'), column('Available'), column('Age'), ...WIDE],
  cells: (o, now) => [
    name(o),
    `${count(o, ['status', 'readyReplicas'])}/${count(o, ['spec', 'replicas'])}`,
    count(o, ['status', 'updatedReplicas']),
    count(o, ['status', 'availableReplicas']),
    age(o, now),
    ...wideCells(o),
  ],
};

const replicaSet: KindTable = {
  columns: [
    column('Name'),
    column('Desired', { type: 'integer' }),
    column('Current', { type: 'integer' }),
    column('Ready', { type: 'integer' }),
    column('Age'),
    ...WIDE,
  ],
  cells: (o, now) => [
    name(o),
    count(o, ['spec', 'replicas']),
    count(o, ['status', 'replicas']),
    count(o, ['status', 'readyReplicas']),
    age(o, now),
    ...wideCells(o),
  ],
};

const replicationController: KindTable = {
  columns: replicaSet.columns,
  cells: (o, now) => [
    ...replicaSet.cells(o, now).slice(0, 5),
    ...containers(podSpec(o)),
    labelText((getObject(o, ['spec']) ?? {})['selector']),
  ],
};

const statefulSet: KindTable = {
  columns: [column('Name'), column('Ready'), column('Age'), column('Containers', { wide: true }), column('Images', { wide: true })],
  cells: (o, now) => [
    name(o),
    `${count(o, ['status', 'readyReplicas'])}/${count(o, ['spec', 'replicas'])}`,
    age(o, now),
    ...containers(podSpec(o)),
  ],
};

const daemonSet: KindTable = {
  columns: [
    column('Name'),
    ...['Desired', 'Current', 'Ready', 'Up-to-date', 'Available'].map((n) => column(n, { type: 'integer' })),
    column('Node Selector'),
    column('Age'),
    ...WIDE,
  ],
  cells: (o, now) => [
    name(o),
    count(o, ['status', 'desiredNumberScheduled']),
    count(o, ['status', 'currentNumberScheduled']),
    count(o, ['status', 'numberReady']),
    count(o, ['status', 'updatedNumberScheduled']),
    count(o, ['status', 'numberAvailable']),
    labelText(podSpec(o)?.['nodeSelector']),
    age(o, now),
    ...wideCells(o),
  ],
};

const JOB_STATES: readonly (readonly [string, string])[] = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
];

const job: KindTable = {
  columns: [column('Name'), column('Status'), column('Completions'), column('Duration'), column('Age'), ...WIDE],
  cells(o, now) {
    const state = JOB_STATES.find(([type]) => text(condition(o, type), ['status']) === 'True')?.[1];
    const running = text(o, ['metadata', 'deletionTimestamp']) === '' ? 'Running' : 'Terminating';
    return [name(o), state ?? running, completions(o), jobDuration(o, now), age(o, now), ...wideCells(o)];
  },
};

function completions(o: JsonObject): string {
  const succeeded = count(o, ['status', 'succeeded']);
  const wanted = getObject(o, ['spec'])?.['completions'];
  if (typeof wanted === 'number') return `${succeeded}/${wanted}`;
  const parallel = count(o, ['spec', 'parallelism']);
  return parallel > 1 ? `${succeeded}/1 of ${parallel}` : `${succeeded}/1`;
}

function jobDuration(o: JsonObject, now: number): string {
  const start = parseTime(text(o, ['status', 'startTime']));
  if (start === undefined) return '';
  return humanDuration((parseTime(text(o, ['status', 'completionTime'])) ?? now) - start);
}

const cronJob: KindTable = {
  columns: [
    column('Name'),
    column('Schedule'),
    column('Timezone'),
    column('Suspend', { type: 'boolean' }),
    column('Active', { type: 'integer' }),
    column('Last Schedule'),
    column('Age'),
    ...WIDE,
  ],
  cells: (o, now) => [
    name(o),
    text(o, ['spec', 'schedule']),
    text(o, ['spec', 'timeZone'], NONE),
    boolText((getObject(o, ['spec']) ?? {})['suspend']),
    items(o, ['status', 'active']).length,
    text(o, ['status', 'lastScheduleTime']) === '' ? NONE : since(text(o, ['status', 'lastScheduleTime']), now),
    age(o, now),
    ...containers(getObject(o, ['spec', 'jobTemplate', 'spec', 'template', 'spec'])),
    selectorText(getObject(o, ['spec', 'jobTemplate', 'spec'])?.['selector']),
  ],
};

function boolText(value: JsonValue | undefined): string {
  return value === undefined || value === null ? UNSET_BOOL : value === true ? 'True' : 'False';
}

const UNSET_BOOL = '<unset>';

const podTemplate: KindTable = {
  columns: [column('Name'), column('Containers'), column('Images'), column('Pod Labels')],
  cells: (o) => [name(o), ...containers(getObject(o, ['template', 'spec'])), labelText(getObject(o, ['template', 'metadata'])?.['labels'])],
};

const controllerRevision: KindTable = {
  columns: [column('Name'), column('Controller'), column('Revision'), column('Age')],
  cells(o, now) {
    const owner = items(o, ['metadata', 'ownerReferences']).find((r) => r['controller'] === true);
    const group = text(owner, ['apiVersion']).split('/').slice(0, -1).join('');
    const kind = text(owner, ['kind']).toLowerCase();
    const shown = owner === undefined ? NONE : `${group === '' ? kind : `${kind}.${group}`}/${text(owner, ['name'])}`;
    return [name(o), shown, count(o, ['revision']), age(o, now)];
  },
};

/** Workload kinds by `group/Kind`. */
export const WORKLOAD_TABLES: Readonly<Record<string, KindTable>> = {
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'apps/ControllerRevision': controllerRevision,
  'batch/Job': job,
  'batch/CronJob': cronJob,
  '/ReplicationController': replicationController,
  '/PodTemplate': podTemplate,
};
