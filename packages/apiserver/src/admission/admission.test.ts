import { seededRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApiServer, serviceAccountUser, type ApiServer } from '../index.ts';

let server: ApiServer;
let clock: VirtualClock;
beforeEach(async () => {
  clock = new VirtualClock();
  server = await createApiServer({ clock, random: seededRandom(1), freeze: true });
});
afterEach(() => server.close());

async function send(
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
  path: string,
  body?: JsonObject,
  type = 'application/merge-patch+json',
): Promise<Record<string, JsonObject & string>> {
  const headers = method === 'PATCH' ? { 'content-type': type } : {};
  const answer = await server.transport().request({ method, path, headers, ...(body === undefined ? {} : { body }) });
  return (answer.body ?? {}) as Record<string, JsonObject & string>;
}

const POD: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const PODS = '/api/v1/namespaces/default/pods';

describe('Pods', () => {
  test('get an account with a token, tolerations and a priority', async () => {
    const pod = await send('POST', PODS, POD);
    const spec = pod['spec'] as JsonObject;
    expect(spec).toMatchObject({ serviceAccountName: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    expect((spec['tolerations'] as JsonObject[]).map((t) => t['key'])).toEqual([
      'node.kubernetes.io/not-ready',
      'node.kubernetes.io/unreachable',
    ]);
    expect((spec['volumes'] as JsonObject[])[0]?.['name']).toMatch(/^kube-api-access-/);
    expect(pod['status']).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  test.each([
    {
      name: 'an account that is not there',
      spec: { serviceAccountName: 'none' },
      message: 'pods "p" is forbidden: error looking up service account default/none: serviceaccount "none" not found',
    },
    {
      name: 'a priority class that is not there',
      spec: { priorityClassName: 'none' },
      message: 'pods "p" is forbidden: no PriorityClass with name none was found',
    },
  ])('are refused for $name', async ({ spec, message }) => {
    const refused = await send('POST', PODS, { ...POD, spec: { ...(POD['spec'] as JsonObject), ...spec } });
    expect(refused['message']).toBe(message);
  });

  test('that run somewhere have time to end, others go at once', async () => {
    await send('POST', PODS, POD);
    await send('POST', `${PODS}/p/binding`, { target: { kind: 'Node', name: 'n' } });
    const marked = await send('DELETE', `${PODS}/p`);
    expect(marked['metadata']).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
    await send('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
    expect(await send('GET', `${PODS}/p`)).toMatchObject({ code: 404 });
  });
});

test('a quota counts what is there and refuses what is too much', async () => {
  server.seed([
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard: { pods: '1', 'requests.cpu': '1' } },
    },
  ]);
  const cpu = (amount: string): JsonObject => ({
    ...POD,
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: amount } } }] },
  });
  expect((await send('POST', PODS, cpu('2')))['message']).toBe(
    'pods "p" is forbidden: exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1',
  );
  await send('POST', PODS, cpu('500m'));
  expect((await send('GET', '/api/v1/namespaces/default/resourcequotas/q'))['status']?.['used']).toEqual({
    pods: '1',
    'requests.cpu': '500m',
  });
});

test('nothing is made in a namespace that is on its way out', async () => {
  server.seed([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' } }]);
  const marked = await send('DELETE', '/api/v1/namespaces/going');
  expect(marked['status']).toEqual({ phase: 'Terminating' });
  const refused = await send('POST', '/api/v1/namespaces/going/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
  });
  expect(refused).toMatchObject({
    code: 403,
    details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace going is being terminated', field: 'metadata.namespace' }] },
  });
});

test('nobody grants what they do not hold', async () => {
  const group = 'rbac.authorization.k8s.io';
  server.seed([
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'roles' },
      rules: [{ apiGroups: [group], resources: ['roles'], verbs: ['create', 'get'] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'roles' },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'roles' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
    },
  ]);
  const body = {
    apiVersion: `${group}/v1`,
    kind: 'Role',
    metadata: { name: 'r' },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  };
  const answer = await server
    .transport(serviceAccountUser('default', 'default'))
    .request({ method: 'POST', path: `/apis/${group}/v1/namespaces/default/roles`, body });
  expect(answer.body).toMatchObject({ code: 403 });
  expect((answer.body as { message: string }).message).toContain(
    'is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
  );
});

test('a definition that the cluster brings itself only gains versions', async () => {
  const version = (name: string, storage: boolean): JsonObject => ({
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: { type: 'object' } },
  });
  const crd = (...versions: JsonObject[]): JsonObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'kustomizations.kustomize.toolkit.fluxcd.io' },
    spec: {
      group: 'kustomize.toolkit.fluxcd.io',
      scope: 'Namespaced',
      names: { plural: 'kustomizations', kind: 'Kustomization' },
      versions,
    },
  });
  server.installCrd(crd(version('v1', true)));
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/kustomizations.kustomize.toolkit.fluxcd.io';
  const answer = await server.transport().request({
    method: 'PATCH',
    path,
    query: { fieldManager: 'old', force: 'true' },
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: crd(version('v1beta2', true)),
  });
  const versions = ((answer.body as JsonObject)['spec'] as { versions: { name: string; storage: boolean }[] }).versions;
  expect(versions.map((v) => [v.name, v.storage])).toEqual([
    ['v1', true],
    ['v1beta2', false],
  ]);
  expect(answer.headers['warning']).toEqual([expect.stringContaining('keeps its own definition')]);
  expect(await send('GET', '/api/v1/namespaces/default/events/kustomizations.kustomize.toolkit.fluxcd.io.kept')).toMatchObject({
    reason: 'DefinitionKept',
  });
});

test('Events are gone an hour after they were last written', async () => {
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    lastTimestamp: '2020-01-01T00:00:00Z',
    reason: 'R',
    message: 'm',
    type: 'Normal',
  };
  await send('POST', '/api/v1/namespaces/default/events', event);
  await clock.advance(59 * 60_000);
  expect((await send('GET', '/apis/events.k8s.io/v1/namespaces/default/events/e'))['note']).toBe('m');
  await clock.advance(2 * 60_000);
  expect(await send('GET', '/api/v1/namespaces/default/events/e')).toMatchObject({ code: 404 });
});
