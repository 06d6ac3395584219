import { helmGroup } from './commands/helm/group.ts';
import { kustomizeGroup } from './commands/kustomize/group.ts';
import type { Command } from './frame/command.ts';
import type { FlagSpec, FlagType } from './frame/flags.ts';

/** Shorthand of a flag: `name[/short]`, its type, its usage and default. */
function flag(names: string, type: FlagType, usage: string, byDefault?: string): FlagSpec {
  const [name = '', short] = names.split('/');
  return { name, type, usage, ...(short === undefined ? {} : { short }), ...(byDefault === undefined ? {} : { default: byDefault }) };
}

function persistent(...flags: readonly FlagSpec[]): readonly FlagSpec[] {
  return flags.map((spec) => ({ ...spec, persistent: true }));
}

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

const getFlags = persistent(
  flag('all-namespaces/A', 'bool', 'list the requested object(s) across all namespaces'),
  flag('no-header', 'bool', 'skip the header when printing the results'),
  flag('watch/w', 'bool', 'After listing/getting the requested object, watch for changes.'),
  flag('status-selector', 'string', 'specify the status condition name and the desired state to filter the get result, e.g. ready=false'),
  flag('label-selector/l', 'string', 'filter objects by label selector'),
);

const showSource = [flag('show-source', 'bool', 'show the source reference of each object')];
const loadGet = (): Promise<typeof import('./commands/get.ts')> => import('./commands/get.ts');
const loadReconcile = (): Promise<typeof import('./commands/reconcile.ts')> => import('./commands/reconcile.ts');

function getter(name: string, short: string, more: Partial<Command> = {}): Command {
  return { name, short, use: '[name]', load: loadGet, ...more };
}

function reconciler(name: string, kind: string, more: Partial<Command> = {}): Command {
  return { name, short: `Reconcile a ${kind} resource`, use: '[name]', load: loadReconcile, ...more };
}

const get: Command = {
  name: 'get',
  short: 'Get the resources and their status',
  flags: getFlags,
  commands: [
    getter('all', 'Get all resources and statuses'),
    getter('kustomizations', 'Get Kustomization statuses', { aliases: ['ks', 'kustomization'], flags: showSource }),
    getter('helmreleases', 'Get HelmRelease statuses', { aliases: ['hr', 'helmrelease'], flags: showSource }),
    getter('alerts', 'Get Alert statuses', { aliases: ['alert'] }),
    getter('alert-providers', 'Get Provider statuses', { aliases: ['alert-provider'] }),
    getter('receivers', 'Get Receiver statuses', { aliases: ['receiver'] }),
    {
      name: 'sources',
      aliases: ['source'],
      short: 'Get source statuses',
      commands: [
        getter('all', 'Get all source statuses'),
        getter('git', 'Get GitRepository source statuses'),
        getter('oci', 'Get OCIRepository status'),
        getter('bucket', 'Get Bucket source statuses'),
        getter('helm', 'Get HelmRepository source statuses'),
        getter('chart', 'Get HelmChart statuses'),
        getter('external', 'Get ExternalArtifact statuses'),
      ],
    },
    {
      name: 'images',
      aliases: ['image'],
      short: 'Get image automation object status',
      commands: [
        getter('all', 'Get all image statuses'),
        getter('repository', 'Get ImageRepository status'),
        getter('policy', 'Get ImagePolicy status'),
        getter('update', 'Get ImageUpdateAutomation status'),
      ],
    },
  ],
};

const withSource = flag('with-source', 'bool', 'reconcile the source of the object first');

