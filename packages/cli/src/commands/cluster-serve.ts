import { formatTime, RealClock } from '@flux-ts/base';
import { startDev, startLocalCluster, StateDirectory, writeClusterContext, type LocalCluster } from '@flux-ts/local';
import type { CommandContext } from '../frame/command.ts';
import { jsonLogger } from '../frame/log.ts';
import { kubeconfigPaths } from '../kube/access.ts';
import { workerScript } from './cluster.ts';

/** `flux cluster serve NAME` (hidden): the process of a cluster; with `--dir` one that follows a fleet. Runs until it is stopped. */
export async function run(context: CommandContext): Promise<number> {
  const { flags, io } = context;
  const name = context.args[0] ?? 'flux';
  const state = new StateDirectory(io.env);
  const known = state.read(name);
  const log = jsonLogger((line) => io.err(line), flags.string('log-level'));
  const port = flags.changed('port') ? flags.int('port') : (known?.port ?? 0);
  const persist = flags.string('persist');
  const mirror = flags.string('mirror');
  const snapshot = flags.string('snapshot');
  const rules = flags.string('simulator-rules');
  const options = {
    name,
    log,
    renderWorker: workerScript(),
    ...(snapshot === '' ? {} : { snapshot }),
    ...(persist === '' ? {} : { persistDir: persist }),
    ...(mirror === '' ? {} : { mirrors: mirror }),
    ...(rules === '' ? {} : { simulatorRules: rules }),
  };
  const start = (wanted: number): Promise<Opened> => open(context, { ...options, port: wanted });
  const opened = await start(port).catch((error: unknown) => {
    // the port of last time may be taken by now; one that was asked for may not be changed
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && !flags.changed('port')) return start(0);
    throw error;
  });
  const { listener } = opened.cluster;
  const [kubeconfig = ''] = kubeconfigPaths(context);
  writeClusterContext(kubeconfig, name, listener);
  state.write({
    name,
    port: listener.port,
    pid: process.pid,
    url: listener.url,
    kubeconfig,
    startedAt: formatTime(new RealClock().now()),
    ...(persist === '' ? {} : { persistDir: persist }),
    ...(rules === '' ? {} : { simulatorRules: rules }),
  });
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    else io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await opened.close();
  const { pid: _, ...stopped } = state.read(name) ?? { name, port: listener.port, url: listener.url, kubeconfig, startedAt: '' };
  state.write(stopped);
  return 0;
}

interface Opened {
  readonly cluster: LocalCluster;
  close(): Promise<void>;
}

async function open(context: CommandContext, options: Parameters<typeof startLocalCluster>[0]): Promise<Opened> {
  const dir = context.flags.string('dir');
  if (dir === '') {
    const cluster = await startLocalCluster(options);
    return { cluster, close: () => cluster.close() };
  }
  const path = context.flags.string('path');
  return startDev({ ...options, dir, ...(path === '' ? {} : { path }) });
}
