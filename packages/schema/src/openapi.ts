import { deepEqual, goQuote, isArray, isObject, own, sortedKeys, stringifyJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { RE2JS } from 're2js';
import type { Correlation } from './correlation.ts';
import { fieldError, fieldPath, goNumber, invalid, notSupported, required, tooLong, tooMany, type FieldError } from './field-error.ts';
import { formatCheck } from './formats.ts';
import type { SchemaNode } from './node.ts';
import { OpenApiResult, type Finding } from './openapi-result.ts';
import { checkNumber, isInteger } from './openapi-number.ts';

/** Gives the compiled form of a pattern, or the reason why there is none. */
export type PatternSource = (pattern: string) => RE2JS | string;

interface Place {
  readonly node: SchemaNode;
  readonly path: string;
  /** The old value's side, where it is known what this value stands for. */
  readonly old?: Correlation | undefined;
}

function types(node: SchemaNode): readonly string[] {
  if (node.intOrString) return ['integer', 'string'];
  return node.type === '' ? [] : [node.type];
}

/** The format as far as the API server knows it for the type; the others are ignored. */
function knownFormat(node: SchemaNode): string {
  const format = node.format;
  if (format === '') return '';
  const type = node.intOrString ? '' : node.type;
  if (type === '' || type === 'string') return formatCheck(format) === undefined ? '' : format;
  if (type === 'integer') return format === 'int32' || format === 'int64' ? format : '';
  if (type === 'number') return format === 'float' || format === 'double' ? format : '';
  return '';
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function wrongType(path: string, expected: string, got: string): Finding {
  return { code: 'type', name: path, message: `${path} in body must be of type ${expected}: ${goQuote(got)}`, value: got };
}

function checkType(node: SchemaNode, value: JsonValue, path: string): Finding | undefined {
  const expected = types(node);
  const got = typeOf(value);
  if (value === null) return expected.length > 0 && !node.nullable ? wrongType(path, expected.join(','), got) : undefined;
  const format = knownFormat(node);
  const numeric = expected.includes('number') || expected.includes('integer');
  const fits = expected.includes(got) || (got === 'integer' && expected.includes('number'));
  const textual = got === 'string' || got === 'array';
  if (!textual && format !== '' && !fits) {
    // upstream names the formats here, not the types
    const gotFormat = got === 'integer' ? 'int64' : got === 'number' ? 'float64' : '';
    return wrongType(path, format, gotFormat);
  }
  if (!numeric && format !== '' && textual) return undefined;
  return fits ? undefined : wrongType(path, expected.join(','), got);
}

function plain(path: string, message: string, value?: JsonValue): Finding {
  return { code: 'other', name: path, message: `${path} in body ${message}`, ...(value === undefined ? {} : { value }) };
}

function general(message: string): Finding {
  return { code: 'general', name: '', message };
}

/** Equality after Go's conversion to the type of the allowed value: 1.5 counts as 1, and 97 as "a". Null is never allowed. */
function equalsEnum(value: JsonValue, allowed: JsonValue): boolean {
  if (allowed === null) return false;
  if (typeof value !== 'number') return deepEqual(allowed, value);
  if (typeof allowed === 'number') return value === allowed || (isInteger(allowed) && !isInteger(value) && Math.trunc(value) === allowed);
  return typeof allowed === 'string' && isInteger(value) && value >= 0 && value <= 0x10ffff && String.fromCodePoint(value) === allowed;
}

/** The validation keywords of OpenAPI, with the findings and texts of the API server's own validator. */
export class OpenApiValidator {
  readonly #patterns: PatternSource;

  constructor(patterns: PatternSource) {
    this.#patterns = patterns;
  }

  /**
   * Checks a value against a schema node.
   * @param old what the value was before; errors of what did not change are dropped
   * @see kube-openapi pkg/validation/validate
   */
  validate(value: JsonValue, node: SchemaNode, path: string, old?: Correlation): OpenApiResult {
    const result = this.#node(value, { node, path, old });
    return !result.valid && old?.unchanged === true ? new OpenApiResult() : result;
  }

  #node(value: JsonValue, place: Place): OpenApiResult {
    const { node, path } = place;
    const result = new OpenApiResult();
    const add = (finding: Finding | undefined): void => {
      result.add(finding);
      result.matchCount++;
    };
    if (types(node).length > 0 || knownFormat(node) !== '') {
      const finding = checkType(node, value, path);
      add(finding);
      if (finding === undefined) result.matchCount++;
    }
    if (value === null) {
      result.add(this.#enum(value, node, path));
      return result;
    }
    result.merge(this.#branches(value, node, path));
    if (typeof value === 'string') {
      add(this.#string(value, node, path));
      add(this.#format(value, node, path));
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      result.merge(checkNumber(value, node, path));
    } else if (isArray(value)) {
      result.merge(this.#array(value, place));
    }
    add(this.#enum(value, node, path));
    if (isObject(value)) result.merge(this.#object(value, place));
    result.matchCount++;
    return result;
  }

  #enum(value: JsonValue, node: SchemaNode, path: string): Finding | undefined {
    const values = node.enum;
    if (values.length === 0 || values.some((allowed) => equalsEnum(value, allowed))) return undefined;
    return { code: 'enum', name: path, message: `${path} in body should be one of ${stringifyJson(values)}`, value, values };
  }

  #string(value: string, node: SchemaNode, path: string): Finding | undefined {
    const longest = node.number('maxLength');
    const shortest = node.number('minLength');
    const length = longest === undefined && shortest === undefined ? 0 : Array.from(value).length;
    if (longest !== undefined && length > longest)
      return { code: 'tooLong', name: path, message: `${path} in body should be at most ${longest} chars long`, value, limit: longest };
    if (shortest !== undefined && length < shortest) return plain(path, `should be at least ${shortest} chars long`, value);
    const pattern = node.raw['pattern'];
    if (typeof pattern !== 'string' || pattern === '') return undefined;
    const compiled = this.#patterns(pattern);
    if (typeof compiled === 'string') return plain(path, `should match '${pattern}, but pattern is invalid: ${compiled}'`, value);
    return compiled.matcher(value).find() ? undefined : plain(path, `should match '${pattern}'`, value);
  }

  #format(value: string, node: SchemaNode, path: string): Finding | undefined {
    const format = knownFormat(node);
    const check = format === '' ? undefined : formatCheck(format);
    if (check === undefined || check(value)) return undefined;
    return { code: 'type', name: path, message: `${path} in body must be of type ${format}: ${goQuote(value)}`, value };
  }

  #array(value: readonly JsonValue[], place: Place): OpenApiResult {
    const { node, path } = place;
    const result = new OpenApiResult();
    const items = node.items;
    if (items !== undefined)
      for (const [i, item] of value.entries()) result.merge(this.validate(item, items, `${path}[${i}]`, place.old?.index(i)));
    const fewest = node.number('minItems');
    const most = node.number('maxItems');
    if (fewest !== undefined && value.length < fewest) result.add(plain(path, `should have at least ${fewest} items`, value.length));
    if (most !== undefined && value.length > most)
      result.add({
        code: 'maxItems',
        name: path,
        message: `${path} in body should have at most ${most} items`,
        value: value.length,
        limit: most,
      });
    if (node.raw['uniqueItems'] === true && value.some((item, i) => value.slice(0, i).some((earlier) => deepEqual(earlier, item)))) {
      result.add(plain(path, "shouldn't contain duplicates"));
    }
    result.matchCount += 2;
    return result;
  }

  #object(value: JsonObject, place: Place): OpenApiResult {
    const { node, path, old } = place;
    const result = new OpenApiResult();
    result.matchCount++;
    const keys = sortedKeys(value);
    const fewest = node.number('minProperties');
    const most = node.number('maxProperties');
    if (fewest !== undefined && keys.length < fewest) result.add(plain(path, `should have at least ${fewest} properties`, keys.length));
    if (most !== undefined && keys.length > most)
      result.add({
        code: 'maxProperties',
        name: path,
        message: `${path} in body should have at most ${most} properties`,
        value: keys.length,
        limit: most,
      });
    const correlate = (key: string): Correlation | undefined =>
      path === '' && (key === 'kind' || key === 'apiVersion') ? undefined : old?.key(key);
    if (node.raw['additionalProperties'] === false) {
      for (const key of keys) {
        if (node.property(key) === undefined)
          result.add({ code: 'other', name: path, message: `${path}.${key} in body is a forbidden property`, value: key });
      }
    } else if (node.additional !== undefined) {
      for (const key of keys) {
        if (node.property(key) === undefined)
          result.merge(this.validate(value[key] as JsonValue, node.additional, `${path}.${key}`, correlate(key)));
      }
    }
    for (const name of node.propertyNames) {
      const item = own(value, name);
      if (item !== undefined)
        result.merge(this.validate(item, node.property(name) as SchemaNode, path === '' ? name : `${path}.${name}`, correlate(name)));
    }
    for (const name of node.required) {
      if (!Object.hasOwn(value, name))
        result.add({ code: 'required', name: `${path}.${name}`, message: `${path}.${name} in body is required` });
    }
    return result;
  }

  #branches(value: JsonValue, node: SchemaNode, path: string): OpenApiResult {
    const result = new OpenApiResult();
    const run = (branch: SchemaNode): OpenApiResult => this.#node(value, { node: branch, path });
    const anyOf = node.branches('anyOf').map(run);
    if (anyOf.length > 0) {
      const success = anyOf.find((r) => r.valid);
      if (success === undefined) result.add(general(`${goQuote(path)} must validate at least one schema (anyOf)`));
      result.merge(success ?? best(anyOf));
    }
    const oneOf = node.branches('oneOf').map(run);
    if (oneOf.length > 0) {
      const successes = oneOf.filter((r) => r.valid);
      if (successes.length !== 1) {
        const said = successes.length === 0 ? 'Found none valid' : `Found ${successes.length} valid alternatives`;
        result.add(general(`${goQuote(path)} must validate one and only one schema (oneOf). ${said}`));
        if (successes.length === 0) result.merge(best(oneOf));
      } else result.merge(successes[0] as OpenApiResult);
    }
    const allOf = node.branches('allOf').map(run);
    for (const r of allOf) result.merge(r);
    const passed = allOf.filter((r) => r.valid).length;
    if (passed !== allOf.length)
      result.add(general(`${goQuote(path)} must validate all the schemas (allOf)${passed === 0 ? '. None validated' : ''}`));
    const not = node.negated;
    if (not !== undefined && run(not).valid) result.add(general(`${goQuote(path)} must not validate the schema (not)`));
    result.matchCount += 2;
    return result;
  }
}

/** The branch that came farthest; the first of equals. */
function best(results: readonly OpenApiResult[]): OpenApiResult {
  return results.reduce((a, b) => (b.matchCount > a.matchCount ? b : a));
}

/** Puts the findings of the validator into the API server's words. */
export function findingsToErrors(findings: readonly Finding[], root: string): FieldError[] {
  return findings.map((finding) => {
    if (finding.code === 'general') return invalid(fieldPath.orNil(root), '', finding.message);
    const name = finding.name.replace(/^\./, '');
    const field = fieldPath.orNil(name === '' ? root : fieldPath.child(root, name));
    switch (finding.code) {
      case 'required':
        return required(field);
      case 'enum':
        return notSupported(
          field,
          finding.value as JsonValue,
          (finding.values ?? []).map((v) => (typeof v === 'string' ? v : typeof v === 'number' ? goNumber(v) : stringifyJson(v))),
        );
      case 'tooLong':
        return tooLong(field, finding.limit ?? -1);
      case 'maxItems':
      case 'maxProperties':
        return tooMany(field, finding.value as number, finding.limit ?? -1);
      case 'type':
        return fieldError('FieldValueTypeInvalid', field, finding.value ?? '', finding.message);
      default:
        return invalid(field, finding.value ?? '', finding.message);
    }
  });
}
