import type { JsonObject } from '@flux-ts/base';
import { checkDnsLabel, checkDnsSubdomain, checkLabelValue } from '@flux-ts/schema';
import { labelName, labelSelector } from './labels.ts';
import { has, list, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { optionalOneOf } from './values.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const POSITIVE = 'must be greater than zero';

/** What a taint does, where it says so. */
export function taintEffect(effect: string, path: string, report: Report): void {
  if (!EFFECTS.includes(effect)) report.notSupported(path, effect, EFFECTS);
}

/** Taints that a Pod puts up with. */
export function tolerations(spec: JsonObject, path: string, report: Report): void {
  list(spec, 'tolerations').forEach((toleration, i) => {
    const at = `${path}.tolerations[${i}]`;
    const key = text(toleration, 'key');
    const operator = text(toleration, 'operator');
    const effect = text(toleration, 'effect');
    const value = text(toleration, 'value');
    if (key !== '') labelName(key, `${at}.key`, report);
    else if (operator !== 'Exists')
      report.invalid(
        `${at}.operator`,
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      );
    if (has(toleration, 'tolerationSeconds') && effect !== 'NoExecute')
      report.invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (operator === 'Equal' || operator === '') {
      const problems = checkLabelValue(value);
      if (problems.length > 0) report.invalid(`${at}.operator`, value, problems.join(';'));
    } else if (operator === 'Exists') {
      if (value !== '') report.invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'");
    } else report.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']);
    if (effect !== '') taintEffect(effect, `${at}.effect`, report);
  });
}

function nodeRequirement(requirement: JsonObject, { path, strict }: { path: string; strict: boolean }, report: Report): void {
  const operator = text(requirement, 'operator');
  const values = texts(requirement, 'values');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) report.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) report.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) report.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
  } else report.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  labelName(text(requirement, 'key'), `${path}.key`, report);
  if (strict) values.forEach((value, i) => report.invalidFor(`${path}.values[${i}]`, value, checkLabelValue(value)));
}

function nodeFieldRequirement(requirement: JsonObject, path: string, report: Report): void {
  const operator = text(requirement, 'operator');
  const values = texts(requirement, 'values');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      report.required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
  } else report.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  const key = text(requirement, 'key');
  if (key !== 'metadata.name') report.invalid(`${path}.key`, key, 'not a valid field selector key');
  else values.forEach((value, i) => report.invalidFor(`${path}.values[${i}]`, value, checkDnsSubdomain(value)));
}

function nodeTerm(term: JsonObject, { path, strict }: { path: string; strict: boolean }, report: Report): void {
  list(term, 'matchExpressions').forEach((r, i) => nodeRequirement(r, { path: `${path}.matchExpressions[${i}]`, strict }, report));
  list(term, 'matchFields').forEach((r, i) => nodeFieldRequirement(r, `${path}.matchFields[${i}]`, report));
}

/** A selector of nodes: one of its terms has to be met. */
export function nodeSelector(selector: JsonObject, path: string, report: Report): void {
  const terms = list(selector, 'nodeSelectorTerms');
  if (terms.length === 0) return report.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term');
  terms.forEach((term, i) => nodeTerm(term, { path: `${path}.nodeSelectorTerms[${i}]`, strict: true }, report));
}

function weight(term: JsonObject, path: string, report: Report): void {
  const value = number(term, 'weight') ?? 0;
  if (value <= 0 || value > 100) report.invalid(`${path}.weight`, value, 'must be in the range 1-100');
}

function labelKeys(term: JsonObject, { key, path }: { key: string; path: string }, report: Report): void {
  const keys = texts(term, key);
  if (keys.length === 0) return;
  if (!has(term, 'labelSelector')) return report.forbidden(`${path}.${key}`, 'must not be specified when labelSelector is not set');
  keys.forEach((name, i) => labelName(name, `${path}.${key}[${i}]`, report));
}

