import { KyamlScalar, parseNodes, type YamlNode } from '@flux-ts/yaml';
import { isMap, isSeq, withField, type KObject, type KValue } from './value.ts';

// A strategic merge keeps a null that was written out (`null`, `~`) and drops one that was left empty.

/** A null that was left empty in the text. */
export const EMPTY_NULL: KyamlScalar = new KyamlScalar('', '!!null', null);

/** Tells whether a null stands anywhere in a value. */
export function hasNull(value: KValue): boolean {
  if (value === null) return true;
  if (isSeq(value)) return value.some(hasNull);
  if (!isMap(value)) return false;
  for (const key in value) if (hasNull(value[key] as KValue)) return true;
  return false;
}

/** Marks the nulls that were left empty in the text that the documents were read from. */
export function markEmptyNulls(text: string, documents: readonly KValue[]): readonly KValue[] {
  const nodes = parseNodes(text);
  if (nodes.length !== documents.length) return documents;
  return documents.map((document, i) => (document === null ? null : mark(document, nodes[i]?.content[0])));
}

function mark(value: KValue, found: YamlNode | undefined): KValue {
  const node = found?.kind === 'alias' ? found.alias : found;
  if (node === undefined) return value;
  if (value === null) return node.kind === 'scalar' && node.text === '' ? EMPTY_NULL : null;
  if (isSeq(value)) {
    const next = value.map((item, i) => mark(item, node.content[i]));
    return next.some((item, i) => item !== value[i]) ? next : value;
  }
  if (!isMap(value) || node.kind !== 'mapping') return value;
  let out: KObject = value;
  for (let i = 0; i + 1 < node.content.length; i += 2) {
    const key = node.content[i]?.text ?? '';
    if (!Object.hasOwn(value, key)) continue;
    const next = mark(value[key] as KValue, node.content[i + 1]);
    if (next !== value[key]) out = withField(out, key, next);
  }
  return out;
}

/** Quotes mapping keys that are no strings (`6443:`), so that they can be read as their text. */
export function quoteOddKeys(node: YamlNode): void {
  if (node.kind === 'mapping') {
    for (let i = 0; i < node.content.length; i += 2) {
      const key = node.content[i] as YamlNode;
      if (key.kind !== 'scalar' || key.tag === '!!str' || key.tag === '!!merge') continue;
      key.tag = '!!str';
      key.style = 'double';
    }
  }
  for (const child of node.content) if (child.kind !== 'alias') quoteOddKeys(child);
}
