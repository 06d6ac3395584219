import { expect, test } from 'vitest';
import { augmentStatus, computeStatus } from './status.ts';

const NOW = Date.UTC(2026, 0, 1);

test.each([
  { name: 'an object that is being deleted', object: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, want: 'Terminating' },
  {
    name: 'a status of an older generation',
    object: { metadata: { generation: 2 }, status: { observedGeneration: 1 } },
    want: 'InProgress',
  },
  {
    name: 'a HelmRelease that was never reconciled',
    object: { metadata: { generation: 1 }, status: { observedGeneration: -1 } },
    want: 'InProgress',
  },
  { name: 'Reconciling', object: { status: { conditions: [{ type: 'Reconciling', status: 'True', reason: 'r' }] } }, want: 'InProgress' },
  { name: 'Stalled', object: { status: { conditions: [{ type: 'Stalled', status: 'True', reason: 'r' }] } }, want: 'Failed' },
  { name: 'Ready False', object: { status: { conditions: [{ type: 'Ready', status: 'False', reason: 'r' }] } }, want: 'InProgress' },
  { name: 'Ready True', object: { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, want: 'Current' },
  { name: 'an object without a status', object: {}, want: 'Current' },
])('a custom resource is $want with $name', ({ object, want }) => {
  expect(computeStatus({ apiVersion: 'x/v1', kind: 'X', ...object }, { nowMs: NOW }).status).toBe(want);
});

test.each([
  { name: 'before its 15 seconds are over', age: 5, want: 'InProgress', reason: 'PodNotScheduled' },
  { name: 'afterwards', age: 20, want: 'Failed', reason: 'PodUnschedulable' },
])('an unschedulable Pod is $want $name', ({ age, want, reason }) => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { creationTimestamp: new Date(NOW - age * 1000).toISOString().replace('.000', '') },
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
  };
  const result = computeStatus(pod, { nowMs: NOW });
  expect([result.status, result.conditions[0]?.reason]).toEqual([want, reason]);
});

test('a Job that runs is in progress for Flux and current for kstatus', () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', status: { active: 1, startTime: '2026-01-01T00:00:00Z' } };
  expect(computeStatus(job, { nowMs: NOW }).status).toBe('InProgress');
  expect(computeStatus(job, { nowMs: NOW, strictJobs: false }).status).toBe('Current');
});

test('a Deployment past its deadline has failed', () => {
  const status = { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'm' }] };
  const result = computeStatus({ apiVersion: 'apps/v1', kind: 'Deployment', status }, { nowMs: NOW });
  expect(result).toMatchObject({
    status: 'Failed',
    message: 'Progress deadline exceeded',
    conditions: [{ type: 'Stalled', message: 'm' }],
  });
});

test('augmenting adds only conditions that are not there', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', status: { phase: 'Running' } };
  const once = augmentStatus(pod, { nowMs: NOW, timeText: 't' });
  expect(once).toMatchObject({ status: { conditions: [{ type: 'Reconciling', reason: 'PodRunningNotReady' }] } });
  expect(augmentStatus(once, { nowMs: NOW, timeText: 't' })).toBe(once);
});
