import { resolve } from 'node:path';
import { formatDuration, formatTime, RealClock, silentLogger, type Logger } from '@flux-ts/base';
import {
  monitorFleet,
  planDev,
  readRulesFile,
  rootCauses,
  startDev,
  startInBackground,
  StateDirectory,
  stopBackground,
  writeClusterContext,
  type DevPlan,
  type FleetMonitor,
  type Standing,
} from '@flux-ts/local';
import type { KubeClient } from '@flux-ts/kube';
import type { CommandContext } from '../frame/command.ts';
import { jsonLogger } from '../frame/log.ts';
import { progressOn } from '../frame/progress.ts';
import { clientFor, kubeconfigPaths } from '../kube/access.ts';
import { shortenHashes } from '../kube/nouns.ts';
import { selfCommand, workerScript } from './cluster.ts';

/** `flux dev DIR`: runs a fleet repository on an embedded cluster and follows what is saved. */
export async function run(context: CommandContext): Promise<number> {
  const { flags, io } = context;
  const [dir] = context.args;
  if (dir === undefined) throw new Error('the folder of a fleet repository is needed: flux dev DIR');
  const path = flags.string('path');
  const name = flags.string('cluster');
  const mirror = flags.string('mirror');
  const rules = flags.string('simulator-rules');
  const plan = planDev({
    dir: resolve(io.cwd, dir),
    ...(path === '' ? {} : { path }),
    ...(name === '' ? {} : { name }),
    ...(mirror === '' ? {} : { mirrors: resolve(io.cwd, mirror) }),
    ...(rules === '' ? {} : { simulatorRules: resolve(io.cwd, rules) }),
  });
  if (plan.simulatorRules !== undefined) readRulesFile(plan.simulatorRules); // mistakes in it show before anything starts
  if (flags.bool('keep') && !flags.bool('until-ready')) throw new Error('--keep goes with --until-ready');
  return flags.bool('keep') ? runKept(context, plan) : runHere(context, plan);
}

/** In this process: ends with it. */
async function runHere(context: CommandContext, plan: DevPlan): Promise<number> {
  const { flags, io } = context;
  const progress = progressOn(io);
  const state = new StateDirectory(io.env);
  const known = state.read(plan.name);
  if (known?.pid !== undefined)
    throw new Error(
      `cluster "${plan.name}" is running already; stop it with "flux cluster stop ${plan.name}", or name another with --cluster`,
    );
  progress.action(`starting cluster ${plan.name} for ${plan.path === '' ? 'the top folder' : plan.path}`);
  const log = jsonLogger((line) => io.err(line), flags.string('log-level') || 'error');
  const options = { ...plan, log: flags.bool('verbose') ? log : quiet(log), renderWorker: workerScript() };
  const session = await startDev({ ...options, port: known?.port ?? 0 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return startDev(options);
    throw error;
  });
  try {
    const { listener } = session.cluster;
    const [kubeconfig = ''] = kubeconfigPaths(context);
    writeClusterContext(kubeconfig, plan.name, listener);
    state.write({
      name: plan.name,
      port: listener.port,
      pid: process.pid,
      url: listener.url,
      kubeconfig,
      startedAt: formatTime(new RealClock().now()),
    });
    progress.success(`cluster ${plan.name} serves ${listener.url}, context "${plan.name}" is in ${kubeconfig}`);
    return await follow(context, { plan, client: session.cluster.client, head: () => session.folder.head });
  } finally {
    await session.close();
    const { pid: _, ...stopped } = state.read(plan.name) ?? { name: plan.name, port: 0, url: '', kubeconfig: '', startedAt: '' };
    if (stopped.port > 0) state.write(stopped);
  }
}

/** Errors of the cluster itself; what controllers report shows in the progress lines. */
function quiet(log: Logger): Logger {
  return {
    ...log,
    info: () => undefined,
    debug: () => undefined,
    with: (fields) => (fields['controller'] === undefined ? quiet(log.with(fields)) : silentLogger),
  };
}

