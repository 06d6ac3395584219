import { formatTime, getObject, getString, parseDuration, parseTime, type JsonObject, type JsonValue } from '@flux-ts/base';
import { annotationsOf, isTerminating, keyOf, namespaceOf, typeOf, uidOf, generationOf } from '@flux-ts/kube';
import { effectOf } from './effects.ts';
import { missingReference, type Blocked } from './references.ts';
import {
  controllerOf,
  DELAY_ANNOTATION,
  failureOf,
  NODE_NAME,
  objectsAt,
  plainCondition,
  SIMULATOR,
  shortHash,
  tolerant,
  writeStatus,
  type Again,
  type World,
} from './world.ts';

const RETRY_MS = 2000;

/** Takes one Pod one step on: scheduled, containers created, running and ready, or finished. */
export async function reconcilePod(world: World, pod: JsonObject): Promise<Again> {
  if (isTerminating(pod)) {
    await tolerant(world.client.delete(typeOf(pod), keyOf(pod), { uid: uidOf(pod), gracePeriodSeconds: 0 }));
    return undefined;
  }
  const phase = getString(pod, ['status', 'phase']) ?? 'Pending';
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  const failure = failureOf(pod);
  if (getString(pod, ['spec', 'nodeName']) === undefined) return schedule(world, pod, failure);
  if (phase === 'Running') return finish(world, pod);
  const blocked = await missingReference(world, pod);
  if (blocked !== undefined) return wait(world, pod, blocked);
  if (failure === 'ImagePullBackOff' || failure === 'ErrImagePull') {
    const image = getString(objectsAt(pod, ['spec', 'containers'])[0], ['image']) ?? '';
    return wait(world, pod, {
      waiting: 'ImagePullBackOff',
      message: `Back-off pulling image "${image}"`,
      event: 'Failed',
      eventMessage: `Failed to pull image "${image}": simulated by annotation`,
    });
  }
  const startedAt = parseTime(getString(pod, ['status', 'startTime']) ?? '');
  if (startedAt === undefined) {
    await writeStatus(world, pod, creating(world, pod, { waiting: 'ContainerCreating' }));
    return { againInMs: startDelay(world, pod) };
  }
  return run(world, pod, failure);
}

function startDelay(world: World, pod: JsonObject): number {
  const delay = annotationsOf(pod)[DELAY_ANNOTATION];
  return delay === undefined ? world.startMs : parseDuration(delay);
}

