import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { getPath } from '@flux-ts/base';
import { RenderPool } from '@flux-ts/render';
import { buildWorker, type BuiltWorker } from '../../../render/test/worker-script.ts';
import { createWorld, helmRelease, type World } from '../../test/world.ts';
import { createHelmController } from './controller.ts';

let built: BuiltWorker;
let world: World;
let pool: RenderPool;

beforeAll(async () => {
  built = await buildWorker();
}, 60_000);
afterEach(async () => {
  await world.close();
  await pool.close();
});
afterAll(() => built.remove());

async function start(timeoutMs: number): Promise<void> {
  world = await createWorld({ simulate: true });
  const deps = world.deps();
  pool = new RenderPool({ script: built.script, clock: deps.clock, random: deps.random, timeoutMs });
  world.start(createHelmController({ ...deps, renderer: pool }));
}

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n';
const files = (template: string): Record<string, string> => ({
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'templates/a.yaml': template,
});

async function install(name: string, template: string): Promise<void> {
  await world.apply(helmRelease(name));
  await world.chart(`default/default-${name}`, files(template));
}

test('a release is rendered in a worker, which sees the cluster', async () => {
  await start(60_000);
  await world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there', namespace: 'default' }, data: { k: 'found' } });
  await install(
    'web',
    `${CONFIG}data: {k: {{ (lookup "v1" "ConfigMap" "default" "there").data.k }}, n: {{ lookup "v1" "Nothing" "" "" | len | quote }}}`,
  );
  await world.until('web is ready', () => world.ready('HelmRelease', 'default/web')?.status === 'True');
  expect(getPath(world.find('ConfigMap', 'default/web'), ['data'])).toEqual({ k: 'found', n: '0' });
  expect(pool.workers).toBe(1);
});

test.each([
  {
    what: 'too many steps',
    timeoutMs: 60_000,
    template: '{{ range 1000000000 }}{{ end }}',
    says: 'rendering web/templates/a.yaml was stopped: the template takes more than 20000000 steps',
  },
  {
    what: 'too long',
    timeoutMs: 2000,
    template: '{{ range until 1000000 }}{{ bcrypt "x" }}{{ end }}',
    says: 'rendering chart web 1.0.0 for release default/bad was stopped: it took longer than 2s; look for loops',
  },
  {
    what: 'an API that the cluster does not have',
    timeoutMs: 60_000,
    template: '{{ lookup "example.com/v1" "Nothing" "" "" }}',
    says: 'error calling lookup: unable to get apiresource from unstructured: example.com/v1, Kind=Nothing: the server could not find the requested resource',
  },
])(
  'a chart that asks for $what fails its own release, not the others',
  async ({ template, timeoutMs, says }) => {
    await start(timeoutMs);
    await install('bad', template);
    await world.until('bad has failed', () => world.ready('HelmRelease', 'default/bad')?.status === 'False');
    const ready = world.ready('HelmRelease', 'default/bad');
    expect(ready?.reason).toBe('InstallFailed');
    expect(ready?.message).toContain('Helm install failed for release default/bad with chart web@1.0.0: ');
    expect(ready?.message).toContain(says);
    await install('good', CONFIG);
    await world.until('good is ready', () => world.ready('HelmRelease', 'default/good')?.status === 'True');
  },
  60_000,
);
