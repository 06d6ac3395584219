import type { CelValue } from './values.ts';

/** A node of an expression. `id` is unique in a text; `offset` is its place in code points. */
export type Expr = ConstExpr | IdentExpr | SelectExpr | CallExpr | ListExpr | MapExpr | StructExpr | FoldExpr;

interface Node {
  readonly id: number;
  readonly offset: number;
}

/** A literal. */
export interface ConstExpr extends Node {
  readonly kind: 'const';
  readonly value: CelValue;
}

/** A name. */
export interface IdentExpr extends Node {
  readonly kind: 'ident';
  readonly name: string;
}

/** A field; with `testOnly` the question whether it is there. */
export interface SelectExpr extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly testOnly: boolean;
}

/** A function or an operator (`_+_`). */
export interface CallExpr extends Node {
  readonly kind: 'call';
  readonly fn: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}

/** A list; the elements at `optional` are optionals that may hold nothing. */
export interface ListExpr extends Node {
  readonly kind: 'list';
  readonly elements: readonly Expr[];
  readonly optional: ReadonlySet<number>;
}

/** One entry of a map. */
export interface MapEntry {
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

/** A map. */
export interface MapExpr extends Node {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

/** A message with fields; none of the types of Kubernetes or Flux is one, so this never passes the checker. */
export interface StructExpr extends Node {
  readonly kind: 'struct';
  readonly name: string;
}

/** What the macros over lists and maps become: a loop with an accumulator. */
export interface FoldExpr extends Node {
  readonly kind: 'fold';
  readonly range: Expr;
  readonly iterVar: string;
  readonly iterVar2?: string;
  readonly accuVar: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** Gives a dotted name for a chain of selections on a name ("a.b.c"), or `undefined` where it is none. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
