import { FluxError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration text that Go's `time.ParseDuration` refuses. */
export class DurationError extends FluxError<'DURATION_INVALID'> {}

/**
 * Reads a Go duration ("1h30m", "-1.5s", "0").
 * @returns milliseconds; exact for what Flux uses (down to microseconds).
 * @throws DurationError with Go's text.
 */
export function parseDuration(text: string): number {
  const fail = (message: string): never => {
    throw new DurationError({ code: 'DURATION_INVALID', message: `time: ${message}` });
  };
  const quoted = JSON.stringify(text);
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') fail(`invalid duration ${quoted}`);
  let total = 0;
  while (rest !== '') {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) return fail(`invalid duration ${quoted}`);
    rest = rest.slice(number.length);
    const unit = /^[^.\d]+/.exec(rest)?.[0];
    if (unit === undefined) return fail(`missing unit in duration ${quoted}`);
    rest = rest.slice(unit.length);
    const factor = UNITS[unit];
    if (factor === undefined) return fail(`unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    total += Number(number) * factor;
  }
  return sign * total;
}

/** Prints milliseconds as Go's `Duration.String` does: "1h0m0s", "1.5s", "750ms", "0s". */
export function formatDuration(durationMs: number): string {
  const ns = BigInt(Math.round(durationMs * 1e6));
  if (ns === 0n) return '0s';
  const sign = ns < 0n ? '-' : '';
  const abs = ns < 0n ? -ns : ns;
  const decimal = (unitNs: bigint): string => {
    const fraction = (abs % unitNs)
      .toString()
      .padStart(unitNs.toString().length - 1, '0')
      .replace(/0+$/, '');
    return fraction === '' ? String(abs / unitNs) : `${abs / unitNs}.${fraction}`;
  };
  if (abs < 1_000n) return `${sign}${abs}ns`;
  if (abs < 1_000_000n) return `${sign}${decimal(1_000n)}µs`;
  if (abs < 1_000_000_000n) return `${sign}${decimal(1_000_000n)}ms`;
  const minutes = abs / 60_000_000_000n;
  const seconds = abs % 60_000_000_000n;
  const fraction = (seconds % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  const tail = `${seconds / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}s`;
  if (minutes === 0n) return `${sign}${tail}`;
  return minutes < 60n ? `${sign}${minutes}m${tail}` : `${sign}${minutes / 60n}h${minutes % 60n}m${tail}`;
}
