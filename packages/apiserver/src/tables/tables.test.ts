import type { JsonObject, JsonValue } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';
import { customTable } from './custom.ts';
import { findJsonPath, parseJsonPath } from './json-path.ts';
import { podTable } from './pod.ts';
import { humanDuration } from './text.ts';
import { WORKLOAD_TABLES } from './workloads.ts';

const NOW = Date.UTC(2026, 0, 2);
const metadata = { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' };

test.each([
  [-5_000, '<invalid>'],
  [-500, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [185_000, '3m5s'],
  [600_000, '10m'],
  [3 * 3_600_000, '3h'],
  [5.5 * 3_600_000, '5h30m'],
  [10 * 3_600_000, '10h'],
  [50 * 3_600_000, '2d2h'],
  [9 * 86_400_000, '9d'],
  [800 * 86_400_000, '2y70d'],
  [4_000 * 86_400_000, '10y'],
])('a span of %d ms is shown as %s', (ms, shown) => {
  expect(humanDuration(ms)).toBe(shown);
});

describe('the state of a Pod', () => {
  const running = { name: 'c', ready: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } };
  const pod = (status: JsonObject, more: JsonObject = {}): JsonObject => ({
    metadata: { ...metadata, ...more },
    spec: { containers: [{ name: 'c' }] },
    status,
  });
  test.each<{ name: string; object: JsonObject; want: JsonValue[] }>([
    { name: 'runs', object: pod({ phase: 'Running', containerStatuses: [running] }), want: ['1/1', 'Running', '0'] },
    {
      name: 'waits for its image',
      object: pod({
        phase: 'Pending',
        containerStatuses: [{ name: 'c', restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff' } } }],
      }),
      want: ['0/1', 'ImagePullBackOff', '0'],
    },
    {
      name: 'was restarted',
      object: pod({
        phase: 'Running',
        containerStatuses: [{ ...running, restartCount: 3, lastState: { terminated: { finishedAt: '2026-01-01T23:50:00Z' } } }],
      }),
      want: ['1/1', 'Running', '3 (10m ago)'],
    },
    {
      name: 'is done',
      object: pod({ phase: 'Succeeded', containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 0, reason: 'Completed' } } }] }),
      want: ['0/1', 'Completed', '0'],
    },
    {
      name: 'ended without a reason',
      object: pod({ phase: 'Failed', containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 7 } } }] }),
      want: ['0/1', 'ExitCode:7', '0'],
    },
    {
      name: 'is on its way out',
      object: pod({ phase: 'Running', containerStatuses: [running] }, { deletionTimestamp: '2026-01-02T00:00:00Z' }),
      want: ['1/1', 'Terminating', '0'],
    },
    {
      name: 'is being prepared',
      object: {
        metadata,
        spec: { containers: [{ name: 'c' }], initContainers: [{ name: 'i' }, { name: 'j' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'i', state: { terminated: { exitCode: 0 } } },
            { name: 'j', state: { running: {} } },
          ],
        },
      },
      want: ['0/1', 'Init:1/2', '0'],
    },
    { name: 'was evicted', object: pod({ phase: 'Failed', reason: 'Evicted' }), want: ['0/1', 'Evicted', '0'] },
  ])('is shown when it $name', ({ object, want }) => {
    expect(podTable.cells(object, NOW).slice(1, 4)).toEqual(want);
  });
});

test.each([
  { name: 'completes', spec: { completions: 3 }, status: { succeeded: 1 }, want: ['Running', '1/3', ''] },
  {
    name: 'is done',
    spec: { completions: 1 },
    status: {
      succeeded: 1,
      startTime: '2026-01-01T00:00:00Z',
      completionTime: '2026-01-01T00:01:00Z',
      conditions: [{ type: 'Complete', status: 'True' }],
    },
    want: ['Complete', '1/1', '60s'],
  },
  { name: 'runs in parallel', spec: { parallelism: 4 }, status: {}, want: ['Running', '0/1 of 4', ''] },
])('a Job that $name', ({ spec, status, want }) => {
  expect(WORKLOAD_TABLES['batch/Job']?.cells({ metadata, spec, status }, NOW).slice(1, 4)).toEqual(want);
});

describe('JSON paths of columns', () => {
  const object = {
    spec: {
      a: { 'b.c': 1 },
      list: [
        { n: 'x', v: 1 },
        { n: 'y', v: 2 },
      ],
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  test.each<[string, JsonValue[]]>([
    ['.spec.a', [{ 'b.c': 1 }]],
    ['.spec.a.b\\.c', [1]],
    [".spec.a['b.c']", [1]],
    ['.spec.list[1].n', ['y']],
    ['.spec.list[-1].n', ['y']],
    ['.spec.list[*].v', [1, 2]],
    ['.spec.list[?(@.v>1)].n', ['y']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    ["$.status.conditions[?(@.type=='None')].status", []],
    ['.spec.none.deeper', []],
  ])('%s', (path, want) => {
    expect(findJsonPath(parseJsonPath(path) ?? [], object)).toEqual(want);
  });

  test.each(['.spec[', 'spec..', '.a[?(@.b'])('%s is not one', (path) => {
    expect(parseJsonPath(path)).toBeUndefined();
  });
});

test('columns of a custom resource keep to their types', () => {
  const columns = [
    ['Size', 'integer', '.spec.size'],
    ['Name', 'string', '.spec.object'],
    ['Ok', 'boolean', '.spec.ok'],
    ['Since', 'date', '.metadata.creationTimestamp'],
    ['Wrong', 'integer', '.spec.object'],
  ].map(([name, type, jsonPath]) => ({
    name: name as string,
    type: type as string,
    format: '',
    description: '',
    priority: 0,
    jsonPath: jsonPath as string,
  }));
  const object = { metadata, spec: { size: 3.7, object: { a: 1 }, ok: true } };
  expect(customTable(columns).cells(object, NOW)).toEqual(['x', 3, '{"a":1}', true, '24h', null]);
});
