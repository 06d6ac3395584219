import { getArray, getObject, getPath, getString, type JsonObject } from '@flux-ts/base';
import { nameOf, namespaceOf } from '@flux-ts/kube';
import { numberAt, objectsAt } from '../read.ts';
import { readIndexes } from './indexes.ts';

/** What a Job's policy says of a Pod that failed. */
export interface Judgement {
  readonly action: 'FailJob' | 'Ignore' | 'Count' | 'FailIndex';
  readonly message: string;
}

/** Judges a failed Pod by the Job's podFailurePolicy; undefined where no rule matches. */
export function judge(job: JsonObject, pod: JsonObject): Judgement | undefined {
  for (const [i, rule] of objectsAt(job, ['spec', 'podFailurePolicy', 'rules']).entries()) {
    const action = getString(rule, ['action']) as Judgement['action'];
    const where = `matching ${action} rule at index ${i}`;
    const codes = getObject(rule, ['onExitCodes']);
    const status = codes === undefined ? undefined : containerWith(pod, codes);
    if (status !== undefined) {
      const code = String(getPath(status, ['state', 'terminated', 'exitCode']));
      const message = `Container ${String(status['name'])} for pod ${namespaceOf(pod)}/${nameOf(pod)} failed with exit code ${code} ${where}`;
      return { action, message };
    }
    const type = conditionWith(pod, rule);
    if (type !== undefined) return { action, message: `Pod ${namespaceOf(pod)}/${nameOf(pod)} has condition ${type} ${where}` };
  }
  return undefined;
}

function containerWith(pod: JsonObject, codes: JsonObject): JsonObject | undefined {
  const name = getString(codes, ['containerName']);
  const values = getArray(codes, ['values']) ?? [];
  const isIn = codes['operator'] === 'In';
  return [...objectsAt(pod, ['status', 'containerStatuses']), ...objectsAt(pod, ['status', 'initContainerStatuses'])].find((status) => {
    const code = getPath(status, ['state', 'terminated', 'exitCode']);
    return (name === undefined || status['name'] === name) && typeof code === 'number' && code !== 0 && values.includes(code) === isIn;
  });
}

function conditionWith(pod: JsonObject, rule: JsonObject): string | undefined {
  const wanted = objectsAt(rule, ['onPodConditions']);
  return objectsAt(pod, ['status', 'conditions'])
    .filter((c) => wanted.some((w) => w['type'] === c['type'] && (w['status'] ?? 'True') === c['status']))
    .map((c) => String(c['type']))[0];
}

/** Tells whether what has succeeded is enough by the Job's successPolicy. @returns the message of the rule that is met */
export function metSuccess(job: JsonObject, succeeded: ReadonlySet<number>): string | undefined {
  for (const [i, rule] of objectsAt(job, ['spec', 'successPolicy', 'rules']).entries()) {
    const wanted = getString(rule, ['succeededIndexes']);
    const hits = wanted === undefined ? succeeded.size : [...readIndexes(wanted)].filter((n) => succeeded.has(n)).length;
    const enough = numberAt(rule, ['succeededCount'], wanted === undefined ? 1 : readIndexes(wanted).size);
    if (hits >= enough) return `Matched rules at index ${i}`;
  }
  return undefined;
}
