import type { Command } from '../frame/command.ts';
import { flag } from './flag.ts';

const loadReconcile = (): Promise<typeof import('../commands/reconcile.ts')> => import('../commands/reconcile.ts');

function reconciler(name: string, kind: string, more: Partial<Command> = {}): Command {
  return { name, short: `Reconcile a ${kind} resource`, use: '[name]', load: loadReconcile, ...more };
}

const withSource = flag('with-source', 'bool', 'reconcile the source of the object first');

/** `flux reconcile`. */
export const reconcile: Command = {
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
