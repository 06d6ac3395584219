import type { JsonObject } from '@flux-ts/base';
import { beforeAll, describe, expect, test } from 'vitest';

import { decodeEnvelope, loadKinds, ProtobufError, type KindInfo, type Kinds } from '../index.ts';

let kinds: Kinds;
let deployment: KindInfo;

beforeAll(async () => {
  kinds = await loadKinds();
  deployment = kinds.kind('apps/v1', 'Deployment') as KindInfo;
});

const object = (spec: JsonObject = {}): JsonObject => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec });

describe('the table of kinds', () => {
  test('knows a kind by its name and by its resource', () => {
    expect(kinds.resource('apps/v1', 'deployments')).toBe(deployment);
    expect(deployment).toMatchObject({
      group: 'apps',
      version: 'v1',
      singular: 'deployment',
      namespaced: true,
      shortNames: ['deploy'],
      categories: ['all'],
    });
    expect(deployment.verbs).toContain('watch');
    expect(deployment.subresources.map(({ name, group, kind }) => `${name} ${group} ${kind}`)).toEqual([
      'scale autoscaling Scale',
      'status apps Deployment',
    ]);
    expect(kinds.kind('apps/v1', 'Nothing')).toBeUndefined();
  });

  test('knows kinds without a resource, and old versions', () => {
    expect(kinds.codec('v1', 'DeleteOptions')?.typeName).toBe('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
    expect(kinds.codec('networking.k8s.io/v1', 'DeleteOptions')).toBeDefined();
    expect(kinds.codec('apps/v1beta2', 'Deployment')).toBeDefined();
    expect(kinds.groupVersions()).toContain('events.k8s.io/v1');
  });

  test('gives every kind with a resource a type for server-side apply', () => {
    for (const groupVersion of kinds.groupVersions()) {
      for (const kind of kinds.kinds(groupVersion)) expect(kinds.mergeTypes.resolve(kind.typeName), kind.typeName).toHaveProperty('map');
    }
  });
});

describe('the canonical form', () => {
  test.each<{ name: string; spec: JsonObject; want: JsonObject }>([
    {
      name: 'prints structs that Go always prints',
      spec: {},
      want: { selector: null, template: { metadata: {}, spec: { containers: null } }, strategy: {} },
    },
    {
      name: 'drops what is empty and keeps what was pointed to',
      spec: {
        paused: false,
        replicas: 0,
        minReadySeconds: 0,
        selector: {},
        template: { metadata: { labels: {} }, spec: { containers: [] } },
      },
      want: { replicas: 0, selector: {}, template: { metadata: {}, spec: { containers: [] } }, strategy: {} },
    },
    {
      name: 'drops fields that it does not know',
      spec: { foo: 1, selector: { bar: 1 }, template: { spec: { containers: [{ name: 'c', nope: true }] } } },
      want: { selector: {}, template: { metadata: {}, spec: { containers: [{ name: 'c', resources: {} }] } }, strategy: {} },
    },
    {
      name: 'prints quantities and times in their one form',
      spec: {
        selector: {},
        template: {
          metadata: { creationTimestamp: '2026-01-01T01:00:00.5+01:00' },
          spec: { containers: [{ name: 'c', resources: { limits: { cpu: 2, memory: '1024Mi', x: '0.5' } } }] },
        },
      },
      want: {
        selector: {},
        template: {
          metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
          spec: { containers: [{ name: 'c', resources: { limits: { cpu: '2', memory: '1Gi', x: '500m' } } }] },
        },
        strategy: {},
      },
    },
  ])('$name', ({ spec, want }) => {
    expect(deployment.canonicalise(object(spec))).toEqual({ ...object(want), status: {} });
  });

  test('is the same object when it is reached', () => {
    const once = deployment.canonicalise(deployment.defaults(object({ template: { spec: { containers: [{ name: 'c', image: 'i' }] } } })));
    expect(deployment.canonicalise(once)).toBe(once);
    expect(deployment.defaults(once)).toBe(once);
  });
});

describe('strict decoding', () => {
  test('names unknown fields in the order of the document', () => {
    const spec = { foo: 1, template: { spec: { containers: [{ name: 'c' }, { name: 'd', bar: { x: 1 } }] } }, replica: 2 };
    expect(deployment.unknownFields(object(spec))).toEqual(['spec.foo', 'spec.template.spec.containers[1].bar', 'spec.replica']);
  });

  test.each<{ spec: JsonObject; message: string | undefined }>([
    { spec: { replicas: 'x' }, message: 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32' },
    {
      spec: { replicas: 1.5 },
      message: 'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    },
    {
      spec: { template: { spec: { containers: [{ env: [{ name: 'a', value: 1 }] }] } } },
      message: 'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    },
    {
      spec: { template: { spec: { containers: {} } } },
      message: 'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    },
    {
      spec: { template: { spec: { containers: [{ resources: { limits: { cpu: 'x' } } }] } } },
      message: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    },
    {
      spec: { template: { metadata: { creationTimestamp: 'now' } } },
      message: 'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    },
    {
      spec: { strategy: { rollingUpdate: { maxSurge: true } } },
      message:
        'json: cannot unmarshal bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32',
    },
    {
      spec: { template: { spec: { restartPolicy: 1 } } },
      message: 'json: cannot unmarshal number into Go struct field PodSpec.spec.template.spec.restartPolicy of type v1.RestartPolicy',
    },
    {
      spec: { template: { spec: { volumes: [{ secret: { secretName: 1 } }] } } },
      message:
        'json: cannot unmarshal number into Go struct field SecretVolumeSource.spec.template.spec.volumes.VolumeSource.secret.secretName of type string',
    },
    { spec: { replicas: null }, message: undefined },
  ])('says $message', ({ spec, message }) => {
    expect(deployment.check(object(spec))).toBe(message);
  });
});

describe('defaults', () => {
  const podSpec = (image: string): JsonObject => ({
    template: { spec: { containers: [{ name: 'c', image, ports: [{ containerPort: 80 }], livenessProbe: { httpGet: { port: 80 } } }] } },
  });

  test('of a Deployment reach down to its containers', () => {
    const out = deployment.defaults(object(podSpec('nginx')));
    expect(out['spec']).toEqual({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        spec: {
          containers: [
            {
              name: 'c',
              image: 'nginx',
              imagePullPolicy: 'Always',
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              livenessProbe: {
                httpGet: { port: 80, path: '/', scheme: 'HTTP' },
                timeoutSeconds: 1,
                periodSeconds: 10,
                successThreshold: 1,
                failureThreshold: 3,
              },
            },
          ],
          dnsPolicy: 'ClusterFirst',
          restartPolicy: 'Always',
          securityContext: {},
          terminationGracePeriodSeconds: 30,
          schedulerName: 'default-scheduler',
        },
      },
    });
  });

  test.each([
    { image: 'nginx', policy: 'Always' },
    { image: 'nginx:latest', policy: 'Always' },
    { image: 'nginx:1', policy: 'IfNotPresent' },
    { image: 'r.io:5000/a/b', policy: 'Always' },
    { image: `r.io/a@sha256:${'0'.repeat(64)}`, policy: 'IfNotPresent' },
    { image: 'Not An Image', policy: 'IfNotPresent' },
  ])('pull $image $policy', ({ image, policy }) => {
    const pod = kinds.kind('v1', 'Pod') as KindInfo;
    const out = pod.defaults({ spec: { containers: [{ name: 'c', image }] } });
    expect(out).toMatchObject({ spec: { containers: [{ imagePullPolicy: policy }], enableServiceLinks: true } });
  });

  test.each<{ kind: [string, string]; given: JsonObject; want: JsonObject }>([
    {
      kind: ['v1', 'Service'],
      given: { spec: { ports: [{ port: 80 }] } },
      want: {
        spec: {
          type: 'ClusterIP',
          sessionAffinity: 'None',
          internalTrafficPolicy: 'Cluster',
          ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
        },
      },
    },
    {
      kind: ['v1', 'Service'],
      given: { spec: { type: 'LoadBalancer' } },
      want: { spec: { allocateLoadBalancerNodePorts: true, externalTrafficPolicy: 'Cluster' } },
    },
    { kind: ['v1', 'Secret'], given: {}, want: { type: 'Opaque' } },
    {
      kind: ['v1', 'Namespace'],
      given: { metadata: { name: 'n' } },
      want: { metadata: { labels: { 'kubernetes.io/metadata.name': 'n' } }, status: { phase: 'Active' } },
    },
    {
      kind: ['batch/v1', 'Job'],
      given: {},
      want: {
        spec: {
          completions: 1,
          parallelism: 1,
          backoffLimit: 6,
          completionMode: 'NonIndexed',
          suspend: false,
          podReplacementPolicy: 'TerminatingOrFailed',
        },
      },
    },
    { kind: ['batch/v1', 'Job'], given: { spec: { parallelism: 3 } }, want: { spec: { parallelism: 3 } } },
    {
      kind: ['batch/v1', 'CronJob'],
      given: {},
      want: { spec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 } },
    },
    {
      kind: ['autoscaling/v1', 'HorizontalPodAutoscaler'],
      given: {},
      want: { spec: { minReplicas: 1, targetCPUUtilizationPercentage: 80 } },
    },
    {
      kind: ['v1', 'Pod'],
      given: { spec: { serviceAccountName: 'x', containers: [] } },
      want: { spec: { serviceAccount: 'x', serviceAccountName: 'x' } },
    },
    {
      kind: ['apps/v1', 'DaemonSet'],
      given: {},
      want: { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } } },
    },
    { kind: ['v1', 'PersistentVolumeClaim'], given: {}, want: { spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } } },
    {
      kind: ['v1', 'PersistentVolume'],
      given: { spec: { iscsi: {} } },
      want: { spec: { iscsi: { iscsiInterface: 'default' }, persistentVolumeReclaimPolicy: 'Retain' } },
    },
    {
      kind: ['networking.k8s.io/v1', 'NetworkPolicy'],
      given: { spec: { egress: [{ ports: [{ port: 53 }] }] } },
      want: { spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ protocol: 'TCP' }] }] } },
    },
    {
      kind: ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
      given: { spec: { names: { kind: 'Foo' } } },
      want: { spec: { names: { singular: 'foo', listKind: 'FooList' }, conversion: { strategy: 'None' } } },
    },
    {
      kind: ['v1', 'LimitRange'],
      given: { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { memory: '1Mi' } }] } },
      want: { spec: { limits: [{ default: { cpu: '1' }, defaultRequest: { cpu: '1', memory: '1Mi' } }] } },
    },
  ])('of $kind', ({ kind: [apiVersion, name], given, want }) => {
    expect((kinds.kind(apiVersion, name) as KindInfo).defaults(given)).toMatchObject(want);
  });

  test('keep an explicit zero and an emptied struct', () => {
    expect(deployment.defaults(object({ replicas: 0, strategy: { type: 'Recreate' } }))['spec']).toMatchObject({
      replicas: 0,
      strategy: { type: 'Recreate' },
    });
  });
});

