import { deepEqual, getObject, getPath, setPath, type JsonObject, type JsonValue } from '@flux-ts/base';
import { metaString, withMetadata } from '../write/metadata.ts';
import type { Strategy } from './strategy.ts';

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
};

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function withTemplateGeneration(object: JsonObject, generation: number): JsonObject {
  const annotations = { ...getObject(object, ['metadata', 'annotations']), [TEMPLATE_GENERATION]: String(generation) };
  return withMetadata(object, { annotations });
}

/** Counts the changes of the template in an annotation, as conversion from upstream's internal type shows them. */
const daemonSet: Strategy = {
  generation: true,
  prepareCreate: (object) => withTemplateGeneration(object, 1),
  prepareUpdate(next, old) {
    const was = Math.max(1, Number(getPath(old, ['metadata', 'annotations', TEMPLATE_GENERATION]) ?? 1) || 1);
    const same = deepEqual(getPath(next, ['spec', 'template']), getPath(old, ['spec', 'template']));
    return withTemplateGeneration(next, same ? was : was + 1);
  },
};

/** Kinds of apps, batch, autoscaling and policy. */
export const WORKLOAD_STRATEGIES: Readonly<Record<string, Strategy>> = {
  'apps/Deployment': { generation: true },
  'apps/ReplicaSet': { generation: true },
  'apps/DaemonSet': daemonSet,
  'apps/StatefulSet': { generation: true, names: 'label' },
  'batch/Job': job,
  'batch/CronJob': { generation: true },
  'policy/PodDisruptionBudget': { generation: true },
  'autoscaling/HorizontalPodAutoscaler': {},
};
