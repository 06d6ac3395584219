import { deepEqual, goJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { checkDnsLabel, checkDomainPrefixedPath, checkQualifiedName } from '@flux-ts/schema';
import { compiledSelector, labelSelector, selectorText } from './labels.ts';
import { podTemplate } from './pod-template.ts';
import { has, list, number, part, text } from './read.ts';
import type { Report } from './report.ts';
import { IMMUTABLE, nonNegatives } from './values.ts';

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];
const MOST_INDEXES = 100_000;
const MOST_FOR_MANY = 10_000;
const MOST_RULES = 20;
const MOST_EXIT_CODES = 255;
const LONGEST_MANAGER = 63;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];

function quotedList(values: readonly string[]): string {
  return `valid values: [${values.map((value) => `"${value}"`).join(' ')}]`;
}

function indexed(spec: JsonObject, path: string, report: Report): void {
  const [completions, parallelism, failed] = ['completions', 'parallelism', 'maxFailedIndexes'].map((key) => number(spec, key));
  if (completions === undefined) report.required(`${path}.completions`, 'when completion mode is Indexed');
  if (parallelism !== undefined && parallelism > MOST_INDEXES)
    report.invalid(`${path}.parallelism`, parallelism, `must be less than or equal to ${MOST_INDEXES} when completion mode is Indexed`);
  if (completions !== undefined && failed !== undefined && failed > completions)
    report.invalid(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions');
  if (failed !== undefined && failed > MOST_INDEXES)
    report.invalid(`${path}.maxFailedIndexes`, failed, `must be less than or equal to ${MOST_INDEXES}`);
  if (completions === undefined || completions <= MOST_INDEXES || !has(spec, 'backoffLimitPerIndex')) return;
  const why = `must be less than or equal to ${MOST_FOR_MANY} when completions are above ${MOST_INDEXES} and used with backoff limit per index`;
  if (failed === undefined) report.required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${MOST_INDEXES}`);
  if (parallelism !== undefined && parallelism > MOST_FOR_MANY) report.invalid(`${path}.parallelism`, parallelism, why);
  if (failed !== undefined && failed > MOST_FOR_MANY) report.invalid(`${path}.maxFailedIndexes`, failed, why);
}

function exitCodes(rule: JsonObject, { path, names }: { path: string; names: ReadonlySet<string> }, report: Report): void {
  const codes = part(rule, 'onExitCodes');
  if (codes === undefined) return;
  const at = `${path}.onExitCodes`;
  const operator = text(codes, 'operator');
  if (operator === '') report.required(`${at}.operator`, quotedList(['In', 'NotIn']));
  else if (operator !== 'In' && operator !== 'NotIn') report.notSupported(`${at}.operator`, operator, ['In', 'NotIn']);
  const name = text(codes, 'containerName');
  if (has(codes, 'containerName') && !names.has(name))
    report.invalid(`${at}.containerName`, name, 'must be one of the container or initContainer names in the pod template');
  const values = (codes['values'] ?? []) as readonly number[];
  if (values.length === 0) report.invalid(`${at}.values`, codes['values'] ?? null, 'at least one value is required');
  else if (values.length > MOST_EXIT_CODES) report.tooMany(`${at}.values`, values.length, MOST_EXIT_CODES);
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) report.invalid(`${at}.values[${i}]`, value, 'must not be 0 for the In operator');
    if (values.indexOf(value) < i) report.duplicate(`${at}.values[${i}]`, value);
  });
  if (values.some((value, i) => i > 0 && (values[i - 1] as number) > value)) report.invalid(`${at}.values`, [...values], 'must be ordered');
}

function failureRule(
  rule: JsonObject,
  { path, spec, names }: { path: string; spec: JsonObject; names: ReadonlySet<string> },
  report: Report,
): void {
  const action = text(rule, 'action');
  if (action === '') report.required(`${path}.action`, quotedList(ACTIONS));
  else if (action === 'FailIndex') {
    if (!has(spec, 'backoffLimitPerIndex')) report.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set');
  } else if (!ACTIONS.includes(action)) report.notSupported(`${path}.action`, action, ACTIONS);
  exitCodes(rule, { path, names }, report);
  const patterns = list(rule, 'onPodConditions');
  if (patterns.length > MOST_RULES) report.tooMany(`${path}.onPodConditions`, patterns.length, MOST_RULES);
  patterns.forEach((pattern, i) => {
    const at = `${path}.onPodConditions[${i}]`;
    const status = text(pattern, 'status');
    report.invalidFor(`${at}.type`, text(pattern, 'type'), checkQualifiedName(text(pattern, 'type')));
    if (status === '') report.required(`${at}.status`, quotedList(STATUSES));
    else if (!STATUSES.includes(status)) report.notSupported(`${at}.status`, status, STATUSES);
  });
  const codes = has(rule, 'onExitCodes');
  if (codes && patterns.length > 0) report.invalid(path, undefined, 'specifying both OnExitCodes and OnPodConditions is not supported');
  if (!codes && patterns.length === 0) report.invalid(path, undefined, 'specifying one of OnExitCodes and OnPodConditions is required');
}

function policies(spec: JsonObject, path: string, report: Report): void {
  const failure = part(spec, 'podFailurePolicy');
  if (failure !== undefined) {
    const rules = list(failure, 'rules');
    if (rules.length > MOST_RULES) report.tooMany(`${path}.podFailurePolicy.rules`, rules.length, MOST_RULES);
    const pod = part(part(spec, 'template'), 'spec');
    const names = new Set([...list(pod, 'containers'), ...list(pod, 'initContainers')].map((c) => text(c, 'name')));
    rules.forEach((rule, i) => failureRule(rule, { path: `${path}.podFailurePolicy.rules[${i}]`, spec, names }, report));
  }
  const success = part(spec, 'successPolicy');
  if (success !== undefined) {
    const at = `${path}.successPolicy`;
    const rules = list(success, 'rules');
    if (text(spec, 'completionMode') !== 'Indexed') report.invalid(at, success, 'requires indexed completion mode');
    else if (rules.length === 0) report.required(`${at}.rules`, 'at least one rules must be specified when the successPolicy is specified');
    else if (rules.length > MOST_RULES) report.tooMany(`${at}.rules`, rules.length, MOST_RULES);
    rules.forEach((rule, i) => {
      if (!has(rule, 'succeededCount') && !has(rule, 'succeededIndexes'))
        report.required(`${at}.rules[${i}]`, 'at least one of succeededCount or succeededIndexes must be specified');
    });
  }
  const replacement = spec['podReplacementPolicy'];
  if (typeof replacement !== 'string') return;
  const supported = failure === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (!supported.includes(replacement)) report.notSupported(`${path}.podReplacementPolicy`, replacement, supported);
}

/** The spec of a Job, or of the Jobs that a CronJob makes. */
export function jobSpec(spec: JsonObject, path: string, report: Report): void {
  nonNegatives(spec, { keys: COUNTS, path }, report);
  if (has(spec, 'maxFailedIndexes') && !has(spec, 'backoffLimitPerIndex'))
    report.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  const manager = spec['managedBy'];
  if (typeof manager === 'string') {
    report.errors.push(...checkDomainPrefixedPath(manager, `${path}.managedBy`));
    if (manager.length > LONGEST_MANAGER) report.tooLong(`${path}.managedBy`, LONGEST_MANAGER);
  }
  const mode = text(spec, 'completionMode');
  if (mode !== '' && mode !== 'NonIndexed' && mode !== 'Indexed')
    report.notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']);
  if (mode === 'Indexed') indexed(spec, path, report);
  if (mode === '' || mode === 'NonIndexed')
    for (const key of ['backoffLimitPerIndex', 'maxFailedIndexes'])
      if (has(spec, key)) report.invalid(`${path}.${key}`, spec[key], 'requires indexed completion mode');
  policies(spec, path, report);
  podTemplate(part(spec, 'template'), { path: `${path}.template` }, report);
  const restart = text(part(part(spec, 'template'), 'spec'), 'restartPolicy');
  const at = `${path}.template.spec.restartPolicy`;
  if (restart === 'Always' || restart === '') report.required(at, 'valid values: "OnFailure", "Never"');
  else if (restart !== 'OnFailure' && restart !== 'Never') report.notSupported(at, restart, ['OnFailure', 'Never']);
  else if (has(spec, 'podFailurePolicy') && restart !== 'Never')
    report.invalid(at, restart, 'only "Never" is supported when podFailurePolicy is specified');
}

/** The labels that the server gives a Job's Pods, where the Job does not bring its own selector. */
function generated(object: JsonObject, report: Report): void {
  const spec = part(object, 'spec') ?? {};
  const selector = part(spec, 'selector');
  if (spec['manualSelector'] === true || selector === undefined) return;
  const metadata = part(object, 'metadata');
  const [uid, name] = [text(metadata, 'uid'), text(metadata, 'name')];
  const given = part(part(part(spec, 'template'), 'metadata'), 'labels') ?? {};
  const wanted: Readonly<Record<string, string>> = {
    'controller-uid': uid,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
  };
  for (const [key, value] of Object.entries(wanted)) {
    if (given[key] === undefined) report.required(`spec.template.metadata.labels[${key}]`, `must be '${value}'`);
    else if (given[key] !== value) report.invalid(`spec.template.metadata.labels[${key}]`, given, `must be '${value}'`);
  }
  if (compiledSelector(selector)?.matches(wanted) === false)
    report.invalidShown('spec.selector', selectorText(selector), '`selector` not auto-generated');
}

/** A Job, new or changed. */
export function job(object: JsonObject, report: Report, old?: JsonObject): void {
  if (old === undefined) generated(object, report);
  const spec = part(object, 'spec') ?? {};
  jobSpec(spec, 'spec', report);
  const selector = part(spec, 'selector');
  if (selector === undefined) report.required('spec.selector');
  else labelSelector(selector, 'spec.selector', report);
  const given = part(part(part(spec, 'template'), 'metadata'), 'labels');
  if (selector !== undefined && compiledSelector(selector)?.matches((given ?? {}) as Readonly<Record<string, string>>) === false)
    report.invalid('spec.template.metadata.labels', given ?? null, '`selector` does not match template `labels`');
  const name = text(part(object, 'metadata'), 'name');
  const completions = number(spec, 'completions') ?? 0;
  if (old === undefined && text(spec, 'completionMode') === 'Indexed' && completions > 0) {
    const host = `${name}-${completions - 1}`;
    if (checkDnsLabel(host).length > 0)
      report.invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${host}`);
  }
  if (old !== undefined) jobUpdate(spec, old, report);
}

