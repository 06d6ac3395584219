import type { JsonValue } from './json.ts';

/** Facts that go with a log line; names as upstream's JSON logs have them (controller, namespace, name, reconcileID). */
export type LogFields = Readonly<Record<string, JsonValue | undefined>>;

/** A structured log: a fixed message and fields. The sink masks secrets. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
}

/** A logger that drops everything. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  error: () => undefined,
  with: () => silentLogger,
};
