import { join, resolve } from 'node:path';
import { ClusterError, readRulesFile, removeClusterContext, startInBackground, StateDirectory, stopBackground } from '@flux-ts/local';
import type { WorkerScript } from '@flux-ts/render';
import type { CommandContext } from '../frame/command.ts';
import { progressOn } from '../frame/progress.ts';
import { printTable } from '../frame/table.ts';
import { kubeconfigPaths } from '../kube/access.ts';

/** `flux cluster start|stop|list|delete`: the embedded clusters of this machine. */
export async function run(context: CommandContext): Promise<number> {
  const state = new StateDirectory(context.io.env);
  switch (context.path.at(-1)) {
    case 'start':
      return startCluster(context, state, { name: nameOf(context) });
    case 'stop':
      return stop(context, state);
    case 'delete':
      return remove(context, state);
    default:
      return list(context, state);
  }
}

function nameOf(context: CommandContext): string {
  return context.args[0] ?? 'flux';
}

/** Starts a cluster's process. @param how.more further words for it */
export async function startCluster(
  context: CommandContext,
  state: StateDirectory,
  how: { readonly name: string; readonly more?: readonly string[] },
): Promise<number> {
  const { flags, io } = context;
  const { name } = how;
  const progress = progressOn(io);
  const [kubeconfig = ''] = kubeconfigPaths(context);
  const args = ['cluster', 'serve', name, '--kubeconfig', kubeconfig, ...(flags.changed('port') ? ['--port', flags.string('port')] : [])];
  args.push(...(how.more ?? []));
  for (const flag of ['persist', 'mirror', 'snapshot'])
    if (flags.string(flag) !== '') args.push(`--${flag}`, resolve(io.cwd, flags.string(flag)));
  const rules = rulesOf(context, state, name);
  if (rules !== undefined) args.push('--simulator-rules', rules);
  progress.action(`starting cluster ${name}${rules === undefined ? '' : ` with the rules of ${rules}`}`);
  const started = await startInBackground({ name, state, command: selfCommand(), args, cwd: io.cwd, env: io.env });
  progress.success(`cluster ${name} serves ${started.url}`);
  progress.success(`context "${name}" is in ${started.kubeconfig}`);
  return 0;
}

/** The rules file that is named, else the one of last time; checked before anything starts. */
function rulesOf({ flags, io }: CommandContext, state: StateDirectory, name: string): string | undefined {
  const named = flags.string('simulator-rules');
  const path = named === '' ? (flags.changed('simulator-rules') ? undefined : state.read(name)?.simulatorRules) : resolve(io.cwd, named);
  if (path !== undefined) readRulesFile(path);
  return path;
}

/** The program that runs this very command line again. */
export function selfCommand(): readonly [string, ...string[]] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
}

/** The program of workers: this one, which sees that it is not the main thread. */
export function workerScript(): WorkerScript {
  return { url: process.argv[1] ?? '' };
}

async function stop(context: CommandContext, state: StateDirectory): Promise<number> {
  const name = nameOf(context);
  const was = await stopBackground(state, name);
  progressOn(context.io).success(was ? `cluster ${name} stopped` : `cluster ${name} was not running`);
  return 0;
}

async function remove(context: CommandContext, state: StateDirectory): Promise<number> {
  const name = nameOf(context);
  const found = state.read(name);
  if (found === undefined) throw new ClusterError({ code: 'CLUSTER_NOT_FOUND', message: `there is no cluster "${name}"` });
  await stopBackground(state, name);
  removeClusterContext(found.kubeconfig, name);
  state.remove(name);
  progressOn(context.io).success(
    `cluster ${name} deleted${found.persistDir === undefined ? '' : `; its objects stay in ${join(found.persistDir)}`}`,
  );
  return 0;
}

function list(context: CommandContext, state: StateDirectory): Promise<number> {
  const rows = state
    .list()
    .map((cluster) => [
      cluster.name,
      cluster.pid === undefined ? 'stopped' : 'running',
      cluster.url,
      cluster.pid === undefined ? '' : String(cluster.pid),
      cluster.startedAt,
      cluster.kubeconfig,
    ]);
  context.io.out(printTable(['Name', 'Status', 'Url', 'Pid', 'Started', 'Kubeconfig'], rows));
  return Promise.resolve(0);
}