async function schedule(world: World, pod: JsonObject, failure: string | undefined): Promise<Again> {
  const now = formatTime(world.clock.now());
  const selector = getObject(pod, ['spec', 'nodeSelector']) ?? {};
  const labels: JsonObject = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': NODE_NAME };
  const fits = Object.entries(selector).every(([key, value]) => labels[key] === value);
  if (failure === 'Unschedulable' || !fits) {
    const message = `0/1 nodes are available: 1 ${fits ? 'Insufficient cpu (simulated by annotation)' : "node(s) didn't match Pod's node affinity/selector"}.`;
    await writeStatus(world, pod, {
      ...getObject(pod, ['status']),
      phase: 'Pending',
      qosClass: qosClass(pod),
      conditions: [plainCondition(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }, now)],
    });
    world.say(pod, { type: 'Warning', reason: 'FailedScheduling', message });
    return { againInMs: 15_000 };
  }
  const binding: JsonObject = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: keyOf(pod).name, namespace: namespaceOf(pod) },
    target: { apiVersion: 'v1', kind: 'Node', name: NODE_NAME },
  };
  const path = await world.client.pathOf(typeOf(pod), keyOf(pod), 'binding');
  if (await tolerant(world.client.send({ method: 'POST', path, body: binding, query: { fieldManager: SIMULATOR } }))) {
    world.say(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespaceOf(pod)}/${keyOf(pod).name} to ${NODE_NAME} (simulated: no kubelet runs it)`,
    });
  }
  return { againInMs: 0 };
}

async function wait(world: World, pod: JsonObject, blocked: Blocked): Promise<Again> {
  await writeStatus(world, pod, creating(world, pod, blocked));
  world.say(pod, { type: 'Warning', reason: blocked.event, message: blocked.eventMessage });
  return { againInMs: RETRY_MS };
}

function creating(world: World, pod: JsonObject, why: { readonly waiting: string; readonly message?: string }): JsonObject {
  const now = formatTime(world.clock.now());
  const containers = objectsAt(pod, ['spec', 'containers']);
  const unready = `containers with unready status: [${containers.map((c) => String(c['name'])).join(' ')}]`;
  const initialized = objectsAt(pod, ['spec', 'initContainers']).length === 0;
  const state: JsonObject = { waiting: { reason: why.waiting, ...(why.message === undefined ? {} : { message: why.message }) } };
  return {
    ...base(pod),
    phase: 'Pending',
    conditions: [
      plainCondition(pod, { type: 'PodReadyToStartContainers', status: 'False' }, now),
      plainCondition(
        pod,
        {
          type: 'Initialized',
          status: initialized ? 'True' : 'False',
          ...(initialized ? {} : { reason: 'ContainersNotInitialized', message: 'containers with incomplete status' }),
        },
        now,
      ),
      plainCondition(pod, { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: unready }, now),
      plainCondition(pod, { type: 'ContainersReady', status: 'False', reason: 'ContainersNotReady', message: unready }, now),
      plainCondition(pod, { type: 'PodScheduled', status: 'True' }, now),
    ],
    ...(why.waiting === 'ContainerCreating' ? { startTime: now } : {}),
    containerStatuses: containers.map((c) => containerStatus(pod, c, { state, ready: false })),
  };
}

function base(pod: JsonObject): JsonObject {
  const uid = uidOf(pod);
  const octet = (i: number): number => (shortHash(`${uid}${i}`, 3).charCodeAt(0) * 7 + shortHash(`${uid}${i}`, 3).charCodeAt(2)) % 250;
  const podIP = `10.244.${octet(1)}.${octet(2) + 2}`;
  const generation = generationOf(pod);
  return {
    ...(generation > 0 ? { observedGeneration: generation } : {}),
    hostIP: '192.0.2.1',
    hostIPs: [{ ip: '192.0.2.1' }],
    podIP,
    podIPs: [{ ip: podIP }],
    qosClass: qosClass(pod),
    ...(getString(pod, ['status', 'startTime']) === undefined ? {} : { startTime: getString(pod, ['status', 'startTime']) as string }),
  };
}

function qosClass(pod: JsonObject): string {
  const containers = [...objectsAt(pod, ['spec', 'containers']), ...objectsAt(pod, ['spec', 'initContainers'])];
  const set = (c: JsonObject, what: string): JsonObject => getObject(c, ['resources', what]) ?? {};
  const guaranteed = containers.every((c) =>
    ['cpu', 'memory'].every(
      (r) => set(c, 'limits')[r] !== undefined && (set(c, 'requests')[r] ?? set(c, 'limits')[r]) === set(c, 'limits')[r],
    ),
  );
  if (guaranteed && containers.length > 0) return 'Guaranteed';
  return containers.some((c) => Object.keys({ ...set(c, 'limits'), ...set(c, 'requests') }).length > 0) ? 'Burstable' : 'BestEffort';
}

function containerStatus(
  pod: JsonObject,
  container: JsonObject,
  at: { readonly state: JsonObject; readonly ready: boolean; readonly restarts?: number; readonly lastState?: JsonObject },
): JsonObject {
  const image = getString(container, ['image']) ?? '';
  const running = at.state['waiting'] === undefined;
  const id = shortHash(`${uidOf(pod)}/${String(container['name'])}`, 40);
  return {
    name: container['name'] ?? '',
    state: at.state,
    lastState: at.lastState ?? {},
    ready: at.ready,
    restartCount: at.restarts ?? 0,
    image,
    imageID: running ? `simulated://${image}` : '',
    ...(running ? { containerID: `simulated://${id}` } : {}),
    started: at.ready || at.state['running'] !== undefined,
  };
}

