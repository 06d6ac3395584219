import { getString, type JsonObject } from '@flux-ts/base';
import { isTerminating, keyOf, typeOf } from '@flux-ts/kube';
import { conditionOf, plainCondition, type ConditionText } from './conditions.ts';
import { SIMULATOR } from './kinds.ts';
import { numberAt, objectsAt } from './read.ts';
import { inNamespaceOf, timeOf, tolerant, writeStatus, type Again, type World } from './world.ts';

const SYNC_MS = 15_000;
const NO_METRICS =
  'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';

/** Keeps an autoscaler's target within its bounds, and says that there are no metrics to go by. */
export async function reconcileAutoscaler(world: World, autoscaler: JsonObject): Promise<Again> {
  if (isTerminating(autoscaler)) return undefined;
  const name = getString(autoscaler, ['spec', 'scaleTargetRef', 'name']) ?? '';
  const type = {
    apiVersion: getString(autoscaler, ['spec', 'scaleTargetRef', 'apiVersion']) ?? 'apps/v1',
    kind: getString(autoscaler, ['spec', 'scaleTargetRef', 'kind']) ?? 'Deployment',
  };
  const target = world.cache.get(type, inNamespaceOf(autoscaler, name));
  if (target === undefined) {
    const message = `the HPA controller was unable to get the target's current scale: ${plural(type.kind)}.${group(type.apiVersion)} "${name}" not found`;
    const conditions = [told(world, autoscaler, { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message })];
    await writeStatus(world, autoscaler, { currentMetrics: null, desiredReplicas: 0, currentReplicas: 0, conditions });
    world.say(autoscaler, { type: 'Warning', reason: 'FailedGetScale', message: message.slice(message.indexOf(': ') + 2) });
    return { againInMs: SYNC_MS };
  }
  await keepWithin(world, autoscaler, target);
  return { againInMs: SYNC_MS };
}

function plural(kind: string): string {
  return `${kind.toLowerCase()}s`;
}

function group(apiVersion: string): string {
  return apiVersion.split('/')[0] ?? '';
}

function told(world: World, autoscaler: JsonObject, next: ConditionText): JsonObject {
  return plainCondition(autoscaler, next, timeOf(world));
}

async function keepWithin(world: World, autoscaler: JsonObject, target: JsonObject): Promise<void> {
  const current = numberAt(target, ['spec', 'replicas'], 1);
  const [least, most] = [numberAt(autoscaler, ['spec', 'minReplicas'], 1), numberAt(autoscaler, ['spec', 'maxReplicas'], current)];
  const desired = current === 0 ? 0 : Math.min(most, Math.max(least, current));
  const why = desired > current ? 'Current number of replicas below Spec.MinReplicas' : 'Current number of replicas above Spec.MaxReplicas';
  const rescaled = desired !== current && (await rescale(world, target, desired));
  if (rescaled) world.say(autoscaler, { type: 'Normal', reason: 'SuccessfulRescale', message: `New size: ${desired}; reason: ${why}` });
  const able: ConditionText = rescaled
    ? {
        type: 'AbleToScale',
        status: 'True',
        reason: 'SucceededRescale',
        message: `the HPA controller was able to update the target scale to ${desired}`,
      }
    : {
        type: 'AbleToScale',
        status: 'True',
        reason: 'SucceededGetScale',
        message: "the HPA controller was able to get the target's current scale",
      };
  const conditions = [
    told(world, autoscaler, able),
    ...(desired === current ? [told(world, autoscaler, active(autoscaler, current))] : kept(autoscaler)),
  ];
  const last = rescaled ? timeOf(world) : getString(autoscaler, ['status', 'lastScaleTime']);
  await writeStatus(world, autoscaler, {
    ...(last === undefined ? {} : { lastScaleTime: last }),
    currentReplicas: numberAt(target, ['status', 'replicas'], 0),
    desiredReplicas: desired,
    currentMetrics: null,
    conditions,
  });
  const unknown = conditionOf({ status: { conditions } }, 'ScalingActive')?.['reason'] === 'FailedGetResourceMetric';
  const left = unknown ? world.pace.every(autoscaler, { lane: 'metrics', step: 'none', delayMs: 20 * SYNC_MS }) : 1;
  if (left === 0) world.say(autoscaler, { type: 'Warning', reason: 'FailedGetResourceMetric', message: metricText(autoscaler) });
}

function kept(autoscaler: JsonObject): readonly JsonObject[] {
  const old = conditionOf(autoscaler, 'ScalingActive');
  return old === undefined ? [] : [old];
}

function metricText(autoscaler: JsonObject): string {
  const name = getString(objectsAt(autoscaler, ['spec', 'metrics'])[0], ['resource', 'name']) ?? 'cpu';
  return `failed to get ${name} utilization: unable to get metrics for resource ${name}: ${NO_METRICS}`;
}

function active(autoscaler: JsonObject, current: number): ConditionText {
  if (current === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    return { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message };
  }
  const message = `the HPA was unable to compute the replica count: ${metricText(autoscaler)}`;
  return { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message };
}

async function rescale(world: World, target: JsonObject, replicas: number): Promise<boolean> {
  const merge = { kind: 'merge', patch: { spec: { replicas } }, subresource: 'scale' } as const;
  const done = await tolerant(world.client.patch(typeOf(target), keyOf(target), merge, { fieldManager: SIMULATOR }));
  return done !== undefined;
}
