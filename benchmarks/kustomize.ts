// Measures `flux kustomize build` against `kubectl kustomize` 1.36 in one run: generated overlays (name prefix, labels, images,
// patches) of 100, 1,000 and 4,000 resources, cold and with --batch, CPU time and peak memory; then every kustomization of
// a recorded fleet in one process, and what a change there builds again.
// Usage: npm run bench:kustomize [-- --rounds N] [--fleet DIR] [--fleet-only]. Needs `npm run build`, and kubectl of `node tools/oracle.mjs install`.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BuildCache, build, diskFileSystem, memoryFileSystem } from '@flux-ts/kustomize';
import { oraclePath } from '../tools/oracle.mjs';

const repository = resolve(import.meta.dirname, '..');
const flux = [process.execPath, join(repository, 'dist/bundle/flux.cjs'), 'kustomize', 'build'];
const kubectl = oraclePath('kubectl136') as string | undefined;
const BATCH = 20;

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}
const rounds = Number(option('rounds', '3'));

/** The three objects of one app. */
function app(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app: ${name}, tier: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
      containers:
      - name: main
        image: registry.example.com/app:1.0.0
        args: [--listen=:8080, --log-level=info]
        envFrom:
        - configMapRef:
            name: ${name}-settings
        ports:
        - name: http
          containerPort: 8080
        resources:
          requests: {cpu: 100m, memory: 64Mi}
          limits: {memory: 256Mi}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector: {app: ${name}}
  ports:
  - name: http
    port: 80
    targetPort: http
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}-settings
data:
  LOG_LEVEL: info
  GREETING: |
    hello from ${name}
    and goodbye
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
`;
}

const OVERLAY = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../base]
namespace: apps
namePrefix: prod-
labels:
- includeSelectors: true
  pairs: {environment: production, team: platform}
commonAnnotations: {contact: platform@example.com}
images:
- name: registry.example.com/app
  newTag: 2.1.0
patches:
- target: {kind: Deployment, labelSelector: tier=web}
  patch: |-
    - op: replace
      path: /spec/replicas
      value: 3
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app-00000}
    spec:
      template:
        spec:
          containers:
          - name: main
            env: [{name: EXTRA, value: "1"}]
`;

/** Writes an overlay over a base of some objects. Gives the overlay's directory. */
function overlay(home: string, name: string, count: number): string {
  const root = join(home, name);
  mkdirSync(join(root, 'base'), { recursive: true });
  mkdirSync(join(root, 'overlay'));
  const files = Array.from({ length: count / 4 }, (_, i) => `app-${String(i).padStart(5, '0')}`);
  for (const file of files) writeFileSync(join(root, 'base', `${file}.yaml`), app(file));
  writeFileSync(join(root, 'base/kustomization.yaml'), `resources:\n${files.map((file) => `- ${file}.yaml\n`).join('')}`);
  writeFileSync(join(root, 'overlay/kustomization.yaml'), OVERLAY);
  return join(root, 'overlay');
}

interface Cost {
  readonly cpuMillis: number;
  readonly wallMillis: number;
  readonly peakMegabytes: number;
  readonly output: string;
}

