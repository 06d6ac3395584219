/** Prints rows as Flux's table printer does: columns padded to their width, each cell followed by a tab. Upper-case headers. */
export function printTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [
    ...(headers.length > 0 ? [headers.map((h) => h.toUpperCase())] : []),
    ...rows.map((row) => row.map((cell) => cell.replaceAll('\n', ' '))),
  ];
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => width(row[i] ?? ''))));
  return cells.map((row) => `${widths.map((w, i) => `${row[i] ?? ''}${' '.repeat(w - width(row[i] ?? ''))}\t`).join('')}\n`).join('');
}

function width(text: string): number {
  return Array.from(text).length;
}
