/** A place in a text that a user wrote; lines and columns count from 1. */
export interface Position {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong, where, and what to do: for texts that users write (YAML, templates, kustomizations, CEL). */
export interface Diagnostic extends Position {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  /** What the user may have meant, or what to do. */
  readonly hint?: string;
}

/** Prints `file:line:column`. */
export function formatPosition(position: Position): string {
  return `${position.file ?? '<input>'}:${position.line}:${position.column}`;
}

/**
 * Draws the lines around a position with a caret under the column.
 * @param text the whole text, @param context how many lines before and after
 */
export function codeFrame(text: string, position: Position, context = 2): string {
  const lines = text.split('\n');
  const from = Math.max(1, position.line - context);
  const to = Math.min(lines.length, position.line + context);
  const width = String(to).length;
  const out: string[] = [];
  for (let n = from; n <= to; n++) {
    const mark = n === position.line ? '>' : ' ';
    out.push(`${mark} ${String(n).padStart(width)} | ${(lines[n - 1] ?? '').slice(0, 160)}`);
    if (n === position.line) out.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, Math.min(position.column, 160) - 1))}^`);
  }
  return out.join('\n');
}

/** Prints a diagnostic with its place, its frame where the text is given, and its hint. */
export function formatDiagnostic(diagnostic: Diagnostic, text?: string): string {
  const head = `${formatPosition(diagnostic)}: ${diagnostic.severity}: ${diagnostic.message}`;
  const frame = text === undefined ? '' : `\n${codeFrame(text, diagnostic)}`;
  return head + frame + (diagnostic.hint === undefined ? '' : `\n  ${diagnostic.hint}`);
}

function distance(a: string, b: string, limit: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + same));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[b.length] as number;
}

/** Gives the known word nearest to one that is unknown, or `undefined` where none is near (a third of its length). */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const d = candidate.toLowerCase() === word.toLowerCase() ? 0 : distance(word, candidate, limit);
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}
