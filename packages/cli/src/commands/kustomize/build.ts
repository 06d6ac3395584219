import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { RealClock, errorMessage, formatDiagnostic, formatPosition, isFluxError, systemRandom, type Diagnostic } from '@flux-ts/base';
import {
  BuildCache,
  KustomizeError,
  build,
  diskFileSystem,
  explain,
  type BuildOptions,
  type BuildResult,
  type KResource,
} from '@flux-ts/kustomize';
import { printYaml } from '@flux-ts/yaml';
import type { CommandContext } from '../../frame/command.ts';
import { UsageError, parseFlags, type Flags, type FlagSpec } from '../../frame/flags.ts';
import type { Io } from '../../frame/io.ts';
import { RemoteBases } from './remote.ts';

const FLAGS: readonly FlagSpec[] = [
  {
    name: 'load-restrictor',
    type: 'string',
    default: 'LoadRestrictionsRootOnly',
    usage: "if set to 'LoadRestrictionsNone', local kustomizations may load files from outside their root",
  },
  { name: 'enable-helm', type: 'bool', usage: 'enable use of the Helm chart inflator generator' },
  { name: 'helm-command', type: 'string', usage: 'accepted for compatibility: charts are rendered in process' },
  { name: 'helm-kube-version', type: 'string', usage: 'Kubernetes version used by Helm for Capabilities.KubeVersion' },
  { name: 'helm-api-versions', type: 'strings', usage: 'Kubernetes api versions used by Helm for Capabilities.APIVersions' },
  { name: 'helm-version', type: 'string', default: '4', usage: 'the major version of Helm whose rules count: 3 or 4' },
  { name: 'reorder', type: 'string', default: 'legacy', usage: "reorder the resources just before output: 'legacy' or 'none'" },
  { name: 'output', short: 'o', type: 'string', usage: 'if specified, write output to this path' },
  { name: 'enable-managedby-label', type: 'bool', usage: 'enable adding app.kubernetes.io/managed-by' },
  { name: 'enable-alpha-plugins', type: 'bool', usage: 'accepted for compatibility: only builtin plugins are run' },
  { name: 'batch', type: 'bool', usage: 'read builds as JSON lines from standard input and answer each with one' },
  { name: 'explain', type: 'string', usage: 'tell which file, patch or generator set a field of the output' },
  { name: 'provenance', type: 'bool', usage: 'tell it for every field of the output' },
  { name: 'help', short: 'h', type: 'bool', usage: 'help for build' },
];

const HELP = `Build a kustomization and print it as kustomize does

Usage:
  flux kustomize build DIR [flags]

Flags:
${FLAGS.map((f) => `  ${f.short === undefined ? '   ' : `-${f.short},`} --${f.name.padEnd(24)} ${f.usage}`).join('\n')}
`;

/** Runs `flux kustomize build`. @returns the exit code */
export async function kustomizeBuild(args: readonly string[], io: Io): Promise<number> {
  const remote = new RemoteBases(io);
  try {
    const { flags, args: words } = parseFlags(args, FLAGS);
    if (flags.bool('help')) return (io.out(HELP), 0);
    if (flags.bool('batch')) return await runBatch(io, flags);
    if (words.length > 1) throw new UsageError('specify one path to kustomization.yaml');
    return await runOne(words[0] ?? '.', flags, { io, remote });
  } catch (error) {
    return report(error, io);
  } finally {
    remote.close();
  }
}

/** The command as the command tree loads it. */
export function run(context: CommandContext): Promise<number> {
  return kustomizeBuild(context.args, context.io);
}

interface Shell {
  readonly io: Io;
  readonly remote: RemoteBases;
}

/** What one build is asked for, by flags or by a line of a batch. */
interface Request {
  readonly loadRestrictor: string;
  readonly reorder: string;
  readonly enableHelm: boolean;
  readonly helmVersion: string;
  readonly helmKubeVersion: string;
  readonly helmApiVersions: readonly string[];
  readonly managedBy: boolean;
}

async function optionsFor(request: Request, shell: Shell, cache: BuildCache): Promise<BuildOptions> {
  const { loadRestrictor, reorder } = request;
  if (loadRestrictor !== 'LoadRestrictionsRootOnly' && loadRestrictor !== 'LoadRestrictionsNone') {
    throw new UsageError(
      `illegal flag value --load-restrictor ${loadRestrictor}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]`,
    );
  }
  if (reorder !== 'legacy' && reorder !== 'none')
    throw new UsageError(`illegal flag value --reorder ${reorder}; legal values: [none legacy]`);
  return {
    loadRestrictor,
    reorder,
    cache,
    enableHelm: request.enableHelm,
    ...(request.enableHelm ? { inflateChart: await helmEngine(request.helmVersion) } : {}),
    ...(request.helmKubeVersion === '' ? {} : { helmKubeVersion: request.helmKubeVersion }),
    ...(request.helmApiVersions.length === 0 ? {} : { helmApiVersions: request.helmApiVersions }),
    addManagedByLabel: request.managedBy,
    fetchRemote: (wanted) => shell.remote.fetch(wanted),
  };
}

/** The helm engine, loaded where charts are to be rendered. */
async function helmEngine(version: string): Promise<NonNullable<BuildOptions['inflateChart']>> {
  const { chartInflater } = await import('@flux-ts/render');
  return chartInflater({ clock: new RealClock(), random: systemRandom, helmVersion: version.replace(/^v/, '').startsWith('3') ? 3 : 4 });
}

