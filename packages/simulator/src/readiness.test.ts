import { getPath, type JsonObject } from '@flux-ts/base';
import { afterEach, describe, expect, test } from 'vitest';
import { TestCluster, told, type TestClusterOptions } from '../test/cluster.ts';

const open: TestCluster[] = [];
afterEach(async () => {
  for (const it of open.splice(0)) await it.close();
});

const WIDGET = { apiVersion: 'example.com/v1', kind: 'Widget' };
const FREE = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

async function cluster(options: TestClusterOptions, subresources: JsonObject = { status: {} }): Promise<TestCluster> {
  const it = await TestCluster.start(options);
  open.push(it);
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: FREE }, subresources }];
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
  await it.client.create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions },
  });
  await it.clock.advance(1000);
  return it;
}

const widget = (name = 'web'): JsonObject => ({ ...WIDGET, metadata: { name, namespace: 'default' }, spec: { size: 1 } });

describe('an object of a custom kind', () => {
  test('is left alone where no rule is for it', async () => {
    const it = await cluster({ rules: 'readiness: [{group: other.com, kind: Widget}, {group: example.com, kind: Widget, name: "x*"}]' });
    await it.client.create(widget());
    await it.clock.advance(60_000);
    expect((await it.get(WIDGET))['status']).toBeUndefined();
  });

  test('is on its way first and ready after its time, for each generation, as kstatus sees it', async () => {
    const it = await cluster({ rules: 'readiness: [{group: example.com, kind: Widget, after: 10s}]' });
    await it.client.create(widget());
    await it.clock.advance(1000);
    expect(told(await it.get(WIDGET), 'Ready')).toBe('False Progressing');
    expect(await it.status(WIDGET)).toBe('InProgress');
    await it.clock.advance(10_000);
    expect(await it.status(WIDGET)).toBe('Current');
    expect(told(await it.get(WIDGET), 'Ready')).toBe('True Simulated');
    await it.change(WIDGET, { size: 2 });
    await it.clock.advance(1000);
    expect(await it.status(WIDGET)).toBe('InProgress');
    await it.clock.advance(10_000);
    const after = await it.get(WIDGET);
    expect(await it.status(WIDGET)).toBe('Current');
    expect(getPath(after, ['status', 'observedGeneration'])).toBe(2);
    const managers = getPath(after, ['metadata', 'managedFields']) as readonly JsonObject[];
    expect(managers.find((entry) => entry['subresource'] === 'status')?.['manager']).toBe('workload-simulator');
  });

  test('has the status that its rule gives it', async () => {
    const status =
      '{phase: Bound, url: "https://a.example.com", conditions: [{type: Synced, status: "True", reason: Done}, {type: Ready, status: "False", reason: Broken, message: no disk}]}';
    const it = await cluster({ rules: `readiness: [{group: example.com, kind: Widget, status: ${status}}]` });
    await it.client.create(widget());
    await it.clock.advance(1000);
    const stored = await it.get(WIDGET);
    expect(stored['status']).toMatchObject({ phase: 'Bound', url: 'https://a.example.com', observedGeneration: 1 });
    expect([told(stored, 'Synced'), told(stored, 'Ready')]).toEqual(['True Done', 'False Broken']);
    expect(getPath(stored, ['status', 'conditions', 0, 'lastTransitionTime'])).toBe('2026-01-01T00:00:01Z');
  });

  test('of a kind without a status of its own gets it too, once', async () => {
    const it = await cluster({ rules: 'readiness: [{group: example.com, kind: Widget}]' }, {});
    await it.client.create(widget());
    await it.clock.advance(60_000);
    expect(told(await it.get(WIDGET), 'Ready')).toBe('True Simulated');
    expect(it.changes.filter((c) => c.resource === 'widgets').length).toBeLessThan(5);
  });
});
