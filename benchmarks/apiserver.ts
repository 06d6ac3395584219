// Measures the embedded API server: start, create, server-side apply, no-op apply, list, watch fan-out and memory, in process
// and over HTTP from one client process. `npm run bench:apiserver [-- --count 10000]`. Wall times; CPU time is printed beside.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { RealClock, systemRandom, type JsonObject } from '@flux-ts/base';
import { createApiServer } from '@flux-ts/apiserver';

const LANES = 32;
const at = process.argv.indexOf('--count');
const COUNT = at === -1 ? 10_000 : Number(process.argv[at + 1]);
const COLLECTION = '/apis/apps/v1/namespaces/default/deployments';
const APPLY = { 'content-type': 'application/apply-patch+yaml' };

/** A Deployment of about 2.5 kB once it is stored. */
function deployment(i: number, image = 'nginx:1.25'): JsonObject {
  const name = nameOf(i);
  const labels = { app: name, 'app.kubernetes.io/part-of': 'bench', 'app.kubernetes.io/managed-by': 'flux', tier: 'backend' };
  const probe = { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, initialDelaySeconds: 5, periodSeconds: 10 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', labels, annotations: { note: 'a deployment of the usual size' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels, annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9797' } },
        spec: {
          serviceAccountName: 'default',
          containers: [
            {
              name: 'app',
              image,
              command: ['/app/server', '--port=8080', '--level=info'],
              env: [
                { name: 'A', value: 'one' },
                { name: 'B', value: 'two' },
                { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              ],
              ports: [
                { name: 'http', containerPort: 8080, protocol: 'TCP' },
                { name: 'metrics', containerPort: 9797, protocol: 'TCP' },
              ],
              readinessProbe: probe,
              livenessProbe: probe,
              resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '512Mi' } },
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
          volumes: [{ name: 'data', emptyDir: {} }],
        },
      },
    },
  };
}

function nameOf(i: number): string {
  return `web-${String(i).padStart(5, '0')}`;
}

/** CPU time of another process so far, in milliseconds (Linux counts it in hundredths of a second). */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

let serverPid: number | undefined;

async function timed(label: string, count: number, run: () => Promise<unknown>): Promise<void> {
  const serverCpu = serverPid === undefined ? 0 : cpuMsOf(serverPid);
  const cpu = process.cpuUsage();
  const started = performance.now();
  await run();
  const ms = performance.now() - started;
  const used = process.cpuUsage(cpu);
  const rate = Math.round((count * 1000) / ms);
  const client = (used.user + used.system) / 1000;
  const cpuText =
    serverPid === undefined
      ? `${client.toFixed(0)} ms cpu`
      : `cpu: server ${(cpuMsOf(serverPid) - serverCpu).toFixed(0)} ms, client ${client.toFixed(0)} ms`;
  console.log(`${label.padEnd(42)} ${String(rate).padStart(8)}/s ${ms.toFixed(0).padStart(7)} ms wall  ${cpuText}`);
}

function figure(label: string, value: number, unit: string): void {
  console.log(`${label.padEnd(44)} ${value.toFixed(0).padStart(8)} ${unit}`);
}

async function inProcess(): Promise<void> {
  const server = await createApiServer({ clock: new RealClock(), random: systemRandom });
  const api = server.transport();
  const must = async (request: Parameters<typeof api.request>[0]): Promise<void> => {
    const { status, body } = await api.request(request);
    if (status >= 400) throw new Error(JSON.stringify(body));
  };
  const create = (i: number): Promise<void> =>
    must({ method: 'POST', path: COLLECTION, body: deployment(i), headers: { 'user-agent': 'bench/1' } });
  const query = { fieldManager: 'bench', force: 'true' };
  const apply = (i: number, image?: string): Promise<void> =>
    must({ method: 'PATCH', path: `${COLLECTION}/${nameOf(i)}`, query, headers: APPLY, body: deployment(i, image) });
  const each = async (run: (i: number) => Promise<void>): Promise<void> => {
    for (let i = 0; i < some; i++) await run(i);
  };
  const some = Math.min(COUNT, 2_000);
  await timed('in process: create, the first ones', some, () => each((i) => create(90_000 + i)));
  await timed('in process: create', some, () => each(create));
  await timed('in process: first apply over it', some, () => each((i) => apply(i)));
  await timed('in process: apply with a change', some, () => each((i) => apply(i, 'nginx:1.26')));
  await timed('in process: no-op apply', some, () => each((i) => apply(i, 'nginx:1.26')));
  await timed('in process: apply that creates', some, () => each((i) => apply(50_000 + i)));
  await timed('in process: list', 1, () => must({ method: 'GET', path: COLLECTION }));
  await server.close();
}