describe('protobuf', () => {
  const field = (number: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
  const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
  const metadata = field(1, Buffer.concat([text(1, 'n'), text(3, 'ns')]));
  const entry = field(2, Buffer.concat([text(1, 'k'), field(2, Buffer.from('v'))]));
  const body = Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, Buffer.concat([text(1, 'v1'), text(2, 'Secret')])),
    field(2, Buffer.concat([metadata, entry, text(3, 'Opaque')])),
  ]);

  test('reads an object out of its envelope', () => {
    const { apiVersion, kind, message } = decodeEnvelope(body);
    expect(kinds.codec(apiVersion, kind)?.decodeProtobuf(message)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'n', namespace: 'ns' },
      data: { k: 'dg==' },
      type: 'Opaque',
    });
  });

  test.each([
    { name: 'something else', bytes: Buffer.from('{}') },
    { name: 'a torn body', bytes: body.subarray(0, -3) },
    { name: 'a length beyond the end', bytes: Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x12, 0xff, 0xff, 0xff, 0x7f])]) },
  ])('refuses $name', ({ bytes }) => {
    expect(() => kinds.codec('v1', 'Secret')?.decodeProtobuf(decodeEnvelope(bytes).message)).toThrow(ProtobufError);
  });

  test('refuses messages that are nested without end', () => {
    const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)]);
    const codec = kinds.struct('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
    const not = codec?.type.fields.find((f) => f.name === 'not')?.number ?? 0;
    let schema = Buffer.alloc(0);
    for (let i = 0; i < 400; i++) schema = Buffer.concat([Buffer.from([...varint((not << 3) | 2), ...varint(schema.length)]), schema]);
    expect(() => codec?.decodeProtobuf(schema)).toThrow('nested too deep');
  });
});

