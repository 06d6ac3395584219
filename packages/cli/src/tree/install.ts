import type { Command } from '../frame/command.ts';
import { flag, persistent } from './flag.ts';

const installFlags = [
  flag(
    'components',
    'strings',
    'list of components, accepts comma-separated values',
    'source-controller,kustomize-controller,helm-controller,notification-controller',
  ),
  flag(
    'components-extra',
    'strings',
    "list of components in addition to those supplied or defaulted, accepts values such as 'image-reflector-controller,image-automation-controller,source-watcher'",
  ),
  flag('registry', 'string', 'container registry where the Flux controller images are published', 'ghcr.io/flux-ts'),
  flag('image-pull-secret', 'string', 'Kubernetes secret name used for pulling the controller images from a private registry'),
  flag(
    'watch-all-namespaces',
    'bool',
    'watch for custom resources in all namespaces, if set to false it will only watch the namespace where the Flux controllers are installed',
    'true',
  ),
  flag(
    'network-policy',
    'bool',
    'setup Kubernetes network policies to deny ingress access to the Flux controllers from other namespaces',
    'true',
  ),
  flag('log-level', 'string', 'log level, available options are: (debug, info, error)', 'info'),
  flag('cluster-domain', 'string', 'internal cluster domain', 'cluster.local'),
];

/** `flux bootstrap`. */
export const bootstrap: Command = {
  name: 'bootstrap',
  short: 'Deploy Flux on a cluster the GitOps way.',
  flags: persistent(
    ...installFlags,
    flag('branch', 'string', 'Git branch', 'main'),
    flag(
      'recurse-submodules',
      'bool',
      'when enabled, configures the GitRepository source to initialize and include Git submodules in the artifact it produces',
    ),
    flag('token-auth', 'bool', 'when enabled, the personal access token will be used instead of the SSH deploy key'),
    flag('author-name', 'string', 'author name for Git commits', 'Flux'),
    flag('author-email', 'string', 'author email for Git commits'),
    flag('ca-file', 'string', 'path to TLS CA file used for validating self-signed certificates'),
    flag('secret-name', 'string', 'name of the secret the sync credentials can be found in or stored to (default: the namespace)'),
  ),
  commands: [
    {
      name: 'git',
      short: 'Deploy Flux on a cluster connected to a Git repository',
      flags: [
        flag('url', 'string', 'Git repository URL'),
        flag('interval', 'duration', 'sync interval', '1m0s'),
        flag('path', 'string', 'path relative to the repository root, when specified the cluster sync will be scoped to this path'),
        flag('username/u', 'string', 'basic authentication username', 'git'),
        flag('password/p', 'string', 'basic authentication password (or GIT_PASSWORD in the environment)'),
        flag('silent/s', 'bool', 'assumes the deploy key is already setup, skips confirmation'),
        flag('allow-insecure-http', 'bool', 'allows insecure HTTP connections to other hosts than this one'),
      ],
      load: () => import('../commands/bootstrap-git.ts'),
    },
  ],
};

/** `flux install`. */
export const install: Command = {
  name: 'install',
  short: 'Install or upgrade Flux',
  flags: [flag('export', 'bool', 'write the install manifests to stdout and exit'), ...installFlags],
  load: () => import('../commands/install.ts'),
};