type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<number>;

/** A client that keeps its connections. */
function client(url: string): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  return (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const sent = httpRequest(
        url + path,
        { method, agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers } },
        (response) => {
          response.on('data', () => undefined);
          response.on('end', () =>
            (response.statusCode ?? 0) >= 400
              ? reject(new Error(`the server answered ${response.statusCode ?? 0}`))
              : resolve(response.statusCode ?? 0),
          );
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
}

async function parallel(count: number, run: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

interface FanOut {
  readonly title: string;
  readonly url: string;
  readonly revision: string;
  readonly readers: number;
  readonly writes: number;
  readonly write: (i: number) => Promise<unknown>;
}

async function fanOut({ title, url, revision, readers, writes, write }: FanOut): Promise<void> {
  let seen = 0;
  let finished: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finished = resolve));
  const open = Array.from({ length: readers }, () => {
    const request = httpRequest(`${url}${COLLECTION}?watch=true&resourceVersion=${revision}`, (response) => {
      response.on('data', (chunk: Buffer) => {
        for (let i = chunk.indexOf(10); i !== -1; i = chunk.indexOf(10, i + 1)) seen++;
        if (seen >= readers * writes) finished();
      });
    });
    request.on('error', () => undefined);
    request.end();
    return request;
  });
  await timed(title, readers * writes, async () => {
    await parallel(writes, write);
    await done;
  });
  for (const request of open) request.destroy();
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

async function overHttp(): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, '--serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  const { url, readyMs } = JSON.parse(line) as { url: string; readyMs: number };
  figure('start to ready, modules loaded', readyMs, 'ms');
  serverPid = child.pid;
  const send = client(url);
  const path = (i: number): string => `${COLLECTION}/${nameOf(i)}`;
  const apply = (i: number): Promise<number> =>
    send('PATCH', `${path(i)}?fieldManager=bench&force=true`, deployment(i, 'nginx:1.26'), APPLY);
  const empty = residentMb(child.pid ?? 0);
  await timed('http: create', COUNT, () => parallel(COUNT, (i) => send('POST', COLLECTION, deployment(i))));
  figure(`memory for ${COUNT} objects`, residentMb(child.pid ?? 0) - empty, 'MB');
  const some = Math.min(COUNT, 3_000);
  await timed('http: server-side apply with a change', some, () => parallel(some, apply));
  await timed('http: no-op apply', some, () => parallel(some, apply));
  await timed(`http: list of ${COUNT}, first`, 1, () => send('GET', COLLECTION));
  await timed(`http: list of ${COUNT}, again`, 1, () => send('GET', COLLECTION));
  // the second time is the server's own: the first pays for memory that this process has never touched, 60 MB of it
  for (const [round, readers] of [20, 20, 100].entries()) {
    const page = (await (await fetch(`${url}${COLLECTION}?limit=1`)).json()) as { metadata: { resourceVersion: string } };
    const label = (i: number): Promise<number> =>
      send('PATCH', path(i), { metadata: { labels: { seen: `n${i}-${round}` } } }, { 'content-type': 'application/merge-patch+json' });
    const title = `http: watch fan-out, ${readers} readers${round === 1 ? ', again' : ''}`;
    await fanOut({ title, url, revision: page.metadata.resourceVersion, readers, writes: 1_000, write: label });
  }
  child.kill();
}

async function serve(): Promise<void> {
  const started = performance.now();
  const server = await createApiServer({ clock: new RealClock(), random: systemRandom });
  const { url } = await server.listen();
  console.log(JSON.stringify({ url, readyMs: performance.now() - started }));
}

if (process.argv.includes('--serve')) await serve();
else {
  await inProcess();
  await overHttp();
}
