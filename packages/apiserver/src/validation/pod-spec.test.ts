import { loadKinds, type Kinds } from '@flux-ts/schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { verdictOf } from '../../test/verdict.ts';

let kinds: Kinds;
beforeAll(async () => {
  kinds = await loadKinds();
});

const verdict = (text: string, old?: string): string => verdictOf(kinds, text, old);

/** A Pod with some lines in its spec and in its container. */
function pod(spec = '', container = ''): string {
  return `{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}, spec: {serviceAccountName: default, ${spec === '' ? '' : `${spec}, `}containers: [{name: c, image: i${container === '' ? '' : `, ${container}`}}]}}`;
}

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

describe('a Pod', () => {
  test.each<[string, string, string]>([
    ['that is right', pod(), ''],
    [
      'without containers',
      '{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {serviceAccountName: d}}',
      'spec.containers: Required value',
    ],
    [
      'with a name that is none',
      pod('', 'ports: []').replace('name: c', 'name: C'),
      `spec.containers[0].name: Invalid value: "C": ${LABEL}`,
    ],
    ['without an image', pod().replace(', image: i', ''), 'spec.containers[0].image: Required value'],
    [
      'with spaces round its image',
      pod().replace('image: i', 'image: " i"'),
      'spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace',
    ],
    [
      'with a port out of range and one twice',
      pod('', 'ports: [{containerPort: 70000, name: http}, {containerPort: 80, name: http, protocol: tcp}]'),
      '[spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.containers[0].ports[1].name: Duplicate value: "http", spec.containers[0].ports[1].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"]',
    ],
    [
      'with requests above its limits',
      pod('', 'resources: {requests: {memory: 2Gi, cpu: "1"}, limits: {memory: 1Gi, cpu: "1"}}'),
      'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
    ],
    [
      'with a resource that is none',
      pod('', 'resources: {limits: {gpu: "1"}}'),
      '[spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified, spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers, spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified, spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers]',
    ],
    [
      'with half a device',
      pod('', 'resources: {limits: {acme.io/gpu: 500m}}'),
      '[spec.containers[0].resources.limits[acme.io/gpu]: Invalid value: "500m": must be an integer, spec.containers[0].resources.requests[acme.io/gpu]: Invalid value: "500m": must be an integer]',
    ],
    [
      'that mounts what is not there, twice at a place',
      pod('volumes: [{name: v, emptyDir: {}}]', 'volumeMounts: [{name: v, mountPath: /a}, {name: w, mountPath: /a}]'),
      '[spec.containers[0].volumeMounts[1].name: Not found: "w", spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique]',
    ],
    [
      'with a volume of two kinds',
      pod('volumes: [{name: v, secret: {secretName: s}, configMap: {name: c}}]'),
      'spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'with a path back out of a volume',
      pod('volumes: [{name: v, configMap: {name: c, items: [{key: k, path: ../x}]}}]'),
      'spec.volumes[0].configMap.items[0].path: Invalid value: "../x": must not contain \'..\'',
    ],
    [
      'with a variable from two places',
      pod('', 'env: [{name: A, valueFrom: {configMapKeyRef: {name: a, key: k}, secretKeyRef: {name: b, key: k}}}]'),
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time',
    ],
    [
      'with a field that is none',
      pod('', 'env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.hostname}}}]'),
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.hostname": error converting fieldPath: field label not supported: spec.hostname',
    ],
    [
      'with a probe of two handlers',
      pod('', 'livenessProbe: {exec: {command: [a]}, tcpSocket: {port: 80}, successThreshold: 2}'),
      '[spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type, spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1]',
    ],
    [
      'with a probe of nothing',
      pod('', 'readinessProbe: {periodSeconds: -1}'),
      '[spec.containers[0].readinessProbe: Required value: must specify a handler type, spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0]',
    ],
    [
      'with an init container that is probed and named like another',
      pod('initContainers: [{name: c, image: i, livenessProbe: {tcpSocket: {port: 1}}}]'),
      '[spec.initContainers[0].name: Duplicate value: "c", spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always]',
    ],
    [
      'with an init container that stays',
      pod('initContainers: [{name: d, image: i, restartPolicy: Always, livenessProbe: {tcpSocket: {port: 1}}}]'),
      '',
    ],
    [
      'with a policy that is none',
      pod('restartPolicy: Sometimes, dnsPolicy: X'),
      '[spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never", spec.dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]',
    ],
    [
      'in the network of its node under another port',
      pod('hostNetwork: true', 'ports: [{containerPort: 80, hostPort: 8080}]'),
      'spec.containers[0].ports[0].hostPort: Invalid value: 8080: must match `containerPort` when `hostNetwork` is true',
    ],
    [
      'that puts up with nothing it names',
      pod('tolerations: [{value: x}, {key: a, operator: Exists, value: v}]'),
      '[spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys", spec.tolerations[1].operator: Invalid value: "v": value must be empty when `operator` is \'Exists\']',
    ],
    [
      'with an affinity without a place',
      pod(
        'affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, podAffinityTerm: {topologyKey: zone}}]}}',
      ),
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
    ],
    [
      'that is spread by nothing',
      pod('topologySpreadConstraints: [{maxSkew: 0, topologyKey: z, whenUnsatisfiable: Maybe}]'),
      '[spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero, spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"]',
    ],
    [
      'privileged and not',
      pod('', 'securityContext: {privileged: true, allowPrivilegeEscalation: false}'),
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
    [
      'of a user below zero',
      pod('securityContext: {runAsUser: -1}'),
      'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
    [
      'on Windows with a group',
      pod('os: {name: windows}, securityContext: {fsGroup: 1}'),
      'spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod',
    ],
  ])('%s is judged as upstream judges it', (_, text, want) => {
    expect(verdict(text)).toBe(want);
  });

  test('keeps its containers and takes new images', () => {
    expect(verdict(pod().replace('image: i', 'image: j'), pod())).toBe('');
    expect(verdict(pod('hostname: h'), pod())).toBe(
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    );
  });
});
