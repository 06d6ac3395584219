import type { CallExpr, Expr, FoldExpr } from './ast.ts';
import type { Checked } from './checker.ts';
import { attempt, choose, constant, isSetOfScalars, iterate, logical, membership, notStrictlyFalse, orElse, type Code } from './code.ts';
import { callCost } from './cost.ts';
import { CelError, evalError, noSuchOverload } from './errors.ts';
import { Frame, type Local } from './frame.ts';
import type { FunctionDecl } from './functions.ts';
import { refusal } from './refusal.ts';
import { asBool, isPresent, qualify, type Presence } from './qualify.ts';
import { CelList, CelMap, CelOptional, CelTypeValue, NONE, type CelValue } from './values.ts';

const CONVERSIONS: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);

const PATTERNED: ReadonlySet<string> = new Set(['matches', 'find', 'findAll']);

/** What is needed to make an expression run. */
export interface InterpreterEnv {
  readonly functions: ReadonlyMap<string, FunctionDecl>;
  readonly typeNames: ReadonlySet<string>;
  /** Conversions and patterns of literals are worked out beforehand. */
  readonly literals: boolean;
}

class Planner {
  readonly #env: InterpreterEnv;
  readonly #checked: Checked | undefined;
  readonly #bound: string[] = [];

  constructor(env: InterpreterEnv, checked: Checked | undefined) {
    this.#env = env;
    this.#checked = checked;
  }

  plan(expr: Expr): Code {
    switch (expr.kind) {
      case 'const':
        return constant(expr.value);
      case 'ident':
        return this.#ident(expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'fold':
        return this.#fold(expr);
      case 'struct':
        throw evalError(`unknown type: ${expr.name}`);
    }
  }

  #ident(written: string): Code {
    const name = written.replace(/^\./, '');
    if (this.#bound.includes(name)) {
      return {
        base: 1,
        run: (frame) => {
          frame.spend(1);
          const value = frame.local(name)?.value;
          if (value instanceof CelError) throw value;
          return value as CelValue;
        },
      };
    }
    if (this.#env.typeNames.has(name)) return constant(new CelTypeValue(name));
    return {
      base: 1,
      run: (frame) => {
        frame.spend(1);
        const value = frame.variables(name);
        if (value === undefined) throw evalError(`no such attribute(s): ${name}`);
        return value;
      },
    };
  }

