import { goNumber } from './field-error.ts';
import type { SchemaNode } from './node.ts';
import { OpenApiResult, type Finding } from './openapi-result.ts';

const LARGEST_INT64 = 2n ** 63n - 1n;

/** Tells whether Go reads a JSON number as an int64. */
export function isInteger(value: number | bigint): boolean {
  if (typeof value === 'bigint') return value <= LARGEST_INT64 && value >= -LARGEST_INT64 - 1n;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63;
}

function outOfRange(value: number | bigint, node: SchemaNode): boolean {
  if (node.intOrString) return false;
  if (node.type === 'integer') {
    if (!isInteger(value)) return true;
    return node.format === 'int32' && (value > 2 ** 31 - 1 || value < -(2 ** 31));
  }
  return node.type === 'number' && node.format === 'float' && Math.abs(Number(value)) > 3.4028235677973366e38;
}

function rangeText(what: string, node: SchemaNode, path: string): string {
  const known = node.type === 'integer' ? ['int32', 'int64'] : ['float', 'double'];
  const format = known.includes(node.format) ? `with format ${node.format}` : '(default format)';
  return `${what} value must be of type ${node.type} ${format} in ${path}`;
}

/** Checks type range, `multipleOf`, `minimum` and `maximum` of a number. */
export function checkNumber(value: number | bigint, node: SchemaNode, path: string): OpenApiResult {
  const result = new OpenApiResult();
  const check = (passes: boolean, message: string): void => {
    if (!passes) result.add({ code: 'other', name: path, message: `${path} in body ${message}`, value } satisfies Finding);
  };
  if (outOfRange(value, node)) result.add({ code: 'general', name: '', message: rangeText('Checked', node, path) });
  // a limit with a fraction on an integer is held against the value as a float, as upstream does
  const limit = (keyword: string): number | undefined => {
    const raw = node.number(keyword);
    return raw === undefined || !isInteger(value) || (node.type === 'integer' && !Number.isInteger(raw)) ? raw : Math.trunc(raw);
  };
  const multiple = limit('multipleOf');
  if (multiple !== undefined) {
    if (multiple <= 0)
      result.add({
        code: 'other',
        name: path,
        message: `factor MultipleOf declared for ${path} must be positive: ${goNumber(multiple)}`,
        value: multiple,
      });
    else check(isMultiple(value, multiple), `should be a multiple of ${goNumber(multiple)}`);
  }
  const lowest = limit('minimum');
  if (lowest !== undefined) {
    const exclusive = node.raw['exclusiveMinimum'] === true;
    check(exclusive ? value > lowest : value >= lowest, `should be greater than ${exclusive ? '' : 'or equal to '}${goNumber(lowest)}`);
  }
  const highest = limit('maximum');
  if (highest !== undefined) {
    const exclusive = node.raw['exclusiveMaximum'] === true;
    check(exclusive ? value < highest : value <= highest, `should be less than ${exclusive ? '' : 'or equal to '}${goNumber(highest)}`);
  }
  result.matchCount += 2;
  return result;
}

function isMultiple(value: number | bigint, factor: number): boolean {
  if (typeof value === 'bigint') return Number.isInteger(factor) ? value % BigInt(factor) === 0n : false;
  if (isInteger(value) && Number.isInteger(factor)) return value % factor === 0;
  const ratio = factor < 1 ? (1 / factor) * value : value / factor;
  const whole = Math.trunc(ratio);
  // as near to a whole number as JSON's readers of integers take
  return (
    Math.abs(ratio) <= Number.MAX_SAFE_INTEGER &&
    (ratio === whole || Math.abs(ratio - Math.round(ratio)) < 1e-9 * Math.max(1, Math.abs(ratio)))
  );
}
