import type { JsonObject } from '@flux-ts/base';
import { checkDns1035Label, checkFullyQualifiedName, checkQualifiedName } from '@flux-ts/schema';
import { labelSelector } from './labels.ts';
import { has, list, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { webhookClient } from './webhook-client.ts';
import { optionalOneOf } from './values.ts';

const VERSIONS = ['v1', 'v1beta1'];
const NO_SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const MOST_CONDITIONS = 64;

function wildcard(values: readonly string[], { path, what }: { path: string; what: string }, report: Report): void {
  if (values.length > 1 && values.includes('*')) report.invalid(path, [...values], `if '*' is present, must not specify other ${what}`);
}

function resources(rule: JsonObject, path: string, report: Report): void {
  const values = texts(rule, 'resources');
  const at = `${path}.resources`;
  if (values.length === 0) report.required(at);
  const wholes = new Set<string>();
  const everywhere = new Set<string>();
  let plain = false;
  values.forEach((value, i) => {
    if (value === '') return report.required(`${at}[${i}]`);
    const slash = value.indexOf('/');
    if (slash < 0) {
      plain = value !== '*';
      return;
    }
    const [resource, sub] = [value.slice(0, slash), value.slice(slash + 1)];
    if (wholes.has(resource)) report.invalid(`${at}[${i}]`, value, `if '${resource}/*' is present, must not specify ${value}`);
    if (everywhere.has(sub)) report.invalid(`${at}[${i}]`, value, `if '*/${sub}' is present, must not specify ${value}`);
    if (sub === '*') wholes.add(resource);
    if (resource === '*') everywhere.add(sub);
  });
  if (values.length > 1 && values.includes('*/*')) report.invalid(at, [...values], "if '*/*' is present, must not specify other resources");
  if (values.includes('*') && plain)
    report.invalid(at, [...values], "if '*' is present, must not specify other resources without subresources");
}

function rule(value: JsonObject, path: string, report: Report): void {
  const operations = texts(value, 'operations');
  if (operations.length === 0) report.required(`${path}.operations`);
  wildcard(operations, { path: `${path}.operations`, what: 'operations' }, report);
  operations.forEach((operation, i) => {
    if (!OPERATIONS.includes(operation)) report.notSupported(`${path}.operations[${i}]`, operation, OPERATIONS);
  });
  for (const [key, what] of [
    ['apiGroups', 'API groups'],
    ['apiVersions', 'API versions'],
  ] as const) {
    const values = texts(value, key);
    if (values.length === 0) report.required(`${path}.${key}`);
    wildcard(values, { path: `${path}.${key}`, what }, report);
    if (key === 'apiVersions')
      values.forEach((version, i) => {
        if (version === '') report.required(`${path}.${key}[${i}]`);
      });
  }
  resources(value, path, report);
  optionalOneOf(value['scope'], { path: `${path}.scope`, supported: ['*', 'Cluster', 'Namespaced'] }, report);
}

function reviewVersions(hook: JsonObject, path: string, report: Report): void {
  const versions = texts(hook, 'admissionReviewVersions');
  const at = `${path}.admissionReviewVersions`;
  if (versions.length === 0) return report.required(at, 'must specify one of v1, v1beta1');
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) report.invalid(`${at}[${i}]`, version, 'duplicate version');
    else report.invalidFor(`${at}[${i}]`, version, checkDns1035Label(version));
  });
  if (!versions.some((version) => VERSIONS.includes(version)))
    report.invalid(at, [...versions], 'must include at least one of v1, v1beta1');
}

/** Conditions by CEL: their names and that there is something to evaluate. */
function matchConditions(hook: JsonObject, path: string, report: Report): void {
  const conditions = list(hook, 'matchConditions');
  const at = `${path}.matchConditions`;
  if (conditions.length > MOST_CONDITIONS) report.tooMany(at, conditions.length, MOST_CONDITIONS);
  const names = new Set<string>();
  conditions.forEach((condition, i) => {
    const name = text(condition, 'name');
    if (text(condition, 'expression').trim() === '') report.required(`${at}[${i}].expression`);
    if (name === '') return report.required(`${at}[${i}].name`);
    report.invalidFor(`${at}[${i}].name`, name, checkQualifiedName(name));
    if (names.has(name)) report.duplicate(`${at}[${i}].name`, name);
    names.add(name);
  });
}

function webhook(hook: JsonObject, path: string, report: Report): void {
  report.errors.push(...checkFullyQualifiedName(text(hook, 'name'), `${path}.name`));
  list(hook, 'rules').forEach((value, i) => rule(value, `${path}.rules[${i}]`, report));
  optionalOneOf(hook['failurePolicy'], { path: `${path}.failurePolicy`, supported: ['Fail', 'Ignore'] }, report);
  optionalOneOf(hook['matchPolicy'], { path: `${path}.matchPolicy`, supported: ['Equivalent', 'Exact'] }, report);
  if (!has(hook, 'sideEffects')) report.required(`${path}.sideEffects`, `must specify one of ${NO_SIDE_EFFECTS.join(', ')}`);
  else optionalOneOf(hook['sideEffects'], { path: `${path}.sideEffects`, supported: NO_SIDE_EFFECTS }, report);
  const timeout = number(hook, 'timeoutSeconds');
  if (timeout !== undefined && (timeout > 30 || timeout < 1))
    report.invalid(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds');
  for (const key of ['namespaceSelector', 'objectSelector']) labelSelector(part(hook, key), `${path}.${key}`, report);
  optionalOneOf(hook['reinvocationPolicy'], { path: `${path}.reinvocationPolicy`, supported: ['IfNeeded', 'Never'] }, report);
  webhookClient(part(hook, 'clientConfig'), `${path}.clientConfig`, report);
  matchConditions(hook, path, report);
  reviewVersions(hook, path, report);
}

/** A ValidatingWebhookConfiguration or MutatingWebhookConfiguration. */
export function webhookConfiguration(object: JsonObject, report: Report): void {
  const names = new Set<string>();
  list(object, 'webhooks').forEach((hook, i) => {
    const path = `webhooks[${i}]`;
    webhook(hook, path, report);
    const name = text(hook, 'name');
    if (name !== '' && names.has(name)) report.duplicate(`${path}.name`, name);
    names.add(name);
  });
}
