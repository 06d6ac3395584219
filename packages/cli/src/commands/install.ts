import { RealClock } from '@flux-ts/base';
import { ApplyManager, computeStatus } from '@flux-ts/kube';
import type { CommandContext } from '../frame/command.ts';
import { progressOn } from '../frame/progress.ts';
import { componentsYaml, installManifests } from '../install/manifests.ts';
import { clientFor } from '../kube/access.ts';
import { pollUntil } from '../kube/wait.ts';
import { VERSION } from '../version.ts';

/** `flux install [--export]`: applies Flux's components and waits for them. */
export async function run(context: CommandContext): Promise<number> {
  const { flags, io } = context;
  const progress = progressOn(io);
  const options = {
    namespace: flags.string('namespace'),
    version: `v${VERSION}`,
    registry: flags.string('registry'),
    components: [...flags.strings('components'), ...flags.strings('components-extra')],
    clusterDomain: flags.string('cluster-domain'),
    logLevel: flags.string('log-level'),
    networkPolicy: flags.bool('network-policy'),
    watchAllNamespaces: flags.bool('watch-all-namespaces'),
    ...(flags.string('image-pull-secret') === '' ? {} : { imagePullSecret: flags.string('image-pull-secret') }),
  };
  if (flags.bool('export')) {
    io.out(componentsYaml(options));
    return 0;
  }
  progress.generating('generating manifests');
  const objects = installManifests(options);
  progress.success('manifests build completed');
  progress.action(`installing components in ${options.namespace} namespace`);
  const { client } = await clientFor(context);
  const manager = new ApplyManager({ client, clock: new RealClock(), fieldManager: 'flux' });
  await manager.applyStaged(objects, { signal: io.signal, waitIntervalMs: 200, waitTimeoutMs: flags.duration('timeout') });
  progress.waiting('verifying installation');
  for (const name of options.components) {
    const ready = async (): Promise<true | undefined> => {
      const deployment = await client.get({ apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace: options.namespace, name });
      return computeStatus(deployment, { nowMs: new RealClock().now() }).status === 'Current' ? true : undefined;
    };
    await pollUntil(ready, { timeoutMs: flags.duration('timeout'), signal: io.signal, what: `${name} deployment` });
    progress.success(`${name}: deployment ready`);
  }
  progress.success('install finished');
  return 0;
}
