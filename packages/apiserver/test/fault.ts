// Kills a server with SIGKILL again and again, in the middle of a storm of writes from several processes, while it starts and
// while it closes, and looks after each restart: no acknowledged write is lost, what was deleted stays so, no object is torn,
// resourceVersion never goes back behind what anybody was shown, watches go on or are told 410.
// `npm run fault:apiserver [-- --rounds 100] [--seed 1]`; exit code 1 on the first breach.
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { seededRandom } from '@flux-ts/base';
import { connect } from './fault/client.ts';
import { Watcher } from './fault/watcher.ts';
import type { Report } from './fault/writer.ts';

const WRITERS = 3;
const START_LIMIT_MS = 60_000;

type Moment = 'storm' | 'start' | 'close';
/** In turn, so that a short run has them all. */
const MOMENTS: readonly Moment[] = ['storm', 'storm', 'start', 'storm', 'close', 'storm'];

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
}

/** Programs as one file each: a start costs a quarter of what it does from sources. */
async function bundle(directory: string): Promise<{ readonly server: string; readonly writer: string }> {
  const lmdb = {
    name: 'lmdb',
    setup: (b: Parameters<NonNullable<Parameters<typeof build>[0]['plugins']>[number]['setup']>[0]): void => {
      b.onResolve({ filter: /^lmdb$/ }, () => ({ path: import.meta.resolve('lmdb'), external: true }));
    },
  };
  await build({
    entryPoints: { server: join(import.meta.dirname, 'fault/serve.ts'), writer: join(import.meta.dirname, 'fault/writer.ts') },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['flux-ts-source'],
    plugins: [lmdb],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return { server: join(directory, 'server.mjs'), writer: join(directory, 'writer.mjs') };
}

/** The next message of a child that has a field. @throws Error where the child ends first, or says nothing for long */
function next<T>(child: ChildProcess, field: string): Promise<T> {
  const message = new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no "${field}" from a child`)), START_LIMIT_MS);
    const done = (finish: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      finish();
    };
    const onMessage = (sent: Record<string, unknown>): void => {
      if (field in sent) done(() => resolve(sent[field] as T));
    };
    const onExit = (code: number | null): void => done(() => reject(new Error(`a child ended with ${String(code)} before "${field}"`)));
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
  message.catch(() => undefined); // told to who waits for it; after a breach nobody does
  return message;
}

function exited(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class FaultTest {
  readonly #directory: string;
  readonly #programs: { readonly server: string; readonly writer: string };
  readonly #writers: readonly ChildProcess[];
  readonly #watcher = new Watcher();
  readonly #random: ReturnType<typeof seededRandom>;
  #standby: { readonly child: ChildProcess; readonly loaded: Promise<unknown> };
  #highest = 0;
  #round = 0;
  readonly writes: Record<string, number> = {};
  readonly moments: Record<Moment, number> = { storm: 0, start: 0, close: 0 };

  constructor(directory: string, programs: { readonly server: string; readonly writer: string }, seed: number) {
    this.#directory = directory;
    this.#programs = programs;
    this.#random = seededRandom(seed);
    this.#writers = Array.from({ length: WRITERS }, (_, id) =>
      fork(programs.writer, ['--writer', String(id), String(seed)], { execArgv: [] }),
    );
    this.#standby = this.#spare();
  }

  /** A server that has loaded everything and waits to be told its directory. */
  #spare(): { readonly child: ChildProcess; readonly loaded: Promise<unknown> } {
    const child = fork(this.#programs.server, [], { execArgv: [] });
    return { child, loaded: next(child, 'loaded') };
  }

  async #start(): Promise<ChildProcess> {
    const { child, loaded } = this.#standby;
    await loaded;
    child.send({ directory: join(this.#directory, 'data') });
    return child;
  }

  /** One start and one kill. @returns what is wrong */
  async round(): Promise<string | undefined> {
    const moment = MOMENTS[this.#round++ % MOMENTS.length] as Moment;
    const wait = this.#random.next();
    this.moments[moment]++;
    const child = await this.#start();
    if (moment === 'start') {
      await sleep(wait * 120);
      child.kill('SIGKILL');
      await exited(child);
      this.#standby = this.#spare();
      return undefined;
    }
    const url = await next<string>(child, 'url');
    this.#standby = this.#spare();
    const checked = this.#writers.map((writer) => next(writer, 'checked'));
    const reports = this.#writers.map((writer) => next<Report>(writer, 'report'));
    for (const writer of this.#writers) writer.send({ url, highest: this.#highest, storm: true });
    const early = await Promise.race([Promise.all(checked), ...reports.map(async (report) => (await report).problem)]);
    if (typeof early === 'string') return early;
    await this.#resume(url);
    await sleep(10 + wait * 250);
    if (moment === 'close') {
      child.send({ close: true });
      await sleep(wait * 25);
    }
    child.kill('SIGKILL');
    await exited(child);
    return this.#gather(await Promise.all(reports));
  }

  async #resume(url: string): Promise<void> {
    const { body } = await connect(url)('GET', '/api/v1/namespaces/default/configmaps?limit=1');
    const revision = Number(body.metadata?.resourceVersion);
    this.#highest = Math.max(this.#highest, revision);
    await this.#watcher.resume(url, revision);
  }

  #gather(reports: readonly Report[]): string | undefined {
    this.#highest = Math.max(this.#highest, this.#watcher.revision, ...reports.map((report) => report.highest));
    for (const { writes } of reports)
      for (const [label, count] of Object.entries(writes)) this.writes[label] = (this.writes[label] ?? 0) + count;
    return this.#watcher.problem ?? reports.find((report) => report.problem !== undefined)?.problem;
  }

  /** The last start: everything must be there. @returns what is wrong */
  async finish(): Promise<string | undefined> {
    const child = await this.#start();
    const url = await next<string>(child, 'url');
    const reports = this.#writers.map((writer) => next<Report>(writer, 'report'));
    for (const writer of this.#writers) writer.send({ url, highest: this.#highest, storm: false });
    const problem = this.#gather(await Promise.all(reports));
    child.kill('SIGKILL');
    await exited(child);
    return problem;
  }

  stop(): void {
    this.#watcher.close();
    this.#standby.child.kill('SIGKILL');
    for (const writer of this.#writers) writer.kill('SIGKILL');
  }

  summary(): string {
    const total = Object.values(this.writes).reduce((sum, count) => sum + count, 0);
    const kinds = Object.entries(this.writes).map(([label, count]) => `${label} ${count}`);
    const { events, resumed, expired } = this.#watcher;
    return [
      `${Object.entries(this.moments)
        .map(([moment, count]) => `${count} at ${moment}`)
        .join(', ')}`,
      `${total} acknowledged writes (${kinds.join(', ')}): none lost, none torn`,
      `revision ${this.#highest}, never back; ${events} watch events, ${resumed} watches went on, ${expired} were told 410`,
    ].join('\n');
  }
}

async function main(): Promise<number> {
  const rounds = option('--rounds', 100);
  const directory = mkdtempSync(join(tmpdir(), 'apiserver-fault-'));
  const started = performance.now();
  let test: FaultTest | undefined;
  try {
    test = new FaultTest(directory, await bundle(directory), option('--seed', 1));
    for (let round = 1; round <= rounds; round++) {
      const problem = await test.round();
      if (problem === undefined) continue;
      console.log(`kill ${round}: ${problem}`);
      return 1;
    }
    const problem = await test.finish();
    console.log(problem ?? test.summary());
    console.log(`${rounds} kills in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    return problem === undefined ? 0 : 1;
  } finally {
    test?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exitCode = await main();
