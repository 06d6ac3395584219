import { getString, type JsonObject } from '@flux-ts/base';
import { generationOf, isTerminating, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { availableIn, isReady } from '../conditions.ts';
import { KIND } from '../kinds.ts';
import { counted, isFinished, numberAt, scaled } from '../read.ts';
import { isClosing, remove, writeStatus, type Again, type World } from '../world.ts';
import { claimed } from './adopt.ts';
import { keepRevisions, pruneRevisions, REVISION_LABEL, templateOf, type Revisions } from './revisions.ts';
import { keepClaims, releaseClaims } from './stateful-set-claims.ts';
import { makeNumbered } from './stateful-set-pods.ts';

const RETRY_MS = 10_000;
const HASH_LABEL = 'controller.kubernetes.io/hash';

/** Keeps the numbered Pods of a StatefulSet, in order, with their claims; updates go from the highest number down. */
export async function reconcileStatefulSet(world: World, set: JsonObject): Promise<Again> {
  if (isTerminating(set)) return undefined;
  await claimed(world, KIND.pod, set);
  const revisions = await keepRevisions(world, set, HASH_LABEL);
  if (revisions === undefined) return { againInMs: 0 };
  const turn = new Turn(world, set, revisions);
  const again = await turn.take();
  await turn.report();
  return again;
}

class Turn {
  readonly #world: World;
  readonly #set: JsonObject;
  readonly #update: string;
  readonly #current: string;
  readonly #revisions: Revisions;
  readonly #first: number;
  readonly #replicas: number;
  readonly #parallel: boolean;
  #waitMs: number | undefined;

  constructor(world: World, set: JsonObject, revisions: Revisions) {
    this.#world = world;
    this.#set = set;
    this.#revisions = revisions;
    this.#update = nameOf(revisions.update);
    this.#current = getString(set, ['status', 'currentRevision']) ?? this.#update;
    this.#first = numberAt(set, ['spec', 'ordinals', 'start'], 0);
    this.#replicas = numberAt(set, ['spec', 'replicas'], 1);
    this.#parallel = getString(set, ['spec', 'podManagementPolicy']) === 'Parallel';
  }

  #pods(): ReadonlyMap<string, JsonObject> {
    return new Map(this.#world.cache.controlled(KIND.pod, this.#set).map((pod) => [nameOf(pod), pod]));
  }

  #wanted(): readonly string[] {
    return Array.from({ length: this.#replicas }, (_, i) => `${nameOf(this.#set)}-${this.#first + i}`);
  }

  /** Whether a Pod counts as there; what is on its way there is looked at again. */
  #isAvailable(pod: JsonObject | undefined): boolean {
    if (pod === undefined || isTerminating(pod)) return false;
    const inMs = availableIn(pod, numberAt(this.#set, ['spec', 'minReadySeconds'], 0), this.#world.clock.now());
    if (inMs !== undefined && inMs > 0) this.#waitMs = Math.min(this.#waitMs ?? inMs, inMs);
    return inMs === 0;
  }

  async take(): Promise<Again> {
    const failed = await this.#grow();
    if (failed === 'failed') return isClosing(this.#world, namespaceOf(this.#set)) ? undefined : { againInMs: RETRY_MS };
    if (failed === 'done' && (await this.#shrink())) await this.#replaceOutdated();
    return this.#waitMs === undefined ? undefined : { againInMs: this.#waitMs };
  }

  async #grow(): Promise<'done' | 'waits' | 'failed'> {
    const partition = numberAt(this.#set, ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], 0);
    for (const [i, name] of this.#wanted().entries()) {
      const pod = this.#pods().get(name);
      await keepClaims(this.#world, this.#set, name);
      if (pod !== undefined && isFinished(pod) && !isTerminating(pod)) {
        await remove(this.#world, pod);
        this.#say('SuccessfulDelete', `delete Pod ${name} in StatefulSet ${nameOf(this.#set)} successful`);
        if (!this.#parallel) return 'waits';
      } else if (pod === undefined) {
        const revision = i < partition ? this.#current : this.#update;
        const template = templateOf(this.#revisions.all.find((one) => nameOf(one) === revision));
        const made = await makeNumbered(this.#world, this.#set, { ordinal: this.#first + i, revision, template });
        if ('failure' in made) return 'failed';
        if (!this.#parallel) return 'waits';
      } else if (!this.#parallel && !this.#isAvailable(pod)) return 'waits';
    }
    return 'done';
  }

  #say(reason: string, message: string): void {
    this.#world.say(this.#set, { type: 'Normal', reason, message });
  }

  async #shrink(): Promise<boolean> {
    const wanted = this.#wanted();
    const number = (pod: JsonObject): number => Number(nameOf(pod).slice(nameOf(this.#set).length + 1));
    const surplus = [...this.#pods().values()].filter((pod) => !wanted.includes(nameOf(pod))).sort((a, b) => number(b) - number(a));
    for (const pod of surplus) {
      if (!isTerminating(pod)) {
        await releaseClaims(this.#world, this.#set, pod);
        if (await remove(this.#world, pod))
          this.#say('SuccessfulDelete', `delete Pod ${nameOf(pod)} in StatefulSet ${nameOf(this.#set)} successful`);
      }
      if (!this.#parallel) return false;
    }
    return surplus.length === 0 || this.#parallel;
  }

  /** Replaces outdated Pods, the highest number first, down to the partition, as many at a time as may be unavailable. */
  async #replaceOutdated(): Promise<void> {
    const set = this.#set;
    if (getString(set, ['spec', 'updateStrategy', 'type']) === 'OnDelete') return;
    const rolling = ['spec', 'updateStrategy', 'rollingUpdate'];
    const partition = numberAt(set, [...rolling, 'partition'], 0);
    const most = (set['spec'] as { updateStrategy?: { rollingUpdate?: { maxUnavailable?: number | string } } }).updateStrategy
      ?.rollingUpdate;
    const budget = Math.max(1, scaled(most?.maxUnavailable ?? 1, this.#replicas, 'up'));
    const pods = this.#pods();
    const wanted = this.#wanted();
    let away = wanted.filter((name) => !this.#isAvailable(pods.get(name))).length;
    for (let i = wanted.length - 1; i >= partition; i--) {
      const pod = pods.get(wanted[i] as string);
      if (pod !== undefined && labelsOf(pod)[REVISION_LABEL] !== this.#update && !isTerminating(pod)) {
        if (this.#isAvailable(pod)) {
          if (away >= budget) return;
          away++;
        }
        if (await remove(this.#world, pod))
          this.#say('SuccessfulDelete', `delete Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)} successful`);
      } else if (!this.#isAvailable(pod) && away >= budget) return;
    }
  }

  async report(): Promise<void> {
    const wanted = this.#wanted();
    const pods = [...this.#pods().values()].filter((pod) => !isTerminating(pod));
    const ready = pods.filter(isReady).length;
    const onRevision = (revision: string): number =>
      pods.filter((pod) => wanted.includes(nameOf(pod)) && labelsOf(pod)[REVISION_LABEL] === revision).length;
    const updated = onRevision(this.#update);
    const rolls = getString(this.#set, ['spec', 'updateStrategy', 'type']) !== 'OnDelete';
    const complete = rolls && updated === pods.length && updated === this.#replicas && ready === this.#replicas;
    const current = complete ? this.#update : this.#current;
    await writeStatus(this.#world, this.#set, {
      observedGeneration: generationOf(this.#set),
      replicas: pods.length,
      ...counted('readyReplicas', ready),
      ...counted('currentReplicas', onRevision(current)),
      ...counted('updatedReplicas', updated),
      currentRevision: current,
      updateRevision: this.#update,
      collisionCount: 0,
      availableReplicas: pods.filter((pod) => this.#isAvailable(pod)).length,
    });
    const inUse = new Set([current, this.#update, ...pods.map((pod) => labelsOf(pod)[REVISION_LABEL] ?? '')]);
    await pruneRevisions(this.#world, this.#set, inUse);
  }
}
