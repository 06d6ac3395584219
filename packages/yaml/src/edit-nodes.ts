import { possibleStyle } from './emitter.ts';
import { newNode, type YamlNode } from './node.ts';
import { resolveV3 } from './resolve.ts';
import type { ScalarStyle } from './tokens.ts';
import { writeDouble, writeSingle } from './write-scalar.ts';

/** Makes a scalar. Without a tag it gets the one that its text resolves to (`!!str` in quotes). */
export function scalarNode(text: string, tag?: string, style: ScalarStyle = 'plain'): YamlNode {
  const node = newNode('scalar', style);
  node.text = text;
  node.tag = tag ?? (style === 'plain' ? resolveV3(text).tag : '!!str');
  return node;
}

/** Makes a mapping of keys and values. */
export function mappingNode(pairs: readonly (readonly [YamlNode, YamlNode])[] = []): YamlNode {
  const node = newNode('mapping', 'block');
  node.tag = '!!map';
  node.content = pairs.flat();
  return node;
}

/** Makes a sequence. */
export function sequenceNode(items: readonly YamlNode[] = []): YamlNode {
  const node = newNode('sequence', 'block');
  node.tag = '!!seq';
  node.content = [...items];
  return node;
}

function contentOf(node: YamlNode): YamlNode {
  if (node.kind === 'document') return contentOf(node.content[0] as YamlNode);
  return node.kind === 'alias' && node.alias !== undefined ? node.alias : node;
}

function indexOf(mapping: YamlNode, key: string): number {
  for (let i = 0; i < mapping.content.length; i += 2) if ((mapping.content[i] as YamlNode).text === key) return i;
  return -1;
}

/** Gives the value of a mapping's key (of a document's or an alias's mapping too), or undefined. */
export function getField(node: YamlNode, key: string): YamlNode | undefined {
  const mapping = contentOf(node);
  if (mapping.kind !== 'mapping') return undefined;
  const i = indexOf(mapping, key);
  return i < 0 ? undefined : mapping.content[i + 1];
}

/** Sets the value of a mapping's key: in its place where it is there, else at the end. */
export function setField(node: YamlNode, key: string, value: YamlNode): void {
  const mapping = contentOf(node);
  if (mapping.kind !== 'mapping') throw new TypeError(`cannot set ${key} in a ${mapping.kind}`);
  const i = indexOf(mapping, key);
  if (i < 0) mapping.content.push(scalarNode(key, '!!str'), value);
  else mapping.content[i + 1] = value;
}

/** Takes a key and its value out of a mapping. @returns whether it was there */
export function removeField(node: YamlNode, key: string): boolean {
  const mapping = contentOf(node);
  const i = mapping.kind === 'mapping' ? indexOf(mapping, key) : -1;
  if (i >= 0) mapping.content.splice(i, 2);
  return i >= 0;
}

/** Visits every node below a node (itself first), keys included; aliases are not followed. */
export function visitNodes(node: YamlNode, visit: (node: YamlNode, key: YamlNode | undefined) => void): void {
  const stack: { readonly node: YamlNode; readonly key: YamlNode | undefined }[] = [{ node, key: undefined }];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    visit(entry.node, entry.key);
    const { content, kind } = entry.node;
    for (let i = content.length - 1; i >= 0; i--) {
      const key = kind === 'mapping' && i % 2 === 1 ? content[i - 1] : undefined;
      stack.push({ node: content[i] as YamlNode, key });
    }
  }
}

/**
 * Puts a new text in the place of a scalar in the source that it was read from, and leaves every other character alone.
 * The scalar's style is kept where the text can be written in it; a `|` or `>` scalar becomes a quoted one.
 * @param node a scalar that was read from `source`; after an edit the nodes behind it have moved: edit from the end
 */
export function spliceScalar(source: string, node: YamlNode, text: string): string {
  if (node.kind !== 'scalar') throw new TypeError(`cannot splice a ${node.kind}`);
  const plain = node.style === 'plain' && !node.tagged && node.tag === '!!str' && resolveV3(text).tag !== '!!str';
  let style: ScalarStyle = plain ? 'double' : (node.style as ScalarStyle);
  if (style === 'literal' || style === 'folded' || (style !== 'double' && text.includes('\n'))) style = 'double';
  // the scalar may stand in a flow collection: its indicators are kept out of a plain text
  style = possibleStyle(text, style, { flow: /[,?[\]{}]/.test(text), key: true });
  const place = { column: 0, indent: 0, width: Number.POSITIVE_INFINITY };
  const block = node.style === 'literal' || node.style === 'folded';
  const written = style === 'plain' ? text : style === 'single' ? writeSingle(text, place) : writeDouble(text, place);
  return source.slice(0, node.start) + written + (block ? '\n' : '') + source.slice(node.end);
}

/**
 * Tells how the lists of a text stand: `wide` (two columns in) or `compact`, by the first list below a key. What kyaml
 * keeps when it prints an edited file.
 */
export function sequenceIndentOf(source: string): 'wide' | 'compact' {
  const lines = source.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const dash = (lines[i] as string).indexOf('- ');
    if (dash < 0 || /[^ ]/.test((lines[i] as string).slice(0, dash))) continue;
    const key = keyLineBefore(lines, i);
    if (key === '') continue;
    const trimmed = key.replace(/^ +| +$/g, '');
    if (trimmed.indexOf(':') !== trimmed.length - 1) continue;
    const difference = dash - (key.length - key.replace(/^ +/, '').length);
    if (difference === 0) return 'compact';
    if (difference === 2) return 'wide';
  }
  return 'compact';
}

/** The first line above that is no comment, without a comment behind it; empty lines end the search with nothing. */
function keyLineBefore(lines: readonly string[], index: number): string {
  for (let i = index - 1; i >= 0; i--) {
    const line = lines[i] as string;
    if (!line.replace(/^ +/, '').startsWith('#')) return line.split('#', 1)[0] as string;
  }
  return '';
}
