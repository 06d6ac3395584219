import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealClock, systemRandom } from '@flux-ts/base';
import { createApiServer } from '@flux-ts/apiserver';
import { startRealPods } from './real-pods.ts';
import { startSimulator } from './simulator.ts';

/** A cluster that scenarios are played against. */
export interface Ground {
  readonly url: string;
  /** The text of its kubeconfig; undefined: the server is used as it is. */
  readonly kubeconfig?: string;
  close(): Promise<void>;
}

/** A server in this process, whose objects are frozen and whose Pods with a certain label run. */
export async function startInProcess(): Promise<Ground> {
  const pods = await startRealPods();
  const server = await createApiServer({ clock: new RealClock(), random: systemRandom, freeze: true, pods });
  const { url } = await server.listen();
  const stop = startSimulator(server);
  return {
    url,
    close: async () => {
      stop();
      await server.close();
      pods.close();
    },
  };
}

/** What a user gets from `flux cluster start`: TLS, credentials in a kubeconfig, a process of its own. */
export function startAsUsersDo(flux: string): Ground {
  const home = mkdtempSync(join(tmpdir(), 'flux-ts-cluster-'));
  const env = { ...process.env, HOME: home, XDG_STATE_HOME: join(home, 'state') };
  const file = join(home, 'kubeconfig');
  execFileSync(flux, ['cluster', 'start', 'conformance', '--kubeconfig', file], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return {
    url: '',
    kubeconfig: readFileSync(file, 'utf8'),
    close: () => {
      execFileSync(flux, ['cluster', 'delete', 'conformance'], { env, stdio: 'ignore' });
      rmSync(home, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** A cluster that runs already. */
export function runningCluster(kubeconfig: string): Ground {
  return { url: '', kubeconfig: readFileSync(kubeconfig, 'utf8'), close: () => Promise.resolve() };
}
