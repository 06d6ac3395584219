import type { JsonValue, PathStep, Position } from '@flux-ts/base';
import { Composer } from './composer.ts';
import { decodeV2 } from './decode-v2.ts';
import type { YamlNode } from './node.ts';
import { readLimits, type YamlReadOptions } from './options.ts';
import { checkSize, withLead } from './read-sigs.ts';
import { readSource } from './source.ts';

/** One document of a stream. */
export interface YamlDocument {
  /** Null for an empty document. */
  readonly value: JsonValue;
  /** The line, from 1, on which the document starts: its `---`, or its content where it has none. */
  readonly line: number;
  /** The document's text, its `---` line included. */
  readonly text: string;
  /** Range of {@link text} in the whole text, in UTF-16 units, a byte order mark at its start not counted. */
  readonly start: number;
  readonly end: number;
  /** Where a field's key or a list's item stands; undefined where the path does not exist. An empty path is the document's content. */
  position(path: readonly PathStep[]): Position | undefined;
}

function resolveAlias(node: YamlNode): YamlNode {
  return node.alias ?? node;
}

function keyIndex(mapping: YamlNode, name: string): number {
  // the last of repeated keys is the one whose value counts
  for (let i = mapping.content.length - 2; i >= 0; i -= 2) {
    const key = resolveAlias(mapping.content[i] as YamlNode);
    if (key.kind === 'scalar' && key.text === name) return i;
  }
  return -1;
}

function find(root: YamlNode, path: readonly PathStep[]): YamlNode | undefined {
  let place = root;
  let value = root;
  for (const step of path) {
    const at = resolveAlias(value);
    if (at.kind === 'mapping') {
      const i = keyIndex(at, String(step));
      if (i < 0) return undefined;
      place = at.content[i] as YamlNode;
      value = at.content[i + 1] as YamlNode;
    } else {
      const item = at.kind === 'sequence' && typeof step === 'number' ? at.content[step] : undefined;
      if (item === undefined) return undefined;
      place = value = item;
    }
  }
  return place;
}

/**
 * Reads every document of a stream, each as {@link parseYaml} reads one; empty documents are null.
 * @throws YamlError at the first error in any of them
 */
export function parseYamlDocuments(input: string | Uint8Array, options?: YamlReadOptions): YamlDocument[] {
  const limits = readLimits(options);
  try {
    checkSize(input, limits);
    const source = readSource(input);
    const composer = new Composer(source, 'v2', limits);
    const documents: YamlDocument[] = [];
    for (let node = composer.next(); node !== undefined; node = composer.next()) {
      const { start, end, line } = node;
      const content = node.content[0] as YamlNode;
      documents.push({
        value: decodeV2(node, { limits, strict: false }),
        line,
        text: source.text.slice(start, end),
        start,
        end,
        position: (path) => {
          const found = find(content, path);
          if (found === undefined) return undefined;
          return { line: found.line, column: found.column, ...(limits.file === undefined ? {} : { file: limits.file }) };
        },
      });
    }
    return documents;
  } catch (error) {
    throw withLead(error);
  }
}
