import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { DiskFileSystem } from '@flux-ts/archive';
import { formatDuration, RealClock, systemRandom, WallTimeError, withinWallTime } from '@flux-ts/base';
import { lintChart, type LintMessage } from '@flux-ts/helm';
import type { CommandContext } from '../../frame/command.ts';
import { parseFlags, type FlagSpec } from '../../frame/flags.ts';
import type { Io } from '../../frame/io.ts';
import { RENDER_TIMEOUT_MS } from './bounded.ts';
import { givenValues, HelmCommandError, VALUE_FLAGS } from './chart-args.ts';
import { reportError } from './report.ts';

const FLAGS: readonly FlagSpec[] = [
  ...VALUE_FLAGS,
  { name: 'namespace', short: 'n', type: 'string', default: 'default', usage: 'namespace scope for this request' },
  { name: 'strict', type: 'bool', usage: 'fail on lint warnings' },
  { name: 'quiet', type: 'bool', usage: 'print only warnings and errors' },
  { name: 'kube-version', type: 'string', usage: 'Kubernetes version used for capabilities and deprecation checks' },
  { name: 'skip-schema-validation', type: 'bool', usage: 'disable JSON schema validation' },
  { name: 'help', short: 'h', type: 'bool', usage: 'help for lint' },
];

function failed(messages: readonly LintMessage[], strict: boolean): boolean {
  return messages.some((m) => m.severity === 'ERROR' || (strict && m.severity === 'WARNING'));
}

function bounded<T>(path: string, run: () => T): T {
  try {
    return withinWallTime(RENDER_TIMEOUT_MS, run);
  } catch (error) {
    if (!(error instanceof WallTimeError)) throw error;
    throw new HelmCommandError(`linting ${path} was stopped: it took longer than ${formatDuration(RENDER_TIMEOUT_MS)}`, { cause: error });
  }
}

/** `flux helm lint PATH...`: looks for problems of charts. @returns the exit code */
export async function helmLintCommand(words: readonly string[], io: Io): Promise<number> {
  try {
    const { flags, args } = parseFlags(words, FLAGS);
    if (flags.bool('help')) {
      io.out(`Examine a chart for possible issues.\n\nUsage:\n  flux helm lint PATH [flags]\n`);
      return 0;
    }
    const { values } = await givenValues(flags, io);
    const paths = args.length === 0 ? ['.'] : args;
    const strict = flags.bool('strict');
    const quiet = flags.bool('quiet');
    let out = '';
    let bad = 0;
    for (const path of paths) {
      const at = isAbsolute(path) ? path : join(io.cwd, path);
      const isFolder = statSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
      const messages = isFolder
        ? bounded(path, () =>
            lintChart({
              fs: new DiskFileSystem(at),
              folderName: at.replace(/\/+$/, '').split('/').at(-1) ?? '',
              values,
              namespace: flags.string('namespace'),
              ...(flags.string('kube-version') === '' ? {} : { kubeVersion: flags.string('kube-version') }),
              skipSchemaValidation: flags.bool('skip-schema-validation'),
              clock: new RealClock(),
              random: systemRandom,
            }),
          )
        : [];
      const wrong = !isFolder || failed(messages, strict);
      if (wrong) bad++;
      const shown = quiet ? messages.filter((m) => m.severity !== 'INFO') : messages;
      if (quiet && shown.length === 0 && isFolder) continue;
      out += `==> Linting ${path}\n`;
      for (const m of shown) out += `[${m.severity}] ${m.path}: ${m.message}\n`;
      if (!isFolder) out += `Error unable to check Chart.yaml file in chart: stat ${path}/Chart.yaml: no such file or directory\n`;
      out += '\n';
    }
    const summary = `${paths.length} chart(s) linted, ${bad} chart(s) failed`;
    io.out(out);
    if (bad > 0) {
      io.err(`Error: ${summary}\n`);
      return 1;
    }
    if (!quiet) io.out(`${summary}\n`);
    return 0;
  } catch (error) {
    return reportError(error, io);
  }
}

/** The module of the command. */
export function run({ args, io }: CommandContext): Promise<number> {
  return helmLintCommand(args, io);
}
