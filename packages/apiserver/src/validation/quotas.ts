import { deepEqual, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { checkQualifiedName } from '@flux-ts/schema';
import { list, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { containerResourceName, quotaResourceName, resourceAmount, resourceName } from './resources.ts';
import { compareAmounts, IMMUTABLE } from './values.ts';

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const EXCLUSIVE: readonly (readonly [string, string])[] = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const BARE = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];

function conflicting(scopes: readonly string[], shown: JsonValue, report: Report): void {
  for (const pair of EXCLUSIVE)
    if (pair.every((scope) => scopes.includes(scope))) report.invalid('spec.scopes', shown, 'conflicting scopes');
}

function scopeSelector(spec: JsonObject | undefined, report: Report): void {
  const at = 'spec.scopeSelector.matchExpressions';
  const expressions = list(part(spec, 'scopeSelector'), 'matchExpressions');
  for (const expression of expressions) {
    const [scope, operator, values] = [text(expression, 'scopeName'), text(expression, 'operator'), texts(expression, 'values')];
    if (!SCOPES.includes(scope)) report.invalid(`${at}.scopeName`, scope, 'unsupported scope');
    if (BARE.includes(scope) && operator !== 'Exists')
      report.invalid(
        `${at}.operator`,
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      );
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        report.required(`${at}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        report.invalid(`${at}.values`, [...values], "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
    } else report.invalid(`${at}.operator`, operator, 'not a valid selector operator');
  }
  conflicting(
    expressions.map((expression) => text(expression, 'scopeName')),
    spec?.['scopes'] ?? null,
    report,
  );
}

/** A ResourceQuota, new or changed. */
export function resourceQuota(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  const hard = part(spec, 'hard') ?? {};
  for (const name of sortedKeys(hard)) {
    quotaResourceName(name, `spec.hard[${name}]`, report);
    resourceAmount(String(hard[name]), { name, path: `spec.hard[${name}]` }, report);
  }
  const scopes = texts(spec, 'scopes');
  for (const scope of scopes) if (!SCOPES.includes(scope)) report.invalid('spec.scopes', [...scopes], 'unsupported scope');
  conflicting(scopes, [...scopes], report);
  scopeSelector(spec, report);
  if (old === undefined) return;
  const before = texts(part(old, 'spec'), 'scopes');
  if (!deepEqual([...scopes].sort(), [...before].sort())) report.invalid('spec.scopes', spec?.['scopes'] ?? null, IMMUTABLE);
}

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

function amounts(limit: JsonObject, { key, path, type }: { key: string; path: string; type: string }, report: Report): JsonObject {
  const map = part(limit, key) ?? {};
  const check = type === 'Pod' || type === 'Container' ? containerResourceName : resourceName;
  for (const name of sortedKeys(map)) check(name, `${path}.${key}[${name}]`, report);
  return map;
}

/** Bounds that contradict each other. */
function order(name: string, { path, maps }: { path: string; maps: Readonly<Record<string, JsonObject>> }, report: Report): void {
  const value = (key: string): string | undefined => (maps[key]?.[name] === undefined ? undefined : String(maps[key][name]));
  const [min, max, most, request, ratio] = ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'].map(value);
  const above = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && compareAmounts(a, b) > 0;
  const wrong = (key: string, shown: string | undefined, why: string): void => report.invalid(`${path}.${key}[${name}]`, shown ?? '', why);
  if (above(min, max)) wrong('min', min, `min value ${min} is greater than max value ${max}`);
  if (above(min, request)) wrong('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (above(request, max)) wrong('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (above(request, most))
    wrong('defaultRequest', request, `default request value ${request} is greater than default limit value ${most}`);
  if (above(min, most)) wrong('default', min, `min value ${min} is greater than default value ${most}`);
  if (above(most, max)) wrong('default', max, `default value ${most} is greater than max value ${max}`);
  if (ratio !== undefined && compareAmounts(ratio, '1') < 0) wrong('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
}

/** A LimitRange. */
export function limitRange(object: JsonObject, report: Report): void {
  const seen = new Set<string>();
  list(part(object, 'spec'), 'limits').forEach((limit, i) => {
    const path = `spec.limits[${i}]`;
    const type = text(limit, 'type');
    const problems = checkQualifiedName(type);
    report.invalidFor(`${path}.type`, type, problems);
    if (problems.length === 0 && !type.includes('/') && !LIMIT_TYPES.includes(type))
      report.invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified');
    if (seen.has(type)) report.duplicate(`${path}.type`, type);
    seen.add(type);
    const maps: Record<string, JsonObject> = {};
    for (const key of ['max', 'min']) maps[key] = amounts(limit, { key, path, type }, report);
    for (const key of ['default', 'defaultRequest']) {
      if (type !== 'Pod') maps[key] = amounts(limit, { key, path, type }, report);
      else if (Object.keys(part(limit, key) ?? {}).length > 0)
        report.forbidden(`${path}.${key}`, "may not be specified when `type` is 'Pod'");
    }
    if (type === 'PersistentVolumeClaim' && maps['min']?.['storage'] === undefined && maps['max']?.['storage'] === undefined)
      report.required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided');
    maps['maxLimitRequestRatio'] = amounts(limit, { key: 'maxLimitRequestRatio', path, type }, report);
    for (const name of new Set(Object.values(maps).flatMap((map) => Object.keys(map)))) order(name, { path, maps }, report);
  });
}
