import type { CommandContext } from '../frame/command.ts';
import { VERSION } from '../version.ts';

/** `flux version`: the versions of the command line and of the components in the cluster. */
export async function run({ flags, io }: CommandContext): Promise<number> {
  const output = flags.string('output');
  if (output !== 'yaml' && output !== 'json') throw new Error('--output must be either json or yaml');
  const info: Record<string, string> = { flux: `v${VERSION}` };
  if (!flags.bool('client')) {
    const { clientFor } = await import('../kube/access.ts');
    const { client, fluxNamespace } = await clientFor({ flags, io });
    const { items } = await client.list(
      { apiVersion: 'apps/v1', kind: 'Deployment' },
      { namespace: fluxNamespace, labelSelector: 'app.kubernetes.io/part-of=flux' },
    );
    const { componentsOf } = await import('../kube/components.ts');
    if (items.length === 0) throw new Error(`no deployments found in "${fluxNamespace}" namespace`);
    for (const component of componentsOf(items)) info[component.name] = component.version;
  }
  io.out(
    output === 'json'
      ? `${JSON.stringify(info, null, 2)}\n`
      : Object.entries(info)
          .map(([name, version]) => `${name}: ${version}\n`)
          .join(''),
  );
  return 0;
}
