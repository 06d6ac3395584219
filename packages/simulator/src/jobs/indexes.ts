/** Reads a list of numbers as Jobs write them: `0-2,5`. What cannot be read counts for nothing. */
export function readIndexes(text: string | undefined): ReadonlySet<number> {
  const out = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match === null) continue;
    const from = Number(match[1]);
    for (let n = from; n <= Number(match[2] ?? from); n++) out.add(n);
  }
  return out;
}

/** Writes a set of numbers as Jobs do: three and more in a row as a range. */
export function printIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const out: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (sorted[end + 1] === (sorted[end] as number) + 1) end++;
    const [from, to] = [sorted[i] as number, sorted[end] as number];
    if (end - i >= 2) out.push(`${from}-${to}`);
    else for (let n = from; n <= to; n++) out.push(String(n));
    i = end + 1;
  }
  return out.join(',');
}