async function run(world: World, pod: JsonObject, failure: string | undefined): Promise<Again> {
  const real = world.pods?.knows(pod) === true;
  if (real) await world.pods?.start(pod);
  const now = formatTime(world.clock.now());
  const containers = objectsAt(pod, ['spec', 'containers']);
  const crash = failure === 'CrashLoopBackOff' || failure === 'OOMKilled';
  const ready = !crash && failure !== 'NotReady';
  const reason = failure === 'OOMKilled' ? 'OOMKilled' : 'Error';
  const state: JsonObject = crash
    ? {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 5m0s restarting failed container=${String(containers[0]?.['name'])} (simulated by annotation)`,
        },
      }
    : { running: { startedAt: now } };
  const lastState: JsonObject = crash
    ? { terminated: { exitCode: reason === 'OOMKilled' ? 137 : 1, reason, startedAt: now, finishedAt: now } }
    : {};
  const notReady = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${containers.map((c) => String(c['name'])).join(' ')}]`,
  };
  const told = (type: string): JsonObject =>
    plainCondition(pod, ready ? { type, status: 'True' } : { type, status: 'False', ...notReady }, now);
  const initial = objectsAt(pod, ['spec', 'initContainers']);
  const status: JsonObject = {
    ...base(pod),
    phase: 'Running',
    conditions: [
      plainCondition(pod, { type: 'PodReadyToStartContainers', status: 'True' }, now),
      plainCondition(pod, { type: 'Initialized', status: 'True' }, now),
      told('Ready'),
      told('ContainersReady'),
      plainCondition(pod, { type: 'PodScheduled', status: 'True' }, now),
    ],
    ...(initial.length === 0
      ? {}
      : {
          initContainerStatuses: initial.map((c) =>
            containerStatus(pod, c, {
              state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } },
              ready: true,
            }),
          ),
        }),
    containerStatuses: containers.map((c) => containerStatus(pod, c, { state, ready, lastState, restarts: crash ? 5 : 0 })),
  };
  await writeStatus(world, pod, status);
  for (const container of containers) {
    if (crash)
      world.say(pod, { type: 'Warning', reason: 'BackOff', message: `Back-off restarting failed container ${String(container['name'])}` });
    else
      world.say(pod, {
        type: 'Normal',
        reason: 'Started',
        message: `Container started: ${String(container['name'])} (${real ? 'runs in this process' : 'simulated'})`,
      });
  }
  return getString(pod, ['spec', 'restartPolicy']) === 'Always' ? undefined : { againInMs: world.startMs };
}

/** Ends a running Pod that is meant to end: one of a Job, or with restartPolicy Never or OnFailure. */
async function finish(world: World, pod: JsonObject): Promise<Again> {
  const policy = getString(pod, ['spec', 'restartPolicy']) ?? 'Always';
  if (policy === 'Always') return undefined;
  const asked = failureOf(pod) === 'JobFailed';
  const outcome = asked ? { ok: false, message: 'simulated by annotation' } : await effectOf(world, pod);
  const now = formatTime(world.clock.now());
  const startedAt = getString(pod, ['status', 'startTime']) ?? now;
  const terminated: JsonObject = {
    exitCode: outcome.ok ? 0 : 1,
    reason: outcome.ok ? 'Completed' : 'Error',
    startedAt,
    finishedAt: now,
    ...(outcome.message === undefined ? {} : { message: outcome.message }),
  };
  const why = { reason: 'PodCompleted' };
  const status: JsonObject = {
    ...base(pod),
    phase: outcome.ok ? 'Succeeded' : 'Failed',
    conditions: [
      plainCondition(pod, { type: 'Initialized', status: 'True', ...why }, now),
      plainCondition(pod, { type: 'Ready', status: 'False', ...(outcome.ok ? why : { reason: 'PodFailed' }) }, now),
      plainCondition(pod, { type: 'ContainersReady', status: 'False', ...(outcome.ok ? why : { reason: 'PodFailed' }) }, now),
      plainCondition(pod, { type: 'PodScheduled', status: 'True' }, now),
    ] satisfies JsonValue,
    containerStatuses: objectsAt(pod, ['spec', 'containers']).map((c) => containerStatus(pod, c, { state: { terminated }, ready: false })),
  };
  await writeStatus(world, pod, status);
  const owner = controllerOf(pod);
  world.log.debug('pod finished', {
    namespace: namespaceOf(pod),
    name: keyOf(pod).name,
    owner: owner === undefined ? '' : String(owner['name']),
    ok: outcome.ok,
  });
  return undefined;
}
