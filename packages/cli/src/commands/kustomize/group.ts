import type { Command } from '../../frame/command.ts';

/** `flux kustomize`: kustomize's commands that need no cluster. They read their own flags. */
export const kustomizeGroup: Command = {
  name: 'kustomize',
  short: 'Work with kustomizations on this machine',
  commands: [
    {
      name: 'build',
      use: 'DIR',
      short: 'Build a kustomization and print it as kustomize does',
      raw: true,
      load: () => import('./build.ts'),
    },
  ],
};
