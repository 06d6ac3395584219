import { deepEqual, goJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { checkDns1035Label, checkDnsLabel } from '@flux-ts/schema';
import { compiledSelector, isEmptySelector, labelSelector, selectorText } from './labels.ts';
import { podTemplate } from './pod-template.ts';
import { has, list, number, part, text } from './read.ts';
import type { Report } from './report.ts';
import { atMost100Percent, IMMUTABLE, intOrPercent, intOrPercentValue, nonNegative, nonNegatives } from './values.ts';

/** @param empty what is said of a selector that selects everything */
function selector(spec: JsonObject | undefined, empty: string, report: Report): void {
  const value = part(spec, 'selector');
  if (value === undefined) return report.required('spec.selector');
  labelSelector(value, 'spec.selector', report);
  if (isEmptySelector(value)) report.invalidShown('spec.selector', selectorText(value), empty);
}

/** The template of a workload: the selector has to match it, and its Pods run for ever. */
function template(spec: JsonObject | undefined, { kind, claims }: { kind: string; claims?: readonly string[] }, report: Report): void {
  const value = part(spec, 'template');
  const wanted = part(spec, 'selector');
  const compiled = wanted === undefined ? undefined : compiledSelector(wanted);
  if (wanted !== undefined && compiled === undefined) {
    report.invalidShown('spec.selector', selectorText(wanted), kind === 'StatefulSet' ? '' : 'invalid label selector');
    return;
  }
  matches(compiled, part(value, 'metadata'), report);
  podTemplate(value, { path: 'spec.template', ...(claims === undefined ? {} : { claimedVolumes: claims }) }, report);
  foreverOnly(part(value, 'spec'), kind, report);
}

/** Whether a selector selects the template's Pods; none selects nothing. */
function matches(compiled: ReturnType<typeof compiledSelector>, metadata: JsonObject | undefined, report: Report): void {
  if (compiled?.isEmpty === true) return;
  const given = part(metadata, 'labels');
  if (compiled?.matches((given ?? {}) as Readonly<Record<string, string>>) === true) return;
  report.invalid('spec.template.metadata.labels', given ?? null, '`selector` does not match template `labels`');
}

function foreverOnly(spec: JsonObject | undefined, kind: string, report: Report): void {
  const policy = text(spec, 'restartPolicy');
  if (policy !== 'Always') report.notSupported('spec.template.spec.restartPolicy', policy, ['Always']);
  if (has(spec, 'activeDeadlineSeconds'))
    report.forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`);
}

function strategy(spec: JsonObject | undefined, report: Report): void {
  const value = part(spec, 'strategy');
  const type = text(value, 'type');
  const rolling = part(value, 'rollingUpdate');
  const at = 'spec.strategy';
  if (type === 'Recreate') {
    if (rolling !== undefined) report.forbidden(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'");
  } else if (type === 'RollingUpdate') {
    if (rolling === undefined) return report.required(`${at}.rollingUpdate`, 'this should be defaulted and never be nil');
    const [unavailable, surge] = [rolling['maxUnavailable'], rolling['maxSurge']];
    intOrPercent(unavailable, `${at}.rollingUpdate.maxUnavailable`, report);
    intOrPercent(surge, `${at}.rollingUpdate.maxSurge`, report);
    if (intOrPercentValue(unavailable) === 0 && intOrPercentValue(surge) === 0)
      report.invalid(`${at}.rollingUpdate.maxUnavailable`, unavailable ?? 0, 'may not be 0 when `maxSurge` is 0');
    atMost100Percent(unavailable, `${at}.rollingUpdate.maxUnavailable`, report);
  } else unknownStrategy({ path: at, type, rolling, fields: ['MaxUnavailable', 'MaxSurge'] }, ['Recreate', 'RollingUpdate'], report);
}

/** A strategy of an unknown type, shown as Go shows its internal form. */
function unknownStrategy(
  { path, type, rolling, fields }: { path: string; type: string; rolling: JsonObject | undefined; fields: readonly string[] },
  supported: readonly string[],
  report: Report,
): void {
  const field = (name: string): JsonValue => rolling?.[`${(name[0] as string).toLowerCase()}${name.slice(1)}`] ?? 0;
  const inner = rolling === undefined ? 'null' : `{${fields.map((name) => `"${name}":${goJson(field(name))}`).join(',')}}`;
  report.notSupported(path, type, supported);
  const error = report.errors.pop();
  if (error !== undefined) report.errors.push({ ...error, shown: `{"Type":${goJson(type)},"RollingUpdate":${inner}}` });
}

/** The selector stays as it was made. */
function sameSelector(spec: JsonObject | undefined, old: JsonObject | undefined, report: Report): void {
  if (old === undefined || deepEqual(spec?.['selector'], part(old, 'spec')?.['selector'])) return;
  report.invalidShown('spec.selector', selectorText(part(spec, 'selector')), IMMUTABLE);
}

/** A Deployment, new or changed. */
export function deployment(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  nonNegative(spec, { key: 'replicas', path: 'spec' }, report);
  selector(spec, 'empty selector is invalid for deployment', report);
  template(spec, { kind: 'ReplicaSet' }, report);
  strategy(spec, report);
  nonNegatives(spec, { keys: ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'], path: 'spec' }, report);
  const deadline = number(spec, 'progressDeadlineSeconds');
  if (deadline !== undefined && deadline <= (number(spec, 'minReadySeconds') ?? 0))
    report.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds');
  sameSelector(spec, old, report);
}

/** A ReplicaSet, new or changed. */
export function replicaSet(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  nonNegatives(spec, { keys: ['replicas', 'minReadySeconds'], path: 'spec' }, report);
  selector(spec, 'empty selector is invalid for deployment', report);
  template(spec, { kind: 'ReplicaSet' }, report);
  sameSelector(spec, old, report);
}

/** A ReplicationController. */
export function replicationController(object: JsonObject, report: Report): void {
  const spec = part(object, 'spec');
  nonNegative(spec, { key: 'minReadySeconds', path: 'spec' }, report);
  const wanted = part(spec, 'selector') ?? {};
  if (Object.keys(wanted).length === 0) report.required('spec.selector');
  nonNegative(spec, { key: 'replicas', path: 'spec' }, report);
  const value = part(spec, 'template');
  if (value === undefined) return report.required('spec.template');
  matches(compiledSelector({ matchLabels: wanted }), part(value, 'metadata'), report);
  podTemplate(value, { path: 'spec.template' }, report);
  foreverOnly(part(value, 'spec'), 'ReplicationController', report);
}

function daemonStrategy(spec: JsonObject | undefined, report: Report): void {
  const value = part(spec, 'updateStrategy');
  const type = text(value, 'type');
  const rolling = part(value, 'rollingUpdate');
  const at = 'spec.updateStrategy';
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate')
    return unknownStrategy({ path: at, type, rolling, fields: ['MaxUnavailable', 'MaxSurge'] }, ['RollingUpdate', 'OnDelete'], report);
  if (rolling === undefined) return report.required(`${at}.rollingUpdate`);
  for (const key of ['maxUnavailable', 'maxSurge']) intOrPercent(rolling[key], `${at}.rollingUpdate.${key}`, report);
  for (const key of ['maxUnavailable', 'maxSurge']) atMost100Percent(rolling[key], `${at}.rollingUpdate.${key}`, report);
  const unavailable = intOrPercentValue(rolling['maxUnavailable']) !== 0;
  const surge = intOrPercentValue(rolling['maxSurge']) !== 0;
  if (unavailable && surge)
    report.invalid(`${at}.rollingUpdate.maxSurge`, rolling['maxSurge'], 'may not be set when maxUnavailable is non-zero');
  else if (!unavailable && !surge) report.required(`${at}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
}

/** A DaemonSet, new or changed. */
export function daemonSet(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  const wanted = part(spec, 'selector');
  const value = part(spec, 'template');
  labelSelector(wanted, 'spec.selector', report);
  const compiled = wanted === undefined ? undefined : compiledSelector(wanted);
  const given = part(part(value, 'metadata'), 'labels');
  // no selector selects nothing
  if (wanted === undefined || compiled?.matches((given ?? {}) as Readonly<Record<string, string>>) === false)
    report.invalid('spec.template.metadata.labels', given ?? null, '`selector` does not match template `labels`');
  if (wanted !== undefined && isEmptySelector(wanted))
    report.invalidShown('spec.selector', selectorText(wanted), 'empty selector is invalid for daemonset');
  podTemplate(value, { path: 'spec.template' }, report);
  foreverOnly(part(value, 'spec'), 'DaemonSet', report);
  nonNegative(spec, { key: 'minReadySeconds', path: 'spec' }, report);
  daemonStrategy(spec, report);
  nonNegative(spec, { key: 'revisionHistoryLimit', path: 'spec' }, report);
  sameSelector(spec, old, report);
}

function statefulStrategy(spec: JsonObject | undefined, report: Report): void {
  const value = part(spec, 'updateStrategy');
  const type = text(value, 'type');
  const rolling = part(value, 'rollingUpdate');
  const at = 'spec.updateStrategy';
  if (type === '') return report.required(at);
  if (type === 'OnDelete') {
    if (rolling !== undefined) {
      const shown = `{"Partition":${goJson(rolling['partition'] ?? 0)},"MaxUnavailable":${goJson(rolling['maxUnavailable'] ?? null)}}`;
      report.invalidShown(`${at}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'");
    }
  } else if (type === 'RollingUpdate') {
    if (rolling === undefined) return;
    nonNegative(rolling, { key: 'partition', path: `${at}.rollingUpdate` }, report);
    const unavailable = rolling['maxUnavailable'];
    if (unavailable === undefined) return;
    intOrPercent(unavailable, `${at}.rollingUpdate.maxUnavailable`, report);
    if (intOrPercentValue(unavailable) === 0) report.invalid(`${at}.rollingUpdate.maxUnavailable`, unavailable, 'cannot be 0');
    atMost100Percent(unavailable, `${at}.rollingUpdate.maxUnavailable`, report);
  } else report.invalidShown(at, `{"Type":${goJson(type)},"RollingUpdate":null}`, "must be 'RollingUpdate' or 'OnDelete'");
}

const CHANGEABLE: ReadonlySet<string> = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]);
const FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** A StatefulSet, new or changed. */
export function statefulSet(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  const management = text(spec, 'podManagementPolicy');
  if (management === '') report.required('spec.podManagementPolicy');
  else if (management !== 'OrderedReady' && management !== 'Parallel')
    report.invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'");
  statefulStrategy(spec, report);
  const retention = part(spec, 'persistentVolumeClaimRetentionPolicy');
  for (const key of retention === undefined ? [] : ['whenDeleted', 'whenScaled']) {
    const value = text(retention, key);
    if (value !== 'Retain' && value !== 'Delete')
      report.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${key}`, value, ['Retain', 'Delete']);
  }
  nonNegatives(spec, { keys: ['replicas', 'minReadySeconds'], path: 'spec' }, report);
  nonNegative(part(spec, 'ordinals'), { key: 'start', path: 'spec.ordinals' }, report);
  const service = text(spec, 'serviceName');
  if (service !== '' && old === undefined && checkDnsLabel(service).length > 0)
    report.invalidFor('spec.serviceName', service, checkDns1035Label(service));
  selector(spec, 'empty selector is invalid for statefulset', report);
  const claims = list(spec, 'volumeClaimTemplates').map((claim) => text(part(claim, 'metadata'), 'name'));
  template(spec, { kind: 'StatefulSet', claims }, report);
  if (old === undefined) return;
  const before = part(old, 'spec');
  const keys = new Set([...Object.keys(spec ?? {}), ...Object.keys(before ?? {})]);
  if ([...keys].some((key) => !CHANGEABLE.has(key) && !deepEqual(spec?.[key], before?.[key]))) report.forbidden('spec', FIXED);
}
