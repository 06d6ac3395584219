import { getArray, getPath, isObject, seededRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../../test/client.ts';
import { createApiServer, type ApiServer } from '../index.ts';
import { thingDefinition } from '../../test/things.ts';

const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/web';
const SCALE = `${DEPLOYMENT}/scale`;

let server: ApiServer;

beforeEach(async () => {
  server = await createApiServer({ clock: new VirtualClock(), random: seededRandom(1) });
});
afterEach(() => server.close());

function deployment(replicas?: number): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    },
  };
}

const applied = (manager: string, replicas?: number, force = 'false') =>
  ask(server, 'PATCH', DEPLOYMENT, { body: deployment(replicas), query: { fieldManager: manager, force }, patch: 'apply' });

const scaled = (manager: string, replicas: number) =>
  ask(server, 'PATCH', SCALE, { body: { spec: { replicas } }, query: { fieldManager: manager }, patch: 'merge' });

const scaleApplied = (manager: string, replicas: number, query: Record<string, string> = {}) =>
  ask(server, 'PATCH', SCALE, {
    body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas } },
    query: { fieldManager: manager, ...query },
    patch: 'apply',
  });

/** Who owns the replicas: "manager operation version subresource". */
async function replicasOwners(): Promise<string[]> {
  const { body } = await ask(server, 'GET', DEPLOYMENT);
  return (getArray(body, ['metadata', 'managedFields']) ?? [])
    .filter(isObject)
    .filter((entry) => getPath(entry, ['fieldsV1', 'f:spec', 'f:replicas']) !== undefined)
    .map(({ manager, operation, apiVersion, subresource = '' }) => [manager, operation, apiVersion, subresource].join(' ').trim())
    .sort();
}

describe('who scales owns the replicas', () => {
  test('and takes them from who set them', async () => {
    await applied('flux', 2);
    expect(await replicasOwners()).toEqual(['flux Apply apps/v1']);
    expect((await scaled('kubectl', 5)).body).toMatchObject({ kind: 'Scale', spec: { replicas: 5 } });
    expect(await replicasOwners()).toEqual(['kubectl Update apps/v1 scale']);
    await scaled('autoscaler', 6);
    expect(await replicasOwners()).toEqual(['autoscaler Update apps/v1 scale']);
    const { body } = await ask(server, 'GET', DEPLOYMENT);
    const entry = (getArray(body, ['metadata', 'managedFields']) ?? []).filter(isObject).find((e) => e['subresource'] === 'scale');
    expect(entry).toEqual({
      manager: 'autoscaler',
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      subresource: 'scale',
    });
  });

  test('a later apply with another number conflicts, one without replicas does not', async () => {
    await applied('flux', 2);
    await scaled('kubectl', 5);
    const refused = await applied('flux', 3);
    expect(refused.status).toBe(409);
    expect(refused.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
    await applied('flux');
    expect((await ask(server, 'GET', SCALE)).body).toMatchObject({ spec: { replicas: 5 } });
    expect((await applied('flux', 3, 'true')).status).toBe(200);
    expect(await replicasOwners()).toEqual(['flux Apply apps/v1']);
  });

  test('the same number again changes nothing', async () => {
    await applied('flux', 2);
    const before = await ask(server, 'GET', DEPLOYMENT);
    await scaled('kubectl', 2);
    expect((await ask(server, 'GET', DEPLOYMENT)).body).toEqual(before.body);
  });
});

describe('an applied scale', () => {
  test('conflicts with who owns the replicas, takes them by force, and keeps the rest of the owners', async () => {
    await applied('flux', 2);
    const refused = await scaleApplied('autoscaler', 4);
    expect(refused).toMatchObject({ status: 409, message: 'Apply failed with 1 conflict: conflict with "flux": .spec.replicas' });
    expect((await scaleApplied('autoscaler', 4, { force: 'true' })).body).toMatchObject({ spec: { replicas: 4 } });
    expect(await replicasOwners()).toEqual(['autoscaler Apply apps/v1 scale']);
    await scaleApplied('other', 4);
    expect(await replicasOwners()).toEqual(['autoscaler Apply apps/v1 scale', 'other Apply apps/v1 scale']);
  });

  test('has to be a Scale', async () => {
    await applied('flux', 2);
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 4 } };
    const { message } = await ask(server, 'PATCH', SCALE, { body, query: { fieldManager: 'x' }, patch: 'apply' });
    expect(message).toBe('Incorrect version specified in apply patch. Specified patch version: apps/v1, expected: autoscaling/v1');
  });
});

test('a scale that is no number is refused as what it is', async () => {
  await applied('flux', 2);
  const said = await ask(server, 'PATCH', SCALE, { body: { spec: { replicas: 'x' } }, patch: 'merge' });
  expect(said.status).toBe(400);
  expect(said.message).toContain('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string');
  const negative = await ask(server, 'PATCH', SCALE, { body: { spec: { replicas: -1 } }, patch: 'merge' });
  expect(negative.message).toBe('Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0');
});

test('a custom resource without replicas has no scale', async () => {
  server.installCrd(
    thingDefinition({
      subresources: { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
      schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } },
    }),
  );
  const path = '/apis/example.com/v1/things';
  await ask(server, 'POST', path, { body: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: {} } });
  expect(await ask(server, 'GET', `${path}/a/scale`)).toMatchObject({
    status: 500,
    message: 'Internal error occurred: the spec replicas field ".spec.size" does not exist',
  });
  await ask(server, 'PATCH', `${path}/a/scale`, { body: { spec: { replicas: 3 } }, patch: 'merge' });
  expect((await ask(server, 'GET', `${path}/a/scale`)).body).toMatchObject({ spec: { replicas: 3 } });
});
