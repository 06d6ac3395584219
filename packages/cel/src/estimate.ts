import type { CallExpr, Expr, FoldExpr, ListExpr, MapExpr, SelectExpr } from './ast.ts';
import type { Checked } from './checker.ts';
import { estimateCall, type Argument } from './estimate-calls.ts';
import { either, exactly, NOTHING, ONE, product, sum, UNBOUNDED, UNKNOWN, type Range } from './estimate-range.ts';
import type { CelType } from './types.ts';
import { CelBytes, CelUint, type CelValue } from './values.ts';

/** How large what a path leads to may be at most: `["self", "spec", "@items"]`; `undefined` where nothing is known. */
export type SizeOfPath = (path: readonly string[]) => number | undefined;

/** How large the keys and the values of a list or map are. */
interface EntrySize {
  readonly container: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

interface Local {
  readonly path: readonly string[];
  readonly size: Range | undefined;
  readonly entry: EntrySize | undefined;
}

const LIST_BASE = 10;
const MAP_BASE = 30;
const NO_PATH: readonly string[] = [];
const NO_ENTRIES: Range = { min: UNBOUNDED, max: 0 };
const SCALARS = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

function isScalar(type: CelType): boolean {
  if (type.kind === 'opaque' && type.name === 'optional_type') return isScalar(type.params[0] as CelType);
  return SCALARS.has(type.kind);
}

function literalSize(value: CelValue): Range | undefined {
  if (typeof value === 'string') return exactly(Array.from(value).length);
  if (value instanceof CelBytes) return exactly(value.bytes.length);
  const single = value === null || ['boolean', 'bigint', 'number'].includes(typeof value) || value instanceof CelUint;
  return single ? ONE : undefined;
}

function isAccumulator(name: string | undefined): boolean {
  return name === '@result' || name === '__result__';
}

/** A name that is bound to a value: a loop over nothing. */
function isBinding(expr: FoldExpr): boolean {
  const never = expr.condition.kind === 'const' && expr.condition.value === false;
  return expr.range.kind === 'list' && expr.range.elements.length === 0 && never && !isAccumulator(expr.accuVar);
}

function unionEntries(a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined {
  if (a === undefined || b === undefined) return undefined;
  return { container: a.container, key: either(a.key, b.key), value: either(a.value, b.value) };
}

/** One walk over an expression: costs come up, sizes and paths are noted by the ids of nodes. */
class Estimator {
  readonly #checked: Checked;
  readonly #sizeAt: SizeOfPath;
  readonly #paths = new Map<number, readonly string[]>();
  readonly #sizes = new Map<number, Range>();
  readonly #entries = new Map<number, EntrySize>();
  readonly #locals = new Map<string, Local[]>();

  constructor(checked: Checked, sizeOfPath: SizeOfPath) {
    this.#checked = checked;
    this.#sizeAt = sizeOfPath;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'const':
        return NOTHING;
      case 'ident':
        this.#paths.set(expr.id, this.#local(expr.name)?.path ?? [expr.name.replace(/^\./, '')]);
        return ONE;
      case 'select':
        return this.#select(expr);
      case 'call':
        return expr.fn === 'dyn' && expr.args.length === 1 ? this.#dyn(expr) : this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'fold':
        return isBinding(expr) ? this.#bind(expr) : this.#fold(expr);
      case 'struct':
        return NOTHING;
    }
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, local: Local): void {
    const stack = this.#locals.get(name) ?? [];
    this.#locals.set(name, stack);
    stack.push(local);
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop();
  }

  #path(expr: Expr): readonly string[] {
    if (expr.kind === 'ident') {
      const local = this.#local(expr.name);
      if (local !== undefined) return local.path;
    }
    return this.#paths.get(expr.id) ?? NO_PATH;
  }

