// Long because it is one emitter: each collection's layout depends on the state that the one around it leaves.
import { analyze, BLOCK, BLOCK_PLAIN, FLOW_PLAIN, MULTILINE, SINGLE, type Analysis } from './analyze.ts';
import { isBlank, isBlankOrEnd, isBreak, isWord } from './chars.ts';
import { CommentWriter } from './comment-writer.ts';
import type { YamlNode } from './node.ts';
import { resolveV3 } from './resolve.ts';
import type { ScalarStyle } from './tokens.ts';
import { blockHints, writeDouble } from './write-scalar.ts';

/** How nodes are laid out. */
export interface LayoutOptions {
  /** Spaces a level: 2 to 9. */
  readonly indent: number;
  /** Lists of a mapping stand two columns further left: at the mapping's own column where `indent` is 2. */
  readonly compactSequences: boolean;
}

interface Context {
  readonly root?: true;
  readonly mapping?: true;
  readonly simpleKey?: true;
}

const MAX_SIMPLE_KEY = 128;
const LONG_PREFIX = 'tag:yaml.org,2002:';

/** A tag as it is written, or nothing where it follows from the text. */
interface Tag {
  readonly written: string;
  /** Bytes that count for the length of a simple key. */
  readonly length: number;
  readonly forceQuotes: boolean;
}

const NO_TAG: Tag = { written: '', length: 0, forceQuotes: false };
const QUOTE_TAG: Tag = { written: '', length: 0, forceQuotes: true };

