import { parseDuration, parseTime, getString, type JsonObject, type Random } from '@flux-ts/base';
import { annotationsOf, groupOf, keyOf, labelsOf, nameOf, namespaceOf, typeOf, uidOf } from '@flux-ts/kube';
import type { ClusterCache } from '../cache.ts';
import { controllerOf, objectsAt } from '../read.ts';
import { DELAY_ANNOTATION, FAIL_ANNOTATION, failureNamed, FAILURES, type Failure } from './failures.ts';
import { fitsGlob } from './glob.ts';
import { NO_RULES, type FailureRule, type Match, type ReadinessRule, type SimulatorRules } from './rules.ts';

/** What was planned for an object. */
export interface Trouble {
  readonly fail?: Failure;
  readonly delayMs?: number;
  /** Between these times it fails, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** A glob over images: the containers that it is of. */
  readonly image?: string;
  /** Who asked for it: `simulated by annotation`. */
  readonly why: string;
}

const NO_TROUBLE: Trouble = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY, why: '' };

/** Knows what goes wrong with which object: by its annotations, else by the first rule that befalls it. */
export class RuleBook {
  readonly #rules: SimulatorRules;
  readonly #random: Random;
  readonly #cache: ClusterCache;
  readonly #drawn = new Map<FailureRule, Map<string, boolean>>();

  constructor(rules: SimulatorRules | undefined, random: Random, cache: ClusterCache) {
    this.#rules = rules ?? NO_RULES;
    this.#random = random;
    this.#cache = cache;
  }

  /** What is planned for a Pod, claim or Service. */
  troubleOf(object: JsonObject): Trouble {
    const own = annotated(object);
    if (own !== undefined) return own;
    for (const rule of this.#rules.failures) {
      if (!this.#matches(rule.match, object) || !this.#befalls(rule, object)) continue;
      const fromMs = (parseTime(getString(object, ['metadata', 'creationTimestamp']) ?? '') ?? 0) + rule.afterMs;
      return {
        ...(rule.fail === undefined ? {} : { fail: rule.fail }),
        ...(rule.delayMs === undefined ? {} : { delayMs: rule.delayMs }),
        fromMs: rule.afterMs === 0 ? 0 : fromMs,
        untilMs: rule.forMs === undefined ? Number.POSITIVE_INFINITY : fromMs + rule.forMs,
        ...(rule.match.image === undefined ? {} : { image: rule.match.image }),
        why: `simulated by rule ${rule.place}`,
      };
    }
    return NO_TROUBLE;
  }

  /** When an object of a custom kind is to become ready; undefined where no rule is for it. */
  readinessOf(object: JsonObject): ReadinessRule | undefined {
    return this.#rules.readiness.find((rule) => rule.group === groupOf(object) && rule.kind === typeOf(object).kind && fits(rule, object));
  }

  /** Whether there is any rule for custom kinds of a group. */
  hasReadiness(group: string, kind: string): boolean {
    return this.#rules.readiness.some((rule) => rule.group === group && rule.kind === kind);
  }

  /** Forgets an object that is gone. */
  gone(object: JsonObject): void {
    const uid = uidOf(object);
    // what was drawn counts on: `times` is of all objects that ever were
    for (const drawn of this.#drawn.values()) if (drawn.get(uid) === false) drawn.delete(uid);
  }

  /** Draws once for each object whether a rule befalls it. */
  #befalls(rule: FailureRule, object: JsonObject): boolean {
    if (rule.times === undefined && rule.probability >= 1) return true;
    let drawn = this.#drawn.get(rule);
    if (drawn === undefined) this.#drawn.set(rule, (drawn = new Map()));
    const uid = uidOf(object);
    const known = drawn.get(uid);
    if (known !== undefined) return known;
    const hits = [...drawn.values()].filter(Boolean).length;
    const hit = (rule.times === undefined || hits < rule.times) && (rule.probability >= 1 || this.#random.next() < rule.probability);
    drawn.set(uid, hit);
    return hit;
  }

  #matches(match: Match, object: JsonObject): boolean {
    const { kind } = typeOf(object);
    const ofPods = match.kind !== 'PersistentVolumeClaim' && match.kind !== 'Service';
    if (!ofPods || kind !== 'Pod') return match.kind === kind && fits(match, object);
    if (match.image !== undefined && !containersOf(object).some((c) => fitsGlob(match.image as string, getString(c, ['image']) ?? '')))
      return false;
    for (let at: JsonObject | undefined = object; at !== undefined; at = this.#ownerOf(at))
      if (typeOf(at).kind === match.kind) return fits(match, at);
    return false;
  }

  #ownerOf(object: JsonObject): JsonObject | undefined {
    const owner = controllerOf(object);
    if (owner === undefined) return undefined;
    return this.#cache.get(typeOf(owner), { ...keyOf(object), name: String(owner['name']) });
  }
}

function containersOf(pod: JsonObject): readonly JsonObject[] {
  return [...objectsAt(pod, ['spec', 'initContainers']), ...objectsAt(pod, ['spec', 'containers'])];
}

function fits(match: Pick<Match, 'namespace' | 'name' | 'labels'>, object: JsonObject): boolean {
  return (
    (match.namespace === undefined || fitsGlob(match.namespace, namespaceOf(object))) &&
    (match.name === undefined || fitsGlob(match.name, nameOf(object))) &&
    (match.labels === undefined || match.labels.matches(labelsOf(object)))
  );
}

function annotated(object: JsonObject): Trouble | undefined {
  const annotations = annotationsOf(object);
  const [word, delay] = [annotations[FAIL_ANNOTATION], annotations[DELAY_ANNOTATION]];
  if (word === undefined && delay === undefined) return undefined;
  const fail = word === undefined ? undefined : failureNamed(word);
  const delayMs = delay === undefined ? undefined : durationMs(delay);
  return {
    ...NO_TROUBLE,
    why: 'simulated by annotation',
    ...(fail === undefined ? {} : { fail }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

function durationMs(text: string): number | undefined {
  try {
    return Math.max(0, parseDuration(text));
  } catch {
    return undefined; // told by unreadableAnnotations
  }
}

/** What an object's annotations ask for that the simulator does not know, in words. */
export function unreadableAnnotations(object: JsonObject): readonly string[] {
  const annotations = annotationsOf(object);
  const [word, delay] = [annotations[FAIL_ANNOTATION], annotations[DELAY_ANNOTATION]];
  return [
    ...(word === undefined || failureNamed(word) !== undefined
      ? []
      : [`annotation ${FAIL_ANNOTATION}: "${word}" is unknown, use one of ${FAILURES.join(', ')}`]),
    ...(delay === undefined || durationMs(delay) !== undefined
      ? []
      : [`annotation ${DELAY_ANNOTATION}: "${delay}" is not a duration, write e.g. 5s`]),
  ];
}

/** Tells whether an object fails at a time, and when that changes next. */
export function troubleAt(trouble: Trouble, nowMs: number): { readonly fail?: Failure; readonly changesInMs?: number } {
  if (trouble.fail === undefined || nowMs >= trouble.untilMs) return {};
  if (nowMs < trouble.fromMs) return { changesInMs: trouble.fromMs - nowMs };
  const { untilMs, fail } = trouble;
  return { fail, ...(Number.isFinite(untilMs) ? { changesInMs: untilMs - nowMs } : {}) };
}

/** Tells whether a failure is of one container. */
export function isOfContainer(trouble: Trouble, container: JsonObject): boolean {
  return trouble.image === undefined || fitsGlob(trouble.image, getString(container, ['image']) ?? '');
}
