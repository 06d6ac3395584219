import type { JsonObject } from '@flux-ts/base';
import { checkDnsLabel, checkPathSegment } from '@flux-ts/schema';
import { has, list, number, part, text } from './read.ts';
import type { Report } from './report.ts';
import { containerResourceName } from './resources.ts';
import { atMost100Percent, compareAmounts, intOrPercent, optionalOneOf } from './values.ts';
import { labelSelector } from './labels.ts';

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const LONGEST_PERIOD = 1800;
const LONGEST_WINDOW = 3600;

function reference(value: JsonObject | undefined, path: string, report: Report): void {
  for (const key of ['kind', 'name']) {
    const name = text(value, key);
    if (name === '') report.required(`${path}.${key}`);
    else report.invalidFor(`${path}.${key}`, name, checkPathSegment(name));
  }
}

function metricName(source: JsonObject, path: string, report: Report): void {
  const name = text(part(source, 'metric'), 'name');
  if (name === '') report.required(`${path}.metric.name`, 'must specify a metric name');
  else report.invalidFor(`${path}.metric.name`, name, checkPathSegment(name));
}

function target(source: JsonObject, path: string, report: Report): JsonObject {
  const value = part(source, 'target') ?? {};
  const at = `${path}.target`;
  const type = text(value, 'type');
  if (type === '') report.required(`${at}.type`, 'must specify a metric target type');
  if (type !== 'Utilization' && type !== 'Value' && type !== 'AverageValue')
    report.invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue');
  for (const key of ['value', 'averageValue'])
    if (has(value, key) && compareAmounts(String(value[key]), '0') <= 0)
      report.invalid(`${at}.${key}`, String(value[key]), 'must be positive');
  const share = number(value, 'averageUtilization');
  if (share !== undefined && share < 1) report.invalid(`${at}.averageUtilization`, share, 'must be greater than 0');
  return value;
}

function resourceTarget(source: JsonObject, path: string, report: Report): void {
  const value = target(source, path, report);
  const [share, amount] = [has(value, 'averageUtilization'), has(value, 'averageValue')];
  if (!share && !amount) report.required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization');
  if (share && amount) report.forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization');
}

type SourceCheck = (source: JsonObject, path: string, report: Report) => void;

