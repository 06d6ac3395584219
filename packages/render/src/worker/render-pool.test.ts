import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RealClock, seededRandom, systemRandom, VirtualClock, type JsonObject, type JsonValue } from '@flux-ts/base';
import { BudgetError, RenderError as HelmRenderError, TemplateError, ValuesError, type Chart } from '@flux-ts/helm';
import { KustomizeError } from '@flux-ts/kustomize';
import { YamlError } from '@flux-ts/yaml';
import { chartOf } from '../../test/hostile-charts.ts';
import { buildWorker, type BuiltWorker } from '../../test/worker-script.ts';
import { RenderError } from '../errors.ts';
import type { HelmReleaseInput, HelmReleaseRender } from '../render-release.ts';
import { RenderBoundError } from './bounds.ts';
import { InlineRenderer } from './inline-renderer.ts';
import { RenderPool, type RenderPoolOptions } from './render-pool.ts';
import type { LookupQuery, ReleaseRenderer } from './renderer.ts';

let built: BuiltWorker;
const open: RenderPool[] = [];

beforeAll(async () => {
  built = await buildWorker();
}, 60_000);
afterEach(async () => {
  for (const pool of open.splice(0)) await pool.close();
});
afterAll(() => built.remove());

function newPool(options: Partial<RenderPoolOptions> = {}): RenderPool {
  const pool = new RenderPool({ script: built.script, clock: new VirtualClock(), random: seededRandom(1), ...options });
  open.push(pool);
  return pool;
}

function input(template: string | Chart, more: Partial<HelmReleaseInput> = {}): HelmReleaseInput {
  const chart = typeof template === 'string' ? chartOf(template) : template;
  return { chart, values: {}, release: { name: 'r', namespace: 'ns' }, ...more };
}

const GOOD = 'kind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}';

async function failureOf(render: Promise<unknown>): Promise<unknown> {
  return render.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Waits until the event loop has brought about what is looked for. */
async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A result with everything in it that is made when asked for. */
function whole(render: HelmReleaseRender): unknown {
  const { rendered } = render;
  return { ...render, rendered: { ...rendered, values: rendered.values, objects: rendered.objects() } };
}

const SUBCHART = {
  'Chart.yaml':
    'apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies:\n- {name: sub, version: 1.0.0, alias: other, repository: "", import-values: [{child: data, parent: from}]}\n- {name: off, version: 1.0.0, repository: "", condition: off.enabled}\n',
  'values.yaml': 'off: {enabled: false}\nown: 1\n',
  'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
  'charts/sub/values.yaml': 'data: {imported: yes}\n',
  'charts/sub/templates/s.yaml': 'kind: Secret\nmetadata: {name: {{ .Chart.Name }}}',
  'charts/sub/crds/x.yaml': 'kind: CustomResourceDefinition\nmetadata: {name: x}',
  'charts/off/Chart.yaml': 'apiVersion: v2\nname: off\nversion: 1.0.0\n',
  'charts/off/templates/s.yaml': 'kind: Never\nmetadata: {name: never}',
};
const odd: JsonObject = Object.defineProperty({ 'a.b': 1, big: 12345678901234567890n, set: 5n, half: 0.5, stray: 'x\udc80' }, '__proto__', {
  value: { deep: [null, true] },
  enumerable: true,
});

describe('a render in a worker gives what one in this thread gives', () => {
  const cases: readonly { readonly name: string; readonly given: HelmReleaseInput }[] = [
    {
      name: 'objects in order, notes',
      given: input(chartOf(`${GOOD}\n---\nkind: Secret\nmetadata: {name: s}`, { 'templates/NOTES.txt': 'hi {{ .Release.Name }}' })),
    },
    {
      name: 'hooks',
      given: input(
        'kind: Job\nmetadata: {name: j, annotations: {helm.sh/hook: "pre-install,test", helm.sh/hook-weight: "-3", helm.sh/hook-delete-policy: hook-failed}}',
      ),
    },
    {
      name: 'subcharts: alias, condition, imported values, CRDs',
      given: input(chartOf('kind: A\nv: {{ .Values.from.imported }}', SUBCHART)),
    },
    {
      name: 'values of every shape',
      given: input('kind: A\nv: {{ toJson .Values }}\nt: {{ kindOf .Values.set }}, {{ kindOf .Values.half }}', { values: odd }),
    },
    { name: 'numbers that JSON does not have', given: input('kind: A\nv: [-0.0, 18446744073709551615, 1e300]') },
    {
      name: 'post-renderers, labels and annotations',
      given: input(GOOD, {
        originLabels: { name: 'hr', namespace: 'own' },
        commonMetadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
        postRenderStrategy: 'separate',
        postRenderers: [
          { kustomize: { patches: [{ target: { kind: 'ConfigMap' }, patch: '[{"op":"add","path":"/data","value":{"k":"v"}}]' }] } },
        ],
      }),
    },
    { name: 'the time and an empty chart', given: input('{{ if now }}{{ end }}') },
  ];
  test.each(cases)('$name', async ({ given }) => {
    const inline = new InlineRenderer({ clock: new VirtualClock(), random: seededRandom(1) });
    const pool = newPool();
    const expected = whole(await inline.render(given));
    expect(whole(await pool.render(given))).toEqual(expected);
    expect(whole(await pool.render(given))).toEqual(expected); // warm
  });
  test('with includes 1000 deep', async () => {
    const template = '{{ define "x" }}{{ if . }}{{ include "x" (rest .) }}{{ else }}end{{ end }}{{ end }}a: {{ include "x" (until 990) }}';
    expect((await newPool().render(input(template))).manifest).toContain('a: end');
  });
});

interface Told {
  readonly types: readonly unknown[];
  readonly messages: readonly string[];
  readonly data: readonly unknown[];
}

/** What an error and its causes are, texts and data. */
function told(error: unknown): Told {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error; at = at.cause) chain.push(at);
  return {
    types: chain.map((e) => e.constructor),
    messages: chain.map((e) => e.message),
    data: chain.map((e) => Object.fromEntries(Object.entries(e))),
  };
}

