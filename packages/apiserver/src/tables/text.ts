import {
  getArray,
  getObject,
  getPath,
  getString,
  isArray,
  isObject,
  parseTime,
  sortedKeys,
  type JsonObject,
  type JsonValue,
  type PathStep,
} from '@flux-ts/base';

/** Absent things in tables. */
export const NONE = '<none>';
/** Values that were never set. */
export const UNSET = '<unset>';

const MINUTE = 60;
const HOUR = 3600;

/** Prints a span as kubectl does: 45s, 3m20s, 25m, 5h30m, 3d4h, 2y10d. @param spanMs milliseconds */
export function humanDuration(spanMs: number): string {
  const seconds = Math.trunc(spanMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  const minutes = Math.trunc(seconds / MINUTE);
  if (minutes < 10) return two(minutes, 'm', seconds % MINUTE, 's');
  if (minutes < 3 * 60) return `${minutes}m`;
  const hours = Math.trunc(seconds / HOUR);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return two(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  if (hours < 24 * 365 * 8) return two(Math.trunc(days / 365), 'y', days % 365, 'd');
  return `${Math.trunc(days / 365)}y`;
}

function two(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`;
}

/** How long ago a timestamp was; `<unknown>` without one. */
export function since(value: JsonValue | undefined, nowMs: number): string {
  const at = typeof value === 'string' ? parseTime(value) : undefined;
  return at === undefined ? '<unknown>' : humanDuration(nowMs - at);
}

/** The age of an object. */
export function age(object: JsonObject, nowMs: number): string {
  return since(getPath(object, ['metadata', 'creationTimestamp']), nowMs);
}

/** A string at a path, or another one. */
export function text(object: JsonValue | undefined, path: readonly PathStep[], otherwise = ''): string {
  const value = getPath(object, path);
  if (value === undefined || value === null || value === '') return otherwise;
  return typeof value === 'object' ? otherwise : String(value);
}

/** A number at a path, 0 without one. */
export function count(object: JsonValue | undefined, path: readonly PathStep[]): number {
  const value = getPath(object, path);
  return typeof value === 'number' ? value : 0;
}

/** The objects of an array at a path. */
export function items(object: JsonValue | undefined, path: readonly PathStep[]): readonly JsonObject[] {
  return (getArray(object, path) ?? []).filter(isObject);
}

/** The strings of an array at a path. */
export function strings(object: JsonValue | undefined, path: readonly PathStep[]): readonly string[] {
  return (getArray(object, path) ?? []).filter((v) => typeof v === 'string');
}

/** Labels as `a=b,c=d`, sorted; `<none>` without any. */
export function labelText(labels: JsonValue | undefined): string {
  if (!isObject(labels)) return NONE;
  const keys = sortedKeys(labels);
  return keys.length === 0 ? NONE : keys.map((k) => `${k}=${String(labels[k])}`).join(',');
}

/** A label selector as one text. */
export function selectorText(selector: JsonValue | undefined): string {
  if (!isObject(selector)) return NONE;
  const parts: string[] = [];
  const labels = getObject(selector, ['matchLabels']);
  if (labels !== undefined) parts.push(...sortedKeys(labels).map((k) => `${k}=${String(labels[k])}`));
  for (const expression of items(selector, ['matchExpressions'])) {
    const key = text(expression, ['key']);
    const values = [...strings(expression, ['values'])].sort().join(',');
    const operator = text(expression, ['operator']);
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${values})`);
  }
  return parts.length === 0 ? NONE : parts.join(',');
}

/** Names and images of containers, each joined with commas. */
export function containers(podSpec: JsonObject | undefined): readonly [string, string] {
  const all = items(podSpec, ['containers']);
  return [all.map((c) => text(c, ['name'])).join(','), all.map((c) => text(c, ['image'])).join(',')];
}

/** A condition by its type. */
export function condition(object: JsonObject, type: string): JsonObject | undefined {
  return items(object, ['status', 'conditions']).find((c) => getString(c, ['type']) === type);
}

/** The number of entries of an object or array at a path. */
export function size(object: JsonObject, path: readonly PathStep[]): number {
  const value = getPath(object, path);
  if (isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 0;
}
