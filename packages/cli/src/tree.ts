import { helmGroup } from './commands/helm/group.ts';
import { kustomizeGroup } from './commands/kustomize/group.ts';
import type { Command } from './frame/command.ts';
import { create } from './tree/create.ts';
import { flag, persistent } from './tree/flag.ts';
import { get } from './tree/get.ts';
import { bootstrap, install } from './tree/install.ts';
import { cluster, dev } from './tree/local.ts';
import { reconcile } from './tree/reconcile.ts';

const rootFlags = persistent(
  flag('kubeconfig', 'string', 'Path to the kubeconfig file to use for CLI requests.'),
  flag('context', 'string', 'The name of the kubeconfig context to use'),
  flag('as', 'string', 'Username to impersonate for the operation. User could be a regular user or a service account in a namespace.'),
  flag('as-group', 'stringArray', 'Group to impersonate for the operation, this flag can be repeated to specify multiple groups.'),
  flag('token', 'string', 'Bearer token for authentication to the API server'),
  flag('server', 'string', 'The address and port of the Kubernetes API server'),
  flag('namespace/n', 'string', 'If present, the namespace scope for this CLI request', 'flux-system'),
  flag('ns-follows-kube-context', 'bool', 'Default namespace to use for commands is the namespace of the kubeconfig context'),
  flag('timeout', 'duration', 'timeout for this operation', '5m0s'),
  flag('verbose', 'bool', 'print generated objects'),
);

/** Every command, with its flags; the code of each is loaded when it is run. */
export const commandTree: Command = {
  name: 'flux',
  short: 'Command line utility for assembling Kubernetes CD pipelines the GitOps way.',
  flags: rootFlags,
  commands: [
    bootstrap,
    {
      name: 'check',
      short: 'Check requirements and installation',
      flags: [flag('pre', 'bool', 'only run pre-installation checks')],
      load: () => import('./commands/check.ts'),
    },
    cluster,
    create,
    dev,
    get,
    helmGroup,
    kustomizeGroup,
    install,
    reconcile,
    {
      name: 'version',
      short: 'Print the client and server-side components version information.',
      flags: [
        flag('client', 'bool', 'print only client version'),
        flag('output/o', 'string', "the format in which the information should be printed, can be 'json' or 'yaml'", 'yaml'),
      ],
      load: () => import('./commands/version.ts'),
    },
  ],
};
