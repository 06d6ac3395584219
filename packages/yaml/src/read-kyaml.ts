import type { JsonValue } from '@flux-ts/base';
import { Composer } from './composer.ts';
import { decodeV3 } from './decode-v3.ts';
import { FAST_DEPTH, FastReader, type FastResult } from './fast-reader.ts';
import { KYAML_PROFILE } from './profiles.ts';
import { applyMerges } from './merge-keys.ts';
import { YamlError } from './errors.ts';
import type { KyamlValue } from './kyaml-value.ts';
import type { YamlNode } from './node.ts';
import { readLimits, type ReadLimits, type YamlReadOptions } from './options.ts';
import { changesInPrint, reprinted } from './reprint.ts';
import { asText, checkSize } from './read-sigs.ts';
import { readSource } from './source.ts';

const SEPARATOR = /\n---.*\n/g;

/** A document of a text that kyaml has cut by hand, and the line it starts on (from 0). */
interface Piece {
  readonly text: string;
  readonly line: number;
}

/** Cuts a text at lines that start with `---`, as kyaml's reader does before it parses. */
function splitDocuments(text: string, limits: ReadLimits): Piece[] {
  if (!text.includes('\n---')) return [{ text, line: 0 }];
  const pieces: Piece[] = [];
  let from = 0;
  let line = 0;
  for (const match of text.matchAll(SEPARATOR)) {
    const rest = match[0].slice(4).trim();
    const piece = `${text.slice(from, match.index)}\n`;
    const nextLine = line + piece.split('\n').length;
    if (rest !== '' && !rest.startsWith('#')) {
      const problem = `invalid document separator: ${match[0].trim()}`;
      const mark = { pos: match.index + 1, index: match.index + 1, line: nextLine - 1, column: 0 };
      throw new YamlError({ code: 'YAML_SYNTAX', problem, message: problem, file: limits.file, mark });
    }
    pieces.push({ text: piece, line });
    line = nextLine;
    from = match.index + match[0].length;
  }
  pieces.push({ text: text.slice(from), line });
  return pieces;
}

/**
 * Reads a stream of documents as kustomize does (kyaml's reader): one entry a document, null for an empty one, aliases
 * and merge keys resolved, scalars boxed where their text says more than their value.
 * @throws YamlError with yaml.v3's text (lines count within the document, as Go has it; diagnostics count in the file)
 */
export function parseKyaml(input: string | Uint8Array, options?: YamlReadOptions): KyamlValue[] {
  const limits = readLimits(options);
  checkSize(input, limits);
  let text = asText(input);
  if (text.includes('\r\n')) text = text.replaceAll('\r\n', '\n');
  const pieces = splitDocuments(text, limits);
  const fast = pieces.map((piece) => readFast(piece.text, limits));
  // kustomize parses every document before it looks into one
  const nodes = pieces.map((piece, i) => (fast[i] === undefined ? located(piece, () => compose(piece.text, limits)) : undefined));
  nodes.forEach((node, i) => {
    if (node !== undefined) located(pieces[i] as Piece, () => applyMerges(node, limits.file));
  });
  return pieces.map((piece, i) => {
    const read = fast[i];
    const node = nodes[i];
    if (read !== undefined) return read.value;
    return node === undefined ? null : located(piece, () => decodeDocument(node, limits));
  });
}

/** A document's node; undefined for an empty one, which kustomize tells by the tag of its content alone. */
function compose(text: string, limits: ReadLimits): YamlNode | undefined {
  const node = new Composer(readSource(text), 'v3', limits).next();
  return node?.content[0]?.tag === '!!null' ? undefined : node;
}

/** Decodes a document; where kustomize's printing and reading again makes a difference, what comes out of that. */
function decodeDocument(node: YamlNode, limits: ReadLimits): KyamlValue {
  let failed: YamlError | undefined;
  try {
    const value = decodeV3(node, { file: limits.file, kyaml: true });
    if (!changesInPrint(node)) return value;
  } catch (error) {
    if (!(error instanceof YamlError) || error.code === 'YAML_ALIAS') throw error;
    failed = error;
  }
  try {
    const again = reprinted(node, limits);
    if (again !== undefined) return decodeV3(again, { file: limits.file, kyaml: true, reprinted: true });
  } catch (error) {
    throw error instanceof YamlError ? error.asTypeError(failed) : error;
  }
  if (failed !== undefined) throw failed;
  return decodeV3(node, { file: limits.file, kyaml: true });
}

// holds texts and what these mean: content, bounded
const FAST = new FastReader(KYAML_PROFILE);

/** yaml.v3 looks a little behind the end of the document: only a text that ends with it is read fast. */
function readFast(text: string, limits: ReadLimits): FastResult<KyamlValue> | undefined {
  if (limits.maxDepth < FAST_DEPTH) return undefined;
  const prepared = FAST.prepare(text);
  const read = prepared === undefined ? undefined : FAST.first(prepared, limits.maxScalarBytes, limits.maxAliases);
  return read !== undefined && read.end >= (prepared as string).length ? read : undefined;
}

/** Makes the diagnostics of a piece count in the whole text. */
function located<T>(piece: Piece, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof YamlError ? error.movedBy(piece.line) : error;
  }
}

/** Reads all documents of a stream as yaml.v3 nodes, one `document` node each. */
export function parseNodes(input: string | Uint8Array, options?: YamlReadOptions): YamlNode[] {
  const limits = readLimits(options);
  checkSize(input, limits);
  const composer = new Composer(readSource(input), 'v3', limits);
  const documents: YamlNode[] = [];
  for (let node = composer.next(); node !== undefined; node = composer.next()) documents.push(node);
  return documents;
}

/** Reads the first document of a text as a yaml.v3 node, as yaml.Unmarshal does; undefined for an empty text. */
export function parseNode(input: string | Uint8Array, options?: YamlReadOptions): YamlNode | undefined {
  const limits = readLimits(options);
  checkSize(input, limits);
  return new Composer(readSource(input), 'v3', limits).next();
}

/** Decodes a node as yaml.v3 does into interface{}; keys become strings. @throws YamlError for repeated keys and bad merges */
export function nodeValue(node: YamlNode): JsonValue {
  return decodeV3(node, { file: undefined, kyaml: false }) as JsonValue;
}
