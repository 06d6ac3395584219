import { literalArgument, validate } from './arguments.ts';
import { BudgetError } from './errors.ts';
import { isFluxError } from '@flux-ts/base';
import type { Node, OperandNode } from './nodes.ts';
import { fail, type State } from './state.ts';
import { ANY, type GoType } from './types.ts';
import { goInt, mapOf, typeName } from './values.ts';
import { GO_TYPE, isPlain, type GoFunc, GoObject, type GoValue, type MaybeValue, type TemplateMap } from './model.ts';

/** An expression, compiled. */
export type Expression = (s: State) => MaybeValue;

/** The arguments of a method call: their nodes, and how they are evaluated where they are no literals. */
export interface CallArguments {
  readonly nodes: readonly OperandNode[];
  readonly expressions: readonly Expression[];
  readonly hasFinal: boolean;
}

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Tells whether every object inherits a property of this name, so that own keys must be asked for. */
export function isInherited(name: string): boolean {
  return INHERITED.has(name);
}

/** The zero value of an element's type, as `reflect.Zero` gives it. */
export function zeroValue(type: GoType | undefined): MaybeValue {
  switch (type?.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'float64':
      return 0;
    case 'int':
      return goInt(0);
    default:
      return null;
  }
}

/** Runs a function and turns what it throws into the error of a call. A nil result is reflect's invalid value, as a pipeline makes it. */
export function invoke(s: State, fn: GoFunc, args: readonly MaybeValue[], node: Node): MaybeValue {
  s.budget.step();
  let result: MaybeValue;
  try {
    result = fn.call(args, s);
  } catch (error) {
    if (!isFluxError(error) || error instanceof BudgetError) throw error;
    s.node = node;
    return fail(s, `error calling ${fn.name}: ${error.message}`, error);
  }
  if (typeof result === 'string') s.budget.string(result.length);
  return result ?? undefined;
}

/** Evaluates the arguments of a method against its parameters and calls it. */
function callMethod(s: State, fn: GoFunc, node: Node, args: CallArguments, final: MaybeValue): MaybeValue {
  const { params, variadic } = fn;
  const given = args.nodes.length + (args.hasFinal ? 1 : 0);
  if (variadic ? given < params.length - 1 : given !== params.length) {
    const want = variadic ? `at least ${params.length - 1} got ${args.nodes.length}` : `${params.length} got ${given}`;
    return fail(s, `wrong number of args for ${fn.name}: want ${want}`);
  }
  const values: MaybeValue[] = [];
  for (let i = 0; i < given; i++) {
    const type = params[Math.min(i, params.length - 1)] as string;
    const operand = args.nodes[i];
    if (operand === undefined) {
      values.push(validate(s, final, type));
      continue;
    }
    s.node = operand;
    const literal = literalArgument(operand, type);
    if (literal === undefined) values.push(validate(s, (args.expressions[i] as Expression)(s), type));
    else if ('error' in literal) fail(s, literal.error);
    else values.push(literal.value);
  }
  return invoke(s, fn, values, node);
}

const NO_ARGUMENTS: CallArguments = { nodes: [], expressions: [], hasFinal: false };

function missing(s: State, name: string, elem: GoType | undefined): MaybeValue {
  if (s.set.missingKey === 'error') return fail(s, `map has no entry for key "${name}"`);
  return s.set.missingKey === 'zero' ? zeroValue(elem) : undefined;
}

/** How a field is looked up beyond the fast path. */
export interface FieldAccess {
  readonly name: string;
  readonly node: Node;
  /** The receiver came wrapped in an interface. */
  readonly wrapped: boolean;
  readonly args?: CallArguments;
  readonly final?: MaybeValue;
}

/** Looks a field up in any value, or calls the method of that name. */
export function evaluateField(s: State, receiver: MaybeValue, access: FieldAccess): MaybeValue {
  const { name, args = NO_ARGUMENTS } = access;
  const hasArgs = args.nodes.length > 0 || args.hasFinal;
  if (receiver === undefined) {
    if (s.set.missingKey === 'error') return fail(s, `nil data; no entry for key "${name}"`);
    return undefined;
  }
  if (receiver === null) return fail(s, `nil pointer evaluating interface {}.${name}`);
  const type = typeof receiver === 'object' && !isPlain(receiver) ? (receiver as GoValue)[GO_TYPE] : undefined;
  if (receiver instanceof GoObject) {
    const method = receiver.method(name);
    if (method !== undefined) return callMethod(s, method, access.node, args, access.final);
    const value = receiver.field(name);
    if (type?.kind === 'map') {
      if (hasArgs) return fail(s, `${name} is not a method but has arguments`);
      return value === undefined ? missing(s, name, type.elem) : value;
    }
    if (value !== undefined) return hasArgs ? fail(s, `${name} has arguments but cannot be invoked as function`) : value;
  } else if (typeof receiver === 'object' && !Array.isArray(receiver) && (type === undefined || type.kind === 'map')) {
    if (hasArgs) return fail(s, `${name} is not a method but has arguments`);
    if (Object.hasOwn(receiver, name)) return (receiver as TemplateMap)[name];
    return missing(s, name, type === undefined ? undefined : type.elem);
  }
  return fail(s, `can't evaluate field ${name} in type ${access.wrapped ? 'interface {}' : typeName(receiver)}`);
}

/** Tells whether what stands in a container is an interface to Go. */
export function elementsAreWrapped(container: MaybeValue): boolean {
  if (typeof container !== 'object' || container === null) return false;
  if (isPlain(container)) return true;
  const type = (container as GoValue)[GO_TYPE];
  return type === undefined || type.elem?.kind === 'interface';
}

/** The keys of a value that is a map of interfaces (plain or named): what most fields are looked up in. */
export function openMap(value: MaybeValue): TemplateMap | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isPlain(value)) return value as TemplateMap;
  const type = (value as GoValue)[GO_TYPE];
  if (type === undefined) return Array.isArray(value) ? undefined : (value as TemplateMap);
  return type.elem === ANY && type.kind === 'map' ? mapOf(value) : undefined;
}

/** Looks up a path of fields, the first in `receiver`. */
export function evaluatePath(
  s: State,
  receiver: MaybeValue,
  path: readonly string[],
  access: { readonly node: Node; readonly wrapped: boolean },
): MaybeValue {
  let at = receiver;
  let from: MaybeValue;
  for (let i = 0; i < path.length; i++) {
    const name = path[i] as string;
    const map = openMap(at);
    if (map !== undefined) {
      const value = map[name];
      if (value !== undefined && (!INHERITED.has(name) || Object.hasOwn(map, name))) {
        from = at;
        at = value;
        continue;
      }
    }
    const wrapped = i === 0 ? access.wrapped : elementsAreWrapped(from);
    from = at;
    at = evaluateField(s, at, { name, node: access.node, wrapped });
  }
  return at;
}
