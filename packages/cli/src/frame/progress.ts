import type { Io } from './io.ts';

/** Progress lines with Flux's symbols, on standard error. */
export interface Progress {
  action(text: string): void;
  success(text: string): void;
  failure(text: string): void;
  waiting(text: string): void;
  warning(text: string): void;
  generating(text: string): void;
}

/** Progress on an io. */
export function progressOn(io: Pick<Io, 'err'>): Progress {
  const line = (symbol: string) => (text: string) => io.err(`${symbol} ${text}\n`);
  return { action: line('►'), success: line('✔'), failure: line('✗'), waiting: line('◎'), warning: line('⚠️'), generating: line('✚') };
}
