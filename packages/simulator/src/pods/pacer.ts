import type { Clock, JsonObject } from '@flux-ts/base';
import { uidOf } from '@flux-ts/kube';

interface Step {
  readonly name: string;
  readonly atMs: number;
}

/**
 * Remembers when the next step of an object is due, finer than the seconds of its status: whatever brings a step about,
 * it happens when it is due. Forgotten when the process ends: waits begin anew then.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #steps = new Map<string, Map<string, Step>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long a step still has to wait, from the first time that it is asked for; 0 when it is due. */
  left(object: JsonObject, at: { readonly lane: string; readonly step: string; readonly delayMs: number }): number {
    const now = this.#clock.now();
    const known = this.#lanes(object).get(at.lane);
    if (known?.name === at.step) return Math.max(0, known.atMs - now);
    this.#lanes(object).set(at.lane, { name: at.step, atMs: now + at.delayMs });
    return at.delayMs;
  }

  /** Tells whether something is due that happens at once and then every so often. @returns 0 for now, else how long to wait */
  every(object: JsonObject, at: { readonly lane: string; readonly step: string; readonly delayMs: number }): number {
    const now = this.#clock.now();
    const known = this.#lanes(object).get(at.lane);
    if (known?.name === at.step && known.atMs > now) return known.atMs - now;
    this.#lanes(object).set(at.lane, { name: at.step, atMs: now + at.delayMs });
    return 0;
  }

  /** Forgets one step, so that it is done again. */
  forget(object: JsonObject, lane: string): void {
    this.#steps.get(uidOf(object))?.delete(lane);
  }

  /** Forgets an object that is gone. */
  gone(object: JsonObject): void {
    this.#steps.delete(uidOf(object));
  }

  #lanes(object: JsonObject): Map<string, Step> {
    const uid = uidOf(object);
    let lanes = this.#steps.get(uid);
    if (lanes === undefined) this.#steps.set(uid, (lanes = new Map()));
    return lanes;
  }
}
