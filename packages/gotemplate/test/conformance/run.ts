// Runs the one-expression probes that a real helm has answered, with this package's functions and the few of Helm's own
// that need no chart. `npx tsx --conditions=flux-ts-source packages/gotemplate/test/conformance/run.ts [--corpus DIR] [--only RE] [--verbose]`
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RealClock, systemRandom, type JsonValue } from '@flux-ts/base';
import { parseYaml, printYaml } from '@flux-ts/yaml';
import {
  GoError,
  TemplateError,
  TemplateSet,
  functionTable,
  goBuiltins,
  goFunc,
  mergeTables,
  namedMap,
  sprigFunctions,
  toJsonValue,
  type CallContext,
  type MaybeValue,
  type TemplateMap,
  type TemplateValue,
} from '../../src/index.ts';

interface Probe {
  readonly id: string;
  readonly family: string;
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
  readonly asYaml?: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const corpus = resolve(option('--corpus') ?? join(here, '../../../../../shared/corpus/helm/probes'));
if (!existsSync(join(corpus, 'probes.json'))) {
  console.log(`no probes at ${corpus}: skipped\n0 passed, 0 failed`);
  process.exit(0);
}

const TRAILING_LINE_FEED = /\n$/;
const includes = new Map<string, number>();

function include([name, data]: [string, MaybeValue], ctx: CallContext): string {
  const open = includes.get(name) ?? 0;
  if (open > 1000) throw new GoError(`rendering template has a nested reference name: ${name}: unable to execute template`);
  includes.set(name, open + 1);
  try {
    return ctx.execute(name, data);
  } finally {
    includes.set(name, open);
  }
}

function tpl([text, data]: [string, MaybeValue], ctx: CallContext): string {
  const set = ctx.set.clone();
  const wrap = (prefix: string, run: () => string): string => {
    try {
      return run();
    } catch (error) {
      if (error instanceof TemplateError) throw new GoError(`${prefix} ${JSON.stringify(text)}: ${error.message}`, error);
      throw error;
    }
  };
  wrap('cannot parse template', () => {
    set.parse('gotpl', text);
    return '';
  });
  return wrap('error during tpl function execution for', () => ctx.execute('gotpl', data, set)).replaceAll('<no value>', '');
}

const text = (value: MaybeValue): string => printYaml(toJsonValue(value)).replace(TRAILING_LINE_FEED, '');
const helmFunctions = functionTable([
  goFunc('include', ['string', 'any'], include),
  goFunc('tpl', ['string', 'any'], tpl),
  goFunc('required', ['string', 'any'], ([message, value]: [string, MaybeValue]) => {
    if (value === null || value === '') throw new GoError(message);
    return value;
  }),
  goFunc('toYaml', ['any'], ([value]: [MaybeValue]) => text(value)),
  goFunc('mustToYaml', ['any'], ([value]: [MaybeValue]) => text(value)),
  goFunc('fromYaml', ['string'], ([yaml]: [string]) => (parseYaml(yaml) ?? {}) as TemplateValue),
  goFunc('lookup', ['string', 'string', 'string', 'string'], () => ({})),
]);

const functions = mergeTables(goBuiltins(), sprigFunctions({ clock: new RealClock(), random: systemRandom }), helmFunctions);

/** The forms in which Helm 4 shows an error; this package's part of them. */
function helmForms(error: TemplateError): string[] {
  const { frame } = error;
  const forms = [error.message];
  if (frame !== undefined) {
    const place = `${frame.parseName}:${frame.line}`;
    forms.push(`parse error at (${place}): ${error.reason.split(': ').at(-1)}`);
    forms.push(
      `${place}:${frame.column}\n  executing "${frame.template}" at <${frame.node}>:\n    ${error.reason.replace(/^(error calling include): /, '$1:\n')}`,
    );
    forms.push(`execution error at (${place}:${frame.column}): ${error.cause instanceof GoError ? error.cause.message : ''}`);
  }
  return forms.map((form) => `Error: ${form}\n\nUse --debug flag to render out invalid YAML`);
}

/** Helm reads values as JSON: every number a float64; chart defaults that are null are left out. */
function asHelmReads(value: JsonValue): TemplateValue {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(asHelmReads);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, asHelmReads(item)]));
}

