import { seededRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../../test/client.ts';
import { createApiServer, type ApiServer } from '../index.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let server: ApiServer;

beforeEach(async () => {
  server = await createApiServer({ clock: new VirtualClock(), random: seededRandom(1) });
});
afterEach(() => server.close());

const configMap = (metadata: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata } });
const create = (metadata: JsonObject = {}) => ask(server, 'POST', MAPS, { body: configMap(metadata) });
const patch = (metadata: JsonObject) => ask(server, 'PATCH', `${MAPS}/a`, { body: { metadata }, patch: 'merge' });
const replace = (metadata: JsonObject) => ask(server, 'PUT', `${MAPS}/a`, { body: configMap(metadata) });

function refused(message: string): JsonObject {
  return { status: 422, message: `ConfigMap "a" is invalid: ${message}` };
}

describe('an update of metadata', () => {
  test('may not change the uid: a patch is refused, a replace is for another object', async () => {
    await create();
    expect(await patch({ uid: 'x' })).toMatchObject(refused('metadata.uid: Invalid value: "x": field is immutable'));
    expect(await replace({ uid: 'x' })).toMatchObject({ status: 409 });
    expect(await replace({})).toMatchObject({ status: 200 });
  });

  test('may not mark an object as deleted', async () => {
    await create();
    const said = await patch({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(said).toMatchObject(refused('metadata.deletionTimestamp: Invalid value: "2026-01-01T00:00:00Z": field is immutable'));
    expect(await patch({ deletionGracePeriodSeconds: 3 })).toMatchObject(
      refused('metadata.deletionGracePeriodSeconds: Invalid value: 3: field is immutable'),
    );
  });

  test('leaves what only the server sets', async () => {
    const made = await create();
    const said = await replace({ creationTimestamp: '2001-01-01T00:00:00Z', generation: 7, generateName: 'a-' });
    const { creationTimestamp } = made.body['metadata'] as JsonObject;
    expect(said.body['metadata']).toMatchObject({ creationTimestamp, generateName: 'a-' });
    expect(said.body['metadata']).not.toHaveProperty('generation');
  });

  test('may not add finalizers to what is being deleted', async () => {
    await create({ finalizers: ['example.com/a'] });
    await ask(server, 'DELETE', `${MAPS}/a`);
    const words = 'no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}';
    expect(await patch({ finalizers: ['example.com/a', 'example.com/b'] })).toMatchObject(
      refused(`metadata.finalizers: Forbidden: ${words}`),
    );
  });
});

describe('metadata', () => {
  test('of a built-in kind has finalizers with a domain, or Kubernetes’ own', async () => {
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    expect(await create({ finalizers: ['mine'] })).toMatchObject(refused(`metadata.finalizers[0]: Invalid value: "mine": ${why}`));
    expect(await create({ finalizers: ['kubernetes', 'example.com/a'] })).toMatchObject({ status: 201 });
  });

  test('has one controller among its owners', async () => {
    const owner = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: name, controller: true });
    const said = await create({ ownerReferences: [owner('x'), owner('y')] });
    expect(said.message).toContain(
      'Only one reference can have Controller set to true. Found "true" in references for ConfigMap/x and ConfigMap/y',
    );
  });

  test('has no more than 256 KiB of annotations', async () => {
    expect(await create({ annotations: { a: 'x'.repeat(256 * 1024) } })).toMatchObject(
      refused('metadata.annotations: Too long: may not be more than 262144 bytes'),
    );
  });
});