/** The sources of metrics in the order in which upstream looks. */
const SOURCES: readonly (readonly [key: string, check: SourceCheck])[] = [
  [
    'object',
    (source, path, report): void => {
      reference(part(source, 'describedObject'), `${path}.describedObject`, report);
      metricName(source, path, report);
      const value = target(source, path, report);
      if (!has(value, 'value') && !has(value, 'averageValue'))
        report.required(`${path}.target.averageValue`, 'must set either a target value or averageValue');
    },
  ],
  [
    'external',
    (source, path, report): void => {
      metricName(source, path, report);
      const value = target(source, path, report);
      const [whole, average] = [has(value, 'value'), has(value, 'averageValue')];
      if (!whole && !average)
        report.required(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target');
      if (whole && average) report.forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target');
    },
  ],
  [
    'pods',
    (source, path, report): void => {
      metricName(source, path, report);
      if (!has(target(source, path, report), 'averageValue'))
        report.required(`${path}.target.averageValue`, 'must specify a positive target averageValue');
    },
  ],
  [
    'resource',
    (source, path, report): void => {
      if (text(source, 'name') === '') report.required(`${path}.name`, 'must specify a resource name');
      resourceTarget(source, path, report);
    },
  ],
  [
    'containerResource',
    (source, path, report): void => {
      const [name, container] = [text(source, 'name'), text(source, 'container')];
      if (name === '') report.required(`${path}.name`, 'must specify a resource name');
      else containerResourceName(name, `${path}.name`, report);
      if (container === '') report.required(`${path}.container`, 'must specify a container');
      else report.invalidFor(`${path}.container`, container, checkDnsLabel(container));
      resourceTarget(source, path, report);
    },
  ],
];

function metric(value: JsonObject, path: string, report: Report): void {
  const type = text(value, 'type');
  if (type === '') report.required(`${path}.type`, 'must specify a metric source type');
  if (!TYPES.includes(type)) report.notSupported(`${path}.type`, type, TYPES);
  const given = SOURCES.filter(([key]) => has(value, key));
  const [first] = given;
  if (first !== undefined) first[1](part(value, first[0]) as JsonObject, `${path}.${first[0]}`, report);
  const expected = TYPES.includes(type) ? `${(type[0] as string).toLowerCase()}${type.slice(1)}` : '';
  if (expected !== '' && !has(value, expected))
    report.required(`${path}.${expected}`, 'must populate information for the given metric source');
  if (expected === '') report.notSupported(`${path}.type`, type, TYPES);
  if (given.length !== 1)
    for (const [key] of given) if (key !== expected) report.forbidden(`${path}.${key}`, 'must populate the given metric source only');
}

function scaling(behavior: JsonObject | undefined, direction: string, report: Report): void {
  const rules = part(behavior, direction);
  if (rules === undefined) return;
  const path = `spec.behavior.${direction}`;
  const window = number(rules, 'stabilizationWindowSeconds');
  const at = `${path}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) report.invalid(at, window, 'must be greater than or equal to zero');
  if (window !== undefined && window > LONGEST_WINDOW) report.invalid(at, window, `must be less than or equal to ${LONGEST_WINDOW}`);
  optionalOneOf(rules['selectPolicy'], { path: `${path}.selectPolicy`, supported: ['Disabled', 'Max', 'Min'] }, report);
  const policies = list(rules, 'policies');
  if (policies.length === 0) report.required(`${path}.policies`, 'must specify at least one Policy');
  policies.forEach((policy, i) => {
    const here = `${path}.policies[${i}]`;
    const [type, value, period] = [text(policy, 'type'), number(policy, 'value') ?? 0, number(policy, 'periodSeconds') ?? 0];
    if (type !== 'Pods' && type !== 'Percent') report.notSupported(`${here}.type`, type, ['Percent', 'Pods']);
    if (value <= 0) report.invalid(`${here}.value`, value, 'must be greater than zero');
    if (period <= 0) report.invalid(`${here}.periodSeconds`, period, 'must be greater than zero');
    if (period > LONGEST_PERIOD) report.invalid(`${here}.periodSeconds`, period, `must be less than or equal to ${LONGEST_PERIOD}`);
  });
}

/** A HorizontalPodAutoscaler in version v2. */
export function horizontalPodAutoscaler(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  const [min, max] = [number(spec, 'minReplicas'), number(spec, 'maxReplicas') ?? 0];
  const metrics = list(spec, 'metrics');
  const outside = metrics.some((value) => text(value, 'type') === 'Object' || text(value, 'type') === 'External');
  // whether the cluster lets a scale go down to nothing is its own choice: with a metric from outside it is not refused here
  const least = outside || number(part(old, 'spec'), 'minReplicas') === 0 ? 0 : 1;
  if (min !== undefined && min < least) report.invalid('spec.minReplicas', min, `must be greater than or equal to ${least}`);
  if (max < 1) report.invalid('spec.maxReplicas', max, 'must be greater than 0');
  if (min !== undefined && max < min) report.invalid('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`');
  reference(part(spec, 'scaleTargetRef'), 'spec.scaleTargetRef', report);
  metrics.forEach((value, i) => metric(value, `spec.metrics[${i}]`, report));
  if (min === 0 && !outside)
    report.forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas');
  for (const direction of ['scaleUp', 'scaleDown']) scaling(part(spec, 'behavior'), direction, report);
}

/** A PodDisruptionBudget. */
export function podDisruptionBudget(object: JsonObject, report: Report): void {
  const spec = part(object, 'spec') ?? {};
  if (has(spec, 'minAvailable') && has(spec, 'maxUnavailable'))
    report.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set');
  for (const key of ['minAvailable', 'maxUnavailable']) {
    intOrPercent(spec[key], `spec.${key}`, report);
    atMost100Percent(spec[key], `spec.${key}`, report);
  }
  labelSelector(part(spec, 'selector'), 'spec.selector', report);
  optionalOneOf(
    spec['unhealthyPodEvictionPolicy'],
    { path: 'spec.unhealthyPodEvictionPolicy', supported: ['AlwaysAllow', 'IfHealthyBudget'] },
    report,
  );
}
