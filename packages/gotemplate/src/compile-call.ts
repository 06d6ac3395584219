import { literalArgument, validate } from './arguments.ts';
import { invoke, type Expression } from './fields.ts';
import type { Node, OperandNode } from './nodes.ts';
import { fail, type State } from './state.ts';
import { truth } from './truth.ts';
import type { GoFunc, MaybeValue, ParamType } from './model.ts';

/** A command, compiled: `final` is the value of the stage before it, where there is one. */
export type Command = (s: State, final?: MaybeValue) => MaybeValue;

/** What a call is compiled from. */
export interface CallSite {
  readonly fn: GoFunc;
  /** The whole command: what errors of the call name. */
  readonly node: Node;
  /** The function's name in it. */
  readonly identifier: Node;
  readonly args: readonly OperandNode[];
  readonly hasFinal: boolean;
}

/** Compiles an operand that is no literal. */
export type CompileOperand = (node: OperandNode) => Expression;

function compileArgument(node: OperandNode, type: ParamType, compile: CompileOperand): Expression {
  const literal = literalArgument(node, type);
  if (literal === undefined) {
    const expression = compile(node);
    if (type === 'value') return expression;
    if (type === 'any') {
      return (s) => {
        const value = expression(s);
        return value === undefined ? null : value;
      };
    }
    return (s) => validate(s, expression(s), type);
  }
  if ('error' in literal) {
    const { error } = literal;
    return (s) => {
      s.node = node;
      return fail(s, error);
    };
  }
  const { value } = literal;
  return (s) => {
    s.node = node;
    return value;
  };
}

/** and, or: arguments are evaluated only as far as needed. */
function compileLogic(site: CallSite, stopAt: boolean, compile: CompileOperand): Command {
  const args = site.args.map((arg) => compileArgument(arg, 'value', compile));
  const { hasFinal } = site;
  return (s, final) => {
    s.budget.step();
    let value: MaybeValue;
    for (let i = 0; i < args.length; i++) {
      value = (args[i] as Expression)(s);
      if (truth(value) === stopAt) return value ?? undefined;
    }
    return hasFinal ? final : (value ?? undefined);
  };
}

function arityError(site: CallSite): string | undefined {
  const { fn, args, hasFinal } = site;
  const given = args.length + (hasFinal ? 1 : 0);
  const params = fn.params.length;
  if (fn.variadic)
    return given < params - 1 ? `wrong number of args for ${fn.name}: want at least ${params - 1} got ${args.length}` : undefined;
  return given === params ? undefined : `wrong number of args for ${fn.name}: want ${params} got ${given}`;
}

function typeAt(fn: GoFunc, i: number): ParamType {
  return fn.params[Math.min(i, fn.params.length - 1)] as ParamType;
}

/** Compiles a call of a function. What is wrong with the call is an error when it executes, as in Go. */
export function compileCall(site: CallSite, compile: CompileOperand): Command {
  const { fn, node, identifier, hasFinal } = site;
  const error = arityError(site);
  if (error !== undefined) {
    return (s) => {
      s.node = identifier;
      return fail(s, error);
    };
  }
  if (fn.special === 'and' || fn.special === 'or') return compileLogic(site, fn.special === 'or', compile);
  const args = site.args.map((arg, i) => compileArgument(arg, typeAt(fn, i), compile));
  if (!hasFinal) return compilePlain(fn, node, identifier, args);
  const finalType = typeAt(fn, args.length);
  const first = args[0];
  if (first === undefined) {
    return (s, final) => {
      s.node = identifier;
      return invoke(s, fn, [validate(s, final, finalType)], node);
    };
  }
  if (args.length === 1) {
    return (s, final) => {
      const a = first(s);
      return invoke(s, fn, [a, validate(s, final, finalType)], node);
    };
  }
  return (s, final) => {
    const values: MaybeValue[] = [];
    for (let i = 0; i < args.length; i++) values.push((args[i] as Expression)(s));
    values.push(validate(s, final, finalType));
    return invoke(s, fn, values, node);
  };
}

const NOTHING: readonly MaybeValue[] = [];

function compilePlain(fn: GoFunc, node: Node, identifier: Node, args: readonly Expression[]): Command {
  const a = args[0];
  const b = args[1];
  const c = args[2];
  if (a === undefined) {
    return (s) => {
      s.node = identifier;
      return invoke(s, fn, NOTHING, node);
    };
  }
  if (b === undefined) return (s) => invoke(s, fn, [a(s)], node);
  if (c === undefined) return (s) => invoke(s, fn, [a(s), b(s)], node);
  if (args.length === 3) return (s) => invoke(s, fn, [a(s), b(s), c(s)], node);
  return (s) => {
    const values: MaybeValue[] = [];
    for (let i = 0; i < args.length; i++) values.push((args[i] as Expression)(s));
    return invoke(s, fn, values, node);
  };
}
