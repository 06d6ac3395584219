import type { Clock } from '@flux-ts/base';
import { BudgetError } from './errors.ts';

/** The bounds of one render. */
export interface BudgetLimits {
  /** Function calls, loop rounds and template executions. Default 20 million. */
  readonly steps?: number;
  /** Characters of one execution's output and of one string. Default 32 Mi. */
  readonly outputBytes?: number;
  /** Template executions inside one another. Default 5000; include has its own cap of 1000. */
  readonly depth?: number;
  readonly signal?: AbortSignal;
  /** Ends the render when the clock passes this time. */
  readonly deadline?: { readonly clock: Clock; readonly atMs: number };
}

/** How many large strings of full size a render may make in all. */
const LARGE_STRINGS = 8;
/** Strings below this length are not counted one by one. */
const LARGE = 65_536;
/** How many steps pass between two looks at the clock and the signal. */
const STRIDE = 4096;

/** The bounds of one render, shared by all executions inside it. */
export class Budget {
  readonly #limits: BudgetLimits;
  #stepsLeft: number;
  #largeLeft: number;
  /** Steps until the next look at limits, clock and signal. */
  #untilCheck: number = STRIDE;
  readonly outputBytes: number;
  readonly maxDepth: number;

  constructor(limits: BudgetLimits = {}) {
    this.#limits = limits;
    this.#stepsLeft = limits.steps ?? 20_000_000;
    this.outputBytes = limits.outputBytes ?? 32 * 1024 * 1024;
    this.#largeLeft = this.outputBytes * LARGE_STRINGS;
    this.maxDepth = limits.depth ?? 5000;
  }

  /** Counts work. @throws BudgetError, or the signal's reason */
  step(count = 1): void {
    this.#untilCheck -= count;
    if (this.#untilCheck <= 0) this.#check();
  }

  /** Counts a string that was made. @throws BudgetError where it, or all of them together, are too long */
  string(length: number): void {
    if (length < LARGE) return;
    this.#largeLeft -= length;
    if (length > this.outputBytes || this.#largeLeft < 0) this.outputExceeded();
  }

  /** Ends the render for too much output. */
  outputExceeded(): never {
    throw new BudgetError({ code: 'TEMPLATE_OUTPUT', message: `the template gives more than ${this.outputBytes} bytes` });
  }

  /** @throws BudgetError where an execution would be nested too deep */
  depth(depth: number): void {
    if (depth > this.maxDepth) {
      throw new BudgetError({ code: 'TEMPLATE_DEPTH', message: `templates are nested more than ${this.maxDepth} deep` });
    }
  }

  #check(): void {
    this.#stepsLeft -= STRIDE - this.#untilCheck;
    this.#untilCheck = STRIDE;
    if (this.#stepsLeft < 0) {
      throw new BudgetError({ code: 'TEMPLATE_STEPS', message: `the template takes more than ${this.#limits.steps ?? 20_000_000} steps` });
    }
    this.#limits.signal?.throwIfAborted();
    const deadline = this.#limits.deadline;
    if (deadline !== undefined && deadline.clock.now() > deadline.atMs) {
      throw new BudgetError({ code: 'TEMPLATE_TIME', message: 'the template takes too long' });
    }
  }
}
