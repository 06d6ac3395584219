import { deepEqual, getArray, getObject, getPath, getString, isObject, setPath, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError, type FieldError } from '@flux-ts/schema';
import { labelSelectorFrom } from '@flux-ts/schema';
import { metaString, withMetadata } from '../write/metadata.ts';
import { equalExcept, IMMUTABLE, immutableFields } from './immutable.ts';
import { podSpecErrors } from './pod-spec.ts';
import type { Strategy } from './strategy.ts';

/** The rules that kinds with a selector and a Pod template share. */
function workloadErrors(object: JsonObject): FieldError[] {
  const spec = getObject(object, ['spec']) ?? {};
  const errors: FieldError[] = [];
  const selector = spec['selector'];
  const labels = (getObject(spec, ['template', 'metadata', 'labels']) ?? {}) as Readonly<Record<string, string>>;
  if (!isObject(selector)) errors.push(fieldError('FieldValueRequired', 'spec.selector', null, ''));
  else if (Object.keys(selector).length === 0)
    errors.push(fieldError('FieldValueInvalid', 'spec.selector', selector, 'empty selector is invalid for deployment'));
  else if (!labelSelectorFrom(selector).matches(labels)) {
    errors.push(fieldError('FieldValueInvalid', 'spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  const replicas = spec['replicas'];
  if (typeof replicas === 'number' && replicas < 0)
    errors.push(fieldError('FieldValueInvalid', 'spec.replicas', replicas, 'must be greater than or equal to 0'));
  const claims = (getArray(spec, ['volumeClaimTemplates']) ?? []).map((claim) => getString(claim, ['metadata', 'name']) ?? '');
  errors.push(...podSpecErrors(getObject(spec, ['template', 'spec']), 'spec.template.spec', claims));
  const restart = getPath(spec, ['template', 'spec', 'restartPolicy']);
  if (restart !== undefined && restart !== 'Always') {
    errors.push(fieldError('FieldValueNotSupported', 'spec.template.spec.restartPolicy', restart, 'supported values: "Always"'));
  }
  return errors;
}

const selectorKept: Strategy = {
  generation: true,
  validateCreate: workloadErrors,
  validateUpdate: (next, old) => [...workloadErrors(next), ...immutableFields(next, old, ['spec.selector'])],
};

const STATEFUL_SET_CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const statefulSet: Strategy = {
  generation: true,
  validateCreate: workloadErrors,
  validateUpdate(next, old) {
    if (equalExcept(getObject(next, ['spec']), getObject(old, ['spec']), STATEFUL_SET_CHANGEABLE)) return workloadErrors(next);
    const why =
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
    return [fieldError('FieldValueForbidden', 'spec', null, why), ...workloadErrors(next)];
  },
};

/** A Job without a selector of its own gets one that is made of its uid, and the labels that match it. */
function jobLabels(object: JsonObject): JsonObject {
  if (getPath(object, ['spec', 'manualSelector']) === true) return object;
  const uid = metaString(object, 'uid');
  const name = metaString(object, 'name');
  const own = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
  const labels = getObject(object, ['spec', 'template', 'metadata', 'labels']) ?? {};
  const withLabels = setPath(object, ['spec', 'template', 'metadata', 'labels'], { ...labels, ...own }) as JsonObject;
  const selector = getObject(object, ['spec', 'selector']) ?? {};
  const matchLabels = { ...getObject(selector, ['matchLabels']), 'batch.kubernetes.io/controller-uid': uid };
  const outer = getObject(object, ['metadata', 'labels']);
  const selected = setPath(withLabels, ['spec', 'selector'], { ...selector, matchLabels }) as JsonObject;
  // the template's own labels become the Job's where it has none
  return outer === undefined && Object.keys(labels).length > 0 ? withMetadata(selected, { labels: { ...labels, ...own } }) : selected;
}

function jobErrors(object: JsonObject): FieldError[] {
  const errors = podSpecErrors(getObject(object, ['spec', 'template', 'spec']), 'spec.template.spec');
  const restart = getPath(object, ['spec', 'template', 'spec', 'restartPolicy']);
  if (restart === 'Always' || restart === undefined || restart === '') {
    const supported = 'supported values: "OnFailure", "Never"';
    errors.push(
      fieldError(
        restart === 'Always' ? 'FieldValueNotSupported' : 'FieldValueRequired',
        'spec.template.spec.restartPolicy',
        restart ?? '',
        restart === 'Always' ? supported : 'valid values: "OnFailure", "Never"',
      ),
    );
  }
  return errors;
}

const job: Strategy = {
  generation: true,
  prepareCreate: (object) => jobLabels(object),
  prepareUpdate(next, old) {
    // what the server filled in at the start is not lost when a manifest is applied again
    if (getPath(old, ['spec', 'manualSelector']) === true) return next;
    const selector = getPath(next, ['spec', 'selector']) ?? getPath(old, ['spec', 'selector']);
    const labels = getObject(old, ['spec', 'template', 'metadata', 'labels']) ?? {};
    const given = getObject(next, ['spec', 'template', 'metadata', 'labels']) ?? {};
    const own: Record<string, JsonValue> = {};
    for (const key of ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name']) {
      if (labels[key] !== undefined && given[key] === undefined) own[key] = labels[key];
    }
    const withSelector = selector === undefined ? next : (setPath(next, ['spec', 'selector'], selector) as JsonObject);
    return Object.keys(own).length === 0
      ? withSelector
      : (setPath(withSelector, ['spec', 'template', 'metadata', 'labels'], { ...given, ...own }) as JsonObject);
  },
  validateCreate: jobErrors,
  validateUpdate(next, old) {
    const errors = immutableFields(next, old, [
      'spec.completions',
      'spec.selector',
      'spec.completionMode',
      'spec.podFailurePolicy',
      'spec.backoffLimitPerIndex',
      'spec.successPolicy',
      'spec.managedBy',
    ]);
    const [after, before] = [getPath(next, ['spec', 'template']), getPath(old, ['spec', 'template'])];
    if (!deepEqual(after, before) && !(isObject(after) && isObject(before) && schedulingOnly(after, before, old))) {
      errors.push(fieldError('FieldValueInvalid', 'spec.template', after ?? null, IMMUTABLE));
    }
    return errors;
  },
};

/** A suspended Job that never started may still change where its Pods go. */
function schedulingOnly(next: JsonObject, old: JsonObject, job: JsonObject): boolean {
  if (getPath(job, ['spec', 'suspend']) !== true || getPath(job, ['status', 'startTime']) !== undefined) return false;
  const ignored = ['nodeSelector', 'tolerations', 'affinity', 'schedulingGates'];
  return equalExcept(getObject(next, ['spec']), getObject(old, ['spec']), ignored);
}

const cronJob: Strategy = {
  generation: true,
  validateCreate: (object) => [
    ...scheduleErrors(object),
    ...podSpecErrors(getObject(object, ['spec', 'jobTemplate', 'spec', 'template', 'spec']), 'spec.jobTemplate.spec.template.spec'),
  ],
  validateUpdate: (next) => [
    ...scheduleErrors(next),
    ...podSpecErrors(getObject(next, ['spec', 'jobTemplate', 'spec', 'template', 'spec']), 'spec.jobTemplate.spec.template.spec'),
  ],
};

function scheduleErrors(object: JsonObject): FieldError[] {
  const schedule = getPath(object, ['spec', 'schedule']);
  if (typeof schedule !== 'string' || schedule === '') return [fieldError('FieldValueRequired', 'spec.schedule', '', '')];
  if (schedule.startsWith('@')) return [];
  const fields = schedule.trim().split(/\s+/);
  return fields.length === 5
    ? []
    : [
        fieldError(
          'FieldValueInvalid',
          'spec.schedule',
          schedule,
          `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`,
        ),
      ];
}

/** Kinds of apps, batch, autoscaling and policy. */
export const WORKLOAD_STRATEGIES: Readonly<Record<string, Strategy>> = {
  'apps/Deployment': selectorKept,
  'apps/ReplicaSet': selectorKept,
  'apps/DaemonSet': selectorKept,
  'apps/StatefulSet': statefulSet,
  'batch/Job': job,
  'batch/CronJob': cronJob,
  'policy/PodDisruptionBudget': { generation: true },
  'autoscaling/HorizontalPodAutoscaler': {},
};
