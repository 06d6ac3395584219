import { DurationError, formatDuration, formatTime, isArray, isObject, parseDuration, parseTime, type JsonValue } from '@flux-ts/base';
import { canonicalQuantity, QuantityError } from '../quantity.ts';

/** A type that writes itself as JSON in a way of its own. */
export interface SpecialType {
  /** What Go prints of a value that was read; values that cannot be read stay as they are. */
  canonical(value: JsonValue, schema: (value: JsonValue) => JsonValue): JsonValue;
  /** What Go prints where nothing was set. */
  readonly zero: JsonValue;
  /** What Go says when it cannot read a value, undefined where it can. */
  problem(value: JsonValue): string | undefined;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const CRD = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
const CRD_BETA = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1';

const raw: SpecialType = { canonical: (value) => value, zero: null, problem: () => undefined };

function goKind(value: JsonValue): string {
  if (isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

function stringProblem(value: JsonValue): string | undefined {
  return typeof value === 'string' ? undefined : `json: cannot unmarshal ${goKind(value)} into Go value of type string`;
}

const LAYOUTS = { time: '2006-01-02T15:04:05Z07:00', micro: '2006-01-02T15:04:05.000000Z07:00' };

/** Times as the server itself writes them, but for days that not every month has. */
const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

function timeProblem(layout: string): (value: JsonValue) => string | undefined {
  return (value) => {
    if (typeof value === 'string' && PLAIN_TIME.test(value)) return undefined;
    const wrong = stringProblem(value);
    if (wrong !== undefined || typeof value !== 'string' || parseTime(value) !== undefined) return wrong;
    const parts: readonly [RegExp, string][] = [
      [/^\d{4}/, '2006'],
      [/^\d{4}-/, '-'],
      [/^\d{4}-(0[1-9]|1[0-2])/, '01'],
      [/^\d{4}-\d\d-/, '-'],
      [/^\d{4}-\d\d-(0[1-9]|[12]\d|3[01])/, '02'],
      [/^\d{4}-\d\d-\d\dT/, 'T'],
      [/^\d{4}-\d\d-\d\dT([01]\d|2[0-3])/, '15'],
      [/^\d{4}-\d\d-\d\dT\d\d:/, ':'],
      [/^\d{4}-\d\d-\d\dT\d\d:[0-5]\d/, '04'],
      [/^\d{4}-\d\d-\d\dT\d\d:\d\d:/, ':'],
      [/^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d/, '05'],
    ];
    let read = 0;
    for (const [pattern, part] of parts) {
      const match = pattern.exec(value);
      if (match === null)
        return `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value.slice(read))} as ${JSON.stringify(part)}`;
      read = match[0].length;
    }
    return `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value.slice(read))} as "Z07:00"`;
  };
}

const time: SpecialType = {
  canonical: (value) => {
    if (typeof value === 'string' && PLAIN_TIME.test(value)) return value;
    const ms = typeof value === 'string' ? parseTime(value) : undefined;
    return ms === undefined ? value : formatTime(ms);
  },
  zero: null,
  problem: timeProblem(LAYOUTS.time),
};

const microTime: SpecialType = {
  canonical: (value) => {
    const ms = typeof value === 'string' ? parseTime(value) : undefined;
    if (ms === undefined || typeof value !== 'string') return value;
    const micros = (/\.(\d+)/.exec(value)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
    return `${formatTime(ms).slice(0, 19)}.${micros}Z`;
  },
  zero: null,
  problem: timeProblem(LAYOUTS.micro),
};

const quantity: SpecialType = {
  canonical: (value) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return value;
    try {
      return canonicalQuantity(value);
    } catch (error) {
      if (error instanceof QuantityError) return value;
      throw error;
    }
  },
  zero: '0',
  problem: (value) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
      return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    }
    try {
      canonicalQuantity(value);
      return undefined;
    } catch (error) {
      if (error instanceof QuantityError) return error.message;
      throw error;
    }
  },
};

const duration: SpecialType = {
  canonical: (value) => {
    try {
      return typeof value === 'string' ? formatDuration(parseDuration(value)) : value;
    } catch (error) {
      if (error instanceof DurationError) return value;
      throw error;
    }
  },
  zero: '0s',
  problem: (value) => {
    const wrong = stringProblem(value);
    if (wrong !== undefined || typeof value !== 'string') return wrong;
    try {
      parseDuration(value);
      return undefined;
    } catch (error) {
      if (error instanceof DurationError) return error.message;
      throw error;
    }
  },
};

const intOrString: SpecialType = {
  canonical: (value) => value,
  zero: 0,
  problem: (value) => {
    if (typeof value === 'string') return undefined;
    if (typeof value === 'number') {
      return Number.isInteger(value) && Math.abs(value) < 2 ** 31
        ? undefined
        : `json: cannot unmarshal number ${String(value)} into Go value of type int32`;
    }
    return `json: cannot unmarshal ${goKind(value)} into Go value of type int32`;
  },
};

const schemaOrArray: SpecialType = {
  ...raw,
  canonical: (value, schema) => (isArray(value) ? value.map(schema) : isObject(value) ? schema(value) : value),
};
const schemaOr: SpecialType = { ...raw, canonical: (value, schema) => (isObject(value) ? schema(value) : value) };

/** The types that are no structs as JSON, by OpenAPI name. */
export const SPECIAL_TYPES: ReadonlyMap<string, SpecialType> = new Map([
  [`${META}.Time`, time],
  [`${META}.MicroTime`, microTime],
  [`${META}.Duration`, duration],
  [`${META}.FieldsV1`, raw],
  ['io.k8s.apimachinery.pkg.runtime.RawExtension', raw],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', intOrString],
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', quantity],
  ...[CRD, CRD_BETA].flatMap((pkg): [string, SpecialType][] => [
    [`${pkg}.JSON`, raw],
    [`${pkg}.JSONSchemaPropsOrArray`, schemaOrArray],
    [`${pkg}.JSONSchemaPropsOrBool`, schemaOr],
    [`${pkg}.JSONSchemaPropsOrStringArray`, schemaOr],
  ]),
]);
