// Long because it is one walk over the kinds of nodes that share their scopes and type parameters.

import { qualifiedName, type CallExpr, type Expr, type FoldExpr } from './ast.ts';
import { compileError, type Issue } from './errors.ts';
import type { FunctionDecl, Overload } from './functions.ts';
import { Substitution } from './substitution.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DYN,
  ERROR,
  formatSignature,
  formatType,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  param,
  sameType,
  STRING,
  UINT,
  type CelType,
} from './types.ts';
import { CelBytes, CelUint, type CelValue } from './values.ts';

/** What a text is checked against. */
export interface CheckEnv {
  readonly functions: ReadonlyMap<string, FunctionDecl>;
  /** The types of names, those of types included. */
  readonly idents: ReadonlyMap<string, CelType>;
}

/** What the checker found out: the types of nodes, and what dotted names and calls stand for. */
export interface Checked {
  readonly type: CelType;
  /** The type of a node by its id. */
  readonly typeOf: (id: number) => CelType;
  /** Names with dots that are one name, by the ids of their nodes. */
  readonly names: ReadonlyMap<number, string>;
  /** Calls of functions with dots in their names, by the ids of their nodes: `optional.of(x)`. */
  readonly functions: ReadonlyMap<number, string>;
  /** The signatures that may be meant, by the ids of calls. */
  readonly overloads: ReadonlyMap<number, readonly Overload[]>;
  /** The variables that the text uses. */
  readonly variables: ReadonlySet<string>;
}

function literalType(value: CelValue): CelType {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'number') return DOUBLE;
  if (typeof value === 'string') return STRING;
  return value instanceof CelUint ? UINT : value instanceof CelBytes ? BYTES : DYN;
}

function unwrapOptional(type: CelType): CelType | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? (type.params[0] as CelType) : undefined;
}

class Checker {
  readonly issues: Issue[] = [];
  readonly names = new Map<number, string>();
  readonly functions = new Map<number, string>();
  readonly overloads = new Map<number, readonly Overload[]>();
  readonly variables = new Set<string>();
  readonly #env: CheckEnv;
  readonly #types = new Map<number, CelType>();
  #mapping = new Substitution();
  #scopes: ReadonlyMap<string, CelType>[] = [];
  #fresh = 0;

  constructor(env: CheckEnv) {
    this.#env = env;
  }

  finalType(id: number): CelType {
    return this.#mapping.apply(this.#types.get(id) ?? ERROR, true);
  }

