import { getPath, parseTime } from '@flux-ts/base';
import type { Core } from '../core.ts';

/** How long Events are kept after they were last written. */
export const EVENT_TTL_MS: number = 60 * 60_000;
const TABLE = '/events';

/**
 * Deletes Events whose time is over. Called at the start of requests instead of by a timer: nobody can see an Event without a
 * request, and a virtual clock is not kept busy.
 */
export function expireEvents(core: Core): void {
  const table = core.store.table(TABLE);
  if (table.size === 0) return;
  const now = core.clock.now();
  if (now < core.eventExpiry.nextMs) return;
  let next = now + EVENT_TTL_MS;
  for (const stored of table.list()) {
    const written = lastWritten(stored.object) ?? now;
    if (written + EVENT_TTL_MS <= now) core.store.delete({ table: TABLE, namespace: stored.namespace, name: stored.name });
    else next = Math.min(next, written + EVENT_TTL_MS);
  }
  core.eventExpiry.nextMs = next;
}

function lastWritten(event: Parameters<typeof getPath>[0]): number | undefined {
  const text =
    getPath(event, ['lastTimestamp']) ??
    getPath(event, ['series', 'lastObservedTime']) ??
    getPath(event, ['eventTime']) ??
    getPath(event, ['metadata', 'creationTimestamp']);
  return typeof text === 'string' ? parseTime(text) : undefined;
}