function data(templateName: string): TemplateMap {
  const values = parseYaml(readFileSync(join(corpus, 'chart/values.yaml'))) as JsonValue;
  return {
    Values: namedMap('common.Values', asHelmReads(values) as TemplateMap),
    Release: { Name: 'rel', Namespace: 'ns', Service: 'Helm', IsInstall: true, IsUpgrade: false, Revision: 1 },
    Template: { Name: templateName, BasePath: 'probe/templates' },
    Subcharts: {},
    Chart: {},
    Files: {},
    Capabilities: {},
  };
}

type Verdict = { readonly kind: 'pass' | 'fail' | 'skip'; readonly got: string };

const HELMS_OWN = /\.Chart\b|\.Files\b|\.Capabilities\b|fromJson "/;

function runProbe(probe: Probe): Verdict {
  if (HELMS_OWN.test(probe.template)) return { kind: 'skip', got: 'an object or function of helm' };
  const expectError = probe.error !== undefined;
  const name = expectError || probe.asYaml !== undefined ? 'probe/templates/a.yaml' : 'probe/templates/_e.tpl';
  const asTemplate = expectError || probe.asYaml !== undefined;
  const body = asTemplate ? `x: ${probe.template}\n` : `{{ define "e" }}${probe.template}{{ end }}`;
  const set = new TemplateSet({ functions, missingKey: 'zero', name: 'gotpl' });
  try {
    set.parse(name, body);
    const out = set.execute(asTemplate ? name : 'e', data(asTemplate ? name : 'probe/templates/z.yaml'));
    if (probe.asYaml !== undefined) return { kind: `---\n# Source: ${name}\n${out}` === probe.asYaml ? 'pass' : 'fail', got: out };
    return { kind: out === probe.output ? 'pass' : 'fail', got: JSON.stringify(out) };
  } catch (error) {
    if (!(error instanceof TemplateError)) return { kind: 'fail', got: String(error instanceof Error ? error.stack : error) };
    if (/function "\w+" not defined/.test(error.message) && !/function "\w+" not defined/.test(probe.error ?? ''))
      return { kind: 'skip', got: error.message };
    const forms = helmForms(error);
    return { kind: probe.error !== undefined && forms.includes(probe.error) ? 'pass' : 'fail', got: JSON.stringify(error.message) };
  }
}

const ledgerFile = join(here, 'expectations.json');
const ledger = JSON.parse(existsSync(ledgerFile) ? readFileSync(ledgerFile, 'utf8') : '{}') as Record<string, string>;
const only = option('--only');
const { probes } = JSON.parse(readFileSync(join(corpus, 'probes.json'), 'utf8')) as { probes: Probe[] };
const counts = { passed: 0, failed: 0, skipped: 0 };
let surprises = 0;
for (const probe of probes) {
  if (only !== undefined && !new RegExp(only).test(probe.id)) continue;
  const verdict = runProbe(probe);
  if (verdict.kind === 'skip') {
    counts.skipped++;
    if (process.argv.includes('--verbose')) console.log(`skip ${probe.id} ${verdict.got}`);
    continue;
  }
  const passed = verdict.kind === 'pass';
  counts[passed ? 'passed' : 'failed']++;
  const expected = ledger[probe.id];
  if (passed === (expected === undefined)) continue;
  surprises++;
  console.log(
    passed
      ? `unexpected pass: ${probe.id} (${expected})`
      : `FAIL ${probe.id} ${probe.template}\n  want ${JSON.stringify(probe.output ?? probe.error)}\n  got  ${verdict.got}`,
  );
}
console.log(`${counts.skipped} skipped: they need functions that live in helm`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(surprises === 0 ? 0 : 1);
