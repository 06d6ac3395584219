import { RealClock, systemRandom } from '@flux-ts/base';
import {
  checkDependencies,
  defaultCapabilities,
  pathMatcher,
  renderChart,
  RenderError,
  sourceBlock,
  splitManifests,
  type Chart,
  type HelmMajor,
  type Rendered,
} from '@flux-ts/helm';
import type { CommandContext } from '../../frame/command.ts';
import { parseFlags, type Flags, type FlagSpec } from '../../frame/flags.ts';
import type { Io } from '../../frame/io.ts';
import { boundedRender } from './bounded.ts';
import { chartAt, givenValues, HelmCommandError, VALUE_FLAGS, type ValuesLayer } from './chart-args.ts';
import { reportError } from './report.ts';

const FLAGS: readonly FlagSpec[] = [
  ...VALUE_FLAGS,
  { name: 'namespace', short: 'n', type: 'string', default: 'default', usage: 'namespace scope for this request' },
  { name: 'kube-version', type: 'string', usage: 'Kubernetes version used for Capabilities.KubeVersion' },
  {
    name: 'api-versions',
    short: 'a',
    type: 'strings',
    usage: 'Kubernetes api versions used for Capabilities.APIVersions (multiple can be specified)',
  },
  { name: 'include-crds', type: 'bool', usage: 'include CRDs in the templated output' },
  { name: 'skip-crds', type: 'bool', usage: 'do not include CRDs, also with --include-crds' },
  { name: 'is-upgrade', type: 'bool', usage: 'set .Release.IsUpgrade instead of .Release.IsInstall' },
  { name: 'no-hooks', type: 'bool', usage: 'prevent hooks from being rendered' },
  { name: 'skip-tests', type: 'bool', usage: 'skip tests from templated output' },
  { name: 'show-only', short: 's', type: 'stringArray', usage: 'only show manifests rendered from the given templates' },
  { name: 'name-template', type: 'string', usage: 'specify template used to name the release' },
  { name: 'generate-name', short: 'g', type: 'bool', usage: 'generate the name (and omit the NAME parameter)' },
  { name: 'release-name', type: 'bool', usage: 'use release name in the output-dir path' },
  { name: 'skip-schema-validation', type: 'bool', usage: 'disable JSON schema validation' },
  { name: 'debug', type: 'bool', usage: 'show what was rendered where it is no valid YAML' },
  { name: 'explain', type: 'bool', usage: 'explain errors: place, stack, values layers, suggestion' },
  { name: 'timeout', type: 'duration', default: '1m0s', usage: 'how long rendering may take' },
  { name: 'helm-version', type: 'string', default: '4', usage: 'the major version of Helm whose rules count: 3 or 4' },
  { name: 'dry-run', type: 'string', usage: 'accepted for compatibility: nothing is ever installed' },
  { name: 'validate', type: 'bool', usage: 'not supported: nothing here talks to a cluster' },
  { name: 'output-dir', type: 'string', usage: 'not supported: write the output to a file' },
  { name: 'post-renderer', type: 'string', usage: 'not supported: no programs are run' },
  { name: 'dependency-update', type: 'bool', usage: 'not supported: dependencies are not fetched' },
  { name: 'enable-dns', type: 'bool', usage: 'not supported: names are not looked up' },
  { name: 'help', short: 'h', type: 'bool', usage: 'help for template' },
];

const REFUSED: Readonly<Record<string, string>> = {
  validate: 'it asks a cluster, and this command never does',
  'output-dir': 'redirect the output to a file',
  'post-renderer': 'no programs are run; pipe the output through yours',
  'dependency-update': 'put the dependencies into charts/ first',
  'enable-dns': 'names are not looked up',
};

const RELEASE_NAME = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

function checkName(name: string): void {
  if (new RegExp(RELEASE_NAME).test(name) && name.length <= 53) return;
  const why = `invalid release name, must match regex ${RELEASE_NAME} and the length must not be longer than 53`;
  throw new HelmCommandError(`release name check failed: release name ${JSON.stringify(name)}: ${why}`);
}

async function nameAndChart(args: readonly string[], flags: Flags): Promise<readonly [name: string, chart: string]> {
  const [first, second] = args;
  if (first === undefined) {
    throw new HelmCommandError('"helm template" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] [flags]');
  }
  if (args.length > 2) throw new HelmCommandError(`expected at most two arguments, unexpected arguments: ${args.slice(2).join(', ')}`);
  const template = flags.string('name-template');
  if (second !== undefined) {
    if (flags.bool('generate-name')) throw new HelmCommandError('cannot set --generate-name and also specify a name');
    if (template !== '') throw new HelmCommandError('cannot set --name-template and also specify a name');
    return [first, second];
  }
  if (template === '') return ['release-name', first];
  const { goBuiltins, mergeTables, sprigFunctions, TemplateSet } = await import('@flux-ts/gotemplate');
  const functions = mergeTables(goBuiltins(), sprigFunctions({ clock: new RealClock(), random: systemRandom }));
  const set = new TemplateSet({ functions, name: 'name-template' });
  set.parse('name-template', template);
  return [set.execute('name-template', null), first];
}

function checkInstallable(chart: Chart): void {
  const type = chart.metadata.type ?? '';
  if (type !== '' && type !== 'application') throw new HelmCommandError(`${type} charts are not installable`);
  const problem = checkDependencies(chart);
  if (problem === undefined) return;
  const lead =
    'an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies';
  throw new HelmCommandError(`${lead}: ${problem}`);
}

