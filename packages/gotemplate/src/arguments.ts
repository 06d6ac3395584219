import { nodeText, type NumberNode, type OperandNode } from './nodes.ts';
import { fail, type State } from './state.ts';
import { ANY_MAP, ANY_SLICE, FLOAT64, INT, INT64, UINT32, UINT64, type GoType } from './types.ts';
import { GoComplex, GoInt, goInt, goInt64, GoNamedMap, goTypeOf, mapOf, typeName } from './values.ts';
import { isPlain, type MaybeValue, type ParamType, type TemplateMap } from './model.ts';

/** What a function gets for a nil map: empty, and frozen, so that writing to it can be told. */
export const NIL_MAP: TemplateMap = Object.freeze({});

/** Tells whether a parameter's type can be nil. */
function canBeNil(type: ParamType): boolean {
  return type === 'any' || type === 'value' || type.startsWith('map[') || type.startsWith('[]') || type.startsWith('*');
}

/** The zero value of a parameter's type that can be nil. */
function zeroOf(type: ParamType): MaybeValue {
  if (type === 'value') return undefined;
  if (type.startsWith('map[')) return NIL_MAP;
  return type.startsWith('[]') ? [] : null;
}

function typeText(type: ParamType): string {
  return type === 'any' ? 'interface {}' : type === 'value' ? 'reflect.Value' : type;
}

function assignable(value: MaybeValue, type: ParamType): boolean {
  const has = goTypeOf(value);
  if (has === undefined) return false;
  if (has.name === type) return true;
  // a named type over the same map or slice is assignable too
  if (type === ANY_MAP.name) return mapOf(value) !== undefined && has.elem?.name === 'interface {}';
  if (type === ANY_SLICE.name) return Array.isArray(value) && has.elem?.name === 'interface {}';
  return type.startsWith('[]') && has.kind === 'slice' && `[]${has.elem?.name}` === type;
}

function convert(s: State, value: MaybeValue, type: ParamType): MaybeValue {
  if (value === undefined) {
    if (canBeNil(type)) return zeroOf(type);
    return fail(s, `invalid value; expected ${type}`);
  }
  if (assignable(value, type))
    return typeof value === 'bigint' ? goInt64(value) : value instanceof GoNamedMap && type === ANY_MAP.name ? value.map : value;
  return fail(s, `wrong type for value; expected ${type}; got ${value === null ? 'interface {}' : typeName(value)}`);
}

/** Checks a value against a parameter. @returns what the function gets; throws Go's error at the current node */
export function validate(s: State, value: MaybeValue, type: ParamType): MaybeValue {
  switch (type) {
    case 'any':
      return value === undefined ? null : value;
    case 'value':
      return value;
    case 'string':
      return typeof value === 'string' ? value : convert(s, value, type);
    case 'map[string]interface {}':
      if (typeof value === 'object' && value !== null && isPlain(value)) return value;
      return convert(s, value, type);
    default:
      return convert(s, value, type);
  }
}

const INTEGER_TYPES: Readonly<Record<string, GoType>> = { int: INT, int64: INT64, uint32: UINT32, uint64: UINT64 };

/** The value that a number has where nothing asks for a type. @returns `undefined` where it overflows int */
export function idealConstant(node: NumberNode): MaybeValue {
  if (node.complex !== undefined) return new GoComplex(node.complex[0], node.complex[1]);
  const hexInt = /^0[xX]/.test(node.text) && node.text.length > 2 && !/[pP]/.test(node.text);
  if (node.float !== undefined && !hexInt && !node.text.startsWith("'") && /[.eEpP]/.test(node.text)) return node.float;
  return node.int === undefined ? undefined : goInt(node.int);
}

/** A literal as the argument of a parameter: its value, or Go's error. */
export type Literal = { readonly value: MaybeValue } | { readonly error: string };

function literalNumber(node: OperandNode, type: ParamType): Literal {
  const number = node.kind === 'number' ? node : undefined;
  if (type === FLOAT64.name)
    return number?.float === undefined ? { error: `expected float; found ${nodeText(node)}` } : { value: number.float };
  const unsigned = type.startsWith('uint');
  const value = unsigned ? number?.uint : number?.int;
  if (value === undefined) return { error: `expected ${unsigned ? 'unsigned integer' : 'integer'}; found ${nodeText(node)}` };
  return { value: type === 'int' ? goInt(value) : new GoInt(INTEGER_TYPES[type] ?? { name: type, kind: 'int' }, value) };
}

/** Gives a literal's value for a parameter; `undefined` for nodes that are no literals. */
export function literalArgument(node: OperandNode, type: ParamType): Literal | undefined {
  switch (node.kind) {
    case 'nil':
      return canBeNil(type) ? { value: zeroOf(type) } : { error: `cannot assign nil to ${typeText(type)}` };
    case 'bool':
    case 'string':
    case 'number':
      break;
    default:
      return undefined;
  }
  if (type === 'any' || type === 'value') {
    if (node.kind !== 'number') return { value: node.value };
    const value = idealConstant(node);
    return value === undefined ? { error: `${node.text} overflows int` } : { value };
  }
  if (type === 'string') return node.kind === 'string' ? { value: node.value } : { error: `expected string; found ${nodeText(node)}` };
  if (type === 'bool') return node.kind === 'bool' ? { value: node.value } : { error: `expected bool; found ${nodeText(node)}` };
  if (/^(u?int(8|16|32|64)?|float64)$/.test(type)) return literalNumber(node, type);
  return { error: `can't handle ${nodeText(node)} for arg of type ${typeText(type)}` };
}
