/** The kinds of types that the checker knows. */
export type TypeKind =
  | 'dyn'
  | 'error'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'type'
  | 'opaque'
  | 'struct'
  | 'param';

/** A type of an expression. */
export interface CelType {
  readonly kind: TypeKind;
  /** Of structs, opaque types and type parameters. */
  readonly name: string;
  readonly params: readonly CelType[];
  /** Of structs: the types of their fields, by escaped names. */
  readonly fields?: ReadonlyMap<string, CelType>;
}

function simple(kind: TypeKind): CelType {
  return { kind, name: kind, params: [] };
}

/** Anything at all: checked when it is run. */
export const DYN: CelType = simple('dyn');
/** What follows from an error that was reported already. */
export const ERROR: CelType = simple('error');
/** Truth values. */
export const BOOL: CelType = simple('bool');
/** Whole numbers of 64 bits. */
export const INT: CelType = simple('int');
/** Whole numbers of 64 bits without a sign. */
export const UINT: CelType = simple('uint');
/** Floating point numbers. */
export const DOUBLE: CelType = simple('double');
/** Texts. */
export const STRING: CelType = simple('string');
/** Bytes. */
export const BYTES: CelType = simple('bytes');
/** Null alone. */
export const NULL: CelType = simple('null');
/** Points in time. */
export const TIMESTAMP: CelType = simple('timestamp');
/** Spans of time. */
export const DURATION: CelType = simple('duration');

/** The type of lists. */
export function listOf(item: CelType): CelType {
  return { kind: 'list', name: 'list', params: [item] };
}

/** The type of maps. */
export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', name: 'map', params: [key, value] };
}

/** The type of types. */
export function typeOf(type: CelType): CelType {
  return { kind: 'type', name: 'type', params: [type] };
}

/** A library's own type. */
export function opaque(name: string, params: readonly CelType[] = []): CelType {
  return { kind: 'opaque', name, params };
}

/** The type of values that may not be there. */
export function optionalOf(type: CelType): CelType {
  return opaque('optional_type', [type]);
}

/** A type that a call decides. */
export function param(name: string): CelType {
  return { kind: 'param', name, params: [] };
}

/** A type with fields. */
export function struct(name: string, fields: ReadonlyMap<string, CelType>): CelType {
  return { kind: 'struct', name, params: [], fields };
}

/** Prints a type as cel-go does in messages. */
export function formatType(type: CelType): string {
  if (type.kind === 'error') return '!error!';
  if (type.params.length === 0) return type.name;
  return `${type.name}(${type.params.map(formatType).join(', ')})`;
}

/** Prints the arguments of a call as cel-go does in messages; a method's target stands before the dot. */
export function formatSignature(args: readonly CelType[], isMember: boolean): string {
  const rest = isMember ? args.slice(1) : args;
  return `${isMember ? `${formatType(args[0] as CelType)}.` : ''}(${rest.map(formatType).join(', ')})`;
}

/** Tells whether two types are the same. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.params.length === b.params.length &&
    a.params.every((p, i) => sameType(p, b.params[i] as CelType))
  );
}

const SIMPLE: ReadonlyMap<string, CelType> = new Map(
  [BOOL, INT, UINT, DOUBLE, STRING, BYTES, DYN, TIMESTAMP, DURATION].map((t) => [t.name, t]),
);

/** Reads a type as it is written in the tables of functions: "list(string)", "map(K, V)", "optional_type(V)", "net.IP"; one capital letter is a parameter. */
export function parseType(text: string): CelType {
  const trimmed = text.trim();
  const known = SIMPLE.get(trimmed);
  if (known !== undefined) return known;
  if (/^[A-Z]$/.test(trimmed)) return param(trimmed);
  const match = /^([\w.]+)\((.*)\)$/.exec(trimmed);
  if (match === null) return opaque(trimmed);
  const params = splitTypes(match[2] as string).map(parseType);
  if (match[1] === 'list') return listOf(params[0] as CelType);
  if (match[1] === 'map') return mapOf(params[0] as CelType, params[1] as CelType);
  if (match[1] === 'type') return typeOf(params[0] as CelType);
  return opaque(match[1] as string, params);
}

/** Splits a list of types at its commas, not at those inside brackets. */
export function splitTypes(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let part = '';
  for (const ch of text) {
    if (ch === '(') depth++;
    if (ch === ')') depth--;
    if (ch === ',' && depth === 0) {
      out.push(part);
      part = '';
    } else part += ch;
  }
  return part.trim() === '' ? out : [...out, part];
}
