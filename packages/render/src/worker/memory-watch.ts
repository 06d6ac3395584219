import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RealClock } from '@flux-ts/base';
import { MemoryExceeded } from './bounds.ts';

const MIB = 1024 * 1024;
/** How much more has to be in use before garbage is looked for again. */
const STEP_BYTES = 32 * MIB;

/**
 * The machine's clock, which also watches the heap: a budget looks at its clock every few thousand steps, and nothing else of
 * ours runs while a template does. The platform's own limit is not enough: it ends a worker that grows in small steps, but a
 * single large allocation beyond it (a map that doubles) ends the whole process.
 */
export class MemoryWatch extends RealClock {
  readonly #limitBytes: number;
  #nextBytes: number;
  #collect: (() => void) | undefined;

  constructor(limitMiB: number) {
    super();
    this.#limitBytes = limitMiB * MIB;
    this.#nextBytes = this.#limitBytes;
  }

  /** @throws MemoryExceeded where more is in use than may be */
  override now(): number {
    if (getHeapStatistics().used_heap_size > this.#nextBytes) this.#look();
    return super.now();
  }

  #look(): void {
    this.#collectGarbage();
    const used = getHeapStatistics().used_heap_size;
    if (used > this.#limitBytes) throw new MemoryExceeded();
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