function requestOf(flags: Flags): Request {
  return {
    loadRestrictor: flags.string('load-restrictor'),
    reorder: flags.string('reorder'),
    enableHelm: flags.bool('enable-helm'),
    helmVersion: flags.string('helm-version'),
    helmKubeVersion: flags.string('helm-kube-version'),
    helmApiVersions: flags.strings('helm-api-versions'),
    managedBy: flags.bool('enable-managedby-label'),
  };
}

async function runOne(path: string, flags: Flags, shell: Shell): Promise<number> {
  const { io } = shell;
  const directory = /^[a-z]+:\/\/|^git@|^github\.com/.test(path) ? path : resolve(io.cwd, path);
  const options = await optionsFor(requestOf(flags), shell, new BuildCache());
  const fs = diskFileSystem('/');
  if (flags.string('explain') !== '' || flags.bool('provenance')) {
    const field = flags.bool('provenance') ? undefined : flags.string('explain');
    return explained(explain(fs, directory, field, options), field, io);
  }
  const result = build(fs, directory, { ...options, lint: io.isTerminal });
  for (const warning of result.warnings) io.err(`${warning}\n`);
  if (io.isTerminal) for (const diagnostic of result.diagnostics) io.err(`${formatDiagnostic(diagnostic)}\n`);
  write(result, flags.string('output'), io);
  return 0;
}

function explained(explanations: ReturnType<typeof explain>, field: string | undefined, io: Io): number {
  if (explanations.length === 0) {
    io.err(`Error: no resource of the output has the field ${field ?? ''}\n`);
    return 1;
  }
  for (const { resource, field: path, value, steps } of explanations) {
    io.out(`${resource} ${path}: ${JSON.stringify(value)}\n`);
    for (const step of steps) {
      const what = step.name === 'file' ? 'set in the file' : `${step.name}${step.detail === '' ? '' : ` (${step.detail})`}`;
      io.out(`  ${formatPosition(step.at)}: ${what}: ${step.value === undefined ? 'taken away' : JSON.stringify(step.value)}\n`);
    }
  }
  return 0;
}

function write(result: BuildResult, output: string, io: Io): void {
  if (output === '') return io.out(result.toYaml());
  const path = isAbsolute(output) ? output : join(io.cwd, output);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) return writeFileSync(path, result.toYaml());
  mkdirSync(path, { recursive: true });
  const namespaces = new Set(result.resources.map((r) => r.id.namespace));
  for (const resource of result.resources) writeFileSync(join(path, fileName(resource, namespaces.size > 1)), printYaml(resource.object));
  return undefined;
}

function fileName({ id }: KResource, withNamespace: boolean): string {
  const kind = [id.group, id.version, id.kind].filter((part) => part !== '').join('_');
  const namespace = withNamespace && id.namespace !== '' ? `${id.namespace}_` : '';
  return `${namespace}${kind}_${id.name}.yaml`.toLowerCase();
}

function report(error: unknown, io: Io): number {
  const known = isFluxError(error) || error instanceof UsageError;
  if (!known || io.signal.aborted) throw error;
  io.err(`Error: ${errorMessage(error)}\n`);
  if (io.isTerminal && error instanceof KustomizeError) for (const d of error.diagnostics) io.err(`${located(d)}\n`);
  return 1;
}

function located(diagnostic: Diagnostic): string {
  const { file } = diagnostic;
  if (file === undefined || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return formatDiagnostic(diagnostic);
  return formatDiagnostic(diagnostic, Buffer.from(diskFileSystem('/').read(resolve(file))).toString('utf8'));
}

interface BatchLine {
  readonly id?: unknown;
  readonly root?: string;
  readonly path?: string;
  readonly loadRestrictor?: string;
  readonly reorder?: string;
  readonly enableHelm?: boolean;
  readonly helmVersion?: string;
  readonly helmKubeVersion?: string;
  readonly helmApiVersions?: readonly string[];
  readonly addManagedbyLabel?: boolean;
}

/** One build a line of standard input: {id, root, path, loadRestrictor, enableHelm, reorder} in, {id, ok, out?, err?, ms} out. */
async function runBatch(io: Io, flags: Flags): Promise<number> {
  const cache = new BuildCache();
  const clock = new RealClock();
  const lines = Buffer.from(await io.input())
    .toString('utf8')
    .split('\n');
  for (const line of lines) {
    if (line.trim() === '') continue;
    const started = clock.now();
    const entry = JSON.parse(line) as BatchLine;
    const remote = new RemoteBases(io);
    let answer: { readonly ok: boolean; readonly out?: string; readonly err?: string };
    try {
      const options = await optionsFor(batchRequest(entry, flags), { io, remote }, cache);
      const result = build(diskFileSystem('/'), join(resolve(io.cwd, entry.root ?? '.'), entry.path ?? '.'), options);
      answer = { ok: true, out: result.toYaml() };
    } catch (error) {
      answer = { ok: false, err: errorMessage(error) };
    } finally {
      remote.close();
    }
    io.out(`${JSON.stringify({ id: entry.id, ...answer, ms: clock.now() - started })}\n`);
  }
  return 0;
}

function batchRequest(entry: BatchLine, flags: Flags): Request {
  const base = requestOf(flags);
  return {
    loadRestrictor: entry.loadRestrictor ?? base.loadRestrictor,
    reorder: entry.reorder === 'none' || entry.reorder === 'legacy' ? entry.reorder : base.reorder,
    enableHelm: entry.enableHelm ?? base.enableHelm,
    helmVersion: entry.helmVersion ?? base.helmVersion,
    helmKubeVersion: entry.helmKubeVersion ?? base.helmKubeVersion,
    helmApiVersions: entry.helmApiVersions ?? base.helmApiVersions,
    managedBy: entry.addManagedbyLabel ?? base.managedBy,
  };
}
