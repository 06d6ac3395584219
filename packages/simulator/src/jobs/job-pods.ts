import { getObject, type JsonObject } from '@flux-ts/base';
import { nameOf, uidOf } from '@flux-ts/kube';
import { numberAt, objectsAt } from '../read.ts';
import { makePod, withVariable, type Made } from '../workloads/make-pod.ts';
import type { World } from '../world.ts';
import { INDEX, indexOf, isIndexed, TRACKING, type Tally } from './tally.ts';

/** Makes a Pod of a Job. @param index its number, for an Indexed Job */
export function makeJobPod(world: World, job: JsonObject, index: number | undefined): Promise<Made> {
  const name = nameOf(job);
  const labels = {
    'batch.kubernetes.io/job-name': name,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': uidOf(job),
    'controller-uid': uidOf(job),
  };
  if (index === undefined) return makePod(world, job, { labels, finalizers: [TRACKING] });
  const number = { [INDEX]: String(index) };
  const template = getObject(job, ['spec', 'template']) ?? {};
  const variable: JsonObject = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } };
  const numbered = (list: string): JsonObject => {
    const containers = objectsAt(template, ['spec', list]);
    return containers.length === 0 ? {} : { [list]: containers.map((c) => withVariable(c, variable)) };
  };
  return makePod(world, job, {
    generateName: `${name}-${index}-`,
    labels: { ...labels, ...number },
    annotations: number,
    finalizers: [TRACKING],
    spec: { hostname: `${name}-${index}`, ...numbered('initContainers'), ...numbered('containers') },
  });
}

/** How many Pods of a Job are to run now. */
export function wantedNow(job: JsonObject, tally: Tally): number {
  const parallelism = numberAt(job, ['spec', 'parallelism'], 1);
  const completions = numberAt(job, ['spec', 'completions'], -1);
  // without a number of completions, the first success is the last Pod's
  if (completions < 0) return tally.succeeded > 0 ? tally.active.length : parallelism;
  const done = isIndexed(job) ? tally.completedIndexes.size + tally.failedIndexes.size : tally.succeeded;
  return Math.min(parallelism, Math.max(0, completions - done));
}

/** The numbers of an Indexed Job that still need a Pod, the lowest first. */
export function openIndexes(job: JsonObject, tally: Tally): readonly number[] {
  const taken = new Set([...tally.completedIndexes, ...tally.failedIndexes, ...tally.active.map(indexOf)]);
  return Array.from({ length: numberAt(job, ['spec', 'completions'], 0) }, (_, i) => i).filter((i) => !taken.has(i));
}
