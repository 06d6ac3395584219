import { expect, test } from 'vitest';
import { VirtualClock } from '@flux-ts/base';
import { WorkQueue } from './work-queue.ts';

test('a key waits at most once, and comes back when it was added while it was worked on', async () => {
  const queue = new WorkQueue({ clock: new VirtualClock() });
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect(queue.length).toBe(2);
  expect(await queue.take()).toBe('a');
  queue.add('a');
  expect(queue.isQueued('a')).toBe(true);
  expect(await queue.take()).toBe('b');
  queue.done('a');
  expect(await queue.take()).toBe('a');
});

test('a delayed key keeps the earliest time, and an immediate one takes its place', async () => {
  const clock = new VirtualClock();
  const queue = new WorkQueue({ clock });
  queue.addAfter('a', 1000);
  queue.addAfter('a', 5000);
  queue.addAfter('b', 5000);
  queue.addAfter('b', 2000);
  await clock.advance(1000);
  expect(queue.length).toBe(1);
  await clock.advance(1000);
  expect(queue.length).toBe(2);
  queue.addAfter('c', 1000);
  queue.add('c');
  await clock.advance(2000);
  expect(queue.length).toBe(3);
});

test('a failing key comes back later and later, up to a limit, until it is forgotten', () => {
  const queue = new WorkQueue({ clock: new VirtualClock(), minDelayMs: 100, maxDelayMs: 350 });
  expect([1, 2, 3, 4].map(() => queue.addRateLimited('a'))).toEqual([100, 200, 350, 350]);
  queue.forget('a');
  expect(queue.addRateLimited('a')).toBe(100);
});

test('closing wakes those who wait and drops what was delayed', async () => {
  const clock = new VirtualClock();
  const queue = new WorkQueue({ clock });
  const waiting = queue.take();
  queue.addAfter('a', 10);
  queue.close();
  expect(await waiting).toBeUndefined();
  await clock.advance(100);
  expect([queue.length, await queue.take()]).toEqual([0, undefined]);
});
