import type { Command } from '../frame/command.ts';
import { flag } from './flag.ts';

const loadCluster = (): Promise<typeof import('../commands/cluster.ts')> => import('../commands/cluster.ts');
const clusterFlags = [
  flag('snapshot', 'string', 'begin with the objects of this snapshot file'),
  flag('persist', 'string', 'keep the objects in this folder; without it a stopped cluster forgets everything'),
  flag('port', 'int', 'port of the API server; default: the one of last time, or any free one'),
  flag('mirror', 'string', 'YAML file with local stand-ins for chart repositories, registries and Git repositories'),
  flag(
    'simulator-rules',
    'string',
    'YAML file that says which workloads fail and which custom kinds become ready (kind SimulatorRules); remembered for the next start',
  ),
];

/** `flux cluster`. */
export const cluster: Command = {
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
      name: 'snapshot',
      short: 'Save all objects of a cluster to a file, or start a cluster from one',
      commands: [
        { name: 'save', use: 'NAME FILE', short: 'Save all objects of a cluster', load: () => import('../commands/cluster-snapshot.ts') },
        {
          name: 'load',
          use: 'NAME FILE',
          short: 'Start a cluster anew from a snapshot',
          load: () => import('../commands/cluster-snapshot.ts'),
        },
      ],
    },
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
      load: () => import('../commands/cluster-serve.ts'),
    },
  ],
};

/** `flux dev`. */
export const dev: Command = {
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
    flag(
      'simulator-rules',
      'string',
      'YAML file that says which workloads fail and which custom kinds become ready (kind SimulatorRules; default: .flux-simulator.yaml in DIR)',
    ),
    flag('until-ready', 'bool', 'exit 0 when everything is ready, else 1 with the causes'),
    flag('keep', 'bool', 'with --until-ready: leave the cluster in the background'),
    flag('log-level', 'string', 'what the controllers log with --verbose: debug, info or error', 'info'),
  ],
  load: () => import('../commands/dev.ts'),
};
