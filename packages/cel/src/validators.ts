import type { CallExpr, Expr } from './ast.ts';
import type { Checked } from './checker.ts';
import { CelError, compileError, type Issue } from './errors.ts';
import { checkFormat, type FormatStyle } from './lib/format-string.ts';
import { compilePattern } from './lib/regex.ts';
import { readDuration, readTimestamp, checkTimestamp } from './lib/time-values.ts';
import { formatType, sameType, type CelType } from './types.ts';

/** Which literals are looked at. */
export interface ValidatorOptions {
  /** Durations, times and patterns that are written down. */
  readonly literals: boolean;
  /** How the environment's `format` prints; absent where it has none. */
  readonly format?: FormatStyle | undefined;
}

function* children(expr: Expr): Generator<Expr> {
  if (expr.kind === 'select') yield expr.operand;
  else if (expr.kind === 'call') {
    if (expr.target !== undefined) yield expr.target;
    yield* expr.args;
  } else if (expr.kind === 'list') yield* expr.elements;
  else if (expr.kind === 'map') {
    for (const entry of expr.entries) {
      yield entry.key;
      yield entry.value;
    }
  } else if (expr.kind === 'fold') {
    yield expr.range;
    yield expr.init;
    yield expr.condition;
    yield expr.step;
    yield expr.result;
  }
}

function fails(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof CelError) return true;
    throw error;
  }
}

class Validators {
  readonly issues: Issue[] = [];
  readonly #checked: Checked;
  readonly #options: ValidatorOptions;

  constructor(checked: Checked, options: ValidatorOptions) {
    this.#checked = checked;
    this.#options = options;
  }

  visit(expr: Expr, exempt: boolean): void {
    if (expr.kind === 'call') this.#call(expr);
    if (!exempt) this.#literal(expr);
    const inside = exempt || (expr.kind === 'call' && expr.fn === 'format');
    for (const child of children(expr)) this.visit(child, inside);
  }

  #call(expr: CallExpr): void {
    const arg = expr.args[0];
    if (this.#options.literals && arg?.kind === 'const') {
      const { value } = arg;
      const bad =
        (expr.fn === 'duration' && typeof value === 'string' && fails(() => readDuration(value))) ||
        (expr.fn === 'timestamp' && typeof value === 'string' && fails(() => readTimestamp(value))) ||
        (expr.fn === 'timestamp' && typeof value === 'bigint' && fails(() => checkTimestamp(value * 1_000_000_000n, 0))) ||
        (expr.fn === 'matches' && typeof value === 'string' && fails(() => compilePattern(value)));
      if (bad) this.issues.push({ offset: arg.offset, message: `invalid ${expr.fn} argument` });
    }
    const style = this.#options.format;
    if (
      style !== undefined &&
      expr.fn === 'format' &&
      expr.target?.kind === 'const' &&
      typeof expr.target.value === 'string' &&
      arg?.kind === 'list'
    ) {
      const types = arg.elements.map((element) => this.#checked.typeOf(element.id));
      const problem = checkFormat(expr.target.value, types, style);
      if (problem !== undefined)
        this.issues.push({
          offset: problem.argument === undefined ? expr.offset : (arg.elements[problem.argument]?.offset ?? expr.offset),
          message: problem.message,
        });
    }
  }

  /** Lists and maps that are written down hold one type. */
  #literal(expr: Expr): void {
    if (expr.kind === 'list') this.#same(expr.elements.filter((_, i) => !expr.optional.has(i)));
    if (expr.kind === 'map') {
      this.#same(expr.entries.map((entry) => entry.key));
      this.#same(expr.entries.filter((entry) => !entry.optional).map((entry) => entry.value));
    }
  }

  #same(elements: readonly Expr[]): void {
    let type: CelType | undefined;
    for (const element of elements) {
      const next = this.#checked.typeOf(element.id);
      if (type === undefined) type = next;
      else if (!sameType(type, next)) {
        this.issues.push({ offset: element.offset, message: `expected type '${formatType(type)}' but found '${formatType(next)}'` });
        return;
      }
    }
  }
}

/**
 * Looks at what is written down in an expression that passed the checker.
 * @throws CelError CEL_COMPILE
 */
export function validate(text: string, expr: Expr, checked: Checked, options: ValidatorOptions): void {
  const validators = new Validators(checked, options);
  validators.visit(expr, false);
  if (validators.issues.length > 0) throw compileError(text, validators.issues);
}
