import { getObject, getPath, getString, type JsonObject } from '@flux-ts/base';
import { effectOf } from '../effects.ts';
import { objectsAt } from '../read.ts';
import { isOfContainer, type Trouble } from '../rules/rule-book.ts';
import { patienceMs, timeOf, type World } from '../world.ts';
import {
  containerStatus,
  fieldOf,
  isRunning,
  isSidecar,
  podText,
  restartsOf,
  statusOf,
  waiting,
  type ContainerStanding,
} from './containers.ts';
import { backoffMs, backoffState, crashOn, endingOf, hasCrashed, lastOf, terminated, type Ending } from './crash.ts';
import { blockedBy, sayStarted } from './images.ts';
import { ageOnNodeMs, type PodStanding } from './pod-status.ts';

const RETRY_MS = [10_000, 300_000] as const;
const UNREADY_MS = 10_000;

/** What a round over a Pod's containers begins with. */
export interface RoundInit {
  readonly pod: JsonObject;
  /** What goes wrong now. */
  readonly trouble: Trouble | undefined;
  /** How long each init container, and a Pod that runs to its end, takes. */
  readonly stageMs: number;
  /** It runs in this process. */
  readonly real: boolean;
}

/** One round over a Pod's containers: each goes on from where it stands. */
export class Round {
  readonly #world: World;
  readonly #init: RoundInit;
  readonly #policy: string;
  /** When the next round is due, in milliseconds; undefined where only a change brings one. */
  nextInMs: number | undefined;

  constructor(world: World, init: RoundInit) {
    this.#world = world;
    this.#init = init;
    this.#policy = getString(init.pod, ['spec', 'restartPolicy']) ?? 'Always';
  }

