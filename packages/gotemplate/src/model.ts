import type { JsonValue } from '@flux-ts/base';
import type { Budget } from './budget.ts';
import type { GoType } from './types.ts';

/** The property by which a value that JSON does not know carries its Go type; absent on plain arrays and objects. */
export const GO_TYPE: unique symbol = Symbol('go type');

/** A map of a template: plain, or made by {@link typedMap}; its own enumerable keys are Go's keys. */
export interface TemplateMap {
  [key: string]: TemplateValue;
}

/**
 * A value inside templates. `null` is a nil interface; `number` is a float64; a `bigint` is an int64;
 * other integers are {@link GoInt}; arrays are `[]interface {}` and plain objects `map[string]interface {}` unless they carry a type.
 */
export type TemplateValue = null | boolean | number | bigint | string | TemplateValue[] | TemplateMap | GoValue;

/** A template value, or `undefined` for reflect's invalid value (the result of a pipeline that gave nil). */
export type MaybeValue = TemplateValue | undefined;

/** The base of all Go values that are neither JSON nor typed slices and maps. */
export abstract class GoValue {
  abstract get [GO_TYPE](): GoType;
}

/**
 * Tells whether an object is a plain one, which is a `map[string]interface {}`. Asked before the type of a value: the prototype is
 * there at once, but a property that is missing V8 looks for anew in every shape, and hardly two tables have the same.
 */
export function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** A set of templates, as functions see it. */
export interface Templates {
  /** The name that errors about missing templates give the set. */
  readonly name: string;
  has(name: string): boolean;
  /** The names of all templates. */
  names(): string[];
  /** Adds the templates of a text. @throws TemplateError TEMPLATE_PARSE */
  parse(name: string, text: string): void;
  /** A set with the same templates; what either gets from now on, the other does not have. */
  clone(): Templates;
}

/**
 * What a parameter takes: `any` (interface{}; nil arrives as `null`), `value` (reflect.Value; nil may arrive as `undefined`),
 * or a Go type, against which arguments are checked with Go's errors.
 */
export type ParamType =
  | 'any'
  | 'value'
  | 'string'
  | 'bool'
  | 'int'
  | 'int64'
  | 'float64'
  | 'map[string]interface {}'
  | 'map[string]string'
  | '[]interface {}'
  | '[]string'
  | '[]map[string]interface {}'
  | '[]uint8'
  | (string & {});

/** What a function is given beside its arguments. */
export interface CallContext {
  /** The set that is executing: inside `tpl` the clone. */
  readonly set: Templates;
  readonly budget: Budget;
  /** How many template executions are open around this one. */
  readonly depth: number;
  /** What the caller of `TemplateSet.execute` gave for its own functions. */
  readonly env: unknown;
  /**
   * Executes a template of `set` (default: the executing one) with the same budget, one level deeper.
   * @throws TemplateError as `TemplateSet.execute` does
   */
  execute(name: string, data: MaybeValue, set?: Templates): string;
}

/** What a function of templates does. It throws what Go returns as an error (GoError) or panics with. */
export type GoCall = (args: readonly MaybeValue[], ctx: CallContext) => MaybeValue;

/** A function that templates can call. */
export interface GoFunc {
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly variadic: boolean;
  readonly call: GoCall;
  /** The builtins that the executor itself carries out: and, or (lazy), call (is told its callee's source). */
  readonly special?: 'and' | 'or' | 'call';
}

/** Functions by name. */
export type FunctionTable = ReadonlyMap<string, GoFunc>;

/** A Go value with fields or methods: a struct, a pointer to one, a named map with methods, an error, a function. */
export abstract class GoObject extends GoValue {
  /** The exported struct field, or the entry of a map; `undefined` where there is none. */
  field(_name: string): MaybeValue {
    return undefined;
  }

  /** The method of this name, its receiver bound. */
  method(_name: string): GoFunc | undefined {
    return undefined;
  }

  /** The fields (or, of maps, the entries) in the order in which fmt prints them. */
  entries(): readonly (readonly [string, TemplateValue])[] {
    return [];
  }

  /** What `String()` or `Error()` gives; `undefined` for a type that has neither. */
  string(): string | undefined {
    return undefined;
  }

  /** What an action prints where `String()` belongs to the pointer: Go takes the address of a field, not of an argument. */
  addressed(): string | undefined {
    return undefined;
  }

  /** What `GoString()` gives for `%#v`; `undefined` for a type that has none. */
  goString(): string | undefined {
    return undefined;
  }

  /** What sprig's deepCopy makes of it: unexported fields do not come along. */
  copied(): GoObject {
    return this;
  }

  /** What `encoding/json` makes of it. Structs give their fields by name unless told otherwise. */
  json(): JsonValue | undefined {
    return undefined;
  }
}