/** In a process of its own, which stays. */
async function runKept(context: CommandContext, plan: DevPlan): Promise<number> {
  const { io } = context;
  const progress = progressOn(io);
  const state = new StateDirectory(io.env);
  const [kubeconfig = ''] = kubeconfigPaths(context);
  progress.action(`starting cluster ${plan.name} for ${plan.path === '' ? 'the top folder' : plan.path} in the background`);
  const args = [
    'cluster',
    'serve',
    plan.name,
    '--kubeconfig',
    kubeconfig,
    '--dir',
    plan.dir,
    '--path',
    plan.path,
    ...(plan.mirrors === undefined ? [] : ['--mirror', plan.mirrors]),
    ...(plan.simulatorRules === undefined ? [] : ['--simulator-rules', plan.simulatorRules]),
  ];
  const started = await startInBackground({ name: plan.name, state, command: selfCommand(), args, cwd: io.cwd, env: io.env });
  progress.success(`cluster ${plan.name} serves ${started.url}, context "${plan.name}" is in ${started.kubeconfig}`);
  const flags = context.flags;
  flags.set({ name: 'context', type: 'string', usage: '' }, plan.name);
  flags.set({ name: 'kubeconfig', type: 'string', usage: '' }, kubeconfig);
  const { client } = await clientFor({ flags, io });
  const code = await follow(context, { plan, client });
  if (code !== 0) await stopBackground(state, plan.name);
  else progress.success(`cluster ${plan.name} stays; stop it with "flux cluster stop ${plan.name}"`);
  return code;
}

interface Followed {
  readonly plan: DevPlan;
  readonly client: KubeClient;
  /** The commit that is served. */
  readonly head?: () => string;
}

async function follow(context: CommandContext, followed: Followed): Promise<number> {
  const { flags, io } = context;
  const progress = progressOn(io);
  const clock = new RealClock();
  const startedAt = clock.now();
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const tell = (standing: Standing): void => {
    const text = `${standing.kind} ${standing.namespace}/${standing.name}: ${firstLine(shortenHashes(standing.message))}`;
    if (standing.ready) progress.success(text);
    else if (standing.stalled) progress.failure(text);
    else progress.waiting(text);
  };
  const monitor = monitorFleet({ client: followed.client, clock, log: jsonLogger(() => undefined), signal, tell });
  try {
    const limit = AbortSignal.timeout(flags.duration('timeout'));
    const ready = await monitor.untilReady(flags.bool('until-ready') ? AbortSignal.any([signal, limit]) : signal, followed.head);
    if (ready)
      progress.success(`${followed.plan.name} is ready after ${formatDuration(Math.round((clock.now() - startedAt) / 100) * 100)}`);
    else if (!io.signal.aborted) return fail(context, monitor);
    if (flags.bool('until-ready') || io.signal.aborted) return io.signal.aborted ? 130 : 0;
    progress.waiting(`following ${followed.plan.dir}; stop with ctrl-c`);
    await new Promise<void>((resolved) => io.signal.addEventListener('abort', () => resolved(), { once: true }));
    return 0;
  } finally {
    stop.abort(new Error('done'));
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function fail(context: CommandContext, monitor: FleetMonitor): number {
  const progress = progressOn(context.io);
  const standings = monitor.standings();
  const causes = rootCauses(standings);
  progress.failure(
    `not ready within ${formatDuration(context.flags.duration('timeout'))}: ${standings.filter((s) => !s.ready && !s.suspended).length} of ${standings.length} objects; first causes:`,
  );
  for (const cause of causes) context.io.err(`  ${cause.kind} ${cause.namespace}/${cause.name}: ${cause.message}\n`);
  if (standings.length === 0) context.io.err('  no Flux objects were seen\n');
  return 1;
}
