import { compileRegexp } from '@flux-ts/gotemplate';

function escapeChar(ch: string): string {
  return /[a-zA-Z0-9/_-]/.test(ch) ? ch : ch.codePointAt(0) === undefined || ch.length > 1 ? ch : `\\${ch}`;
}

/** The regular expression of a glob: `*` and `?` stop at `/`, `**` does not; classes, `{a,b}` and `\` as usual. */
function globPattern(glob: string): string {
  const chars = Array.from(glob);
  let out = '';
  let depth = 0;
  for (let i = 0; i < chars.length; i++) {
    const ch = chars[i] as string;
    if (ch === '\\') {
      const next = chars[++i];
      if (next === undefined) throw new SyntaxError('a backslash at the end');
      out += escapeChar(next);
    } else if (ch === '*') {
      const deep = chars[i + 1] === '*';
      while (chars[i + 1] === '*') i++;
      out += deep ? '(?s:.*)' : '[^/]*';
    } else if (ch === '?') out += '[^/]';
    else if (ch === '[') {
      const end = chars.indexOf(']', i + 2);
      if (end < 0) throw new SyntaxError('an open class');
      const body = chars.slice(i + 1, end).join('');
      const inner = body.replace(/^[!^]/, '').replace(/[\\\]^[]/g, '\\$&');
      out += `[${/^[!^]/.test(body) ? '^' : ''}${inner}]`;
      i = end;
    } else if (ch === '{') {
      depth++;
      out += '(?:';
    } else if (ch === '}' && depth > 0) {
      depth--;
      out += ')';
    } else if (ch === ',' && depth > 0) out += '|';
    else out += escapeChar(ch);
  }
  if (depth > 0) throw new SyntaxError('an open brace');
  return `^(?:${out})$`;
}

/** Matches names as `.Files.Glob` does; a pattern that cannot be read matches everything, as upstream. Linear in the name. */
export function globMatcher(glob: string): (name: string) => boolean {
  let pattern: string;
  try {
    pattern = globPattern(glob);
  } catch (error) {
    if (error instanceof SyntaxError) return () => true;
    throw error;
  }
  const compiled = compileRegexp(pattern);
  return (name) => compiled.matcher(name).matches();
}
