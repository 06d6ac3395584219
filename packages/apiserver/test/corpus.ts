// Sends every object that the corpora expect to a server of its own, as a dry run, and lists what is refused: what a real cluster
// takes must be taken here. `npx tsx --conditions=flux-ts-source packages/apiserver/test/corpus.ts [--corpus DIR] [--all]`; known
// refusals stand in corpus-refusals.json with their reason. Exit code 1 where there are others, or where a known one is gone.
// What kustomize's own tests make are fragments that no cluster takes: they are listed with --all and judged by eye.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { isObject, RealClock, seededRandom, type JsonObject } from '@flux-ts/base';
import { parseYaml, YamlError } from '@flux-ts/yaml';
import { createApiServer, type ApiServer } from '../src/index.ts';

interface Found {
  readonly file: string;
  readonly object: JsonObject;
}

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { corpus: { type: 'string' }, all: { type: 'boolean' } } });
const corpus = resolve(values.corpus ?? join(here, '../../../../shared/corpus'));
if (!existsSync(corpus)) {
  console.log(`skipped: there is no corpus at ${corpus}`);
  process.exit(0);
}

function* files(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

/** Output of the real helm and kustomize, and what the fleets' repositories hold as they are. */
function isWanted(path: string): boolean {
  if (path.includes('/helm/')) return /\/expected\/.*\.yaml(\.gz)?$/.test(path);
  if (path.includes('/kustomize/')) return path.endsWith('/expected.yaml');
  return /\/fleets\/.*\.ya?ml$/.test(path) || /\/flux\/crds\/.*\.ya?ml$/.test(path);
}

function read(path: string): Found[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const out: Found[] = [];
  for (const part of text.split(/^---(?:[ \t].*)?$/m)) {
    let value: unknown;
    try {
      value = parseYaml(part);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      continue;
    }
    if (!isObject(value as JsonObject)) continue;
    const object = value as JsonObject;
    const inner = object['kind'] === 'List' && Array.isArray(object['items']) ? (object['items'] as JsonObject[]) : [object];
    for (const one of inner) if (typeof one['kind'] === 'string' && isObject(one['metadata'])) out.push({ file: path, object: one });
  }
  return out;
}

interface Served {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

class Cluster {
  readonly #api: ReturnType<ApiServer['transport']>;
  readonly #kinds = new Map<string, ReadonlyMap<string, Served>>();
  readonly #namespaces = new Set<string>();

  constructor(server: ApiServer) {
    this.#api = server.transport();
  }

  async #served(apiVersion: string, kind: string): Promise<Served | undefined> {
    let known = this.#kinds.get(apiVersion);
    if (known === undefined) {
      const answer = await this.#api.request({ method: 'GET', path: pathOf(apiVersion) });
      const resources = ((answer.body as JsonObject | undefined)?.['resources'] ?? []) as unknown as Served[];
      known = new Map(resources.filter((r) => !r.name.includes('/')).map((r) => [r.kind, r]));
      this.#kinds.set(apiVersion, known);
    }
    return known.get(kind);
  }

  async #namespace(name: string): Promise<void> {
    if (this.#namespaces.has(name)) return;
    this.#namespaces.add(name);
    await this.#api.request({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    });
  }

  /** What the server says against an object; undefined where it takes it, `unknown` where it does not know the kind. */
  async refusal(object: JsonObject): Promise<string | undefined> {
    const apiVersion = String(object['apiVersion'] ?? '');
    const resource = await this.#served(apiVersion, String(object['kind']));
    if (resource === undefined) return 'unknown';
    const metadata = object['metadata'] as JsonObject;
    const namespace = typeof metadata['namespace'] === 'string' && metadata['namespace'] !== '' ? metadata['namespace'] : 'default';
    if (resource.namespaced) await this.#namespace(namespace);
    const path = `${pathOf(apiVersion)}${resource.namespaced ? `/namespaces/${namespace}` : ''}/${resource.name}`;
    const answer = await this.#api.request({ method: 'POST', path, query: { dryRun: 'All' }, body: object });
    return answer.status < 300 || answer.status === 409 ? undefined : `${answer.status} ${String((answer.body as JsonObject)['message'])}`;
  }
}

function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function main(): Promise<number> {
  const server = await createApiServer({ clock: new RealClock(), random: seededRandom(1) });
  const cluster = new Cluster(server);
  const ledger = JSON.parse(readFileSync(join(here, 'corpus-refusals.json'), 'utf8')) as Record<string, string>;
  const refused = new Map<string, string>();
  let taken = 0;
  let unknown = 0;
  for (const path of files(corpus)) {
    if (!isWanted(path)) continue;
    for (const { object } of read(path)) {
      const why = await cluster.refusal(object);
      if (why === 'unknown') unknown++;
      else if (why === undefined) taken++;
      else if (!refused.has(why)) refused.set(why, path.slice(corpus.length + 1));
    }
  }
  await server.close();
  let failures = 0;
  for (const [why, path] of refused) {
    const reason = ledger[why];
    const fragment = path.startsWith('kustomize/');
    if (reason === undefined && !fragment) failures++;
    if ((reason === undefined && !fragment) || values.all === true)
      console.log(`${reason === undefined ? 'REFUSED' : `known (${reason})`} ${path}\n  ${why.slice(0, 1200)}`);
  }
  for (const why of Object.keys(ledger)) {
    if (refused.has(why)) continue;
    failures++;
    console.log(`NO LONGER REFUSED ${why}`);
  }
  console.log(
    `${taken} taken, ${refused.size} different refusals (${Object.keys(ledger).length} known, the others of kustomize's fragments), ${unknown} of unknown kinds`,
  );
  console.log(`${taken + Object.keys(ledger).length} passed, ${failures} failed`);
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main();
