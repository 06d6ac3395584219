import { HeapWatch, isHeapLimit, WallTimeError, withinWallTime } from '@flux-ts/base';
import type { Chart, RenderInput } from '@flux-ts/helm';

/** How long rendering may take where nothing else is said. */
export const RENDER_TIMEOUT_MS = 60_000;

/** What a render may hold in memory beside the command itself. */
const RENDER_MEMORY_MIB = 192;

/** What is rendered, for the error. */
export interface BoundedRender {
  readonly chart: Chart;
  readonly release: { readonly name: string; readonly namespace: string };
  readonly timeoutMs: number;
}

/**
 * Renders in this thread, because a worker would cost a command more time than it takes: a watchdog ends the render at the limit
 * of time, and templates that hold too much memory end by themselves.
 * @throws RenderBoundError RENDER_TIMEOUT · RENDER_MEMORY, or what the render throws
 */
export async function boundedRender<T>(what: BoundedRender, run: (budget: NonNullable<RenderInput['budget']>) => T): Promise<T> {
  const clock = new HeapWatch(RENDER_MEMORY_MIB);
  const budget = { deadline: { clock, atMs: clock.now() + what.timeoutMs } };
  try {
    return withinWallTime(what.timeoutMs, () => run(budget));
  } catch (error) {
    const full = isHeapLimit(error);
    if (!full && !(error instanceof WallTimeError)) throw error;
    const { memoryError, timeoutError } = await import('@flux-ts/render');
    throw full ? memoryError(what, RENDER_MEMORY_MIB) : timeoutError(what, what.timeoutMs);
  }
}
