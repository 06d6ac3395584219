import { stringifyJson, type JsonObject, type JsonValue, type LogFields, type Logger } from '@flux-ts/base';

const SECRET = /("(?:password|token|identity|key|secret|authorization)[^"]*"\s*:\s*")[^"]*(")/gi;

/** A logger that writes one JSON line for each message, as Flux's controllers do; secrets are masked. */
export function jsonLogger(write: (line: string) => void, level = 'info', fields: LogFields = {}): Logger {
  const line =
    (name: string) =>
    (message: string, more: LogFields = {}) => {
      const entry: Record<string, JsonValue> = { level: name, ts: new Date().toISOString(), msg: message };
      for (const [key, value] of Object.entries({ ...fields, ...more })) if (value !== undefined) entry[key] = value;
      write(`${stringifyJson(entry satisfies JsonObject).replace(SECRET, '$1***$2')}\n`);
    };
  return {
    debug: level === 'debug' ? line('debug') : () => undefined,
    info: level === 'error' ? () => undefined : line('info'),
    error: line('error'),
    with: (more) => jsonLogger(write, level, { ...fields, ...more }),
  };
}