function printed(rendered: Rendered, flags: Flags): string {
  let out = `${trimGo(rendered.manifest)}\n`;
  if (!flags.bool('no-hooks')) {
    for (const hook of rendered.hooks) {
      if (flags.bool('skip-tests') && hook.events.includes('test')) continue;
      out += `---\n# Source: ${hook.path}\n${hook.manifest}\n`;
    }
  }
  const files = flags.strings('show-only');
  return files.length === 0 ? out : shown(out, files, helmVersionOf(flags));
}

/** Go's strings.TrimSpace. */
function trimGo(text: string): string {
  return text.replace(/^[\t\n\v\f\r \u0085\u00a0]+/, '').replace(/[\t\n\v\f\r \u0085\u00a0]+$/, '');
}

function shown(all: string, files: readonly string[], helmVersion: HelmMajor): string {
  const manifests = splitManifests(all, helmVersion).map((text) => ({ text, name: /# Source: [^/\n]+\/(.+)/.exec(text)?.[1] }));
  let out = '';
  for (const file of files) {
    const matches = pathMatcher(file);
    const found = manifests.filter(({ name }) => name !== undefined && matches(name));
    if (found.length === 0) throw new HelmCommandError(`could not find template ${file} in chart`);
    for (const { text } of found) out += `---\n${text}\n`;
  }
  return out;
}

function helmVersionOf(flags: Flags): HelmMajor {
  const text = flags.string('helm-version').replace(/^v/, '').split('.', 1)[0];
  if (text !== '3' && text !== '4')
    throw new HelmCommandError(`--helm-version must be 3 or 4, not ${JSON.stringify(flags.string('helm-version'))}`);
  return text === '3' ? 3 : 4;
}

function capabilitiesOf(flags: Flags, helmVersion: HelmMajor): ReturnType<typeof defaultCapabilities> {
  const kubeVersion = flags.string('kube-version');
  try {
    return defaultCapabilities({
      helmVersion,
      ...(kubeVersion === '' ? {} : { kubeVersion }),
      apiVersions: flags.strings('api-versions'),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HelmCommandError(`invalid kube version '${kubeVersion}': ${why}`, { cause: error });
  }
}

/** `flux helm template [NAME] CHART`: prints what Helm would install. @returns the exit code */
export async function helmTemplateCommand(words: readonly string[], io: Io): Promise<number> {
  let chart: Chart | undefined;
  let layers: readonly ValuesLayer[] = [];
  let explain = words.includes('--explain');
  try {
    const { flags, args } = parseFlags(words, FLAGS);
    if (flags.bool('help')) return (io.out(usage()), 0);
    explain = flags.bool('explain');
    for (const [name, why] of Object.entries(REFUSED)) {
      if (flags.changed(name) && flags.string(name) !== 'false') throw new HelmCommandError(`--${name} is not supported: ${why}`);
    }
    const helmVersion = helmVersionOf(flags);
    const capabilities = capabilitiesOf(flags, helmVersion);
    const [name, chartName] = await nameAndChart(args, flags);
    const given = await givenValues(flags, io, helmVersion);
    layers = given.layers;
    chart = chartAt(chartName, io, helmVersion);
    checkInstallable(chart);
    if (chart.metadata.deprecated === true) io.err('level=WARN msg="this chart is deprecated"\n');
    checkName(name);
    const loaded = chart;
    const release = { name, namespace: flags.string('namespace'), isUpgrade: flags.bool('is-upgrade') };
    const rendered = await boundedRender({ chart, release, timeoutMs: flags.duration('timeout') }, (budget) =>
      renderChart({
        chart: loaded,
        budget,
        values: given.values,
        release,
        capabilities,
        helmVersion,
        includeCrds: flags.bool('include-crds') && !flags.bool('skip-crds'),
        skipSchemaValidation: flags.bool('skip-schema-validation'),
        clock: new RealClock(),
        random: systemRandom,
        warn: (message) => io.err(`level=WARN msg=${JSON.stringify(message)}\n`),
      }),
    );
    io.out(printed(rendered, flags));
    return 0;
  } catch (error) {
    const code = isOutOfStack(error) ? await io.again?.(DEEP_STACK) : undefined;
    if (code !== undefined) return code;
    if (words.includes('--debug') && error instanceof RenderError && error.files !== undefined) io.out(debugOutput(error.files));
    return reportError(error, io, { ...(chart === undefined ? {} : { chart }), layers, explain, debug: words.includes('--debug') });
  }
}

/**
 * Helm allows 1000 includes inside one another; node's usual stack holds half of them. Most threads have 8 MiB. Not set at every start:
 * V8 would not take the code that is stored for its usual flags, which costs more than the whole start of a small chart.
 */
const DEEP_STACK: readonly string[] = ['--stack-size=6000'];

function isOutOfStack(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof RangeError && at.message.includes('call stack')) return true;
  return false;
}

/** What was rendered, where it is no valid YAML. */
function debugOutput(files: ReadonlyMap<string, string>): string {
  return [...files].map(([path, text]) => (text.trim() === '' ? '' : sourceBlock(path, text))).join('');
}

function usage(): string {
  const rows = FLAGS.map((flag) => [`  ${flag.short === undefined ? '    ' : `-${flag.short}, `}--${flag.name}`, flag.usage] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return `Locally render templates of a chart.\n\nUsage:\n  flux helm template [NAME] [CHART] [flags]\n\nFlags:\n${rows.map(([left, right]) => `${left.padEnd(width)}   ${right}\n`).join('')}`;
}

/** The module of the command. */
export function run({ args, io }: CommandContext): Promise<number> {
  return helmTemplateCommand(args, io);
}
