import type { Random } from '@flux-ts/base';

/** Spreads an interval by up to a percentage to both sides, so that objects of one interval do not come all at once. */
export function jittered(intervalMs: number, random: Random, percentage = 5): number {
  if (percentage <= 0) return intervalMs;
  const span = (intervalMs * percentage) / 100;
  return Math.max(0, Math.round(intervalMs + (random.next() * 2 - 1) * span));
}
