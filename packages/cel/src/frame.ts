import { CelError } from './errors.ts';
import type { CelValue } from './values.ts';

/** What a name stands for while an expression runs; `undefined` where it stands for nothing. */
export type Variables = (name: string) => CelValue | undefined;

/** One run: its variables and what it has cost. */
export class Frame {
  cost = 0;
  readonly variables: Variables;
  readonly #limit: number;
  #locals: Local | undefined;

  constructor(variables: Variables, limit: number) {
    this.variables = variables;
    this.#limit = limit;
  }

  spend(cost: number): void {
    this.cost += cost;
    if (this.cost > this.#limit) throw new CelError({ code: 'CEL_COST', message: 'operation cancelled: actual cost limit exceeded' });
  }

  /** Runs something with a name bound; the name is a loop's or its accumulator's. */
  within<T>(local: Local, run: () => T): T {
    const before = this.#locals;
    local.outer = before;
    this.#locals = local;
    try {
      return run();
    } finally {
      this.#locals = before;
    }
  }

  local(name: string): Local | undefined {
    let local = this.#locals;
    while (local !== undefined && local.name !== name) local = local.outer;
    return local;
  }
}

/** A bound name; an accumulator may hold an error. */
export interface Local {
  readonly name: string;
  value: CelValue | CelError;
  outer?: Local | undefined;
}
