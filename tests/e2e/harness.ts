import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oraclePath } from '../../tools/oracle.mjs';

/** The root of the project. */
export const ROOT: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** The example fleet of January 2023, where the test data is at hand. */
export const MISSION: string = join(ROOT, '../shared/corpus/fleets/flux2-kustomize-helm-example-2023');

/** What a program printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own for a run: home, kubeconfig, state. */
export class Sandbox {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'flux-e2e-'));
  readonly kubeconfig: string = join(this.dir, 'home/.kube/config');
  readonly #failures: string[] = [];
  #passed = 0;

  constructor() {
    mkdirSync(join(this.dir, 'home'), { recursive: true });
  }

  get env(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: join(this.dir, 'home'),
      LC_ALL: 'C',
      GIT_AUTHOR_NAME: 'e2e',
      GIT_AUTHOR_EMAIL: 'e2e@example.com',
      GIT_COMMITTER_NAME: 'e2e',
      GIT_COMMITTER_EMAIL: 'e2e@example.com',
      HELM_DRIVER: 'secret',
    };
  }

  /** Runs a program to its end, at most three minutes. */
  run(
    program: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: Record<string, string>; readonly timeoutMs?: number } = {},
  ): Promise<Ran> {
    return new Promise((done) => {
      const child = spawn(program, [...args], {
        cwd: options.cwd ?? this.dir,
        env: { ...this.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 180_000);
      child.on('error', (error) => (err += String(error)));
      child.on('close', (code) => {
        clearTimeout(timer);
        done({ code: code ?? 137, out, err });
      });
    });
  }

  flux(args: readonly string[], options: Parameters<Sandbox['run']>[2] = {}): Promise<Ran> {
    return this.run(join(ROOT, 'flux'), args, options);
  }

  kubectl(args: readonly string[]): Promise<Ran> {
    return this.run(oracle('kubectl136'), args);
  }

  /** Forwards one port with the real kubectl, works with the local one, and ends it. @returns null where it did not come up */
  async forwarded<T>(kubectl: 'kubectl136' | 'kubectl131', args: readonly string[], work: (port: number) => Promise<T>): Promise<T | null> {
    const child = spawn(oracle(kubectl), ['port-forward', ...args], { cwd: this.dir, env: this.env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const port = await new Promise<number | null>((resolve) => {
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          const found = /^Forwarding from 127\.0\.0\.1:(\d+) -> /m.exec(out)?.[1];
          if (found !== undefined) resolve(Number(found));
        });
        child.on('close', () => resolve(null));
      });
      return port === null ? null : await work(port);
    } finally {
      child.kill('SIGKILL');
    }
  }

  helm(args: readonly string[]): Promise<Ran> {
    return this.run(oracle('helm4'), args);
  }

  git(dir: string, args: readonly string[]): Promise<Ran> {
    return this.run('git', ['-C', dir, ...args]);
  }

  /** A Git repository made of a folder. */
  async repository(name: string, from: string): Promise<string> {
    const dir = join(this.dir, name);
    cpSync(from, dir, { recursive: true });
    await this.run('chmod', ['-R', 'u+w', dir]);
    await this.git(dir, ['init', '-q', '-b', 'main']);
    await this.commit(dir, 'first');
    return dir;
  }

  async commit(dir: string, message: string): Promise<string> {
    await this.git(dir, ['add', '-A']);
    await this.git(dir, ['commit', '-q', '-m', message]);
    return (await this.git(dir, ['rev-parse', 'HEAD'])).out.trim();
  }

  /** Counts a check; what failed is printed with what was seen. */
  check(name: string, ok: boolean, seen: string | Ran = ''): void {
    if (ok) this.#passed++;
    else {
      const text = typeof seen === 'string' ? seen : `exit ${seen.code}\n${seen.out}\n${seen.err}`;
      this.#failures.push(name);
      console.log(
        `✗ ${name}\n${text
          .trim()
          .split('\n')
          .slice(-40)
          .map((line) => `    ${line}`)
          .join('\n')}`,
      );
      return;
    }
    console.log(`✔ ${name}`);
  }

  /** Asks until the answer is right, or gives the last one after a time. */
  async eventually(ask: () => Promise<Ran>, right: (ran: Ran) => boolean, timeoutMs = 60_000): Promise<Ran> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const ran = await ask();
      if (right(ran) || Date.now() > end) return ran;
      await new Promise((wake) => setTimeout(wake, 300));
    }
  }

  get passed(): number {
    return this.#passed;
  }

  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Stops every cluster and removes the folder. */
  async close(): Promise<void> {
    const { out } = await this.flux(['cluster', 'list']);
    for (const name of out
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s/)[0] ?? ''))
      if (name !== '') await this.flux(['cluster', 'stop', name]);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function oracle(name: 'helm4' | 'kubectl136' | 'kubectl131'): string {
  const path = oraclePath(name);
  if (path === undefined) throw new Error(`${name} is not installed; run: node tools/oracle.mjs install`);
  return path;
}

/** Whether the real programs are installed. */
export function hasOracles(): boolean {
  return oraclePath('helm4') !== undefined && oraclePath('kubectl136') !== undefined;
}

/** Changes a file of a repository. */
export function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** Serves bare repositories below a folder through the real `git http-backend`, with basic credentials. */
export async function gitHttpBackend(
  root: string,
  credentials: { readonly username: string; readonly password: string },
): Promise<{ readonly url: string; close(): void }> {
  const want = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== want) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        REQUEST_METHOD: request.method ?? 'GET',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: credentials.username,
        REMOTE_ADDR: '127.0.0.1',
        HOME: root,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', () => {
      const bytes = Buffer.concat(chunks);
      const end = bytes.indexOf('\r\n\r\n');
      const headers = bytes
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map((line) => line.split(': ') as [string, string]);
      const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1];
      response.writeHead(
        status === undefined ? 200 : Number(status.split(' ')[0]),
        Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== 'status')),
      );
      response.end(bytes.subarray(end + 4));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Whether the test data stands beside the project. */
export function hasMission(): boolean {
  return existsSync(MISSION);
}
