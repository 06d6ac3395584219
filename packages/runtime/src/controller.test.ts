import { expect, test } from 'vitest';
import { Counters, seededRandom, silentLogger, VirtualClock, type JsonObject } from '@flux-ts/base';
import { createApiServer, type ApiServer } from '@flux-ts/apiserver';
import { Informer, KubeClient } from '@flux-ts/kube';
import { createController, TerminalError, type ReconcileContext, type ReconcileResult } from './controller.ts';
import { EventRecorder } from './events.ts';
import { InformerSet } from './informer-set.ts';
import { runAsLeader } from './leader.ts';
import { Metrics } from './metrics.ts';
import { anyOf, artifactChanged, generationChanged, reconcileRequested } from './predicates.ts';
import { StatusDraft } from './status-draft.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const configMap = (name: string, data: JsonObject = {}): JsonObject => ({ ...CONFIG_MAP, metadata: { name, namespace: 'default' }, data });

async function world(): Promise<{ clock: VirtualClock; server: ApiServer; client: KubeClient; counters: Counters }> {
  const clock = new VirtualClock();
  const counters = new Counters();
  const server = await createApiServer({ clock, random: seededRandom(1), counters, freeze: true });
  return { clock, server, client: new KubeClient({ transport: server.transport(), fieldManager: 'test' }), counters };
}

test('changes lead to reconciliations, failures come back later, terminal ones wait for a change', async () => {
  const { clock, server, client } = await world();
  const seen: string[] = [];
  const answers: Record<string, (n: number) => ReconcileResult> = {
    'default/fails': (n) => {
      if (n < 3) throw new Error('again');
      return {};
    },
    'default/never': () => {
      throw new TerminalError(new Error('no'));
    },
    'default/interval': () => ({ requeueAfterMs: 60_000 }),
  };
  const metrics = new Metrics();
  const controller = createController({
    name: 'configmap',
    kind: 'ConfigMap',
    clock,
    random: seededRandom(2),
    log: silentLogger,
    metrics,
    concurrent: 2,
    minRetryDelayMs: 1000,
    watches: [{ informer: new InformerSet({ client, clock }).informer(CONFIG_MAP) }],
    reconcile(key: string, context: ReconcileContext) {
      expect(context.signal.aborted).toBe(false);
      seen.push(`${clock.now() - Date.UTC(2026, 0, 1)} ${key}`);
      const n = seen.filter((s) => s.endsWith(key)).length;
      return Promise.resolve().then(() => answers[key]?.(n) ?? {});
    },
  });
  const abort = new AbortController();
  const running = controller.start(abort.signal);
  for (const key of ['default/fails', 'default/never', 'default/interval']) controller.enqueue(key);
  await clock.advance(61_000);
  abort.abort(new Error('stop'));
  await running;
  expect(seen.sort()).toEqual(
    [
      '0 default/fails',
      '1000 default/fails',
      '3000 default/fails',
      '0 default/never',
      '0 default/interval',
      '60000 default/interval',
    ].sort(),
  );
  expect(metrics.toText()).toContain('gotk_reconcile_duration_seconds_count{kind="ConfigMap",name="fails",namespace="default"} 3');
  await server.close();
});

test('an informer set shares one informer a kind, and feeds objects as they come and go', async () => {
  const { clock, server, client } = await world();
  const set = new InformerSet({ client, clock });
  expect(set.informer(CONFIG_MAP)).toBe(set.informer(CONFIG_MAP));
  expect(set.informer(CONFIG_MAP, { labelSelector: 'a=b' })).not.toBe(set.informer(CONFIG_MAP));
  const abort = new AbortController();
  set.start(abort.signal);
  const informer = set.informer(CONFIG_MAP);
  await informer.synced;
  await client.create(configMap('a'));
  await clock.advance(1);
  expect(informer.get({ namespace: 'default', name: 'a' })).toBeDefined();
  await client.delete(CONFIG_MAP, { namespace: 'default', name: 'a' });
  await clock.advance(1);
  expect(informer.get({ namespace: 'default', name: 'a' })).toBeUndefined();
  expect(informer).toBeInstanceOf(Informer);
  abort.abort();
  await set.stopped();
  await server.close();
});