function escapeTag(text: string): string {
  let out = '';
  for (const ch of text) {
    const c = ch.charCodeAt(0);
    if (isWord(c) || ";/?:@&=+$,_.~*'()[]".includes(ch)) out += ch;
    else for (const octet of Buffer.from(ch)) out += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function writeTag(short: string): Tag {
  const tag = short.startsWith('!!') ? LONG_PREFIX + short.slice(2) : short;
  // the standard handles in the order in which libyaml tries them
  const handle = tag.startsWith('!') ? '!' : tag.startsWith(LONG_PREFIX) ? '!!' : '';
  const suffix = handle === '!' ? tag.slice(1) : handle === '!!' ? tag.slice(LONG_PREFIX.length) : tag;
  const written = handle === '' ? `!<${escapeTag(suffix)}>` : handle + escapeTag(suffix);
  return { written, length: Buffer.byteLength(handle + suffix), forceQuotes: false };
}

/** Which tag yaml.v3 writes: one that stood in the text, or one that the text alone would not give. */
function tagOf(node: YamlNode): Tag {
  const { tag } = node;
  if (tag === '' || node.kind === 'alias' || node.kind === 'document') return NO_TAG;
  if (node.tagged) return writeTag(tag);
  if (node.kind === 'mapping') return tag === '!!map' ? NO_TAG : writeTag(tag);
  if (node.kind === 'sequence') return tag === '!!seq' ? NO_TAG : writeTag(tag);
  if (tag === '!!str' && node.style !== 'plain') return NO_TAG;
  if (resolveV3(node.text).tag === tag) return NO_TAG;
  return tag === '!!str' ? QUOTE_TAG : writeTag(tag);
}

function scalarStyle(node: YamlNode, forceQuotes: boolean): ScalarStyle {
  if (node.style !== 'plain' && node.style !== 'block' && node.style !== 'flow') return node.style;
  if (node.text.includes('\n')) return 'literal';
  return forceQuotes ? 'double' : 'plain';
}

/** The style nearest to the wanted one that a text can be written in, as yaml.v3 chooses it. */
export function possibleStyle(text: string, wanted: ScalarStyle, place: { readonly flow: boolean; readonly key: boolean }): ScalarStyle {
  const { flow, key } = place;
  const allowed = analyzeV3(text);
  let style = wanted;
  if (key && (allowed & MULTILINE) !== 0) style = 'double';
  if (style === 'plain') {
    if ((allowed & (flow ? FLOW_PLAIN : BLOCK_PLAIN)) === 0) style = 'single';
    if (text === '' && (flow || key)) style = 'single';
  }
  if (style === 'single' && (allowed & SINGLE) === 0) style = 'double';
  if ((style === 'literal' || style === 'folded') && ((allowed & BLOCK) === 0 || flow || key)) style = 'double';
  return style;
}

/** Tabs keep a text out of plain and single quotes, but yaml.v3 still writes it as a block. */
function analyzeV3(text: string): Analysis {
  if (!text.includes('\t')) return analyze(text);
  const allowed = analyze(text.replaceAll('\t', 'x'));
  return allowed & ~(BLOCK_PLAIN | FLOW_PLAIN | SINGLE);
}

/** Writes nodes as yaml.v3's encoder does. */
export class Emitter {
  readonly #w = new CommentWriter();
  readonly #options: LayoutOptions;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #keyLine = '';
  #mappingContext = false;
  #documents = 0;

  constructor(options: LayoutOptions) {
    this.#options = options;
  }

  get text(): string {
    return this.#w.out;
  }

  /** Writes one document; a node that is no document is written as the content of one. */
  document(node: YamlNode): void {
    const w = this.#w;
    const wrapped = node.kind === 'document';
    if (wrapped && node.headComment !== '') w.head = node.headComment;
    if (this.#documents++ > 0) {
      w.writeIndent();
      w.indicator('---', true);
      w.writeIndent();
    }
    if (w.head !== '') {
      w.writeHead();
      w.breakLine();
    }
    const content = wrapped ? node.content : [node];
    for (const root of content) {
      const tag = this.#analyze(root, '');
      w.writeHead();
      this.#start(root, tag, { root: true });
      w.writeLine();
      w.writeFoot();
      this.#contents(root, false);
    }
    if (wrapped && node.footComment !== '') w.foot = node.footComment;
    w.footIndent = 0;
    w.writeFoot();
    w.footIndent = -1;
    w.writeIndent();
  }

  /** Takes up the comments of a node's first event. */
  #analyze(node: YamlNode, tail: string): Tag {
    const w = this.#w;
    if (tail !== '') w.tail = tail;
    if (node.headComment !== '') w.head = node.headComment;
    if (node.kind === 'scalar' || node.kind === 'alias') {
      if (node.lineComment !== '') w.line = node.lineComment;
      if (node.footComment !== '') w.foot = node.footComment;
    }
    return tagOf(node);
  }

  /** Takes up the comments of a collection's end. */
  #analyzeEnd(node: YamlNode, tail: string): void {
    const w = this.#w;
    if (tail !== '') w.tail = tail;
    if (node.lineComment !== '') w.line = node.lineComment;
    if (node.footComment !== '') w.foot = node.footComment;
  }

  #pushIndent(flow: boolean, inItem: boolean, compact = false): void {
    const w = this.#w;
    const { indent: step } = this.#options;
    this.#indents.push(w.indent);
    if (w.indent < 0) w.indent = flow ? step : 0;
    else if (inItem) w.indent += 2;
    else {
      w.indent = step * Math.floor((w.indent + step) / step);
      if (compact) w.indent -= 2;
    }
  }

  #popIndent(): void {
    this.#w.indent = this.#indents.pop() as number;
  }

  /** Writes a scalar, an alias, or what opens a collection. */
  #start(node: YamlNode, tag: Tag, context: Context & { readonly inItem?: true }): void {
    const w = this.#w;
    this.#mappingContext = context.mapping === true;
    if (node.kind === 'alias') {
      w.indicator('*', true);
      w.write(node.text);
      w.whitespace = w.indention = false;
      return;
    }
    const style = node.kind === 'scalar' ? this.#selectStyle(node, tag, context) : 'plain';
    if (node.anchor !== '') {
      w.indicator('&', true);
      w.write(node.anchor);
      w.whitespace = w.indention = false;
    }
    if (tag.written !== '') {
      if (!w.whitespace) w.write(' ');
      w.write(tag.written);
      w.whitespace = w.indention = false;
    }
    if (node.kind !== 'scalar') return;
    this.#pushIndent(true, context.inItem === true);
    this.#scalar(node.text, style);
    this.#popIndent();
  }

  #selectStyle(node: YamlNode, tag: Tag, context: Context): ScalarStyle {
    return possibleStyle(node.text, scalarStyle(node, tag.forceQuotes), { flow: this.#flowLevel > 0, key: context.simpleKey === true });
  }

  #scalar(text: string, style: ScalarStyle): void {
    const w = this.#w;
    switch (style) {
      case 'plain':
        if (text !== '') {
          if (!w.whitespace) w.write(' ');
          w.write(text);
          w.whitespace = false;
        }
        w.indention = false;
        return;
      case 'single':
        return this.#single(text);
      case 'double':
        w.indicator('', true);
        w.write(writeDouble(text, { column: w.column, indent: w.indent, width: Number.POSITIVE_INFINITY }));
        w.whitespace = w.indention = false;
        return;
      default:
        return this.#block(text, style === 'folded');
    }
  }

  #single(text: string): void {
    const w = this.#w;
    w.indicator("'", true);
    let breaks = false;
    for (const ch of text) {
      if (isBreak(ch.charCodeAt(0))) {
        if (!breaks && ch === '\n') w.breakLine();
        w.writeBreak(ch);
        breaks = true;
      } else if (ch === ' ') w.write(' ');
      else {
        if (breaks) w.writeIndent();
        w.write(ch === "'" ? "''" : ch);
        w.indention = false;
        breaks = false;
      }
    }
    w.indicator("'", false);
    w.whitespace = w.indention = false;
  }

  #block(text: string, folded: boolean): void {
    const w = this.#w;
    w.indicator(folded ? '>' : '|', true);
    const hints = blockHints(text, this.#options.indent);
    if (hints !== '') w.indicator(hints, false);
    w.writeLine(true);
    w.whitespace = true;
    // libyaml looks at the start of the text here, not at the place of the break
    let start = 0;
    while (isBreak(text.charCodeAt(start))) start++;
    const doubleBreaks = folded && !isBlankOrEnd(text.charCodeAt(start));
    let breaks = true;
    let leadingSpaces = true;
    for (const ch of text) {
      if (isBreak(ch.charCodeAt(0))) {
        if (doubleBreaks && !breaks && !leadingSpaces && ch === '\n') w.breakLine();
        w.writeBreak(ch);
        breaks = true;
      } else {
        if (breaks) {
          w.writeIndent();
          leadingSpaces = isBlank(ch.charCodeAt(0));
        }
        w.write(ch);
        w.indention = false;
        breaks = false;
      }
    }
  }

  /** Writes the rest of a collection whose start has been written. */
  #contents(node: YamlNode, inItem: boolean): void {
    if (node.kind !== 'mapping' && node.kind !== 'sequence') return;
    const flow = this.#flowLevel > 0 || node.style === 'flow' || node.content.length === 0;
    if (node.kind === 'sequence') {
      if (flow) this.#flowSequence(node, inItem);
      else this.#blockSequence(node, inItem);
    } else if (flow) this.#flowMapping(node, inItem);
    else this.#blockMapping(node, inItem);
  }

  #blockSequence(node: YamlNode, inItem: boolean): void {
    const w = this.#w;
    let first = true;
    for (const item of node.content) {
      const tag = this.#analyze(item, '');
      if (first) {
        const compact = this.#mappingContext && (w.column === 0 || !w.indention) && this.#options.compactSequences;
        this.#pushIndent(false, inItem, compact);
        first = false;
      }
      w.writeHead();
      w.writeIndent();
      w.indicator('-', true, 'indention');
      this.#start(item, tag, { inItem: true });
      w.writeLine();
      w.writeFoot();
      this.#contents(item, true);
    }
    this.#analyzeEnd(node, '');
    this.#popIndent();
  }

  #isSimpleKey(key: YamlNode, tag: Tag): boolean {
    if ((key.kind === 'mapping' || key.kind === 'sequence') && key.content.length > 0) return false;
    if (key.kind === 'scalar' && (analyze(key.text) & MULTILINE) !== 0) return false;
    const text = key.kind === 'scalar' || key.kind === 'alias' ? key.text : '';
    return Buffer.byteLength(key.anchor) + tag.length + Buffer.byteLength(text) <= MAX_SIMPLE_KEY;
  }

  #blockMapping(node: YamlNode, inItem: boolean): void {
    const w = this.#w;
    const { content } = node;
    let tail = '';
    for (let i = 0; i + 1 < content.length; i += 2) {
      const written = content[i] as YamlNode;
      // a pair's foot comment is written behind its value
      const key = written.footComment === '' ? written : { ...written, footComment: '' };
      const value = content[i + 1] as YamlNode;
      const keyTag = this.#analyze(key, tail);
      tail = written.footComment;
      if (i === 0) this.#pushIndent(false, inItem);
      w.writeHead();
      w.writeIndent();
      if (w.line !== '') {
        this.#keyLine = w.line;
        w.line = '';
      }
      const simple = this.#isSimpleKey(key, keyTag);
      if (!simple) w.indicator('?', true, 'indention');
      this.#start(key, keyTag, simple ? { mapping: true, simpleKey: true } : { mapping: true });
      this.#contents(key, false);
      const valueTag = this.#analyze(value, '');
      if (simple) w.indicator(':', false);
      else {
        w.writeIndent();
        w.indicator(':', true, 'indention');
      }
      this.#keyComment(value);
      this.#start(value, valueTag, { mapping: true });
      w.writeLine();
      w.writeFoot();
      this.#contents(value, false);
    }
    this.#analyzeEnd(node, tail);
    w.writeHead();
    this.#popIndent();
  }

  /** A comment behind a key goes behind its value, or before the block that follows. */
  #keyComment(value: YamlNode): void {
    const w = this.#w;
    if (this.#keyLine === '') return;
    if (value.kind === 'scalar') {
      if (w.line !== '') return;
      w.line = this.#keyLine;
      this.#keyLine = '';
    } else if (value.kind !== 'alias' && value.style !== 'flow') {
      const own = w.line;
      w.line = this.#keyLine;
      this.#keyLine = own;
      w.writeLine();
      const rest = w.line;
      w.line = this.#keyLine;
      this.#keyLine = rest;
    }
  }

  #openFlow(bracket: string, inItem: boolean): void {
    this.#w.indicator(bracket, true, 'space');
    this.#pushIndent(true, inItem);
    this.#flowLevel++;
  }

  #flowSequence(node: YamlNode, inItem: boolean): void {
    const w = this.#w;
    let trail = true;
    let first = true;
    for (const item of node.content) {
      const tag = this.#analyze(item, '');
      if (first) this.#openFlow('[', inItem);
      first = false;
      this.#beforeFlowEntry(trail);
      trail = w.trailing;
      this.#start(item, tag, {});
      this.#afterFlowEntry();
      this.#contents(item, false);
    }
    this.#analyzeEnd(node, '');
    if (first) this.#openFlow('[', inItem);
    this.#flowLevel--;
    this.#popIndent();
    if (w.column === 0) w.writeIndent();
    w.indicator(']', false);
    w.writeLine();
    w.writeFoot();
  }

  #beforeFlowEntry(noComma: boolean): void {
    const w = this.#w;
    if (!noComma) w.indicator(',', false);
    w.writeHead();
    if (w.column === 0) w.writeIndent();
  }

  #afterFlowEntry(): void {
    const w = this.#w;
    if (w.trailing) w.indicator(',', false);
    w.writeLine();
    w.writeFoot();
  }

  #flowMapping(node: YamlNode, inItem: boolean): void {
    const w = this.#w;
    const { content } = node;
    let trail = true;
    let tail = '';
    for (let i = 0; i + 1 < content.length; i += 2) {
      const written = content[i] as YamlNode;
      // a pair's foot comment is written behind its value
      const key = written.footComment === '' ? written : { ...written, footComment: '' };
      const value = content[i + 1] as YamlNode;
      const keyTag = this.#analyze(key, tail);
      tail = written.footComment;
      if (i === 0) this.#openFlow('{', inItem);
      this.#beforeFlowEntry(trail);
      const simple = this.#isSimpleKey(key, keyTag);
      if (!simple) w.indicator('?', true);
      this.#start(key, keyTag, simple ? { mapping: true, simpleKey: true } : { mapping: true });
      this.#contents(key, false);
      const valueTag = this.#analyze(value, '');
      w.indicator(':', !simple);
      trail = w.trailing;
      this.#start(value, valueTag, { mapping: true });
      this.#afterFlowEntry();
      this.#contents(value, false);
    }
    this.#analyzeEnd(node, tail);
    if (content.length < 2) this.#openFlow('{', inItem);
    if ((w.head !== '' || w.foot !== '' || w.tail !== '') && content.length >= 2 && !trail) w.indicator(',', false);
    w.writeHead();
    this.#flowLevel--;
    this.#popIndent();
    w.indicator('}', false);
    w.writeLine();
    w.writeFoot();
  }
}
