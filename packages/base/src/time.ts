/** Prints a time as Kubernetes writes it: RFC 3339, whole seconds, UTC ("2026-01-01T00:00:00Z"). @param ms since the epoch */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Prints a time as metav1.MicroTime: six digits of a second. @param ms since the epoch */
export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

/** Reads an RFC 3339 time. @returns milliseconds since the epoch, or undefined where the text is not one */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
