import { getObject, parseTime, type JsonObject, type JsonValue } from '@flux-ts/base';
import { column, type KindTable } from './columns.ts';
import { age, condition, count, humanDuration, items, NONE, text } from './text.ts';

interface PodSummary {
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  lastRestart: number | undefined;
}

/** Pods, as `kubectl get pods` shows them. */
export const podTable: KindTable = {
  columns: [
    column('Name'),
    column('Ready', { description: 'The aggregate readiness state of this pod for accepting traffic.' }),
    column('Status', { description: 'The aggregate status of the containers in this pod.' }),
    column('Restarts', {
      description:
        'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    }),
    column('Age'),
    column('IP', { wide: true }),
    column('Node', { wide: true }),
    column('Nominated Node', { wide: true }),
    column('Readiness Gates', { wide: true }),
  ],
  cells(pod: JsonObject, nowMs: number): JsonValue[] {
    const summary = summarise(pod);
    const restarts =
      summary.restarts !== 0 && summary.lastRestart !== undefined
        ? `${summary.restarts} (${humanDuration(nowMs - summary.lastRestart)} ago)`
        : String(summary.restarts);
    const gates = items(pod, ['spec', 'readinessGates']);
    const passed = gates.filter((gate) => text(condition(pod, text(gate, ['conditionType'])), ['status']) === 'True');
    return [
      text(pod, ['metadata', 'name']),
      `${summary.ready}/${summary.total}`,
      summary.reason,
      restarts,
      age(pod, nowMs),
      text(pod, ['status', 'podIPs', 0, 'ip'], text(pod, ['status', 'podIP'], NONE)),
      text(pod, ['spec', 'nodeName'], NONE),
      text(pod, ['status', 'nominatedNodeName'], NONE),
      gates.length === 0 ? NONE : `${passed.length}/${gates.length}`,
    ];
  },
};

/** The word that stands for a Pod's state. */
function summarise(pod: JsonObject): PodSummary {
  const phase = text(pod, ['status', 'phase']);
  const sidecars = new Set(
    items(pod, ['spec', 'initContainers'])
      .filter((c) => text(c, ['restartPolicy']) === 'Always')
      .map((c) => text(c, ['name'])),
  );
  const summary: PodSummary = {
    reason: text(pod, ['status', 'reason'], phase),
    ready: 0,
    total: items(pod, ['spec', 'containers']).length + sidecars.size,
    restarts: 0,
    lastRestart: undefined,
  };
  const scheduled = condition(pod, 'PodScheduled');
  if (text(scheduled, ['reason']) === 'SchedulingGated') summary.reason = 'SchedulingGated';
  const sidecarRestarts = { count: 0, last: undefined as number | undefined };
  const initializing = readInit(pod, sidecars, summary, sidecarRestarts);
  if (!initializing || text(condition(pod, 'Initialized'), ['status']) === 'True') {
    summary.restarts = sidecarRestarts.count;
    summary.lastRestart = sidecarRestarts.last;
    readContainers(pod, summary);
  }
  const deleted = text(pod, ['metadata', 'deletionTimestamp']) !== '';
  if (deleted && text(pod, ['status', 'reason']) === 'NodeLost') summary.reason = 'Unknown';
  else if (deleted && phase !== 'Succeeded' && phase !== 'Failed') summary.reason = 'Terminating';
  return summary;
}

/** @returns whether an init container still keeps the Pod from starting */
function readInit(
  pod: JsonObject,
  sidecars: ReadonlySet<string>,
  summary: PodSummary,
  sidecar: { count: number; last: number | undefined },
): boolean {
  const statuses = items(pod, ['status', 'initContainerStatuses']);
  for (const [i, status] of statuses.entries()) {
    summary.restarts += count(status, ['restartCount']);
    summary.lastRestart = later(summary.lastRestart, status);
    const isSidecar = sidecars.has(text(status, ['name']));
    if (isSidecar) {
      sidecar.count += count(status, ['restartCount']);
      sidecar.last = later(sidecar.last, status);
    }
    const ended = getObject(status, ['state', 'terminated']);
    const waiting = text(status, ['state', 'waiting', 'reason']);
    if (ended !== undefined && count(ended, ['exitCode']) === 0) continue;
    if (isSidecar && status['started'] === true) {
      if (status['ready'] === true) summary.ready++;
      continue;
    }
    if (ended !== undefined) summary.reason = `Init:${text(ended, ['reason'], exitText(ended))}`;
    else if (waiting !== '' && waiting !== 'PodInitializing') summary.reason = `Init:${waiting}`;
    else summary.reason = `Init:${i}/${items(pod, ['spec', 'initContainers']).length}`;
    return true;
  }
  return false;
}

function readContainers(pod: JsonObject, summary: PodSummary): void {
  let running = false;
  for (const status of [...items(pod, ['status', 'containerStatuses'])].reverse()) {
    summary.restarts += count(status, ['restartCount']);
    summary.lastRestart = later(summary.lastRestart, status);
    const waiting = text(status, ['state', 'waiting', 'reason']);
    const ended = getObject(status, ['state', 'terminated']);
    if (waiting !== '') summary.reason = waiting;
    else if (ended !== undefined) summary.reason = text(ended, ['reason'], exitText(ended));
    else if (status['ready'] === true && getObject(status, ['state', 'running']) !== undefined) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason !== 'Completed' || !running) return;
  summary.reason = text(condition(pod, 'Ready'), ['status']) === 'True' ? 'Running' : 'NotReady';
}

function exitText(ended: JsonObject): string {
  const signal = count(ended, ['signal']);
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${count(ended, ['exitCode'])}`;
}

function later(known: number | undefined, status: JsonObject): number | undefined {
  const at = parseTime(text(status, ['lastState', 'terminated', 'finishedAt']));
  return at === undefined ? known : Math.max(at, known ?? at);
}
