import { expect, test } from 'vitest';
import { nextRun } from './cron.ts';

const from = Date.UTC(2026, 0, 1, 10, 7, 30);

test.each([
  ['* * * * *', '2026-01-01T10:08:00.000Z'],
  ['*/15 * * * *', '2026-01-01T10:15:00.000Z'],
  ['0 3 * * *', '2026-01-02T03:00:00.000Z'],
  ['30 4 1 * *', '2026-02-01T04:30:00.000Z'],
  ['0 0 * * sun', '2026-01-04T00:00:00.000Z'],
  ['0 0 * * 7', '2026-01-04T00:00:00.000Z'],
  ['0 0 13 * 5', '2026-01-02T00:00:00.000Z'],
  ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['@hourly', '2026-01-01T11:00:00.000Z'],
  ['5-10/2,40 10 * * *', '2026-01-01T10:09:00.000Z'],
])('the schedule %s fires next at %s', (schedule, want) => {
  expect(new Date(nextRun(schedule, from) ?? 0).toISOString()).toBe(want);
});

test.each(['', '* * * *', '60 * * * *', '* * * * mon-xyz', '0 0 30 2 *', '*/0 * * * *'])('the schedule "%s" never fires', (schedule) => {
  expect(nextRun(schedule, from)).toBeUndefined();
});