const reconcile: Command = {
  name: 'reconcile',
  short: 'Reconcile sources and resources',
  commands: [
    reconciler('kustomization', 'Kustomization', { aliases: ['ks'], flags: [withSource] }),
    reconciler('helmrelease', 'HelmRelease', {
      aliases: ['hr'],
      flags: [
        withSource,
        flag('force', 'bool', 'force a one-off install or upgrade of the HelmRelease resource'),
        flag('reset', 'bool', 'reset the failure count for this HelmRelease resource'),
      ],
    }),
    reconciler('receiver', 'Receiver'),
    {
      name: 'source',
      short: 'Reconcile sources',
      commands: [
        reconciler('git', 'GitRepository source'),
        reconciler('oci', 'OCIRepository'),
        reconciler('bucket', 'Bucket source'),
        reconciler('helm', 'HelmRepository source'),
        reconciler('chart', 'HelmChart', { flags: [withSource] }),
      ],
    },
    {
      name: 'image',
      short: 'Reconcile image automation objects',
      commands: [
        reconciler('repository', 'ImageRepository'),
        reconciler('policy', 'ImagePolicy'),
        reconciler('update', 'ImageUpdateAutomation'),
      ],
    },
  ],
};

const create: Command = {
  name: 'create',
  short: 'Create or update sources and resources',
  flags: persistent(
    flag('interval', 'duration', 'source sync interval', '1m0s'),
    flag('export', 'bool', 'export in YAML format to stdout'),
    flag('label', 'strings', 'set labels on the resource (can specify multiple labels with commas: label1=value1,label2=value2)'),
  ),
  commands: [
    {
      name: 'source',
      short: 'Create or update sources',
      flags: persistent(
        flag(
          'fetch-timeout',
          'duration',
          'set a timeout for fetch operations performed by source-controller (e.g. "git clone" or "helm repo update")',
          '1m0s',
        ),
      ),
      commands: [
        {
          name: 'git',
          use: '[name]',
          short: 'Create or update a GitRepository source',
          flags: [
            flag('url', 'string', 'git address, e.g. ssh://git@host/org/repository'),
            flag('branch', 'string', 'git branch'),
            flag('tag', 'string', 'git tag'),
            flag('tag-semver', 'string', 'git tag semver range'),
            flag('ref-name', 'string', 'git reference name'),
            flag('commit', 'string', 'git commit'),
            flag('username/u', 'string', 'basic authentication username'),
            flag('password/p', 'string', 'basic authentication password'),
            flag('ca-file', 'string', 'path to TLS CA file used for validating self-signed certificates'),
            flag('secret-ref', 'string', 'the name of an existing secret containing SSH or basic credentials or github app authentication'),
            flag('proxy-secret-ref', 'string', 'the name of an existing secret containing the proxy address and credentials'),
            flag('provider', 'string', 'the Git provider name, available options are: (generic|azure|github)'),
            flag(
              'recurse-submodules',
              'bool',
              'when enabled, configures the GitRepository source to initialize and include Git submodules in the artifact it produces',
            ),
            flag('silent/s', 'bool', 'assumes the deploy key is already setup, skips confirmation'),
            flag('ignore-paths', 'strings', 'set paths to ignore in git resource (can specify multiple paths with commas: path1,path2)'),
            flag(
              'sparse-checkout-paths',
              'strings',
              'set paths to sparse checkout in git resource (can specify multiple paths with commas: path1,path2)',
            ),
          ],
          load: () => import('./commands/create-source-git.ts'),
        },
      ],
    },
    {
      name: 'kustomization',
      aliases: ['ks'],
      use: '[name]',
      short: 'Create or update a Kustomization resource',
      flags: [
        flag(
          'source',
          'string',
          "source that contains the Kubernetes manifests in the format '[<kind>/]<name>.<namespace>', where kind must be one of: (OCIRepository, GitRepository, Bucket, ExternalArtifact), if kind is not specified it defaults to GitRepository",
        ),
        flag('path', 'string', 'path to the directory containing a kustomization.yaml file', './'),
        flag('prune', 'bool', 'enable garbage collection'),
        flag('wait', 'bool', 'enable health checking of all the applied resources'),
        flag('health-check', 'strings', "workload to be included in the health assessment, in the format '<kind>/<name>.<namespace>'"),
        flag('health-check-timeout', 'duration', 'timeout of health checking operations', '2m0s'),
        flag(
          'depends-on',
          'strings',
          "Kustomization that must be ready before this Kustomization can be applied, supported formats '<name>' and '<namespace>/<name>', also accepts comma-separated values",
        ),
        flag('service-account', 'string', 'the name of the service account to impersonate when reconciling this Kustomization'),
        flag('decryption-provider', 'string', 'decryption provider, available options are: (sops)'),
        flag(
          'decryption-secret',
          'string',
          'set the Kubernetes secret name that contains the OpenPGP private keys used for sops decryption',
        ),
        flag('target-namespace', 'string', 'overrides the namespace of all Kustomization objects reconciled by this Kustomization'),
        flag(
          'kubeconfig-secret-ref',
          'string',
          'the name of the Kubernetes Secret that contains a key with the kubeconfig file for connecting to a remote cluster',
        ),
        flag('retry-interval', 'duration', 'the interval at which to retry a previously failed reconciliation'),
      ],
      load: () => import('./commands/create-kustomization.ts'),
    },
  ],
};