const FIXED = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];

function jobUpdate(spec: JsonObject, old: JsonObject, report: Report): void {
  const before = part(old, 'spec') ?? {};
  const [now, then] = [spec['completions'], before['completions']];
  if (!deepEqual(now, then)) {
    if (text(spec, 'completionMode') !== 'Indexed') report.invalid('spec.completions', now ?? null, IMMUTABLE);
    else if (now !== undefined && now !== spec['parallelism'])
      report.invalid('spec.completions', now, 'can only be modified in tandem with spec.parallelism');
  }
  if (!deepEqual(spec['selector'], before['selector']))
    report.invalidShown('spec.selector', selectorText(part(spec, 'selector')), IMMUTABLE);
  if (!sameTemplate(part(spec, 'template'), part(before, 'template'), mayMove(old)))
    report.invalidShown('spec.template', goJson(spec['template'] ?? null), IMMUTABLE);
  for (const key of FIXED) if (!deepEqual(spec[key], before[key])) report.invalid(`spec.${key}`, spec[key] ?? null, IMMUTABLE);
}

/** A suspended Job that never started may still change where its Pods go. */
function mayMove(old: JsonObject): boolean {
  return part(old, 'spec')?.['suspend'] === true && !has(part(old, 'status'), 'startTime');
}

const DIRECTIVES = ['nodeSelector', 'tolerations', 'schedulingGates', 'affinity'];

function sameTemplate(next: JsonObject | undefined, old: JsonObject | undefined, movable: boolean): boolean {
  if (deepEqual(next, old)) return true;
  if (!movable) return false;
  const pod = (template: JsonObject | undefined): JsonObject => {
    const out: Record<string, JsonValue> = { ...part(template, 'spec') };
    const affinity: Record<string, JsonValue> = { ...part(template?.['spec'] as JsonObject | undefined, 'affinity') };
    for (const key of DIRECTIVES) delete out[key];
    delete affinity['nodeAffinity'];
    return { ...out, affinity };
  };
  return deepEqual(pod(next), pod(old));
}