  #size(expr: Expr): Range | undefined {
    const noted = this.#sizes.get(expr.id);
    if (noted !== undefined) return noted;
    if (expr.kind === 'const') {
      const literal = literalSize(expr.value);
      if (literal !== undefined) return literal;
    } else if (expr.kind === 'list') return exactly(expr.elements.length);
    else if (expr.kind === 'map') return exactly(expr.entries.length);
    const most = this.#sizeAt(this.#path(expr));
    if (most !== undefined) {
      const size = { min: 0, max: most };
      this.#sizes.set(expr.id, size);
      return size;
    }
    if (isScalar(this.#checked.typeOf(expr.id))) return ONE;
    return expr.kind === 'ident' ? this.#local(expr.name)?.size : undefined;
  }

  #entry(expr: Expr): EntrySize | undefined {
    return this.#entries.get(expr.id) ?? (expr.kind === 'ident' ? this.#local(expr.name)?.entry : undefined);
  }

  #note(expr: Expr, size: Range | undefined, entry?: EntrySize): void {
    if (size !== undefined) this.#sizes.set(expr.id, size);
    if (entry !== undefined) this.#entries.set(expr.id, entry);
  }

  #select(expr: SelectExpr): Range {
    const name = this.#checked.names.get(expr.id);
    if (name !== undefined) {
      this.#paths.set(expr.id, [name]);
      return ONE;
    }
    const operand = this.cost(expr.operand);
    // Kubernetes asks nothing for has()
    if (expr.testOnly) return operand;
    this.#paths.set(expr.id, [...this.#path(expr.operand), expr.field]);
    const { kind } = this.#checked.typeOf(expr.operand.id);
    return kind === 'map' || kind === 'struct' || kind === 'param' ? sum(operand, ONE) : operand;
  }

  #argument(expr: Expr): Argument {
    const path = this.#path(expr);
    return {
      expr,
      type: this.#checked.typeOf(expr.id),
      path: isAccumulator(path[0]) ? NO_PATH : path,
      size: this.#size(expr),
    };
  }

  #dyn(expr: CallExpr): Range {
    const inner = expr.args[0] as Expr;
    const cost = sum(this.cost(inner), ONE);
    this.#note(expr, this.#size(inner), this.#entry(inner));
    return cost;
  }

  #call(expr: CallExpr): Range {
    const costs = expr.args.map((arg) => this.cost(arg));
    if (expr.fn === '_?._') return sum(...costs, ONE);
    const args = expr.args.map((arg) => this.#argument(arg));
    const fn = this.#checked.functions.get(expr.id) ?? expr.fn;
    const member = expr.target !== undefined && !this.#checked.functions.has(expr.id);
    const before = member ? this.cost(expr.target as Expr) : NOTHING;
    const target = member ? this.#argument(expr.target as Expr) : undefined;
    const overloads = this.#checked.overloads.get(expr.id) ?? [];
    if (overloads.length === 0) return NOTHING;
    let cost: Range = NO_ENTRIES;
    let size: Range | undefined;
    for (const overload of overloads) {
      const control = this.#control(expr, overload.id, { costs, args });
      const estimate = control ?? estimateCall({ fn, overload, target, args, sizeAt: this.#sizeAt });
      cost = either(cost, control === undefined ? sum(estimate.cost, ...costs) : estimate.cost);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : either(size, estimate.size);
      if (overload.id === 'index_list' || overload.id === 'index_map') {
        const list = expr.args[0] as Expr;
        size = this.#entry(list)?.value;
        this.#paths.set(expr.id, [...this.#path(list), overload.id === 'index_list' ? '@items' : '@values']);
      } else if (overload.id.startsWith('add_')) {
        this.#note(expr, undefined, unionEntries(this.#entry(expr.args[0] as Expr), this.#entry(expr.args[1] as Expr)));
      }
      size ??= this.#size(expr);
    }
    this.#note(expr, size);
    return sum(before, cost);
  }

  /** Operators that do not run all of their arguments. */
  #control(
    expr: CallExpr,
    overload: string,
    { costs, args }: { readonly costs: readonly Range[]; readonly args: readonly Argument[] },
  ): { readonly cost: Range; readonly size?: Range } | undefined {
    if (overload === 'logical_or' || overload === 'logical_and') {
      return { cost: { min: (costs[0] as Range).min, max: sum(...costs).max } };
    }
    if (overload !== 'conditional') return undefined;
    const [, yes, no] = args as [Argument, Argument, Argument];
    this.#note(expr, undefined, unionEntries(this.#entry(yes.expr), this.#entry(no.expr)));
    return {
      cost: sum(costs[0] as Range, either(costs[1] as Range, costs[2] as Range)),
      size: either(yes.size ?? UNKNOWN, no.size ?? UNKNOWN),
    };
  }

  #list(expr: ListExpr): Range {
    let value = expr.elements.length === 0 ? NOTHING : NO_ENTRIES;
    let cost: Range = exactly(LIST_BASE);
    for (const element of expr.elements) {
      cost = sum(cost, this.cost(element));
      value = either(value, this.#size(element) ?? UNKNOWN);
    }
    this.#note(expr, undefined, { container: 'list', key: ONE, value });
    return cost;
  }

  #map(expr: MapExpr): Range {
    let key = expr.entries.length === 0 ? NOTHING : NO_ENTRIES;
    let value = key;
    let cost: Range = exactly(MAP_BASE);
    for (const entry of expr.entries) {
      cost = sum(cost, this.cost(entry.key), this.cost(entry.value));
      key = either(key, this.#size(entry.key) ?? UNKNOWN);
      value = either(value, this.#size(entry.value) ?? UNKNOWN);
    }
    this.#note(expr, undefined, { container: 'map', key, value });
    return cost;
  }

  #pushIteration({ range, iterVar, iterVar2 }: FoldExpr): void {
    const entry = this.#entry(range);
    const path = this.#path(range);
    const list = (entry?.container ?? this.#checked.typeOf(range.id).kind) === 'list';
    const key: Local = { path: [...path, list ? '@indices' : '@keys'], size: entry?.key, entry: undefined };
    const value: Local = { path: [...path, list ? '@items' : '@values'], size: entry?.value, entry: undefined };
    if (iterVar2 === undefined) this.#push(iterVar, list ? value : key);
    else {
      this.#push(iterVar, key);
      this.#push(iterVar2, value);
    }
  }

  #fold(expr: FoldExpr): Range {
    const before = sum(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accuVar, { path: this.#path(expr.init), size: this.#size(expr.init), entry: this.#entry(expr.init) });
    this.#pushIteration(expr);
    const each = sum(this.cost(expr.condition), this.cost(expr.step));
    this.#pop(expr.iterVar);
    if (expr.iterVar2 !== undefined) this.#pop(expr.iterVar2);
    const after = this.cost(expr.result);
    this.#pop(expr.accuVar);
    const times = this.#size(expr.range) ?? UNKNOWN;
    if (expr.init.kind === 'const') this.#note(expr, this.#size(expr.init));
    else if (expr.init.kind === 'list' || expr.init.kind === 'map') this.#note(expr, times, this.#entry(expr.step));
    return sum(before, after, product(times, each));
  }

  #bind(expr: FoldExpr): Range {
    const before = sum(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accuVar, { path: this.#path(expr.init), size: this.#size(expr.init), entry: this.#entry(expr.init) });
    const after = this.cost(expr.result);
    this.#pop(expr.accuVar);
    this.#note(expr, this.#size(expr.result), this.#entry(expr.result));
    return sum(before, after);
  }
}

/**
 * The most that a run of an expression may cost, in CEL units; 2^64 where there is no bound.
 * @see cel-go checker/cost.go
 */
export function estimateCost(expr: Expr, checked: Checked, sizeOfPath: SizeOfPath): number {
  return new Estimator(checked, sizeOfPath).cost(expr).max;
}