describe('an error in a worker is the one in this thread', () => {
  const cases: readonly { readonly name: string; readonly input: HelmReleaseInput; readonly types: readonly unknown[] }[] = [
    { name: 'parsing a template', input: input('a: {{ .x'), types: [RenderError, HelmRenderError, TemplateError] },
    { name: 'executing a template', input: input('a: {{ .Values.a.b.c }}'), types: [RenderError, HelmRenderError, TemplateError] },
    {
      name: 'fail inside include',
      input: input('{{ define "x" }}{{ fail "no" }}{{ end }}{{ include "x" . }}'),
      types: [RenderError, HelmRenderError, TemplateError, TemplateError],
    },
    { name: 'YAML that is none', input: input('a: b: c\n'), types: [RenderError, HelmRenderError, YamlError] },
    {
      name: 'values against the schema',
      input: input(chartOf('', { 'values.schema.json': '{"required":["x"]}' })),
      types: [RenderError, ValuesError],
    },
    { name: 'a budget', input: input('{{ range 1000000000 }}{{ end }}'), types: [RenderError, HelmRenderError, BudgetError] },
    {
      name: 'the cluster is too old',
      input: input(chartOf('', { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\nkubeVersion: ">=9"\n' })),
      types: [RenderError, HelmRenderError],
    },
    {
      name: 'a patch that fits nothing',
      input: input(GOOD, { postRenderers: [{ kustomize: { patches: [{ patch: 'kind: Nothing\nmetadata: {name: x}' }] } }] }),
      types: [RenderError, HelmRenderError, KustomizeError],
    },
  ];
  test.each(cases)('$name', async (each) => {
    const inline = told(await failureOf(new InlineRenderer({ clock: new VirtualClock(), random: seededRandom(1) }).render(each.input)));
    const beside = told(await failureOf(newPool().render(each.input)));
    expect(beside).toEqual(inline);
    expect(inline.types.slice(0, each.types.length)).toEqual(each.types);
  });
});

const THERE: Readonly<Record<string, JsonValue>> = { kind: 'ConfigMap', data: { k: 'v', n: 12345678901234567890n } };
const renderers: readonly { readonly name: string; readonly make: () => ReleaseRenderer }[] = [
  { name: 'a worker', make: () => newPool() },
  { name: 'this thread', make: () => new InlineRenderer({ clock: new VirtualClock(), random: seededRandom(1) }) },
];

describe.each(renderers)('lookup in $name', ({ make }) => {
  const read = async (query: LookupQuery): Promise<JsonObject | undefined> => {
    await Promise.resolve();
    if (query.kind === 'Secret') throw new Error('secrets is forbidden');
    if (query.name === '') return { items: [THERE, THERE] };
    return query.name === 'there' ? THERE : undefined;
  };
  test('gives objects, lists and nothing, and asks each question once', async () => {
    const asked: string[] = [];
    const template =
      'a: {{ (lookup "v1" "ConfigMap" "ns" "there").data | toJson }}\nb: {{ len (lookup "v1" "ConfigMap" "ns" "").items }}\nc: {{ lookup "v1" "ConfigMap" "ns" "gone" | toJson }}\nd: {{ (lookup "v1" "ConfigMap" "ns" "there").data.k }}';
    const done = await make().render(input(template), {
      read: (query) => {
        asked.push(`${query.namespace}/${query.name}`);
        return read(query);
      },
    });
    expect(done.manifest).toContain('a: {"k":"v","n":12345678901234567890}\nb: 2\nc: {}\nd: v\n');
    expect(asked.sort()).toEqual(['ns/', 'ns/gone', 'ns/there']);
  });
  test('that is refused fails the template at its place', async () => {
    const error = await failureOf(make().render(input('a: 1\nb: {{ lookup "v1" "Secret" "ns" "s" }}'), { read }));
    expect(error).toBeInstanceOf(RenderError);
    expect((error as Error).message).toContain(
      'c/templates/a.yaml:2:6: executing "c/templates/a.yaml" at <lookup "v1" "Secret" "ns" "s">: error calling lookup: secrets is forbidden',
    );
  });
  test('without a cluster is empty', async () => {
    expect((await make().render(input('a: {{ lookup "v1" "Secret" "ns" "s" | toJson }}'))).manifest).toContain('a: {}');
  });
});

test('a lookup without an answer ends', async () => {
  const pool = newPool({ lookupTimeoutMs: 20 });
  const error = await failureOf(pool.render(input('{{ lookup "v1" "Secret" "ns" "s" }}'), { read: () => new Promise(() => undefined) }));
  expect((error as Error).message).toContain('error calling lookup: the cluster gave no answer within 20ms');
});

/** A template that asks the cluster and then never ends. */
const ENDLESS = '{{ lookup "v1" "ConfigMap" "ns" "x" }}{{ range until 1000000 }}{{ bcrypt "x" }}{{ end }}';

describe('a render that does not end', () => {
  test('is stopped at the limit of time, and a new worker takes the next one', async () => {
    const realClock = new VirtualClock();
    const pool = newPool({ realClock, timeoutMs: 7000 });
    let running = false;
    const failed = failureOf(pool.render(input(ENDLESS), { read: async () => ((running = true), undefined) }));
    await until(() => running);
    await realClock.advance(7000);
    const error = await failed;
    expect(error).toBeInstanceOf(RenderBoundError);
    expect(error).toMatchObject({ code: 'RENDER_TIMEOUT' });
    expect((error as Error).message).toMatch(
      /^rendering chart c 0\.1\.0 for release ns\/r was stopped: it took longer than 7s; look for loops/,
    );
    expect((await pool.render(input(GOOD))).objects).toHaveLength(1);
  });
  test('is stopped in this thread too', async () => {
    const inline = new InlineRenderer({ clock: new RealClock(), random: systemRandom, timeoutMs: 2000 });
    const error = await failureOf(inline.render(input(ENDLESS)));
    expect(error).toMatchObject({ code: 'RENDER_TIMEOUT' });
    expect((await inline.render(input(GOOD))).objects).toHaveLength(1);
  });
  test('is stopped when its signal aborts, with the reason of the signal', async () => {
    const pool = newPool();
    const abort = new AbortController();
    const failed = failureOf(
      pool.render(input(ENDLESS), { signal: abort.signal, read: async () => (abort.abort(new Error('enough')), undefined) }),
    );
    expect(await failed).toBe(abort.signal.reason);
    expect((await pool.render(input(GOOD))).objects).toHaveLength(1);
  });
  test('lets the event loop turn', async () => {
    const pool = newPool();
    let running = true;
    const render = pool.render(input('{{ range 300000 }}{{ $_ := sha256sum "x" }}{{ end }}')).finally(() => (running = false));
    let turns = 0;
    await until(() => (turns++, !running));
    await render;
    expect(turns).toBeGreaterThan(20);
  });
});

describe('a pool', () => {
  test('renders with as many workers as it may have, the rest in turn', async () => {
    const pool = newPool({ size: 2 });
    const charts = Array.from({ length: 6 }, (_, i) => input(`kind: A\nv: ${i}`));
    const done = await Promise.all(charts.map((each) => pool.render(each)));
    expect(done.map((each) => each.objects[0]?.object['v'])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(pool.workers).toBe(2);
  });
  test('forgets a render that is aborted while it waits for its turn', async () => {
    const pool = newPool();
    const abort = new AbortController();
    const first = pool.render(input(GOOD));
    const second = failureOf(pool.render(input(GOOD), { signal: abort.signal }));
    const third = pool.render(input(GOOD));
    abort.abort(new Error('changed my mind'));
    expect(await second).toBe(abort.signal.reason);
    expect([(await first).objects.length, (await third).objects.length]).toEqual([1, 1]);
  });
  test('lets idle workers go and starts new ones', async () => {
    const clock = new VirtualClock();
    const pool = newPool({ clock, idleMs: 1000 });
    expect(pool.workers).toBe(0);
    await pool.render(input(GOOD));
    await clock.advance(999);
    expect(pool.workers).toBe(1);
    await clock.advance(1);
    await until(() => pool.workers === 0);
    expect((await pool.render(input(GOOD))).objects).toHaveLength(1);
  });
  test('holds a virtual clock while it renders', async () => {
    const clock = new VirtualClock();
    const pool = newPool({ clock });
    const render = pool.render(input(GOOD));
    expect(clock.holds).toEqual(['render of chart c']);
    await render;
    expect(clock.holds).toEqual([]);
  });
  test('repeats chance from a seed, and does not without one', async () => {
    const template = 'kind: A\nv: {{ randAlphaNum 20 }}';
    const once = async (random: RenderPoolOptions['random']): Promise<string> =>
      (await newPool({ random }).render(input(template))).manifest;
    expect(await once(seededRandom(3))).toBe(await once(seededRandom(3)));
    expect(await once(systemRandom)).not.toBe(await once(systemRandom));
  });
  test('takes nothing after it was closed, and ends what runs', async () => {
    const pool = newPool();
    const running = failureOf(pool.render(input(ENDLESS), { read: async () => (void pool.close(), undefined) }));
    expect(await running).toMatchObject({ code: 'RENDER_CLOSED' });
    expect(await failureOf(pool.render(input(GOOD)))).toMatchObject({ code: 'RENDER_CLOSED' });
    expect(pool.workers).toBe(0);
  });
  test('says so where its worker cannot start', async () => {
    const pool = newPool({ script: { url: `${String(built.script.url)}.none`, execArgv: [] } });
    const error = await failureOf(pool.render(input(GOOD)));
    expect(error).toMatchObject({ code: 'RENDER_WORKER' });
    expect((error as Error).message).toMatch(/the worker that rendered it ended unexpectedly: Cannot find module/);
  });
});