describe('OpenAPI v3', () => {
  test('documents have what clients look for', async () => {
    const document = await kinds.openApiV3('apps/v1');
    const paths = document['paths'] as Readonly<Record<string, { patch: { parameters: { name: string }[] } }>>;
    const patch = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.patch;
    expect(patch?.parameters.map(({ name }) => name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    const { schemas } = document['components'] as { schemas: Readonly<Record<string, JsonObject>> };
    expect(schemas['io.k8s.api.apps.v1.DeploymentSpec']).toMatchObject({
      properties: {
        template: {
          allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' }],
          default: {},
          description: expect.any(String),
        },
      },
    });
    expect(JSON.stringify(document)).not.toContain('#/definitions/');
  });

  test('references lead somewhere', async () => {
    const { components } = (await kinds.openApiV3('v1')) as { components: { schemas: JsonObject } };
    const missing = [...JSON.stringify(components).matchAll(/"#\/components\/schemas\/([^"]+)"/g)]
      .map(([, name]) => name as string)
      .filter((name) => !Object.hasOwn(components.schemas, name));
    expect(missing).toEqual([]);
  });

  test('every group-version has one', async () => {
    const documents = await kinds.openApi();
    for (const { path } of kinds.openApiV3Index()) expect(documents.paths()).toContain(path);
  });
});
