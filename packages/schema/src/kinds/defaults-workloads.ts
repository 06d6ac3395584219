import type { Draft } from './draft.ts';

const APPS = 'io.k8s.api.apps.v1';
const BATCH = 'io.k8s.api.batch.v1';
const AUTOSCALING = 'io.k8s.api.autoscaling';

/** The defaults of apps, batch and autoscaling, by type. */
export const WORKLOAD_DEFAULTS: readonly [string, (draft: Draft) => void][] = [
  [`${APPS}.Deployment`, deployment],
  [`${APPS}.DaemonSet`, daemonSet],
  [`${APPS}.StatefulSet`, statefulSet],
  [`${APPS}.ReplicaSet`, (o): void => o.fill(['spec', 'replicas'], 1)],
  [`${BATCH}.Job`, job],
  [`${BATCH}.CronJob`, cronJob],
  [
    `${AUTOSCALING}.v1.HorizontalPodAutoscaler`,
    (o): void => {
      o.fill(['spec', 'minReplicas'], 1);
      if (o.text('metadata', 'annotations', 'autoscaling.alpha.kubernetes.io/metrics') === '')
        o.fill(['spec', 'targetCPUUtilizationPercentage'], 80);
    },
  ],
  [`${AUTOSCALING}.v2.HorizontalPodAutoscaler`, autoscaler],
];

function deployment(o: Draft): void {
  o.fill(['spec', 'replicas'], 1);
  o.fillZero(['spec', 'strategy', 'type'], 'RollingUpdate');
  if (o.text('spec', 'strategy', 'type') === 'RollingUpdate') {
    o.fill(['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], '25%');
    o.fill(['spec', 'strategy', 'rollingUpdate', 'maxSurge'], '25%');
  } else if (o.get('spec', 'strategy', 'rollingUpdate') !== undefined) {
    o.fill(['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], 0);
    o.fill(['spec', 'strategy', 'rollingUpdate', 'maxSurge'], 0);
  }
  o.fill(['spec', 'revisionHistoryLimit'], 10);
  o.fill(['spec', 'progressDeadlineSeconds'], 600);
}

function daemonSet(o: Draft): void {
  o.fillZero(['spec', 'updateStrategy', 'type'], 'RollingUpdate');
  if (o.text('spec', 'updateStrategy', 'type') === 'RollingUpdate') {
    o.fill(['spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable'], 1);
    o.fill(['spec', 'updateStrategy', 'rollingUpdate', 'maxSurge'], 0);
  }
  o.fill(['spec', 'revisionHistoryLimit'], 10);
}

function statefulSet(o: Draft): void {
  o.fillZero(['spec', 'podManagementPolicy'], 'OrderedReady');
  if (o.text('spec', 'updateStrategy', 'type') === '') {
    o.set(['spec', 'updateStrategy', 'type'], 'RollingUpdate');
    o.fill(['spec', 'updateStrategy', 'rollingUpdate'], {});
  }
  if (o.get('spec', 'updateStrategy', 'rollingUpdate') !== undefined) o.fill(['spec', 'updateStrategy', 'rollingUpdate', 'partition'], 0);
  o.fillZero(['spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted'], 'Retain');
  o.fillZero(['spec', 'persistentVolumeClaimRetentionPolicy', 'whenScaled'], 'Retain');
  o.fill(['spec', 'replicas'], 1);
  o.fill(['spec', 'revisionHistoryLimit'], 10);
  o.each(['spec', 'volumeClaimTemplates'], (claim) => {
    claim.fillZero(['apiVersion'], 'v1');
    claim.fillZero(['kind'], 'PersistentVolumeClaim');
  });
}

function job(o: Draft): void {
  if (o.get('spec', 'completions') === undefined && o.get('spec', 'parallelism') === undefined) o.set(['spec', 'completions'], 1);
  o.fill(['spec', 'parallelism'], 1);
  o.fill(['spec', 'backoffLimit'], o.get('spec', 'backoffLimitPerIndex') === undefined ? 6 : 2 ** 31 - 1);
  const labels = o.object('spec', 'template', 'metadata', 'labels');
  if (labels !== undefined && Object.keys(o.object('metadata', 'labels') ?? {}).length === 0) o.set(['metadata', 'labels'], labels);
  o.fill(['spec', 'completionMode'], 'NonIndexed');
  o.fill(['spec', 'suspend'], false);
  o.fill(['spec', 'manualSelector'], false);
  o.each(['spec', 'podFailurePolicy', 'rules'], (rule) =>
    rule.each(['onPodConditions'], (pattern) => pattern.fillZero(['status'], 'True')),
  );
  o.fill(['spec', 'podReplacementPolicy'], o.get('spec', 'podFailurePolicy') === undefined ? 'TerminatingOrFailed' : 'Failed');
}

function cronJob(o: Draft): void {
  o.fillZero(['spec', 'concurrencyPolicy'], 'Allow');
  o.fill(['spec', 'suspend'], false);
  o.fill(['spec', 'successfulJobsHistoryLimit'], 3);
  o.fill(['spec', 'failedJobsHistoryLimit'], 1);
}

function autoscaler(o: Draft): void {
  o.fill(['spec', 'minReplicas'], 1);
  if (o.list('spec', 'metrics').length === 0) {
    o.set(['spec', 'metrics'], [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]);
  }
  if (o.get('spec', 'behavior') === undefined) return;
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  o.fill(['spec', 'behavior', 'scaleUp', 'stabilizationWindowSeconds'], 0);
  o.fill(['spec', 'behavior', 'scaleUp', 'selectPolicy'], 'Max');
  if (o.list('spec', 'behavior', 'scaleUp', 'policies').length === 0)
    o.set(['spec', 'behavior', 'scaleUp', 'policies'], [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent]);
  o.fill(['spec', 'behavior', 'scaleDown', 'selectPolicy'], 'Max');
  if (o.list('spec', 'behavior', 'scaleDown', 'policies').length === 0) o.set(['spec', 'behavior', 'scaleDown', 'policies'], [percent]);
}