  /** How the Pod stands after the round. */
  async play(): Promise<PodStanding> {
    const { pod } = this.#init;
    const containers = objectsAt(pod, ['spec', 'containers']);
    const initial = this.#initContainers();
    if (!initial.done) {
      const statuses = containers.map((c) => containerStatus(pod, c, { state: waiting('PodInitializing'), ready: false }));
      return { phase: 'Pending', sandbox: true, initStatuses: initial.statuses, statuses };
    }
    const statuses: JsonObject[] = [];
    for (const container of containers) statuses.push(containerStatus(pod, container, await this.#container(container)));
    const phase = this.#phase(statuses);
    const ended = phase === 'Succeeded' || phase === 'Failed';
    return { phase, sandbox: true, initStatuses: ended ? initial.statuses.map((s) => this.#stopped(s)) : initial.statuses, statuses };
  }

  #later(delayMs: number): void {
    this.nextInMs = Math.min(this.nextInMs ?? delayMs, delayMs);
  }

  /** Init containers one after the other; sidecars stay while the next ones start. */
  #initContainers(): { readonly statuses: readonly JsonObject[]; readonly done: boolean } {
    const { pod, stageMs } = this.#init;
    let done = true;
    const statuses = objectsAt(pod, ['spec', 'initContainers']).map((container) => {
      const old = statusOf(pod, 'initContainerStatuses', String(container['name']));
      if (getPath(old, ['state', 'terminated', 'exitCode']) === 0 || (isSidecar(container) && isRunning(old))) return old as JsonObject;
      if (!done) return containerStatus(pod, container, { state: waiting('PodInitializing'), ready: false });
      if (isRunning(old)) {
        const left = this.#world.pace.left(pod, { lane: 'init', step: String(container['name']), delayMs: stageMs });
        if (left <= 0) return containerStatus(pod, container, { state: this.#completed(old), ready: true });
        this.#later(left);
        done = false;
        return old as JsonObject;
      }
      const started = this.#start(container, 'initContainers', old);
      const runs = started.state['running'] !== undefined;
      if (!runs || !isSidecar(container)) done = false;
      if (runs && !isSidecar(container))
        this.#later(this.#world.pace.left(pod, { lane: 'init', step: String(container['name']), delayMs: stageMs }));
      return containerStatus(pod, container, runs && isSidecar(container) ? { ...started, ready: true } : { ...started, ready: false });
    });
    return { statuses, done };
  }

  #completed(old: JsonObject | undefined): JsonObject {
    return terminated(this.#world, old, { exitCode: 0, reason: 'Completed' });
  }

  #stopped(status: JsonObject): JsonObject {
    return isRunning(status) ? { ...status, state: this.#completed(status), ready: false, started: false } : status;
  }

  #troubleFor(container: JsonObject): Trouble | undefined {
    const { trouble } = this.#init;
    return trouble !== undefined && isOfContainer(trouble, container) ? trouble : undefined;
  }

  /** Starts a container, unless something keeps it from being created. */
  #start(container: JsonObject, list: 'containers' | 'initContainers', old: JsonObject | undefined): ContainerStanding {
    const { pod, real } = this.#init;
    const world = this.#world;
    const starting = { pod, container, list, old, trouble: this.#troubleFor(container) };
    const blocked = blockedBy(world, starting);
    const past = { restarts: restartsOf(old), ...lastOf(old) };
    if (blocked === undefined) {
      sayStarted(world, starting, real);
      return { state: { running: { startedAt: timeOf(world) } }, ready: true, ...past };
    }
    const before = getString(old, ['state', 'waiting', 'reason']);
    if (before === 'ErrImagePull' && getString(blocked.state, ['waiting', 'reason']) === 'ImagePullBackOff') {
      const pause = world.pace.left(pod, { lane: `pull ${String(container['name'])}`, step: before, delayMs: RETRY_MS[0] });
      if (pause > 0) {
        this.#later(pause);
        return { state: getObject(old, ['state']) ?? {}, ready: false, ...past };
      }
    }
    const delayMs = patienceMs(ageOnNodeMs(world, pod), RETRY_MS);
    const step = `${String(container['name'])} ${getString(blocked.state, ['waiting', 'reason']) ?? ''}`;
    const left = world.pace.every(pod, { lane: `blocked ${String(container['name'])}`, step, delayMs });
    this.#later(left > 0 ? left : delayMs);
    if (left > 0)
      return {
        state: getString(old, ['state', 'waiting', 'message']) === undefined ? blocked.state : (getObject(old, ['state']) ?? {}),
        ready: false,
        ...past,
      };
    for (const event of blocked.events) world.say(pod, { ...event, fieldPath: fieldOf(container, list) });
    return { state: blocked.state, ready: false, ...past };
  }

  async #container(container: JsonObject): Promise<ContainerStanding> {
    const { pod } = this.#init;
    const old = statusOf(pod, 'containerStatuses', String(container['name']));
    const fail = this.#troubleFor(container)?.fail;
    if (this.#policy !== 'Always') return this.#toItsEnd(container, old);
    if (fail === 'CrashLoopBackOff' || fail === 'OOMKilled') {
      const first = isRunning(old) || hasCrashed(old) ? undefined : this.#start(container, 'containers', old);
      if (first?.state['waiting'] !== undefined) return first;
      const next = crashOn(this.#world, { pod, container, old }, this.#ending(fail));
      if (next.inMs !== undefined) this.#later(next.inMs);
      return next.standing;
    }
    if (isRunning(old)) return this.#running(container, old, fail === 'NotReady');
    const started = this.#start(container, 'containers', old);
    if (started.state['running'] === undefined) return started;
    const again = hasCrashed(old)
      ? { restarts: restartsOf(old) + 1, lastState: lastOf(old).lastState ?? getObject(old, ['state']) ?? {} }
      : {};
    return this.#probed(container, { ...started, ...again }, fail === 'NotReady');
  }

  #ending(fail: 'CrashLoopBackOff' | 'OOMKilled' | 'JobFailed'): Ending {
    return { ...endingOf(fail), message: this.#init.trouble?.why ?? '' };
  }

  #running(container: JsonObject, old: JsonObject | undefined, unready: boolean): ContainerStanding {
    const state = getObject(old, ['state']) ?? {};
    return this.#probed(container, { state, ready: true, restarts: restartsOf(old), ...lastOf(old) }, unready);
  }

  #probed(container: JsonObject, standing: ContainerStanding, unready: boolean): ContainerStanding {
    if (!unready) return standing;
    const { pod, trouble } = this.#init;
    const left = this.#world.pace.every(pod, { lane: `probe ${String(container['name'])}`, step: 'unready', delayMs: UNREADY_MS });
    this.#later(left > 0 ? left : UNREADY_MS);
    const message = `Readiness probe failed: ${trouble?.why ?? ''}`;
    if (left === 0) this.#world.say(pod, { type: 'Warning', reason: 'Unhealthy', message, fieldPath: fieldOf(container, 'containers') });
    return { ...standing, ready: false };
  }

  /** A container of a Pod that is meant to end: it runs for a while, and what it does then decides. */
  async #toItsEnd(container: JsonObject, old: JsonObject | undefined): Promise<ContainerStanding> {
    const { pod, stageMs, trouble } = this.#init;
    const world = this.#world;
    const restarts = restartsOf(old);
    const name = String(container['name']);
    if (getPath(old, ['state', 'terminated']) !== undefined)
      return { state: getObject(old, ['state']) ?? {}, ready: false, restarts, ...lastOf(old) };
    if (getString(old, ['state', 'waiting', 'reason']) === 'CrashLoopBackOff') {
      const left = world.pace.left(pod, { lane: `crash ${name}`, step: String(restarts), delayMs: backoffMs(restarts + 1) });
      this.#later(left);
      if (left > 0) return { state: getObject(old, ['state']) ?? {}, ready: false, restarts, ...lastOf(old) };
      const started = this.#start(container, 'containers', old);
      if (started.state['running'] !== undefined) return { ...started, restarts: restarts + 1 };
      return started;
    }
    if (!isRunning(old)) {
      const started = this.#start(container, 'containers', old);
      if (started.state['running'] !== undefined)
        this.#later(world.pace.left(pod, { lane: `run ${name}`, step: String(restarts), delayMs: stageMs }));
      return this.#probed(container, started, trouble?.fail === 'NotReady');
    }
    const left = world.pace.left(pod, { lane: `run ${name}`, step: String(restarts), delayMs: stageMs });
    if (left > 0 || trouble?.fail === 'NotReady' || this.#init.real) {
      if (left > 0) this.#later(left);
      return this.#running(container, old, trouble?.fail === 'NotReady');
    }
    return this.#ended(container, old, await this.#verdict(container));
  }

  async #verdict(container: JsonObject): Promise<Ending> {
    const fail = this.#troubleFor(container)?.fail;
    if (fail === 'JobFailed' || fail === 'CrashLoopBackOff' || fail === 'OOMKilled') return this.#ending(fail);
    const outcome = await effectOf(this.#world, this.#init.pod);
    const message = outcome.message === undefined ? {} : { message: outcome.message };
    return outcome.ok ? { exitCode: 0, reason: 'Completed', ...message } : { exitCode: 1, reason: 'Error', ...message };
  }

  #ended(container: JsonObject, old: JsonObject | undefined, ending: Ending): ContainerStanding {
    const state = terminated(this.#world, old, ending);
    const restarts = restartsOf(old);
    if (ending.exitCode === 0 || this.#policy === 'Never') return { state, ready: false, restarts, ...lastOf(old) };
    const { pod } = this.#init;
    const name = String(container['name']);
    this.#later(this.#world.pace.left(pod, { lane: `crash ${name}`, step: String(restarts), delayMs: backoffMs(restarts + 1) }));
    this.#world.say(pod, {
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container ${name} in pod ${podText(pod)}`,
      fieldPath: fieldOf(container, 'containers'),
    });
    return { state: backoffState(pod, container, restarts + 1), ready: false, restarts, lastState: state };
  }

  #phase(statuses: readonly JsonObject[]): PodStanding['phase'] {
    const fresh = (s: JsonObject): boolean =>
      getPath(s, ['state', 'waiting']) !== undefined && getPath(s, ['lastState', 'terminated']) === undefined;
    if (statuses.some(fresh)) return 'Pending';
    const ended = statuses.every((s) => getPath(s, ['state', 'terminated']) !== undefined);
    if (!ended || this.#policy === 'Always') return 'Running';
    return statuses.every((s) => getPath(s, ['state', 'terminated', 'exitCode']) === 0) ? 'Succeeded' : 'Failed';
  }
}
