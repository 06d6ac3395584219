import { chartCrds, fileText, printMetadata, type Chart } from '@flux-ts/helm';
import type { CommandContext } from '../../frame/command.ts';
import { parseFlags, type FlagSpec } from '../../frame/flags.ts';
import type { Io } from '../../frame/io.ts';
import { chartAt, HelmCommandError } from './chart-args.ts';
import { reportError } from './report.ts';

const FLAGS: readonly FlagSpec[] = [{ name: 'help', short: 'h', type: 'bool', usage: 'help for show' }];
const README: readonly string[] = ['readme.md', 'readme.txt', 'readme'];

function readme(chart: Chart): string | undefined {
  for (const name of README) {
    const file = chart.files.find((f) => f.name.toLowerCase() === name);
    if (file !== undefined) return fileText(file);
  }
  return undefined;
}

function values(chart: Chart): string {
  return chart.raw
    .filter((file) => file.name === 'values.yaml')
    .map((file) => `${fileText(file)}\n`)
    .join('');
}

function crds(chart: Chart): string {
  return chartCrds(chart)
    .map(({ data }) => Buffer.from(data).toString('utf8'))
    .map((text) => `${text.startsWith('---') ? '' : '---\n'}${text}\n`)
    .join('');
}

function all(chart: Chart): string {
  const text = readme(chart);
  return `${printMetadata(chart.metadata)}\n---\n${values(chart)}${text === undefined ? '' : `---\n${text}\n`}${crds(chart)}`;
}

const PRINTERS: Readonly<Record<string, (chart: Chart) => string>> = {
  chart: (chart) => `${printMetadata(chart.metadata)}\n`,
  values,
  crds,
  readme: (chart) => {
    const text = readme(chart);
    return text === undefined ? '' : `${text}\n`;
  },
  all,
};

/** `flux helm show chart|values|crds|readme|all CHART`. @returns the exit code */
export async function helmShowCommand(words: readonly string[], io: Io): Promise<number> {
  try {
    const { args, flags } = parseFlags(words, FLAGS);
    const [what, name] = args;
    const print = what === undefined ? undefined : PRINTERS[what];
    if (print === undefined || flags.bool('help')) {
      io.out(`Show information about a chart.\n\nUsage:\n  flux helm show ${Object.keys(PRINTERS).join('|')} CHART\n`);
      return what === undefined || flags.bool('help') ? 0 : 1;
    }
    if (name === undefined || args.length > 2) {
      throw new HelmCommandError(`"helm show ${what}" requires 1 argument\n\nUsage:  helm show ${what} [CHART] [flags]`);
    }
    io.out(print(chartAt(name, io)));
    return await Promise.resolve(0);
  } catch (error) {
    return reportError(error, io);
  }
}

/** The module of the command. */
export function run({ args, io }: CommandContext): Promise<number> {
  return helmShowCommand(args, io);
}