function podTerm(term: JsonObject, path: string, report: Report): void {
  labelSelector(part(term, 'labelSelector'), `${path}.labelSelector`, report);
  labelSelector(part(term, 'namespaceSelector'), `${path}.namespaceSelector`, report);
  for (const name of texts(term, 'namespaces')) report.invalidFor(`${path}.namespace`, name, checkDnsLabel(name));
  labelKeys(term, { key: 'matchLabelKeys', path }, report);
  labelKeys(term, { key: 'mismatchLabelKeys', path }, report);
  const other = new Set(texts(term, 'mismatchLabelKeys'));
  texts(term, 'matchLabelKeys').forEach((name, i) => {
    if (other.has(name)) report.invalid(`${path}.matchLabelKeys[${i}]`, name, 'exists in both matchLabelKeys and mismatchLabelKeys');
  });
  const topology = text(term, 'topologyKey');
  if (topology === '') report.required(`${path}.topologyKey`, 'can not be empty');
  labelName(topology, `${path}.topologyKey`, report);
}

/** Where a Pod would rather run. */
export function affinity(spec: JsonObject, path: string, report: Report): void {
  const value = part(spec, 'affinity');
  if (value === undefined) return;
  const nodes = part(value, 'nodeAffinity');
  const wanted = part(nodes, REQUIRED);
  if (wanted !== undefined) nodeSelector(wanted, `${path}.affinity.nodeAffinity.${REQUIRED}`, report);
  list(nodes, PREFERRED).forEach((term, i) => {
    const at = `${path}.affinity.nodeAffinity.${PREFERRED}[${i}]`;
    weight(term, at, report);
    nodeTerm(part(term, 'preference') ?? {}, { path: `${at}.preference`, strict: false }, report);
  });
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const pods = part(value, kind);
    list(pods, REQUIRED).forEach((term, i) => podTerm(term, `${path}.affinity.${kind}.${REQUIRED}[${i}]`, report));
    list(pods, PREFERRED).forEach((term, i) => {
      const at = `${path}.affinity.${kind}.${PREFERRED}[${i}]`;
      weight(term, at, report);
      podTerm(part(term, 'podAffinityTerm') ?? {}, `${at}.podAffinityTerm`, report);
    });
  }
}

function selectorKeys(selector: JsonObject | undefined): ReadonlySet<string> {
  const expressions = list(selector, 'matchExpressions').map((expression) => text(expression, 'key'));
  return new Set([...Object.keys(part(selector, 'matchLabels') ?? {}), ...expressions]);
}

/** How evenly Pods are spread. */
export function topologySpread(spec: JsonObject, path: string, report: Report): void {
  const constraints = list(spec, 'topologySpreadConstraints');
  constraints.forEach((constraint, i) => {
    const at = `${path}.topologySpreadConstraints[${i}]`;
    const skew = number(constraint, 'maxSkew') ?? 0;
    const key = text(constraint, 'topologyKey');
    const action = text(constraint, 'whenUnsatisfiable');
    if (skew <= 0) report.invalid(`${at}.maxSkew`, skew, POSITIVE);
    if (key === '') report.required(`${at}.topologyKey`, 'can not be empty');
    if (action !== 'DoNotSchedule' && action !== 'ScheduleAnyway')
      report.notSupported(`${at}.whenUnsatisfiable`, action, ['DoNotSchedule', 'ScheduleAnyway']);
    if (constraints.slice(i + 1).some((other) => text(other, 'topologyKey') === key && text(other, 'whenUnsatisfiable') === action))
      report.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${key}, ${action}}`);
    const domains = number(constraint, 'minDomains');
    if (domains !== undefined) {
      if (domains <= 0) report.invalid(`${at}.minDomains`, domains, POSITIVE);
      if (action !== 'DoNotSchedule')
        report.invalid(`${at}.minDomains`, domains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`);
    }
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      optionalOneOf(constraint[policy], { path: `${at}.${policy}`, supported: ['Honor', 'Ignore'] }, report);
    spreadKeys(constraint, at, report);
    labelSelector(part(constraint, 'labelSelector'), `${at}.labelSelector`, report);
  });
}

function spreadKeys(constraint: JsonObject, path: string, report: Report): void {
  const keys = texts(constraint, 'matchLabelKeys');
  if (keys.length === 0) return;
  const selector = part(constraint, 'labelSelector');
  if (selector === undefined) report.forbidden(`${path}.matchLabelKeys`, 'must not be specified when labelSelector is not set');
  const known = selectorKeys(selector);
  keys.forEach((key, i) => {
    labelName(key, `${path}.matchLabelKeys[${i}]`, report);
    if (known.has(key)) report.invalid(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and labelSelector');
  });
}
