const GO_SPACE = ' \t\n\f\r';

function isBlank(ch: string | undefined): boolean {
  return ch !== undefined && GO_SPACE.includes(ch);
}

function skipBlanks(text: string, at: number): number {
  let next = at;
  while (isBlank(text[next])) next++;
  return next;
}

/** What Go's unicode.IsSpace takes off at the front. */
function trimStart(text: string): string {
  return text.replace(/^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/, '');
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

/**
 * Splits a rendered file into documents, as Helm does before it reads YAML: at `---` on a fresh line, together with the
 * white space around it, even where more text stands on that line. Blank documents are dropped.
 * Differs between versions: Helm 4.2 keeps the white space at a file's end, Helm 3 trims every document.
 */
export function splitManifests(text: string, helmVersion: 3 | 4 = 4): string[] {
  const all = trimStart(text);
  const parts: string[] = [];
  let from = 0;
  if (all.startsWith('---')) {
    parts.push('');
    from = skipBlanks(all, 3);
  }
  for (let at = all.indexOf('\n---', from); at >= 0; at = all.indexOf('\n---', from)) {
    let end = at;
    while (end > from && isBlank(all[end - 1])) end--;
    parts.push(all.slice(from, end));
    from = skipBlanks(all, at + 4);
  }
  parts.push(all.slice(from));
  const out: string[] = [];
  for (const part of parts) {
    const body = trimStart(part);
    if (body !== '') out.push(helmVersion === 3 ? trimEnd(body) : body);
  }
  return out;
}
