import type { Expr, FoldExpr, MapEntry } from './ast.ts';
import type { CelValue } from './values.ts';

/** What an expansion is made with; all nodes stand where the macro stands. */
export interface MacroContext {
  readonly offset: number;
  readonly twoVariables: boolean;
  constant(value: CelValue): Expr;
  ident(name: string): Expr;
  call(fn: string, args: readonly Expr[]): Expr;
  list(elements: readonly Expr[]): Expr;
  map(entries: readonly MapEntry[]): Expr;
  test(operand: Expr, field: string): Expr;
  fold(parts: Omit<FoldExpr, 'kind' | 'id' | 'offset'>): Expr;
  issue(offset: number, message: string): void;
}

const ACCU = '@result';

type Expansion = (context: MacroContext, args: readonly Expr[], target: Expr) => Expr | undefined;

interface LoopVars {
  readonly iterVar: string;
  readonly iterVar2?: string;
}

/** Reads the names that come first in a macro; `undefined` where one is no name, and that is said. */
function names(context: MacroContext, args: readonly Expr[], count: 1 | 2): LoopVars | undefined {
  const found: string[] = [];
  for (const arg of args.slice(0, count)) {
    if (arg.kind !== 'ident' || arg.name.startsWith('.')) {
      context.issue(arg.offset, 'argument must be a simple name');
      return undefined;
    }
    found.push(arg.name);
  }
  const [iterVar, iterVar2] = found as [string, string | undefined];
  if (iterVar === ACCU || iterVar2 === ACCU) {
    context.issue(context.offset, 'iteration variable overwrites accumulator variable');
    return undefined;
  }
  if (iterVar2 === undefined) return { iterVar };
  if (iterVar === iterVar2) {
    context.issue((args[1] as Expr).offset, `duplicate variable name: ${iterVar}`);
    return undefined;
  }
  return { iterVar, iterVar2 };
}

function quantifier(kind: 'all' | 'exists', count: 1 | 2): Expansion {
  return (m, args, range) => {
    const vars = names(m, args, count);
    if (vars === undefined) return undefined;
    const all = kind === 'all';
    const accu = m.ident(ACCU);
    return m.fold({
      range,
      ...vars,
      accuVar: ACCU,
      init: m.constant(all),
      condition: m.call('@not_strictly_false', [all ? accu : m.call('!_', [accu])]),
      step: m.call(all ? '_&&_' : '_||_', [m.ident(ACCU), args[count] as Expr]),
      result: m.ident(ACCU),
    });
  };
}

function existsOne(count: 1 | 2): Expansion {
  return (m, args, range) => {
    const vars = names(m, args, count);
    if (vars === undefined) return undefined;
    const step = m.call('_?_:_', [args[count] as Expr, m.call('_+_', [m.ident(ACCU), m.constant(1n)]), m.ident(ACCU)]);
    return m.fold({
      range,
      ...vars,
      accuVar: ACCU,
      init: m.constant(0n),
      condition: m.constant(true),
      step,
      result: m.call('_==_', [m.ident(ACCU), m.constant(1n)]),
    });
  };
}

/** `map(x, f)`, `map(x, p, f)`, `filter(x, p)`, `transformList(i, x, f)`, `transformList(i, x, p, f)`. */
function toList(vars: LoopVars, parts: { readonly range: Expr; readonly filter?: Expr; readonly item: Expr }, m: MacroContext): Expr {
  const add = m.call('_+_', [m.ident(ACCU), m.list([parts.item])]);
  const step = parts.filter === undefined ? add : m.call('_?_:_', [parts.filter, add, m.ident(ACCU)]);
  return m.fold({ range: parts.range, ...vars, accuVar: ACCU, init: m.list([]), condition: m.constant(true), step, result: m.ident(ACCU) });
}

function mapMacro(count: 1 | 2): Expansion {
  return (m, args, range) => {
    const vars = names(m, args, count);
    if (vars === undefined) return undefined;
    const filter = args.length === count + 2 ? (args[count] as Expr) : undefined;
    return toList(vars, { range, item: args.at(-1) as Expr, ...(filter === undefined ? {} : { filter }) }, m);
  };
}

const filterMacro: Expansion = (m, args, range) => {
  const vars = names(m, args, 1);
  return vars === undefined ? undefined : toList(vars, { range, filter: args[1] as Expr, item: m.ident(vars.iterVar) }, m);
};