/** Runs a program; the kernel's figures for it come from a small Python that waits for it. */
function run(command: readonly string[], input?: string): Cost {
  const wrapper = `import os,resource,subprocess,sys,time
t=time.monotonic()
r=subprocess.run(sys.argv[1:])
w=time.monotonic()-t
u=resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write("\\nCOST %f %f %d" % (u.ru_utime+u.ru_stime,w,u.ru_maxrss))
sys.exit(r.returncode)`;
  const result = spawnSync('python3', ['-c', wrapper, ...command], {
    maxBuffer: 1 << 30,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
  const [, cpu = 'NaN', wall = 'NaN', peak = 'NaN'] = /COST (\S+) (\S+) (\d+)$/.exec(result.stderr) ?? [];
  if (result.status !== 0) throw new Error(`${command.join(' ')}: ${result.stderr.slice(0, 2000)}`);
  return { cpuMillis: Number(cpu) * 1000, wallMillis: Number(wall) * 1000, peakMegabytes: Number(peak) / 1024, output: result.stdout };
}

/** The round with the least CPU time. */
function best(command: readonly string[], input?: string, times = rounds): Cost {
  const costs = Array.from({ length: times }, () => run(command, input));
  return costs.reduce((a, b) => (b.cpuMillis < a.cpuMillis ? b : a));
}

const ms = (n: number): string => `${n.toFixed(n < 100 ? 1 : 0)} ms`;
const verdict = (ok: boolean): string => (ok ? 'reached' : 'MISSED');

function compareSizes(home: string, program: string): void {
  const targets: readonly (readonly [count: number, most: number])[] = [
    [100, 1],
    [1000, 1 / 6],
    [4000, 1 / 12],
  ];
  const ownMillis = new Map<number, number>();
  for (const [count, most] of targets) {
    const directory = overlay(home, `size-${count}`, count);
    const own = best([...flux, directory]);
    // kubectl takes minutes for the largest
    const theirs = best([program, 'kustomize', directory], undefined, count > 1000 ? 1 : rounds);
    if (own.output !== theirs.output) throw new Error(`${count} resources: the outputs differ`);
    ownMillis.set(count, own.cpuMillis);
    const ratio = own.cpuMillis / theirs.cpuMillis;
    const figures = `flux ${ms(own.cpuMillis)} CPU (${ms(own.wallMillis)} wall, ${own.peakMegabytes.toFixed(0)} MB), kubectl ${ms(theirs.cpuMillis)} CPU (${theirs.peakMegabytes.toFixed(0)} MB)`;
    console.log(`${count} resources, cold: ${figures}: ${ratio.toFixed(3)}, at most ${most.toFixed(3)}: ${verdict(ratio <= most)}`);
    if (count === 1000) console.log(`  peak memory ${own.peakMegabytes.toFixed(0)} MB, at most 150: ${verdict(own.peakMegabytes <= 150)}`);
  }
  const growth = (ownMillis.get(4000) ?? 0) / (ownMillis.get(1000) ?? 1);
  const nLogN = (4000 * Math.log(4000)) / (1000 * Math.log(1000));
  console.log(`  from 1,000 to 4,000: ${growth.toFixed(2)} times, n log n is ${nLogN.toFixed(2)}: ${verdict(growth <= nLogN)}`);
}

function compareBatch(home: string, program: string): void {
  const directories = Array.from({ length: BATCH }, (_, i) => overlay(home, `batch-${i}`, 100));
  const lines = directories.map((root, id) => `${JSON.stringify({ id, root, path: '.' })}\n`).join('');
  const own = best([...flux, '--batch'], lines).cpuMillis / BATCH;
  const theirs = directories.map((directory) => run([program, 'kustomize', directory]).cpuMillis).reduce((a, b) => a + b) / BATCH;
  const ratio = own / theirs;
  console.log(
    `100 resources, --batch of ${BATCH}: flux ${ms(own)} CPU each, kubectl ${ms(theirs)}: ${ratio.toFixed(3)}, at most 0.250: ${verdict(ratio <= 0.25)}`,
  );
}

function kustomizations(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  const here = entries.some(({ name }) => /^(kustomization\.ya?ml|Kustomization)$/.test(name)) ? [directory] : [];
  return [...here, ...entries.filter((e) => e.isDirectory()).flatMap((e) => kustomizations(join(directory, e.name)))];
}

/** The files of a directory as a memory file system has them. */
function filesOf(directory: string): Record<string, Uint8Array> {
  const out: Record<string, Uint8Array> = {};
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    out[path] = readFileSync(path);
  }
  return out;
}

function compareFleet(fleet: string, program: string): void {
  const fs = diskFileSystem('/');
  const all = kustomizations(fleet).sort();
  const started = performance.now();
  const cache = new BuildCache();
  const built = all.filter((path) => {
    try {
      build(fs, path, { reorder: 'legacy', cache }).toYaml();
      return true;
    } catch {
      return false; // a path that kubectl refuses too: it is left out on both sides
    }
  });
  const own = performance.now() - started;
  const theirsStarted = performance.now();
  for (const path of built) execFileSync(program, ['kustomize', path], { stdio: ['ignore', 'ignore', 'ignore'] });
  const theirs = performance.now() - theirsStarted;
  const ratio = own / theirs;
  console.log(
    `${built.length} paths of ${fleet.slice(fleet.lastIndexOf('/') + 1)} in one process: ${ms(own)} wall, one kubectl each: ${ms(theirs)}: ${ratio.toFixed(3)}, at most 0.100: ${verdict(ratio <= 0.1)}`,
  );
}

interface Rebuilt {
  readonly millis: number;
  readonly cpuMillis: number;
  readonly results: number;
  readonly layers: number;
}

/** What a changed line builds again, over a file system in memory. */
function incremental(fleet: string): void {
  const files = filesOf(fleet);
  let fs = memoryFileSystem(files);
  const cache = new BuildCache();
  const paths = kustomizations(fleet).sort();
  const readers = new Map<string, Set<string>>();
  const buildAll = (note: boolean): Rebuilt => {
    const before = cache.stats();
    const cpuBefore = process.cpuUsage();
    const started = performance.now();
    for (const path of paths) {
      try {
        const result = build(fs, path, { reorder: 'legacy', cache });
        result.toYaml();
        if (note) for (const file of result.reads.files.keys()) readers.set(file, (readers.get(file) ?? new Set()).add(path));
      } catch {
        continue;
      }
    }
    const { results, built } = cache.stats();
    const cpu = process.cpuUsage(cpuBefore);
    const cpuMillis = (cpu.user + cpu.system) / 1000;
    return { millis: performance.now() - started, cpuMillis, results: results - before.results, layers: built - before.built };
  };
  const text = ({ millis, cpuMillis, results, layers }: Rebuilt): string =>
    `${ms(millis)} wall (${ms(cpuMillis)} CPU), ${results} results and ${layers} bases built`;
  const first = buildAll(true);
  const again = buildAll(false);
  fs = memoryFileSystem({ ...files, [join(fleet, 'unrelated.txt')]: 'x' });
  const unrelated = buildAll(false);
  // the file with the most readers that is an object, not a kustomization
  const [changed = '', who = new Set()] =
    [...readers].filter(([file]) => !/kustomization\.ya?ml$/i.test(file)).sort((a, b) => b[1].size - a[1].size)[0] ?? [];
  let related = first;
  for (let round = 0; round < 5; round++) {
    fs = memoryFileSystem({ ...files, [changed]: Buffer.concat([fs.read(changed), Buffer.from('# one more line\n')]) });
    const rebuilt = buildAll(false);
    if (rebuilt.millis < related.millis) related = rebuilt;
  }
  console.log(`incremental, ${paths.length} paths: first ${text(first)}; again ${text(again)}`);
  console.log(`  an unrelated file: ${text(unrelated)}, at most 0: ${verdict(unrelated.results + unrelated.layers === 0)}`);
  const ok = related.millis < 50 && related.results === who.size;
  console.log(`  one line of ${changed.slice(fleet.length + 1)}, which ${who.size} read: ${text(related)}, under 50 ms: ${verdict(ok)}`);
}

const fleet = resolve(option('fleet', join(repository, '../shared/corpus/fleets/home-ops-bjw-s')));
if (kubectl === undefined || !existsSync(flux[1] as string)) {
  console.log('needs `npm run build` and kubectl 1.36 (node tools/oracle.mjs install)');
  process.exit(0);
}
const home = mkdtempSync(join(tmpdir(), 'flux-bench-kustomize-'));
try {
  if (!process.argv.includes('--fleet-only')) {
    compareSizes(home, kubectl);
    compareBatch(home, kubectl);
  }
  if (existsSync(fleet)) {
    compareFleet(fleet, kubectl);
    incremental(fleet);
  } else console.log(`no fleet at ${fleet}`);
} finally {
  rmSync(home, { recursive: true, force: true });
}
