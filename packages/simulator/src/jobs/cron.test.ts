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

test.each([
  ['0 9 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin', '2026-03-29T07:00:00.000Z'], // the clocks go forward that night
  ['0 9 * * *', '2026-03-27T12:00:00Z', 'Europe/Berlin', '2026-03-28T08:00:00.000Z'],
  ['30 2 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin', '2026-03-30T00:30:00.000Z'], // 02:30 is not there on the 29th
  ['0 0 1 * *', '2026-01-05T00:00:00Z', 'America/New_York', '2026-02-01T05:00:00.000Z'],
  ['@every 90m', '2026-01-01T00:00:30Z', undefined, '2026-01-01T01:30:30.000Z'],
])('%s after %s in %s fires at %s', (schedule, after, zone, wanted) => {
  expect(new Date(nextRun(schedule, Date.parse(after), zone) ?? 0).toISOString()).toBe(wanted);
});
