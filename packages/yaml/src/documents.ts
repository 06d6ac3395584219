import type { JsonValue, PathStep, Position } from '@flux-ts/base';
import { Composer } from './composer.ts';
import { decodeV2 } from './decode-v2.ts';
import type { YamlNode } from './node.ts';
import { readLimits, type ReadLimits, type YamlReadOptions } from './options.ts';
import { asText, checkSize, readFast, withLead } from './read-sigs.ts';
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

/** Ends of documents: `---` at the start of a line. */
const MARK = /^---(?=[ \t\n]|$)/gm;

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** Cuts a text where documents start. Only for texts without `...`, directives and other line breaks than LF. */
function cut(text: string): Piece[] {
  const starts = [0, ...Array.from(text.matchAll(MARK), (match) => match.index).filter((at) => at > 0)];
  let line = 1;
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? text.length;
    const piece = { start, end, line };
    for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) line++;
    return piece;
  });
}

const HARD_STREAM = /^(?:\.\.\.|%)|\r/m;

/** Reads a stream document by document; undefined where only the whole text tells how it is read. */
function readPieces(input: string | Uint8Array, limits: ReadLimits): YamlDocument[] | undefined {
  const text = asText(input);
  if (HARD_STREAM.test(text)) return undefined;
  const documents: YamlDocument[] = [];
  for (const piece of cut(text)) {
    const part = text.slice(piece.start, piece.end);
    const read = readFast(part, limits, false);
    if (read === undefined || read.end < part.length) return undefined;
    if (!read.found) continue;
    const lead = part.startsWith('---') ? 0 : contentStart(part);
    const line = piece.line + countLines(part, lead);
    let content: YamlNode | undefined;
    documents.push({
      value: read.value,
      line,
      text: part.slice(lead),
      start: piece.start + lead,
      end: piece.end,
      position: (path) => {
        content ??= (new Composer(readSource(part), 'v2', limits).next() as YamlNode).content[0] as YamlNode;
        return place(find(content, path), piece.line - 1, limits);
      },
    });
  }
  return documents;
}

/** Where a document without `---` begins: behind empty lines and comments. */
function contentStart(text: string): number {
  return (/^(?:[ ]*(?:#.*)?\n)*[ ]*/.exec(text)?.[0] ?? '').length;
}

function countLines(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function place(node: YamlNode | undefined, lines: number, limits: ReadLimits): Position | undefined {
  if (node === undefined) return undefined;
  return { line: node.line + lines, column: node.column, ...(limits.file === undefined ? {} : { file: limits.file }) };
}

function readWhole(input: string | Uint8Array, limits: ReadLimits): YamlDocument[] {
  const source = readSource(input);
  const composer = new Composer(source, 'v2', limits);
  const documents: YamlDocument[] = [];
  for (let node = composer.next(); node !== undefined; node = composer.next()) {
    const { start, end, line } = node;
    const content = node.content[0] as YamlNode;
    const value = decodeV2(node, { limits, strict: false });
    documents.push({
      value,
      line,
      text: source.text.slice(start, end),
      start,
      end,
      position: (path) => place(find(content, path), 0, limits),
    });
  }
  return documents;
}

/**
 * Reads every document of a stream, each as {@link parseYaml} reads one; empty documents are null.
 * @throws YamlError at the first error in any of them
 */
export function parseYamlDocuments(input: string | Uint8Array, options?: YamlReadOptions): YamlDocument[] {
  const limits = readLimits(options);
  try {
    checkSize(input, limits);
    return readPieces(input, limits) ?? readWhole(input, limits);
  } catch (error) {
    throw withLead(error);
  }
}
