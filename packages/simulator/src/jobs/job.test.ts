import { formatTime, getPath, getString, type JsonObject } from '@flux-ts/base';
import { annotationsOf, finalizersOf, labelsOf, nameOf } from '@flux-ts/kube';
import { describe, expect, test } from 'vitest';
import { clustersOfTests, type TestCluster, told, workload } from '../../test/cluster.ts';
import { KIND } from '../kinds.ts';
import { printIndexes, readIndexes } from './indexes.ts';

const cluster = clustersOfTests();
const FAILS = { annotations: { 'simulator.flux-ts.dev/fail': 'JobFailed' } };
const ended = async (it: TestCluster): Promise<boolean> => {
  const job = await it.get(KIND.job);
  return told(job, 'Complete') !== 'none' || told(job, 'Failed') !== 'none';
};

describe('a Job', () => {
  test('completes with the counts and conditions of its Pods, which it lets go', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.job, { completions: 3, parallelism: 2 }));
    await it.until(() => ended(it));
    const job = await it.get(KIND.job);
    expect(job['status']).toMatchObject({ succeeded: 3, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    expect(getPath(job, ['status', 'active'])).toBeUndefined();
    expect([told(job, 'SuccessCriteriaMet'), told(job, 'Complete')]).toEqual(['True CompletionsReached', 'True CompletionsReached']);
    expect(getString(job, ['status', 'completionTime'])).toBeTypeOf('string');
    const pods = await it.list(KIND.pod);
    expect(pods.map(finalizersOf)).toEqual([[], [], []]);
    expect(it.events()).toContain('Job Completed: Job completed');
    const most = Math.max(
      ...it.changes.filter((c) => c.resource === 'jobs').map((c) => Number(getPath(c.object, ['status', 'active']) ?? 0)),
    );
    expect(most).toBe(2);
  });

  test('counts a Pod that is deleted after it has succeeded', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.job, { completions: 2, parallelism: 1 }));
    await it.until(async () => getPath(await it.get(KIND.job), ['status', 'succeeded']) === 1);
    const done = (await it.list(KIND.pod)).find((pod) => getString(pod, ['status', 'phase']) === 'Succeeded') as JsonObject;
    await it.client.delete(KIND.pod, { namespace: 'default', name: nameOf(done) });
    await it.until(() => ended(it));
    expect(getPath(await it.get(KIND.job), ['status', 'succeeded'])).toBe(2);
  });

  test('tries again after 10 s, 20 s and 40 s until backoffLimit, which passes at once on a virtual clock', async () => {
    const it = await cluster();
    const startMs = it.clock.now();
    await it.client.create(workload(KIND.job, { backoffLimit: 3 }, FAILS));
    await it.until(() => ended(it), 1000);
    expect(told(await it.get(KIND.job), 'Failed')).toBe('True BackoffLimitExceeded');
    expect(getPath(await it.get(KIND.job), ['status', 'failed'])).toBe(4);
    expect(it.clock.now() - startMs).toBeGreaterThan(70_000);
    expect(it.events()).toContain('Job BackoffLimitExceeded: Job has reached the specified backoff limit');
  });

  test('with restartPolicy OnFailure restarts its container, and ends when that happened too often', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.job, { backoffLimit: 2 }, { ...FAILS, spec: { restartPolicy: 'OnFailure' } }));
    await it.until(async () => getPath((await it.list(KIND.pod))[0], ['status', 'containerStatuses', 0, 'restartCount']) === 1, 1000);
    await it.until(() => ended(it), 1000);
    expect(told(await it.get(KIND.job), 'Failed')).toBe('True BackoffLimitExceeded');
    expect(await it.list(KIND.pod)).toEqual([]);
  });

  test('is over when activeDeadlineSeconds have passed, and its Pods with it', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.job, { activeDeadlineSeconds: 600 }, { annotations: { 'simulator.flux-ts.dev/delay': '1h' } }));
    await it.clock.advance(590_000);
    expect(await ended(it)).toBe(false);
    await it.clock.advance(15_000);
    expect(told(await it.get(KIND.job), 'Failed')).toBe('True DeadlineExceeded');
    expect((await it.list(KIND.pod)).filter((pod) => getString(pod, ['status', 'phase']) === 'Running')).toEqual([]);
  });

  test('goes ttlSecondsAfterFinished after its end', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.job, { ttlSecondsAfterFinished: 3600 }));
    await it.until(() => ended(it));
    await it.clock.advance(3_500_000);
    expect((await it.list(KIND.job)).length).toBe(1);
    await it.clock.advance(200_000);
    expect(await it.list(KIND.job)).toEqual([]);
    expect(await it.list(KIND.pod)).toEqual([]);
  });

  test('that is suspended has no Pods and no start, and begins anew when it is resumed', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.job, { suspend: true }));
    await it.clock.advance(5000);
    expect(await it.list(KIND.pod)).toEqual([]);
    expect(told(await it.get(KIND.job), 'Suspended')).toBe('True JobSuspended');
    expect(getPath(await it.get(KIND.job), ['status', 'startTime'])).toBeUndefined();
    await it.change(KIND.job, { suspend: false });
    await it.until(() => ended(it));
    expect(told(await it.get(KIND.job), 'Suspended')).toBe('False JobResumed');
    expect(it.events()).toEqual(expect.arrayContaining(['Job Suspended: Job suspended', 'Job Resumed: Job resumed']));
  });

  test('that is Indexed numbers its Pods', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.job, { completionMode: 'Indexed', completions: 4, parallelism: 2 }));
    await it.until(() => ended(it));
    expect(getString(await it.get(KIND.job), ['status', 'completedIndexes'])).toBe('0-3');
    const [pod] = await it.list(KIND.pod);
    expect(nameOf(pod as JsonObject)).toMatch(/^web-\d-\w{5}$/);
    const index = annotationsOf(pod as JsonObject)['batch.kubernetes.io/job-completion-index'];
    expect(labelsOf(pod as JsonObject)['batch.kubernetes.io/job-completion-index']).toBe(index);
    expect(getString(pod, ['spec', 'hostname'])).toBe(`web-${index}`);
    expect(JSON.stringify(getPath(pod, ['spec', 'containers', 0, 'env']))).toContain('JOB_COMPLETION_INDEX');
  });

  test('with backoffLimitPerIndex names the numbers that failed', async () => {
    const it = await cluster({
      rules: 'failures: [{match: {kind: Pod, labels: batch.kubernetes.io/job-completion-index=1}, fail: JobFailed}]',
    });
    await it.client.create(workload(KIND.job, { completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1 }));
    await it.until(() => ended(it), 1000);
    const job = await it.get(KIND.job);
    expect(told(job, 'Failed')).toBe('True FailedIndexes');
    expect([getString(job, ['status', 'completedIndexes']), getString(job, ['status', 'failedIndexes'])]).toEqual(['0,2', '1']);
  });

  test.each([
    ['FailJob', 'True PodFailurePolicy', 1],
    ['Count', 'True BackoffLimitExceeded', 2],
  ])('with a podFailurePolicy of %s ends with %s', async (action, condition, failed) => {
    const it = await cluster();
    const podFailurePolicy = { rules: [{ action, onExitCodes: { operator: 'In', values: [1] } }] };
    await it.client.create(workload(KIND.job, { backoffLimit: 1, podFailurePolicy }, FAILS));
    await it.until(() => ended(it), 1000);
    const job = await it.get(KIND.job);
    expect(told(job, 'Failed')).toBe(condition);
    expect(getPath(job, ['status', 'failed'])).toBe(failed);
    if (action === 'FailJob')
      expect(JSON.stringify(job['status'])).toMatch(
        /Container c for pod default\/web-\w+ failed with exit code 1 matching FailJob rule at index 0/,
      );
  });

  test('with a successPolicy is complete when its rule is met', async () => {
    const it = await cluster({ rules: 'failures: [{match: {labels: batch.kubernetes.io/job-completion-index=1}, delay: 1h}]' });
    const successPolicy = { rules: [{ succeededIndexes: '0' }] };
    await it.client.create(workload(KIND.job, { completionMode: 'Indexed', completions: 2, parallelism: 2, successPolicy }));
    await it.until(() => ended(it));
    expect(told(await it.get(KIND.job), 'Complete')).toBe('True SuccessPolicy');
  });

  test('succeeds at the third try when a rule fails its first two Pods', async () => {
    const it = await cluster({ rules: 'failures: [{match: {kind: Job, name: w*}, fail: JobFailed, times: 2}]' });
    await it.client.create(workload(KIND.job));
    await it.until(() => ended(it), 1000);
    expect((await it.get(KIND.job))['status']).toMatchObject({ succeeded: 1, failed: 2 });
  });
});

