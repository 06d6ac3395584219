/** How deep a body may nest; deeper ones are refused (Go's decoder stops at 10,000). */
export const MAX_DEPTH = 2_000;

/** What a scan of a JSON text found. */
export interface JsonScan {
  /** Paths of keys that stand twice in one object, as the API server names them: `spec.replicas`, `spec.containers[0].name`. */
  readonly duplicates: readonly string[];
  readonly tooDeep: boolean;
}

/** Walks a JSON text that a parser has accepted and finds repeated keys, which parsers drop without a word. */
export function scanJson(text: string): JsonScan {
  const duplicates: string[] = [];
  const frames: { keys: Set<string> | undefined; step: string; index: number }[] = [];
  let expectKey = false;
  for (let at = 0; at < text.length; at++) {
    const ch = text.charCodeAt(at);
    if (ch === 0x22) {
      const end = stringEnd(text, at);
      const top = frames.at(-1);
      if (expectKey && top?.keys !== undefined) {
        const raw = text.slice(at, end + 1);
        const key = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
        top.step = key;
        if (top.keys.has(key)) duplicates.push(pathOf(frames));
        else top.keys.add(key);
        expectKey = false;
      }
      at = end;
    } else if (ch === 0x7b || ch === 0x5b) {
      if (frames.length >= MAX_DEPTH) return { duplicates, tooDeep: true };
      frames.push({ keys: ch === 0x7b ? new Set() : undefined, step: '', index: 0 });
      expectKey = ch === 0x7b;
    } else if (ch === 0x7d || ch === 0x5d) {
      frames.pop();
      expectKey = false;
    } else if (ch === 0x2c) {
      const top = frames.at(-1);
      if (top === undefined) continue;
      if (top.keys === undefined) top.index++;
      else expectKey = true;
    }
  }
  return { duplicates, tooDeep: false };
}

function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && escaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function escaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}

function pathOf(frames: readonly { keys: Set<string> | undefined; step: string; index: number }[]): string {
  let path = '';
  for (const frame of frames) {
    if (frame.keys === undefined) path += `[${frame.index}]`;
    else path += path === '' ? frame.step : `.${frame.step}`;
  }
  return path;
}
