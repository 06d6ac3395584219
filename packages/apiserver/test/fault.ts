// Kills a server with SIGKILL in the middle of a storm of writes, again and again, and looks after each restart: no acknowledged
// write is lost, no object is torn, resourceVersion never goes back. `npx tsx --conditions=flux-ts-source packages/apiserver/test/fault.ts
// [--rounds 100]`; exit code 1 on the first breach.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealClock, seededRandom, systemRandom } from '@flux-ts/base';
import { createApiServer } from '../src/index.ts';

const LANES = 8;
const NAMES = 40;
const PATH = '/api/v1/namespaces/default/configmaps';

interface Known {
  /** The last acknowledged value; undefined: acknowledged as deleted. */
  readonly value: number | undefined;
  readonly revision: number;
  /** Values that were sent later, without an answer. */
  readonly pending: Set<number | undefined>;
}

async function serve(directory: string): Promise<void> {
  const server = await createApiServer({ clock: new RealClock(), random: systemRandom, persistDir: directory });
  const { url } = await server.listen();
  console.log(url);
}

async function start(directory: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, '--serve', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', () => reject(new Error('the server did not start')));
  });
  return { child, url };
}

interface Stored {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly data?: { readonly value?: string; readonly copy?: string };
}

/** Compares what is stored with what was acknowledged. @returns what is wrong */
async function check(url: string, known: Map<string, Known>, highest: number): Promise<string | undefined> {
  const list = (await (await fetch(`${url}${PATH}`)).json()) as {
    readonly metadata: { readonly resourceVersion: string };
    readonly items: readonly Stored[];
  };
  if (Number(list.metadata.resourceVersion) < highest)
    return `resourceVersion went back from ${highest} to ${list.metadata.resourceVersion}`;
  const found = new Map(list.items.map((item) => [item.metadata.name, item]));
  for (const [name, { value, pending }] of known) {
    const item = found.get(name);
    const now = item === undefined ? undefined : Number(item.data?.value);
    if (item !== undefined && item.data?.value !== item.data?.copy?.slice(0, item.data.value?.length))
      return `${name} is torn: ${JSON.stringify(item.data)}`;
    if (now !== value && !pending.has(now)) return `${name} is ${String(now)}, acknowledged was ${String(value)}`;
    known.set(name, { value: now, revision: item === undefined ? 0 : Number(item.metadata.resourceVersion), pending: new Set() });
  }
  return undefined;
}

async function storm(
  url: string,
  known: Map<string, Known>,
  state: { next: number; highest: number; stop: boolean; writes: number },
): Promise<void> {
  const random = seededRandom(state.next + 1);
  const lane = async (offset: number): Promise<void> => {
    while (!state.stop) {
      const name = `m-${(Math.floor((random.next() * NAMES) / LANES) * LANES + offset) % NAMES}`;
      const before = known.get(name) ?? { value: undefined, revision: 0, pending: new Set() };
      const value = state.next++;
      const remove = before.value !== undefined && random.next() < 0.1;
      before.pending.add(remove ? undefined : value);
      known.set(name, before);
      const text = JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
        data: { value: String(value), copy: String(value).repeat(200) },
      });
      const answer = remove
        ? await fetch(`${url}${PATH}/${name}`, { method: 'DELETE' })
        : await fetch(`${url}${PATH}/${name}?fieldManager=fault&force=true`, {
            method: 'PATCH',
            headers: { 'content-type': 'application/apply-patch+yaml' },
            body: text,
          });
      const body = (await answer.json()) as Stored;
      if (!answer.ok) continue;
      const revision = Number(body.metadata.resourceVersion ?? 0);
      state.highest = Math.max(state.highest, revision);
      state.writes++;
      known.set(name, { value: remove ? undefined : value, revision, pending: new Set() });
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, i) => lane(i).catch(() => undefined)));
}

async function main(): Promise<number> {
  const at = process.argv.indexOf('--rounds');
  const rounds = at === -1 ? 100 : Number(process.argv[at + 1]);
  const directory = mkdtempSync(join(tmpdir(), 'apiserver-fault-'));
  const known = new Map<string, Known>();
  const state = { next: 0, highest: 0, stop: false, writes: 0 };
  const random = seededRandom(42);
  try {
    for (let round = 1; round <= rounds; round++) {
      const { child, url } = await start(directory);
      const problem = await check(url, known, state.highest);
      if (problem !== undefined) {
        child.kill('SIGKILL');
        console.log(`round ${round}: ${problem}`);
        return 1;
      }
      state.stop = false;
      const running = storm(url, known, state);
      await new Promise((resolve) => setTimeout(resolve, 100 + random.next() * 300));
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      state.stop = true;
      await running;
    }
    console.log(`${rounds} kills, ${state.writes} acknowledged writes, none lost, none torn, revision ${state.highest}`);
    return 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (process.argv.includes('--serve')) await serve(process.argv.at(-1) as string);
else process.exitCode = await main();
