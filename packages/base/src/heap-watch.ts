import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RealClock } from './clock.ts';
import { FluxError } from './errors.ts';

const MIB = 1024 * 1024;
/** How much more has to be in use before garbage is looked for again. */
const STEP_BYTES = 32 * MIB;

/** More of the heap is in use than may be. */
export class HeapLimitError extends FluxError<'HEAP_LIMIT'> {}

/**
 * The machine's clock, which also watches the heap: a budget looks at its clock every few thousand steps, and nothing else of
 * ours runs while a template does. The platform's own limit is not enough: it ends a worker that grows in small steps, but a
 * single large allocation beyond it (a map that doubles) ends the whole process.
 */
export class HeapWatch extends RealClock {
  readonly #limitBytes: number;
  #nextBytes: number;
  #collect: (() => void) | undefined;

  /** @param limitMiB what may be in use when garbage is out of the way */
  constructor(limitMiB: number) {
    super();
    this.#limitBytes = limitMiB * MIB;
    this.#nextBytes = this.#limitBytes;
  }

  /** @throws HeapLimitError where more is in use than may be */
  override now(): number {
    if (getHeapStatistics().used_heap_size > this.#nextBytes) this.#look();
    return super.now();
  }

  #look(): void {
    this.#collectGarbage();
    const used = getHeapStatistics().used_heap_size;
    if (used > this.#limitBytes) {
      throw new HeapLimitError({ code: 'HEAP_LIMIT', message: `more than ${this.#limitBytes / MIB} MiB of memory are in use` });
    }
    this.#nextBytes = Math.max(this.#limitBytes, used + STEP_BYTES);
  }

  #collectGarbage(): void {
    if (this.#collect === undefined) {
      setFlagsFromString('--expose-gc');
      this.#collect = runInNewContext('gc') as () => void;
    }
    this.#collect();
  }
}

/** Tells whether an error, or one below it, says that the heap was full. */
export function isHeapLimit(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof HeapLimitError) return true;
  return false;
}
