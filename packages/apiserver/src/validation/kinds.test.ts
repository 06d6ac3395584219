import { loadKinds, type Kinds } from '@flux-ts/schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { verdictOf } from '../../test/verdict.ts';

let kinds: Kinds;
beforeAll(async () => {
  kinds = await loadKinds();
});

const verdict = (text: string, old?: string): string => verdictOf(kinds, text, old);

function deployment(spec = '', labels = 'app: a'): string {
  return `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {selector: {matchLabels: {app: a}}, ${spec === '' ? '' : `${spec}, `}template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: c, image: i}]}}}}`;
}

function service(spec: string): string {
  return `{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9], ${spec}}}`;
}

describe('a workload', () => {
  test.each<[string, string, string]>([
    ['a Deployment that is right', deployment(), ''],
    [
      'a Deployment without a selector',
      deployment().replace('selector: {matchLabels: {app: a}}, ', ''),
      '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`]',
    ],
    [
      'a Deployment whose selector selects others',
      deployment('replicas: -1', 'app: b'),
      '[spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`]',
    ],
    [
      'a Deployment that never moves',
      deployment('strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}'),
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
    ],
    [
      'a Deployment of another strategy',
      deployment('strategy: {type: BlueGreen}'),
      'spec.strategy: Unsupported value: {"Type":"BlueGreen","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
    [
      'a Deployment that recreates step by step',
      deployment('strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}'),
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      'a Job that restarts for ever',
      '{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {manualSelector: true, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}',
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      'a CronJob at no time',
      '{apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {schedule: "61 * * *", timeZone: Mars/Olympus, concurrencyPolicy: Maybe, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}}',
      '[spec.schedule: Invalid value: "61 * * *": expected exactly 5 fields, found 4: [61 * * *], spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus, spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"]',
    ],
    [
      'a StatefulSet whose claims are mounted',
      '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, spec: {serviceName: s, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /d}]}]}}, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}',
      '',
    ],
  ])('%s is judged as upstream judges it', (_, text, want) => {
    expect(verdict(text)).toBe(want);
  });

  test('keeps its selector', () => {
    const other = deployment('', 'app: b').replace('matchLabels: {app: a}', 'matchLabels: {app: b}');
    expect(verdict(other, deployment())).toBe('spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable');
  });
});

describe('other kinds', () => {
  test.each<[string, string, string]>([
    ['a Service without ports', service('type: ClusterIP'), 'spec.ports: Required value'],
    [
      'a Service with a port twice',
      service('ports: [{name: a, port: 80}, {name: a, port: 80}]'),
      '[spec.ports[1].name: Duplicate value: "a", spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}]',
    ],
    [
      'a Service with a port of nodes it does not use',
      service('ports: [{port: 80, nodePort: 30000}]'),
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      'an external Service without a name',
      '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: ExternalName}}',
      'spec.externalName: Required value',
    ],
    [
      'an Ingress without rules',
      '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {}}',
      'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
    ],
    [
      'an Ingress to nowhere',
      '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {rules: [{host: 1.2.3.4, http: {paths: [{path: a//b, pathType: Prefix, backend: {service: {name: s}}}]}}]}}',
      '[spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address, spec.rules[0].http.paths[0].path: Invalid value: "a//b": must be an absolute path, spec.rules[0].http.paths[0].path: Invalid value: "a//b": must not contain \'//\', spec.rules[0].http.paths[0].backend: Required value: port name or number is required]',
    ],
    [
      'a NetworkPolicy that leaves out more than it has',
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n}, spec: {podSelector: {}, ingress: [{from: [{}, {ipBlock: {cidr: 10.0.0.0/16, except: [10.1.0.0/24]}}]}]}}',
      '[spec.ingress[0].from[0]: Required value: must specify a peer, spec.ingress[0].from[1].ipBlock.except[0]: Invalid value: "10.1.0.0/24": must be a strict subset of `cidr`]',
    ],
    [
      'a ConfigMap with a key that is none',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {"a b": x}}',
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
    [
      'a Secret without its certificate',
      '{apiVersion: v1, kind: Secret, metadata: {name: s}, type: kubernetes.io/tls, data: {tls.key: ""}}',
      'data[tls.crt]: Required value',
    ],
    [
      'a Secret of no JSON',
      '{apiVersion: v1, kind: Secret, metadata: {name: s}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: eA==}}',
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'x\' looking for beginning of value',
    ],
    [
      'a Role about paths',
      '{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{nonResourceURLs: [/x]}]}',
      '[rules[0].verbs: Required value: verbs must contain at least one value, rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs]',
    ],
    [
      'a ClusterRoleBinding to an account of nowhere',
      '{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: r}, roleRef: {kind: ClusterRole, name: a, apiGroup: rbac.authorization.k8s.io}, subjects: [{kind: ServiceAccount, name: a}]}',
      'subjects[0].namespace: Required value',
    ],
    [
      'a claim for nothing',
      '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: p}, spec: {accessModes: [RWO]}}',
      '[spec.accessModes: Unsupported value: "RWO": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod", spec.resources[storage]: Required value]',
    ],
    [
      'an autoscaler upside down',
      '{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {minReplicas: 3, maxReplicas: 2, scaleTargetRef: {kind: Deployment, name: d}, metrics: [{type: Resource}]}}',
      '[spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`, spec.metrics[0].resource: Required value: must populate information for the given metric source]',
    ],
    [
      'a budget of two kinds',
      '{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: p}, spec: {minAvailable: 101%, maxUnavailable: 1}}',
      '[spec: Invalid value: {"maxUnavailable":1,"minAvailable":"101%"}: minAvailable and maxUnavailable cannot be both set, spec.minAvailable: Invalid value: "101%": must not be greater than 100%]',
    ],
    [
      'a quota of what is none',
      '{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {pods: "1.5", apples: "1"}}}',
      '[spec.hard[apples]: Invalid value: "apples": must be a standard resource type or fully qualified, spec.hard[apples]: Invalid value: "apples": must be a standard resource for quota, spec.hard[pods]: Invalid value: "1500m": must be an integer]',
    ],
    [
      'limits upside down',
      '{apiVersion: v1, kind: LimitRange, metadata: {name: l}, spec: {limits: [{type: Container, min: {cpu: "2"}, max: {cpu: "1"}}]}}',
      '[spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1, spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1, spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1]',
    ],
    [
      'a webhook that is called nowhere',
      '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: w}, webhooks: [{name: a.b.c, sideEffects: Some, admissionReviewVersions: [v1], clientConfig: {url: "http://x"}}]}',
      '[webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun", webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]]',
    ],
  ])('%s is judged as upstream judges it', (_, text, want) => {
    expect(verdict(text)).toBe(want);
  });
});
