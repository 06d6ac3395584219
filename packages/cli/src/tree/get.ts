import type { Command } from '../frame/command.ts';
import { flag, persistent } from './flag.ts';

const getFlags = persistent(
  flag('all-namespaces/A', 'bool', 'list the requested object(s) across all namespaces'),
  flag('no-header', 'bool', 'skip the header when printing the results'),
  flag('watch/w', 'bool', 'After listing/getting the requested object, watch for changes.'),
  flag('status-selector', 'string', 'specify the status condition name and the desired state to filter the get result, e.g. ready=false'),
  flag('label-selector/l', 'string', 'filter objects by label selector'),
);

const showSource = [flag('show-source', 'bool', 'show the source reference of each object')];
const loadGet = (): Promise<typeof import('../commands/get.ts')> => import('../commands/get.ts');

function getter(name: string, short: string, more: Partial<Command> = {}): Command {
  return { name, short, use: '[name]', load: loadGet, ...more };
}

/** `flux get`. */
export const get: Command = {
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