function cronJob(spec: JsonObject, template: JsonObject = {}): JsonObject {
  const job = workload(KIND.job, {}, template) as { readonly spec: JsonObject };
  return { ...KIND.cronJob, metadata: { name: 'web', namespace: 'default' }, spec: { jobTemplate: { spec: job.spec }, ...spec } };
}

describe('a CronJob', () => {
  test('makes Jobs at its times and keeps as many as its limits say', async () => {
    const it = await cluster();
    await it.client.create(cronJob({ schedule: '*/10 * * * *', successfulJobsHistoryLimit: 2 }));
    await it.clock.advance(3_660_000);
    const jobs = await it.list(KIND.job);
    expect(jobs.length).toBe(2);
    const cron = await it.get(KIND.cronJob);
    expect(getString(cron, ['status', 'lastScheduleTime'])).toBe('2026-01-01T01:00:00Z');
    expect(getString(cron, ['status', 'lastSuccessfulTime'])).toMatch(/^2026-01-01T01:00:0\d/);
    expect(jobs.map((job) => annotationsOf(job)['batch.kubernetes.io/cronjob-scheduled-timestamp'])).toContain('2026-01-01T01:00:00Z');
    expect(it.events()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^CronJob SuccessfulCreate: Created job web-\d+$/),
        expect.stringMatching(/^CronJob SawCompletedJob: Saw completed job: web-\d+, condition: Complete$/),
      ]),
    );
  });

  test.each([
    ['Allow', 3],
    ['Forbid', 1],
    ['Replace', 1],
  ])('whose Jobs take long has with %s %i of them at a time', async (concurrencyPolicy, active) => {
    const it = await cluster();
    await it.client.create(
      cronJob({ schedule: '* * * * *', concurrencyPolicy }, { annotations: { 'simulator.flux-ts.dev/delay': '10h' } }),
    );
    await it.clock.advance(190_000);
    expect((await it.list(KIND.job)).length).toBe(active);
    const [job] = await it.list(KIND.job);
    const minute = concurrencyPolicy === 'Replace' ? 3 : 1;
    expect(nameOf(job as JsonObject)).toBe(`web-${Date.UTC(2026, 0, 1, 0, minute) / 60_000}`);
  });

  test('that was held up runs once for all the times that it missed', async () => {
    const it = await cluster();
    await it.client.create(cronJob({ schedule: '* * * * *', suspend: true }));
    await it.clock.advance(1_805_000);
    await it.change(KIND.cronJob, { suspend: false });
    await it.clock.advance(10_000);
    expect((await it.list(KIND.job)).map(nameOf)).toEqual([`web-${Date.UTC(2026, 0, 1, 0, 30) / 60_000}`]);
  });

  test('with startingDeadlineSeconds leaves out what it missed by more', async () => {
    const it = await cluster();
    await it.client.create(cronJob({ schedule: '0 * * * *', suspend: true, startingDeadlineSeconds: 60 }));
    await it.clock.advance(3_600_000 + 300_000);
    await it.change(KIND.cronJob, { suspend: false });
    await it.clock.advance(60_000);
    expect(await it.list(KIND.job)).toEqual([]);
  });

  test('goes by the clocks of its time zone', async () => {
    const it = await cluster();
    await it.client.create(cronJob({ schedule: '30 9 * * *', timeZone: 'Asia/Kolkata' }));
    await it.clock.advance(4 * 3_600_000 + 60_000); // 9:30 there
    expect(getString(await it.get(KIND.cronJob), ['status', 'lastScheduleTime'])).toBe(formatTime(Date.UTC(2026, 0, 1, 4, 0)));
  });
});

test.each([
  ['0-2,5', [0, 1, 2, 5]],
  ['0,1', [0, 1]],
  ['', []],
  ['3', [3]],
])('the indexes %j are read and printed alike', (text, list) => {
  expect([...readIndexes(text)]).toEqual(list);
  expect(printIndexes(list)).toBe(text);
});
