import { resolve } from 'node:path';
import { readSnapshot, StateDirectory, stopBackground, takeSnapshot, writeSnapshot } from '@flux-ts/local';
import type { CommandContext } from '../frame/command.ts';
import { progressOn } from '../frame/progress.ts';
import { clientFor } from '../kube/access.ts';
import { startCluster } from './cluster.ts';

/** `flux cluster snapshot save|load NAME FILE`: all objects of a cluster, to a file and back. */
export async function run(context: CommandContext): Promise<number> {
  const [name, file] = context.args;
  if (name === undefined || file === undefined) throw new Error('the name of a cluster and a file are needed');
  const path = resolve(context.io.cwd, file);
  return context.path.at(-1) === 'save' ? save(context, name, path) : load(context, name, path);
}

async function save(context: CommandContext, name: string, path: string): Promise<number> {
  context.flags.set({ name: 'context', type: 'string', usage: '' }, name);
  const { client } = await clientFor(context);
  const objects = await takeSnapshot(client);
  writeSnapshot(path, objects);
  progressOn(context.io).success(`saved ${objects.length} objects of cluster ${name} to ${path}`);
  return 0;
}

/** Starts the cluster anew from a snapshot; what it held before is gone. */
async function load(context: CommandContext, name: string, path: string): Promise<number> {
  const { length } = readSnapshot(path);
  const state = new StateDirectory(context.io.env);
  const known = state.read(name);
  if (known?.persistDir !== undefined)
    throw new Error(`cluster ${name} keeps its objects in ${known.persistDir}; load a snapshot into a cluster without --persist`);
  if (known !== undefined && (await stopBackground(state, name))) progressOn(context.io).success(`cluster ${name} stopped`);
  const code = await startCluster(context, state, { name, more: ['--snapshot', path] });
  progressOn(context.io).success(`loaded ${length} objects`);
  return code;
}
