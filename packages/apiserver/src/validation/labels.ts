import { goJson, sortedKeys, type JsonObject } from '@flux-ts/base';
import { checkLabelValue, checkQualifiedName, labelSelectorFrom, SelectorError, type LabelSelector } from '@flux-ts/schema';
import { list, part, text, texts } from './read.ts';
import type { Report } from './report.ts';

const LARGEST_ANNOTATIONS_BYTES = 256 * 1024;

/** A key of a label. */
export function labelName(name: string, path: string, report: Report): void {
  report.invalidFor(path, name, checkQualifiedName(name));
}

/** Labels, keys and values. */
export function labels(map: JsonObject | undefined, path: string, report: Report): void {
  if (map === undefined) return;
  for (const key of sortedKeys(map)) {
    report.invalidFor(path, key, checkQualifiedName(key));
    report.invalidFor(path, String(map[key]), checkLabelValue(String(map[key])));
  }
}

/** Annotations: keys in any case, and not more bytes than are kept. */
export function annotations(map: JsonObject | undefined, path: string, report: Report): void {
  if (map === undefined) return;
  let bytes = 0;
  for (const key of sortedKeys(map)) {
    report.invalidFor(path, key, checkQualifiedName(key.toLowerCase()));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(map[key]));
  }
  if (bytes > LARGEST_ANNOTATIONS_BYTES) report.tooLong(path, LARGEST_ANNOTATIONS_BYTES);
}

/** A metav1.LabelSelector; none is right. */
export function labelSelector(selector: JsonObject | undefined, path: string, report: Report): void {
  if (selector === undefined) return;
  labels(part(selector, 'matchLabels'), `${path}.matchLabels`, report);
  list(selector, 'matchExpressions').forEach((expression, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const operator = text(expression, 'operator');
    const values = texts(expression, 'values');
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) report.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) report.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else report.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    labelName(text(expression, 'key'), `${at}.key`, report);
    values.forEach((value, j) => report.invalidFor(`${at}.values[${j}]`, value, checkLabelValue(value)));
  });
}

/** Whether a selector says nothing: it would select everything. */
export function isEmptySelector(selector: JsonObject): boolean {
  return Object.keys(part(selector, 'matchLabels') ?? {}).length + list(selector, 'matchExpressions').length === 0;
}

/** The selector ready to match, undefined where it cannot be read. */
export function compiledSelector(selector: JsonObject): LabelSelector | undefined {
  try {
    return labelSelectorFrom(selector);
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
}

/** A selector as Go prints it: the fields in the order of the type. */
export function selectorText(selector: JsonObject | undefined): string {
  if (selector === undefined) return 'null';
  const parts: string[] = [];
  if (selector['matchLabels'] !== undefined) parts.push(`"matchLabels":${goJson(selector['matchLabels'])}`);
  const expressions = list(selector, 'matchExpressions').map((expression) => {
    const values = expression['values'] === undefined ? '' : `,"values":${goJson(expression['values'])}`;
    return `{"key":${goJson(text(expression, 'key'))},"operator":${goJson(text(expression, 'operator'))}${values}}`;
  });
  if (expressions.length > 0) parts.push(`"matchExpressions":[${expressions.join(',')}]`);
  return `{${parts.join(',')}}`;
}