test('events are recorded once and then counted', async () => {
  const { clock, server, client } = await world();
  const object = await client.create(configMap('a'));
  const sent: string[] = [];
  const recorder = new EventRecorder({ client, clock, log: silentLogger, component: 'test-controller', sink: (e) => sent.push(e.message) });
  recorder.record({ object, severity: 'info', reason: 'Done', message: 'first', metadata: { 'x/revision': 'r' } });
  await clock.advance(1000);
  recorder.record({ object, severity: 'info', reason: 'Done', message: 'first' });
  recorder.record({ object, severity: 'error', reason: 'Failed', message: 'second' });
  recorder.record({ object, severity: 'trace', reason: 'Seen', message: 'third' });
  await recorder.flush();
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: 'default' });
  expect(items.map((e) => [e['type'], e['reason'], e['message'], e['count']])).toEqual([
    ['Normal', 'Done', 'first', 2],
    ['Warning', 'Failed', 'second', 1],
    ['Normal', 'Seen', 'third', 1],
  ]);
  expect(items[0]).toMatchObject({
    metadata: { annotations: { 'x/revision': 'r' } },
    involvedObject: { kind: 'ConfigMap', name: 'a', namespace: 'default' },
    source: { component: 'test-controller' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:01Z',
  });
  expect(sent).toEqual(['first', 'first', 'second']);
  await server.close();
});

test('a draft writes only what has changed, status and finalizers apart', async () => {
  const { clock, server, client, counters } = await world();
  const type = { apiVersion: 'apps/v1', kind: 'Deployment' };
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const object = await client.create({
    ...type,
    metadata: { name: 'd', namespace: 'default' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  });
  const draft = new StatusDraft({ client, clock, fieldManager: 'me', object });
  const writes = counters.get('apiserver.write');
  await draft.patch();
  expect(counters.get('apiserver.write')).toBe(writes);
  draft.observe();
  draft.mark('Available', 'True', 'r', 'm');
  draft.finalizer('example.com/f', true);
  await draft.patch();
  const stored = await client.get(type, { namespace: 'default', name: 'd' });
  expect(stored['status']).toMatchObject({ observedGeneration: 1, conditions: [{ type: 'Available', status: 'True' }] });
  expect(stored['metadata']).toMatchObject({ finalizers: ['example.com/f'] });
  draft.unmark('Available');
  draft.set('observedGeneration', undefined);
  draft.finalizer('example.com/f', false);
  await draft.patch();
  const again = await client.get(type, { namespace: 'default', name: 'd' });
  expect(again['status'] ?? {}).toEqual({});
  expect((again['metadata'] as JsonObject)['finalizers']).toBeUndefined();
  await server.close();
});

test('of two that want a lease one works at a time, and gives it back', async () => {
  const { clock, server, client } = await world();
  const log: string[] = [];
  const run = (identity: string, signal: AbortSignal): Promise<void> =>
    runAsLeader(
      { client, clock, log: silentLogger, namespace: 'default', name: 'lock', identity },
      async (inner) => {
        log.push(`${identity} leads`);
        await clock.sleep(60_000, inner).catch(() => undefined);
        log.push(`${identity} ends`);
      },
      signal,
    );
  const abort = new AbortController();
  const both = Promise.all([run('a', abort.signal), run('b', abort.signal)]);
  await clock.advance(200_000);
  await both;
  expect(log).toEqual(['a leads', 'a ends', 'b leads', 'b ends']);
  await server.close();
});

test.each([
  {
    name: 'another generation',
    old: { metadata: { generation: 1 } },
    object: { metadata: { generation: 2 } },
    passes: [true, false, false],
  },
  {
    name: 'a new request',
    old: { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': '1' } } },
    object: { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': '2' } } },
    passes: [false, true, false],
  },
  {
    name: 'a request that is taken away',
    old: { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': '1' } } },
    object: { metadata: {} },
    passes: [false, false, false],
  },
  { name: 'a deletion', old: { metadata: {} }, object: { metadata: { deletionTimestamp: 't' } }, passes: [true, false, false] },
  {
    name: 'another revision',
    old: { status: { artifact: { revision: 'a' } } },
    object: { status: { artifact: { revision: 'b' } } },
    passes: [false, false, true],
  },
  { name: 'another condition', old: { status: {} }, object: { status: { conditions: [] } }, passes: [false, false, false] },
])('predicates say $passes of $name', ({ old, object, passes }) => {
  const event = { type: 'modified', old, object } as const;
  expect([generationChanged, reconcileRequested, artifactChanged].map((p) => p(event))).toEqual(passes);
  expect(anyOf(generationChanged, reconcileRequested)(event)).toBe(passes[0] || passes[1]);
});
