import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The real programs that scenarios are run with. */
export type Program = 'kubectl136' | 'kubectl131' | 'helm4' | 'helm3';

/** One command and what it must do. `$NS`, `$PROGRAM`, `$DIR`, `$CORPUS` and `$URL` in texts are replaced. */
export interface Step {
  /** The arguments, as a shell would split them. */
  readonly run: string;
  readonly stdin?: string;
  /** A shell line before the command. */
  readonly shell?: string;
  /** What standard output must match, each one. */
  readonly out?: RegExp | string | readonly (RegExp | string)[];
  /** What it must not match. */
  readonly not?: RegExp | string;
  /** What standard error must match. */
  readonly err?: RegExp | string;
  /** The command must fail. */
  readonly fails?: boolean;
  /** Environment of this command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Commands to run while this one watches; it is ended when its output matches, or after the timeout. */
  readonly during?: readonly string[];
  /** Work to do with the local ports that this command forwards; it is ended then. @returns what went wrong */
  readonly through?: (ports: readonly number[]) => Promise<string | undefined>;
  /** Another program than the scenario's (helm scenarios look with kubectl). */
  readonly with?: Program;
  /** Run again until it does what it must, at most this long. */
  readonly withinMs?: number;
}

/** A story that the clients play against the server. Each one has a namespace of its own. */
export interface Scenario {
  readonly name: string;
  readonly programs: readonly Program[];
  /** Scenarios with the same word are never played at the same time. */
  readonly alone?: string;
  /** Needs workloads that become Ready. */
  readonly simulator?: boolean;
  /** Needs the Pods that run behind the server of these tests. */
  readonly own?: boolean;
  /** Needs a folder of the corpus. */
  readonly corpus?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** Both kubectls. */
export const KUBECTLS: readonly Program[] = ['kubectl136', 'kubectl131'];
/** Both helms. */
export const HELMS: readonly Program[] = ['helm4', 'helm3'];

/** Where scenarios run. */
export interface Stage {
  readonly url: string;
  /** The text of a kubeconfig for a cluster that runs already; without it the server at `url` is used as it is. */
  readonly kubeconfig?: string;
  readonly corpus: string;
  readonly binary: (program: Program) => string;
}

/** What a command did. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 120_000;

/** Plays one scenario with one program. @returns what went wrong, or undefined */
export async function play(scenario: Scenario, program: Program, stage: Stage): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'flux-ts-kubectl-'));
  const label = scenario.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/-$/, '');
  const namespace = `${label}-${program}`;
  const fill = (text: string): string =>
    text
      .replaceAll('$NS', namespace)
      .replaceAll('$PROGRAM', program)
      .replaceAll('$DIR', directory)
      .replaceAll('$CORPUS', stage.corpus)
      .replaceAll('$URL', stage.url);
  try {
    for (const [path, text] of Object.entries(scenario.files ?? {})) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), fill(text));
    }
    writeFileSync(join(directory, 'kubeconfig'), stage.kubeconfig ?? kubeconfig(stage.url));
    // the namespace of the current context, also of a kubeconfig that was given
    const set = await execute({
      binary: stage.binary('kubectl136'),
      args: ['config', 'set-context', '--current', `--namespace=${namespace}`],
      directory,
      env: {},
    });
    if (set.code !== 0) return `kubeconfig: ${set.stderr}`;
    const kubectl = program.startsWith('kubectl') ? program : 'kubectl136';
    const command = (step: Step): Promise<Outcome> =>
      execute({
        binary: stage.binary(step.with ?? program),
        args: split(fill(step.run)),
        directory,
        env: step.env ?? {},
        ...(step.stdin === undefined ? {} : { stdin: fill(step.stdin) }),
      });
    const prepared = await execute({ binary: stage.binary(kubectl), args: ['create', 'namespace', namespace], directory, env: {} });
    if (prepared.code !== 0) return `create namespace: ${prepared.stderr}`;
    for (const step of scenario.steps) {
      if (step.shell !== undefined) {
        const done = await execute({ binary: '/bin/sh', args: ['-c', fill(step.shell)], directory, env: {} });
        if (done.code !== 0) return `${step.shell}: ${done.stderr}`;
      }
      const input = { step, directory, fill, stage, program };
      const problem =
        step.through !== undefined
          ? await forward({ ...input, through: step.through })
          : step.during === undefined
            ? await settle(step, () => command(step), fill)
            : await watch(input);
      if (problem !== undefined) return `${step.run}: ${problem}`;
    }
    return undefined;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function settle(step: Step, run: () => Promise<Outcome>, fill: (text: string) => string): Promise<string | undefined> {
  const end = Date.now() + (step.withinMs ?? 0);
  for (;;) {
    const problem = judge(step, await run(), fill);
    if (problem === undefined || Date.now() >= end) return problem;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function judge(step: Step, outcome: Outcome, fill: (text: string) => string): string | undefined {
  const shown = `\n--- exit ${String(outcome.code)}\n${outcome.stdout.slice(-1500)}\n${outcome.stderr.slice(-1500)}`;
  if ((outcome.code !== 0) !== (step.fails ?? false)) return `${step.fails === true ? 'should have failed' : 'failed'}${shown}`;
  const wanted =
    step.out === undefined ? [] : Array.isArray(step.out) ? (step.out as readonly (RegExp | string)[]) : [step.out as RegExp | string];
  for (const pattern of wanted)
    if (!matches(pattern, outcome.stdout, fill)) return `standard output does not match ${String(pattern)}${shown}`;
  if (step.not !== undefined && matches(step.not, outcome.stdout, fill)) return `standard output matches ${String(step.not)}${shown}`;
  if (step.err !== undefined && !matches(step.err, outcome.stderr, fill))
    return `standard error does not match ${String(step.err)}${shown}`;
  return undefined;
}

function matches(pattern: RegExp | string, text: string, fill: (text: string) => string): boolean {
  return typeof pattern === 'string' ? text.includes(fill(pattern)) : pattern.test(text);
}

interface WatchInput {
  readonly step: Step;
  readonly directory: string;
  readonly fill: (text: string) => string;
  readonly stage: Stage;
  readonly program: Program;
}

async function watch({ step, directory, fill, stage, program }: WatchInput): Promise<string | undefined> {
  const child = spawn(stage.binary(program), split(fill(step.run)), { cwd: directory, env: environment(directory, step.env ?? {}) });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  try {
    await new Promise((resolve) => setTimeout(resolve, 700));
    for (const run of step.during ?? []) {
      const outcome = await execute({ binary: stage.binary(program), args: split(fill(run)), directory, env: {} });
      if (outcome.code !== 0) return `${run}: ${outcome.stderr}`;
    }
    const end = Date.now() + 5_000;
    let problem: string | undefined;
    do {
      problem = judge({ ...step, fails: false }, { code: 0, stdout, stderr }, fill);
      if (problem === undefined) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (Date.now() < end);
    return problem;
  } finally {
    child.kill('SIGKILL');
  }
}

/** Works through the ports that a command forwards. A command that must fail ends by itself. */
async function forward(input: WatchInput & { readonly through: NonNullable<Step['through']> }): Promise<string | undefined> {
  const { step, directory, fill, stage, program, through } = input;
  const child = spawn(stage.binary(program), split(fill(step.run)), { cwd: directory, env: environment(directory, step.env ?? {}) });
  const outcome = { stdout: '', stderr: '' };
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  child.stderr.on('data', (chunk: Buffer) => (outcome.stderr += chunk.toString()));
  const ports = new Promise<readonly number[]>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      outcome.stdout += chunk.toString();
      const found = [...outcome.stdout.matchAll(/^Forwarding from 127\.0\.0\.1:(\d+) -> /gm)].map((match) => Number(match[1]));
      if (found.length > 0) resolve(found);
    });
  });
  try {
    const listening = await Promise.race([ports, closed]);
    if (listening === null || typeof listening === 'number') return judge(step, { code: listening, ...outcome }, fill) ?? 'ended early';
    const problem = await through(listening).catch((error: unknown) => String(error));
    if (problem !== undefined) return `${problem}\n${outcome.stderr}`;
    if (step.fails !== true) child.kill('SIGINT');
    return judge(step, { code: await closed, ...outcome }, fill);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

/** Runs a program to its end. */
export function execute(input: {
  readonly binary: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(input.binary, input.args, { cwd: input.directory, env: environment(input.directory, input.env) });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => {
      stderr += '\n(ended after the time limit)';
      child.kill('SIGKILL');
    }, TIMEOUT_MS);
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', (error) => (stderr += String(error)));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input.stdin ?? '');
  });
}

function environment(directory: string, more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  // one cache of discovery for a scenario, none that outlives it
  return { PATH: process.env['PATH'] ?? '', HOME: directory, KUBECONFIG: join(directory, 'kubeconfig'), ...more };
}

function kubeconfig(url: string): string {
  return `apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "${url}"}}]
users: [{name: test, user: {}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
`;
}

/** Splits a command line at blanks, with quotes as a shell has them. */
export function split(line: string): string[] {
  const words: string[] = [];
  const pattern = /((?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+)/g;
  for (const [word] of line.matchAll(pattern)) {
    words.push(
      word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
        double === undefined ? (single ?? '') : double.replace(/\\(.)/g, '$1'),
      ),
    );
  }
  return words;
}