  #report(expr: Expr, message: string): void {
    this.issues.push({ offset: expr.offset, message });
  }

  #typeOf(expr: Expr): CelType {
    return this.#types.get(expr.id) ?? ERROR;
  }

  #set(expr: Expr, type: CelType): void {
    this.#types.set(expr.id, type);
  }

  #freshType(): CelType {
    return param(`_var${this.#fresh++}`);
  }

  #lookup(name: string): CelType | undefined {
    const plain = name.startsWith('.') ? name.slice(1) : name;
    if (!name.startsWith('.')) {
      for (let i = this.#scopes.length - 1; i >= 0; i--) {
        const type = this.#scopes[i]?.get(plain);
        if (type !== undefined) return type;
      }
    }
    const type = this.#env.idents.get(plain);
    if (type !== undefined && type.kind !== 'type') this.variables.add(plain);
    return type;
  }

  check(expr: Expr): void {
    switch (expr.kind) {
      case 'const':
        return this.#set(expr, literalType(expr.value));
      case 'ident': {
        const type = this.#lookup(expr.name);
        if (type === undefined) this.#report(expr, `undeclared reference to '${expr.name.replace(/^\./, '')}' (in container '')`);
        return this.#set(expr, type ?? ERROR);
      }
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        this.#report(expr, `undeclared reference to '${expr.name}' (in container '')`);
        return this.#set(expr, ERROR);
      case 'fold':
        return this.#fold(expr);
    }
  }

  #select(expr: Extract<Expr, { kind: 'select' }>): void {
    const name = expr.testOnly ? undefined : qualifiedName(expr);
    const ident = name === undefined ? undefined : this.#qualifiedIdent(name);
    if (ident !== undefined) {
      this.names.set(expr.id, name as string);
      return this.#set(expr, ident);
    }
    const type = this.#field(expr, expr.operand, { field: expr.field, optional: false });
    this.#set(expr, expr.testOnly ? BOOL : this.#mapping.apply(type, false));
  }

  /** A dotted name that is declared as one, unless its first part is a local name. */
  #qualifiedIdent(name: string): CelType | undefined {
    const first = name.split('.')[0] as string;
    return this.#scopes.some((scope) => scope.has(first)) ? undefined : this.#env.idents.get(name.replace(/^\./, ''));
  }

  #field(expr: Expr, operand: Expr, { field, optional }: { readonly field: string; readonly optional: boolean }): CelType {
    this.check(operand);
    const operandType = this.#mapping.apply(this.#typeOf(operand), false);
    const inner = unwrapOptional(operandType);
    const target = inner ?? operandType;
    let result: CelType = ERROR;
    if (target.kind === 'map') result = target.params[1] as CelType;
    else if (target.kind === 'struct') {
      const found = target.fields?.get(field);
      if (found === undefined) this.#report(expr, `undefined field '${field}'`);
      result = found ?? ERROR;
    } else if (target.kind === 'param') {
      this.#assignable(DYN, target);
      result = DYN;
    } else {
      if (target.kind !== 'dyn' && target.kind !== 'error')
        this.#report(expr, `type '${formatType(target)}' does not support field selection`);
      result = DYN;
    }
    return inner !== undefined || optional ? optionalOf(result) : result;
  }

  #call(expr: CallExpr): void {
    if (expr.fn === '_?._') {
      const [operand, field] = expr.args as [Expr, Expr];
      const name = field.kind === 'const' && typeof field.value === 'string' ? field.value : '';
      return this.#set(expr, this.#mapping.apply(this.#field(expr, operand, { field: name, optional: true }), false));
    }
    for (const arg of expr.args) this.check(arg);
    const { target } = expr;
    if (target === undefined) return this.#resolve(expr, this.#env.functions.get(expr.fn.replace(/^\./, '')), expr.args);
    const prefix = qualifiedName(target);
    const qualified = prefix === undefined ? undefined : this.#env.functions.get(`${prefix}.${expr.fn}`.replace(/^\./, ''));
    if (qualified !== undefined) {
      this.functions.set(expr.id, qualified.name);
      return this.#resolve(expr, qualified, expr.args);
    }
    this.check(target);
    this.#resolve(expr, this.#env.functions.get(expr.fn), [target, ...expr.args]);
  }

  #resolve(expr: CallExpr, fn: FunctionDecl | undefined, args: readonly Expr[]): void {
    if (fn === undefined) {
      this.#report(expr, `undeclared reference to '${expr.fn.replace(/^\./, '')}' (in container '')`);
      return this.#set(expr, ERROR);
    }
    const member = expr.target !== undefined && !this.functions.has(expr.id);
    if (fn.name === '_&&_' || fn.name === '_||_') return this.#logical(expr, fn, args);
    const argTypes = args.map((arg) => this.#typeOf(arg));
    let result: CelType | undefined;
    const matching: Overload[] = [];
    for (const overload of fn.overloads) {
      if (overload.member !== member || overload.args.length !== argTypes.length) continue;
      const own = new Substitution();
      for (const name of overload.params) own.set(param(name), this.#freshType());
      const wanted = overload.args.map((type) => own.apply(type, false));
      if (!this.#assignableAll(argTypes, wanted)) continue;
      matching.push(overload);
      const type = this.#mapping.apply(own.apply(overload.result, false), false);
      if (result === undefined) result = type;
      else if (result.kind !== 'dyn' && !sameType(type, result)) result = DYN;
    }
    if (result === undefined) {
      const shown = argTypes.map((type) => this.#mapping.apply(type, true));
      this.#report(expr, `found no matching overload for '${fn.name}' applied to '${formatSignature(shown, member)}'`);
    }
    this.overloads.set(expr.id, matching);
    this.#set(expr, result ?? ERROR);
  }

  #logical(expr: CallExpr, fn: FunctionDecl, args: readonly Expr[]): void {
    let good = true;
    for (const arg of args) {
      if (this.#assignable(this.#typeOf(arg), BOOL)) continue;
      good = false;
      this.#report(arg, `expected type 'bool' but found '${formatType(this.#typeOf(arg))}'`);
    }
    this.overloads.set(expr.id, fn.overloads);
    this.#set(expr, good ? BOOL : ERROR);
  }

  #list(expr: Extract<Expr, { kind: 'list' }>): void {
    let item: CelType | undefined;
    for (const [i, element] of expr.elements.entries()) {
      this.check(element);
      item = this.#join(item, this.#elementType(element, expr.optional.has(i)));
    }
    this.#set(expr, listOf(item ?? this.#freshType()));
  }

  #elementType(element: Expr, optional: boolean): CelType {
    const type = this.#typeOf(element);
    if (!optional) return type;
    const inner = unwrapOptional(type);
    if (inner === undefined && type.kind !== 'dyn') this.#mismatch(element, optionalOf(type), type);
    return inner ?? type;
  }

  #map(expr: Extract<Expr, { kind: 'map' }>): void {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of expr.entries) {
      this.check(entry.key);
      key = this.#join(key, this.#typeOf(entry.key));
      this.check(entry.value);
      value = this.#join(value, this.#elementType(entry.value, entry.optional));
    }
    this.#set(expr, mapOf(key ?? this.#freshType(), value ?? this.#freshType()));
  }

  #fold(expr: FoldExpr): void {
    this.check(expr.range);
    this.check(expr.init);
    const range = this.#mapping.apply(this.#typeOf(expr.range), false);
    const accu = this.#typeOf(expr.init);
    let first: CelType = DYN;
    let second: CelType = DYN;
    if (range.kind === 'list')
      [first, second] = expr.iterVar2 === undefined ? [range.params[0] as CelType, DYN] : [INT, range.params[0] as CelType];
    else if (range.kind === 'map') [first, second] = range.params as [CelType, CelType];
    else if (range.kind === 'dyn' || range.kind === 'error' || range.kind === 'param') this.#assignable(DYN, range);
    else {
      this.#report(
        expr.range,
        `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
      [first, second] = [ERROR, ERROR];
    }
    this.#scopes.push(new Map([[expr.accuVar, accu]]));
    this.#scopes.push(new Map([[expr.iterVar, first], ...(expr.iterVar2 === undefined ? [] : [[expr.iterVar2, second] as const])]));
    this.check(expr.condition);
    this.#assert(expr.condition, BOOL);
    this.check(expr.step);
    this.#assert(expr.step, accu);
    this.#scopes.pop();
    this.check(expr.result);
    this.#scopes.pop();
    this.#set(expr, this.#mapping.apply(this.#typeOf(expr.result), false));
  }

  /** Literals of mixed types are `dyn` here; the validators refuse them. */
  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    return this.#assignable(previous, current) ? Substitution.mostGeneral(previous, current) : DYN;
  }

  #assert(expr: Expr, type: CelType): void {
    if (!this.#assignable(type, this.#typeOf(expr))) this.#mismatch(expr, type, this.#typeOf(expr));
  }

  #mismatch(expr: Expr, expected: CelType, found: CelType): void {
    this.#report(expr, `expected type '${formatType(expected)}' but found '${formatType(found)}'`);
  }

  #assignable(a: CelType, b: CelType): boolean {
    return this.#assignableAll([a], [b]);
  }

  /** All or nothing: what was learned about parameters is kept only where all fit. */
  #assignableAll(a: readonly CelType[], b: readonly CelType[]): boolean {
    const trial = this.#mapping.copy();
    if (!a.every((type, i) => trial.assignable(type, b[i] as CelType))) return false;
    this.#mapping = trial;
    return true;
  }
}

/**
 * Checks an expression.
 * @throws CelError CEL_COMPILE with cel-go's text
 */
export function check(text: string, expr: Expr, env: CheckEnv): Checked {
  const checker = new Checker(env);
  checker.check(expr);
  if (checker.issues.length > 0) throw compileError(text, checker.issues);
  return {
    type: checker.finalType(expr.id),
    typeOf: (id) => checker.finalType(id),
    names: checker.names,
    functions: checker.functions,
    overloads: checker.overloads,
    variables: checker.variables,
  };
}
