import { createContext, runInContext, type Context } from 'node:vm';
import { FluxError } from './errors.ts';

/** A synchronous call was stopped because it took too long. */
export class WallTimeError extends FluxError<'WALL_TIME'> {}

/**
 * Runs a synchronous function and stops it when it takes longer in real time, even in the middle of a loop: a watchdog
 * thread of the platform ends it. Single calls into native code (one key pair, one hash) are not cut short.
 * What the function was changing is left half done: throw it away. Costs about a millisecond.
 * @throws WallTimeError, or what the function throws
 */
export function withinWallTime<T>(timeoutMs: number, run: () => T): T {
  const outcome: { value?: T } = {};
  const context: Context = createContext({ run: () => (outcome.value = run()) });
  try {
    runInContext('run()', context, { timeout: Math.max(1, Math.ceil(timeoutMs)) });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new WallTimeError({ code: 'WALL_TIME', message: `stopped after ${timeoutMs} ms` });
  }
  return outcome.value as T;
}