/** `transformMap` keeps the keys; `transformMapEntry` makes an entry of its own. */
function transformMap(entry: boolean): Expansion {
  return (m, args, range) => {
    const vars = names(m, args, 2);
    if (vars === undefined) return undefined;
    const value = args.at(-1) as Expr;
    const insert = entry
      ? m.call('cel.@mapInsert', [m.ident(ACCU), value])
      : m.call('cel.@mapInsert', [m.ident(ACCU), m.ident(vars.iterVar), value]);
    const step = args.length === 4 ? m.call('_?_:_', [args[2] as Expr, insert, m.ident(ACCU)]) : insert;
    return m.fold({ range, ...vars, accuVar: ACCU, init: m.map([]), condition: m.constant(true), step, result: m.ident(ACCU) });
  };
}

/** `optMap` and `optFlatMap`: a loop over nothing that only binds a name. */
function optMap(flat: boolean): Expansion {
  return (m, args, target) => {
    const variable = args[0] as Expr;
    if (variable.kind !== 'ident') {
      m.issue(variable.offset, `${flat ? 'optFlatMap' : 'optMap'}() variable name must be a simple identifier`);
      return undefined;
    }
    const bound = m.fold({
      range: m.list([]),
      iterVar: '#unused',
      accuVar: variable.name,
      init: memberCall(m, target, 'value'),
      condition: m.constant(false),
      step: m.ident(variable.name),
      result: args[1] as Expr,
    });
    return m.call('_?_:_', [memberCall(m, target, 'hasValue'), flat ? bound : m.call('optional.of', [bound]), m.call('optional.none', [])]);
  };
}

function memberCall(m: MacroContext, target: Expr, fn: string): Expr {
  return { ...(m.call(fn, []) as Expr & { kind: 'call' }), target };
}

const MEMBERS: ReadonlyMap<string, Expansion> = new Map<string, Expansion>([
  ['all/2', quantifier('all', 1)],
  ['exists/2', quantifier('exists', 1)],
  ['exists_one/2', existsOne(1)],
  ['existsOne/2', existsOne(1)],
  ['map/2', mapMacro(1)],
  ['map/3', mapMacro(1)],
  ['filter/2', filterMacro],
  ['optMap/2', optMap(false)],
  ['optFlatMap/2', optMap(true)],
]);

const TWO_VARIABLES: ReadonlyMap<string, Expansion> = new Map<string, Expansion>([
  ['all/3', quantifier('all', 2)],
  ['exists/3', quantifier('exists', 2)],
  ['exists_one/3', existsOne(2)],
  ['existsOne/3', existsOne(2)],
  ['transformList/3', mapMacro(2)],
  ['transformList/4', mapMacro(2)],
  ['transformMap/3', transformMap(false)],
  ['transformMap/4', transformMap(false)],
  ['transformMapEntry/3', transformMap(true)],
  ['transformMapEntry/4', transformMap(true)],
]);

/** Expands a call that is a macro; gives `undefined` for one that is none (or is wrong: then that is said). */
export function expandMacro(context: MacroContext, fn: string, args: readonly Expr[], target: Expr | undefined): Expr | undefined {
  if (target === undefined) {
    if (fn !== 'has' || args.length !== 1) return undefined;
    const arg = args[0] as Expr;
    if (arg.kind === 'select' && !arg.testOnly) return context.test(arg.operand, arg.field);
    context.issue(arg.offset, 'invalid argument to has() macro');
    return undefined;
  }
  const key = `${fn}/${args.length}`;
  // a sort key macro of the lists library comes with two variables' environment
  if (context.twoVariables && key === 'sortBy/2') return sortBy(context, args, target);
  const expansion = MEMBERS.get(key) ?? (context.twoVariables ? TWO_VARIABLES.get(key) : undefined);
  return expansion?.(context, args, target);
}

function sortBy(m: MacroContext, args: readonly Expr[], target: Expr): Expr | undefined {
  const vars = names(m, args, 1);
  if (vars === undefined) return undefined;
  const name = '@__sortBy_input__';
  const keys = toList(vars, { range: m.ident(name), item: args[1] as Expr }, m);
  const sorted: Expr = { ...(m.call('@sortByAssociatedKeys', [keys]) as Expr & { kind: 'call' }), target: m.ident(name) };
  return m.fold({
    range: m.list([]),
    iterVar: '#unused',
    accuVar: name,
    init: target,
    condition: m.constant(false),
    step: m.ident(name),
    result: sorted,
  });
}
