// Sends good requests with seeded faults in path, query, headers and body, and looks that every answer is a proper one: a Status
// or text with a 2xx or 4xx code (504 for revisions of the future, 500 only where upstream's typed apply answers so), and that
// the server still works. `npx tsx --conditions=flux-ts-source packages/apiserver/test/mutations.ts [--count 10000] [--seed 1]`.
import { isObject, seededRandom, systemRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import type { KubeRequest } from '@flux-ts/kube';
import { createApiServer } from '../src/index.ts';

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
}

const random = seededRandom(option('seed', 1));
const pick = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)] as T;

const OBJECTS: readonly { readonly path: string; readonly object: JsonObject }[] = [
  {
    path: '/api/v1/namespaces/default/configmaps',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', labels: { a: 'b' } }, data: { k: 'v' } },
  },
  {
    path: '/api/v1/namespaces/default/services',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'm' },
      spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 'x', nodePort: 30_001 }] },
    },
  },
  {
    path: '/api/v1/namespaces/default/pods',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'm' },
      spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '1' } } }] },
    },
  },
  {
    path: '/apis/apps/v1/namespaces/default/deployments',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'm' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
  },
  {
    path: '/apis/batch/v1/namespaces/default/jobs',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'm' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
    },
  },
  {
    path: '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers',
    object: {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'm' },
      spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 50, scaleTargetRef: { kind: 'Deployment', name: 'm' } },
    },
  },
  {
    path: '/apis/events.k8s.io/v1/namespaces/default/events',
    object: {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'm' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      regarding: { kind: 'Pod' },
      note: 'n',
    },
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'm' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
  },
  {
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    object: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ms.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'ms', kind: 'M' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { a: { type: 'integer', default: 1 } } } },
          },
        ],
      },
    },
  },
  {
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    object: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    },
  },
];
const TYPES = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/apply-patch+yaml',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'text/plain',
  '',
];
const JUNK = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '-',
  '0',
  '1e999',
  'null',
  'true',
  '\\',
  '\\u0000',
  '\u0000',
  '"$patch":"delete",',
  '"$retainKeys":["a"],',
  '__proto__',
  'constructor',
  '99999999999999999999',
  '\ud800',
  ' '.repeat(50),
  '[['.repeat(500),
  '{"a":'.repeat(300),
];
const VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '10Gi',
  [],
  {},
  [null],
  { a: { b: [] } },
  '2026-01-01T00:00:00Z',
  Array.from({ length: 200 }, () => 0),
];
const QUERIES = [
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'labelSelector',
  'fieldSelector',
  'watch',
  'sendInitialEvents',
  'timeoutSeconds',
  'gracePeriodSeconds',
  'propagationPolicy',
];
const QUERY_VALUES = [
  '',
  'All',
  'x',
  'true',
  'false',
  '-1',
  '0',
  '5',
  '99999999',
  'NotOlderThan',
  'Exact',
  'a=b',
  'a in (b',
  '!',
  'metadata.name=m',
  'Strict',
  'Orphan',
  'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0',
  '%00',
  '\n',
];

/** The object with one value put somewhere inside. */
function mutate(value: unknown, depth = 0): unknown {
  if (depth > 6 || typeof value !== 'object' || value === null || random.next() < 0.15) return pick(VALUES);
  if (Array.isArray(value))
    return value.length === 0
      ? [pick(VALUES)]
      : value.map((v, i, all) => (i === Math.floor(random.next() * all.length) ? mutate(v, depth + 1) : (v as unknown)));
  const keys = Object.keys(value);
  const key = random.next() < 0.1 ? pick(['extra', '__proto__', 'finalizers', 'managedFields', 'ownerReferences', 'status']) : pick(keys);
  const out: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  Object.defineProperty(out, key, { value: mutate(out[key], depth + 1), enumerable: true, configurable: true, writable: true });
  return out;
}

function damage(text: string): string {
  const at = Math.floor(random.next() * text.length);
  return text.slice(0, at) + pick(JUNK) + text.slice(at + Math.floor(random.next() * 5));
}

function makeRequest(): KubeRequest {
  const { path, object } = pick(OBJECTS);
  const method = pick(['GET', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'DELETE'] as const);
  const tail =
    method === 'POST'
      ? ''
      : pick(['/m', '/m', '/m', '/ms.example.com', '/m/status', '/m/scale', '/m/log', '/m/eviction', '', '/%zz', '/../x', '//']);
  const query: Record<string, string> = method === 'PATCH' ? { fieldManager: 'x', force: 'true' } : {};
  while (random.next() < 0.4) query[pick(QUERIES)] = pick(QUERY_VALUES);
  const headers: Record<string, string> = {
    'content-type': method === 'PATCH' ? pick(TYPES.slice(3, 7)) : pick(TYPES.slice(0, random.next() < 0.8 ? 2 : 9)),
  };
  if (random.next() < 0.1)
    headers['accept'] = pick([
      'application/json;as=Table;g=meta.k8s.io;v=v1',
      'text/html',
      ';;;',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    ]);
  if (random.next() < 0.05)
    headers['impersonate-user'] = pick(['', 'jane', 'system:serviceaccount:default:default', 'system:serviceaccount:a']);
  let text = JSON.stringify(random.next() < 0.6 ? mutate(object) : object);
  if (headers['content-type'] === 'application/json-patch+json')
    text = JSON.stringify([
      {
        op: pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'none']),
        path: pick(['/spec', '/metadata/labels/a', '/spec/ports/-', '/spec/ports/99', '', 'x', '/~2']),
        value: pick(VALUES),
        from: pick(['/spec', '/none', '']),
      },
    ]);
  if (random.next() < 0.4) text = damage(text);
  const bytes =
    headers['content-type'] === 'application/vnd.kubernetes.protobuf'
      ? Buffer.concat([Buffer.from('k8s\u0000'), random.bytes(Math.floor(random.next() * 200))])
      : Buffer.from(text);
  return { method, path: path + tail, query, headers, body: bytes };
}

const count = option('count', 10_000);
const server = await createApiServer({ clock: new VirtualClock(), random: systemRandom });
const api = server.transport();
const seen = new Map<number, number>();
let failed = 0;
for (let n = 0; n < count; n++) {
  const request = makeRequest();
  const watching = request.query?.['watch'] !== undefined && request.method === 'GET';
  if (watching) continue;
  const answer = await api.request(request);
  seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
  const message = isObject(answer.body) ? String(answer.body['message'] ?? '') : '';
  const typed = message.startsWith('failed to create typed');
  const fine = answer.status < 500 || answer.status === 504 || answer.status === 501 || (answer.status === 500 && typed);
  const shaped =
    answer.status < 400 ||
    answer.text !== undefined ||
    (isObject(answer.body) && answer.body['kind'] === 'Status' && answer.body['code'] === answer.status);
  if (fine && shaped) continue;
  failed++;
  if (failed <= 10)
    console.log(
      `${answer.status} ${message.slice(0, 300)}\n  ${request.method} ${request.path} ${JSON.stringify(request.query)} ${JSON.stringify(request.headers)}\n  ${Buffer.from(
        request.body as Uint8Array,
      )
        .toString()
        .slice(0, 500)}`,
    );
}
const alive = await api.request({ method: 'GET', path: '/api/v1/namespaces/default' });
if (alive.status !== 200) failed++;
await server.close();
console.log(
  [...seen]
    .sort(([a], [b]) => a - b)
    .map(([status, times]) => `${status}: ${times}`)
    .join(', '),
);
console.log(`${count - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
