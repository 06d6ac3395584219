const RESERVED: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);
const SIGNS: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };
const WORDS: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** Gives the name under which a rule finds a property, or `undefined` where no name can stand for it. */
export function escapeName(name: string): string | undefined {
  if (name === '' || /^[0-9]/.test(name) || /[^a-zA-Z0-9_./-]/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__|[./-]/g, (sign) => SIGNS[sign] as string);
}

/** Gives the property that a name in a rule stands for, or `undefined` where it stands for none. */
export function unescapeName(escaped: string): string | undefined {
  let known = true;
  const name = escaped.replace(/_{2}[^_]+_{2}/g, (part) => {
    const word = part.slice(2, -2);
    const sign = WORDS[word];
    if (sign !== undefined) return sign;
    if (!RESERVED.has(word) || part.length !== escaped.length) known = false;
    return word;
  });
  return known ? name : undefined;
}
