import { isArray, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { compileRegexp } from '@flux-ts/gotemplate';
import { displayValue, quoteText } from './failure.ts';
import { FORMATS } from './formats.ts';
import { equalValues, integral, isMultiple, numberText } from './numbers.ts';
import type { Draft } from './node.ts';

/** Takes the message of a keyword that a value does not meet. */
export type Report = (message: string) => void;

const TYPES: readonly string[] = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

function regexProblem(text: string): string | undefined {
  try {
    compileRegexp(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** type, const, enum and format: the first that fails ends the check of the value. */
export function checkScalars(schema: JsonObject, draft: Draft, value: JsonValue, report: Report): void {
  const wanted = own(schema, 'type');
  if (wanted !== undefined) {
    const types = isArray(wanted) ? wanted : [wanted];
    const got = typeOf(value);
    const fits = types.includes(got) || (got === 'number' && types.includes('integer') && integral(value as number | bigint));
    if (!fits) return report(`got ${got}, want ${TYPES.filter((t) => types.includes(t)).join(' or ')}`);
  }
  const constant = own(schema, 'const');
  if (constant !== undefined && draft >= 6 && !equalValues(value, constant)) {
    const simple = typeof constant !== 'object' || constant === null;
    return report(simple ? `value must be ${displayValue(constant)}` : "'const' failed");
  }
  const choices = own(schema, 'enum');
  if (isArray(choices) && !choices.some((item) => equalValues(value, item))) {
    const simple = choices.every((item) => typeof item !== 'object' || item === null);
    const list = choices.map(displayValue).join(', ');
    return report(simple ? `value must be ${choices.length === 1 ? '' : 'one of '}${list}` : "'enum' failed");
  }
  const format = own(schema, 'format');
  if (typeof format === 'string' && typeof value === 'string' && draft < 2019) {
    const why = format === 'regex' ? regexProblem(value) : FORMATS.get(format)?.(value);
    if (why !== undefined) report(`${displayValue(value)} is not valid ${format}: ${why}`);
  }
}

/** A pair of keywords that bound a number of things. */
export function checkCount(schema: JsonObject, got: number, keywords: readonly [min: string, max: string], report: Report): void {
  const least = own(schema, keywords[0]);
  if (typeof least === 'number' && got < least) report(`${keywords[0]}: got ${numberText(got)}, want ${numberText(least)}`);
  const most = own(schema, keywords[1]);
  if (typeof most === 'number' && got > most) report(`${keywords[1]}: got ${numberText(got)}, want ${numberText(most)}`);
}

/** The keywords of strings. */
export function checkString(schema: JsonObject, text: string, test: (pattern: string) => (text: string) => boolean, report: Report): void {
  if (Object.hasOwn(schema, 'minLength') || Object.hasOwn(schema, 'maxLength')) {
    checkCount(schema, Array.from(text).length, ['minLength', 'maxLength'], report);
  }
  const pattern = own(schema, 'pattern');
  if (typeof pattern === 'string' && !test(pattern)(text)) report(`${quoteText(text)} does not match pattern ${quoteText(pattern)}`);
}

function isNumber(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function isBeyond(side: 'minimum' | 'maximum', value: number | bigint, want: number | bigint): boolean {
  return side === 'minimum' ? value < want : value > want;
}

/** The keywords of numbers; in draft 4 the exclusive ones are switches. */
export function checkNumber(schema: JsonObject, value: number | bigint, report: Report): void {
  for (const side of ['minimum', 'maximum'] as const) {
    const exclusiveKey = side === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum';
    const limit = own(schema, side);
    const exclusive = own(schema, exclusiveKey);
    const strict = exclusive === true ? limit : exclusive;
    if (isNumber(limit) && exclusive !== true && isBeyond(side, value, limit))
      report(`${side}: got ${numberText(value)}, want ${numberText(limit)}`);
    if (isNumber(strict) && (isBeyond(side, value, strict) || equalValues(value, strict))) {
      report(`${exclusiveKey}: got ${numberText(value)}, want ${numberText(strict)}`);
    }
  }
  const step = own(schema, 'multipleOf');
  if (isNumber(step) && !isMultiple(value, step)) report(`multipleOf: got ${numberText(value)}, want ${numberText(step)}`);
}
