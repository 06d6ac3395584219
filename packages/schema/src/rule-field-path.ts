import { FluxError } from '@flux-ts/base';
import { fieldPath } from './field-error.ts';
import { SchemaNode } from './node.ts';

/** A `fieldPath` of a rule that is no path or names no field of the schema. */
export class FieldPathError extends FluxError<'SCHEMA_FIELD_PATH'> {}

function fail(message: string): FieldPathError {
  return new FieldPathError({ code: 'SCHEMA_FIELD_PATH', message });
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
};

function unquote(text: string): string {
  return text.replace(/\\./gs, (escape) => {
    const known = ESCAPES[escape[1] as string];
    if (known === undefined) throw fail(`invalid string literal: invalid escape char ${escape}`);
    return known;
  });
}

/** Splits a path into delimiters, quoted texts and names. */
function tokens(path: string): string[] {
  const out: string[] = [];
  let at = 0;
  while (at < path.length) {
    const rest = path.slice(at);
    // a quote that is never closed runs to the end
    const token = rest.startsWith("'")
      ? (/^'[^']*?(?<!\\)'|^'(?:[^']|(?<=\\)')*(?<!\\)'/s.exec(rest)?.[0] ?? rest)
      : (/^[.[\]]|^[^.[\]]+/.exec(rest) as RegExpExecArray)[0];
    out.push(token);
    at += token.length;
  }
  return out;
}

/** The result of {@link resolveFieldPath}: the path as errors print it, and the schema that it leads to. */
export interface ResolvedFieldPath {
  readonly path: string;
  readonly node: SchemaNode;
}

/**
 * Reads a path of fields and map keys, such as `.spec.labels['a.b']`, and finds it in a schema.
 * @throws FieldPathError where it is no path, or leads to no field
 */
export function resolveFieldPath(text: string, schema: SchemaNode): ResolvedFieldPath {
  let node = schema;
  let path = '';
  const all = tokens(text);
  let at = 0;
  const next = (): string => {
    const token = all[at++];
    if (token === undefined) throw fail('unexpected end of JSON path');
    return token;
  };
  const enter = (name: string): void => {
    const named = node.hasProperties;
    if (!named && !node.allowsAdditional) throw fail('does not refer to a valid field');
    const child = named ? node.property(name) : (node.additional ?? new SchemaNode({}));
    if (child === undefined) throw fail('does not refer to a valid field');
    path = named ? fieldPath.child(path, name) : fieldPath.key(path, name);
    node = child;
  };
  while (at < all.length) {
    const token = next();
    if (token === '.') enter(next());
    else if (token === '[') {
      const quoted = next();
      if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'"))
        throw fail(`expected single quoted string but got ${quoted}`);
      enter(unquote(quoted.slice(1, -1)));
      const close = next();
      if (close !== ']') throw fail(`expected ] but got ${close}`);
    } else throw fail(`expected [ or . but got: ${token}`);
  }
  return { path, node };
}
