import type { Command } from '../../frame/command.ts';

/** `flux helm`: Helm's commands that need no cluster. They read their own flags. */
export const helmGroup: Command = {
  name: 'helm',
  short: 'Work with Helm charts on this machine',
  commands: [
    { name: 'template', use: '[NAME] [CHART]', short: 'Render the templates of a chart', raw: true, load: () => import('./template.ts') },
    {
      name: 'show',
      use: 'chart|values|crds|readme|all CHART',
      short: 'Show what is in a chart',
      raw: true,
      load: () => import('./show.ts'),
    },
    { name: 'lint', use: 'PATH', short: 'Look for problems of a chart', raw: true, load: () => import('./lint.ts') },
  ],
};