const loadCluster = (): Promise<typeof import('./commands/cluster.ts')> => import('./commands/cluster.ts');
const clusterFlags = [
  flag('persist', 'string', 'keep the objects in this folder; without it a stopped cluster forgets everything'),
  flag('port', 'int', 'port of the API server; default: the one of last time, or any free one'),
  flag('mirror', 'string', 'YAML file with local stand-ins for chart repositories, registries and Git repositories'),
];

const cluster: Command = {
  name: 'cluster',
  short: 'Start, stop and list embedded clusters on this machine',
  commands: [
    {
      name: 'start',
      use: '[name]',
      short: 'Start a cluster in the background and write its kubeconfig context',
      flags: clusterFlags,
      load: loadCluster,
    },
    { name: 'stop', use: '[name]', short: 'Stop a cluster', load: loadCluster },
    { name: 'list', aliases: ['ls'], short: 'List the clusters of this machine', load: loadCluster },
    { name: 'delete', use: '[name]', short: 'Stop a cluster and forget it with its kubeconfig context', load: loadCluster },
    {
      name: 'serve',
      use: '[name]',
      short: 'Run a cluster in this process',
      hidden: true,
      flags: [
        ...clusterFlags,
        flag('dir', 'string', 'follow the fleet in this folder'),
        flag('path', 'string', "the cluster's folder in the fleet"),
        flag('log-level', 'string', 'debug, info or error', 'info'),
      ],
      load: () => import('./commands/cluster-serve.ts'),
    },
  ],
};

const dev: Command = {
  name: 'dev',
  use: 'DIR',
  short: 'Run a fleet repository on an embedded cluster and follow what is saved',
  flags: [
    flag('path', 'string', "the cluster's folder, e.g. clusters/staging (default: clusters/staging, else the first one)"),
    flag('cluster', 'string', 'name of the cluster and its kubeconfig context (default: the last element of --path)'),
    flag(
      'mirror',
      'string',
      'YAML file with local stand-ins for chart repositories, registries and Git repositories (default: .flux-mirrors.yaml in DIR)',
    ),
    flag('until-ready', 'bool', 'exit 0 when everything is ready, else 1 with the causes'),
    flag('keep', 'bool', 'with --until-ready: leave the cluster in the background'),
    flag('log-level', 'string', 'what the controllers log with --verbose: debug, info or error', 'info'),
  ],
  load: () => import('./commands/dev.ts'),
};

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

const bootstrap: Command = {
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
      load: () => import('./commands/bootstrap-git.ts'),
    },
  ],
};

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
    {
      name: 'install',
      short: 'Install or upgrade Flux',
      flags: [flag('export', 'bool', 'write the install manifests to stdout and exit'), ...installFlags],
      load: () => import('./commands/install.ts'),
    },
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