  #select(expr: Extract<Expr, { kind: 'select' }>): Code {
    const name = this.#checked?.names.get(expr.id);
    if (name !== undefined) return this.#ident(name);
    const operand = this.plan(expr.operand);
    const { field } = expr;
    if (!expr.testOnly) return this.#qualified(operand, constant(field), 'required');
    return {
      run: (frame) => {
        // the base costs nothing in a test
        frame.spend(-(operand.base ?? 0));
        const target = operand.run(frame);
        frame.spend(1);
        return isPresent(target, field);
      },
    };
  }

  /** A field or an item; after an optional step everything that follows is optional, too. */
  #qualified(operand: Code, key: Code, presence: Presence): Code {
    const extra = operand.base === undefined ? 1 : 0;
    // a name in brackets is counted once, as a name
    const step = key.base === undefined ? 1 : 0;
    return {
      base: operand.base ?? 1,
      run: (frame) => {
        const [target, qualifier] = this.#step(frame, { operand, key, extra });
        if (presence === 'optional' || target instanceof CelOptional) {
          frame.spend(extra);
          const inner = target instanceof CelOptional ? target.value : target;
          const found = inner === undefined ? undefined : qualify(inner, qualifier, 'optional');
          if (found === undefined) return NONE;
          frame.spend(step);
          return found instanceof CelOptional ? found : new CelOptional(found);
        }
        frame.spend(extra + step);
        return qualify(target, qualifier, 'required') as CelValue;
      },
    };
  }

  /** Works out what is asked and for what; where that fails, a base that is no name is paid for all the same. */
  #step(
    frame: Frame,
    { operand, key, extra }: { readonly operand: Code; readonly key: Code; readonly extra: number },
  ): [CelValue, CelValue] {
    try {
      return [operand.run(frame), key.run(frame)];
    } catch (error) {
      frame.spend(extra);
      throw error;
    }
  }

  #list(expr: Extract<Expr, { kind: 'list' }>): Code {
    const items = expr.elements.map((element) => this.plan(element));
    if (expr.optional.size === 0 && items.every((item) => item.constant !== undefined))
      return constant(new CelList(items.map((item) => item.constant?.value as CelValue)));
    return {
      run: (frame) => {
        frame.spend(10);
        const values: CelValue[] = [];
        for (const [i, item] of items.entries()) {
          const value = item.run(frame);
          if (!expr.optional.has(i)) values.push(value);
          else if (value instanceof CelOptional) {
            if (value.value !== undefined) values.push(value.value);
          } else throw noSuchOverload();
        }
        return new CelList(values);
      },
    };
  }

  #map(expr: Extract<Expr, { kind: 'map' }>): Code {
    const entries = expr.entries.map((entry) => ({ key: this.plan(entry.key), value: this.plan(entry.value), optional: entry.optional }));
    const build = (frame: Frame): CelMap => {
      const pairs: [CelValue, CelValue][] = [];
      for (const entry of entries) {
        const key = entry.key.run(frame);
        const value = entry.value.run(frame);
        if (!entry.optional) pairs.push([key, value]);
        else if (value instanceof CelOptional) {
          if (value.value !== undefined) pairs.push([key, value.value]);
        } else throw noSuchOverload();
      }
      return new CelMap(pairs);
    };
    const fixed = entries.every((e) => e.key.constant !== undefined && e.value.constant !== undefined && !e.optional);
    if (fixed) return constant(build(new Frame(() => undefined, Infinity)));
    return {
      run: (frame) => {
        frame.spend(30);
        return build(frame);
      },
    };
  }

  #call(expr: CallExpr): Code {
    const fn = this.#checked?.functions.get(expr.id) ?? expr.fn.replace(/^\./, '');
    const member = expr.target !== undefined && this.#checked?.functions.has(expr.id) !== true;
    const args = [...(member ? [expr.target as Expr] : []), ...expr.args].map((arg) => this.plan(arg));
    const [first, second, third] = args as [Code, Code, Code];
    switch (fn) {
      case '_&&_':
        return { run: (frame) => logical(frame, [first, second], false) };
      case '_||_':
        return { run: (frame) => logical(frame, [first, second], true) };
      case '_?_:_':
        return { base: 0, run: (frame) => choose(frame, asBool(first.run(frame)) ? second : third) };
      case 'or':
      case 'orValue':
        if (member && args.length === 2) return { run: (frame) => orElse(frame, [first, second], fn) };
        break;
      case '_[_]':
        return this.#qualified(first, second, 'required');
      case '_[?_]':
        return this.#qualified(first, second, 'optional');
      case '_?._':
        return this.#qualified(first, second, 'optional');
      case '@not_strictly_false':
        return { run: (frame) => notStrictlyFalse(frame, first) };
      case '@in':
        if (second.constant !== undefined && isSetOfScalars(second.constant.value)) return membership(first, second.constant.value);
        break;
      default:
    }
    return this.#function(expr, fn, args);
  }

  #function(expr: CallExpr, fn: string, args: readonly Code[]): Code {
    const decl = this.#env.functions.get(fn);
    if (decl === undefined) throw evalError(`no such overload: ${fn}`);
    const overloads = this.#checked?.overloads.get(expr.id) ?? [];
    const overload = overloads.length === 1 ? overloads[0]?.id : undefined;
    const apply = (values: readonly CelValue[]): CelValue => {
      const result = decl.run(values);
      if (result === undefined) throw refusal(fn, values, fixedPattern);
      return result;
    };
    const fixedPattern = this.#env.literals && PATTERNED.has(fn) && typeof args[1]?.constant?.value === 'string';
    if (this.#env.literals && args.length === 1 && CONVERSIONS.has(fn) && args[0]?.constant !== undefined)
      return constant(apply([args[0].constant.value]));
    if (fixedPattern) decl.run(['', args[1]?.constant?.value as string]);
    return {
      run: (frame) => {
        // one or two arguments are worked out and paid for even where one of them fails; of more, those after a failure are not
        const lazy = args.length > 2 || fixedPattern;
        const values: (CelValue | CelError)[] = [];
        for (const [i, arg] of args.entries()) {
          const value = attempt(() => arg.run(frame));
          if (lazy && value instanceof CelError && i < args.length - 1) throw value;
          values.push(value);
        }
        const problem = values.find((value) => value instanceof CelError);
        const known = values.map((value) => (value instanceof CelError ? null : value));
        const result = problem ?? attempt(() => apply(known));
        frame.spend(callCost({ fn, overload, args: known, result: result instanceof CelError ? undefined : result }));
        if (result instanceof CelError) throw result;
        return result;
      },
    };
  }

  #fold(expr: FoldExpr): Code {
    const range = this.plan(expr.range);
    const init = this.plan(expr.init);
    this.#bound.push(expr.accuVar);
    this.#bound.push(expr.iterVar, ...(expr.iterVar2 === undefined ? [] : [expr.iterVar2]));
    const condition = this.plan(expr.condition);
    const step = this.plan(expr.step);
    this.#bound.splice(-(expr.iterVar2 === undefined ? 1 : 2));
    const result = this.plan(expr.result);
    this.#bound.pop();
    const { iterVar, iterVar2 } = expr;
    return {
      run: (frame) => {
        const items = iterate(range.run(frame), iterVar2 !== undefined);
        const accu: Local = { name: expr.accuVar, value: attempt(() => init.run(frame)) };
        return frame.within(accu, () => {
          for (const [key, value] of items) {
            const bound: Local = { name: iterVar, value: key };
            const next = frame.within(bound, () => {
              const body = (): CelValue | CelError | undefined =>
                attempt(() => condition.run(frame)) === false ? undefined : attempt(() => step.run(frame));
              return iterVar2 === undefined ? body() : frame.within({ name: iterVar2, value: value as CelValue | CelError }, body);
            });
            if (next === undefined) break;
            accu.value = next;
          }
          return result.run(frame);
        });
      },
    };
  }
}

/** Makes an expression run; what can be worked out beforehand is worked out here, and fails here. */
export function plan(expr: Expr, env: InterpreterEnv, checked: Checked | undefined): (frame: Frame) => CelValue {
  return new Planner(env, checked).plan(expr).run;
}
