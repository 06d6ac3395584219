import type { GoYaml } from './cursor.ts';
import { YamlError, type Mark, type YamlErrorCode } from './errors.ts';
import type { ParseEvent } from './events.ts';
import { newNode, type NodeKind, type YamlNode } from './node.ts';
import type { ReadLimits } from './options.ts';
import { Parser } from './parser.ts';
import { resolveV3 } from './resolve.ts';
import type { Source } from './source.ts';

const LONG_PREFIX = 'tag:yaml.org,2002:';

/** `tag:yaml.org,2002:int` -> `!!int`; other tags as they are. */
export function shortTag(tag: string): string {
  return tag.startsWith(LONG_PREFIX) ? `!!${tag.slice(LONG_PREFIX.length)}` : tag;
}

/** Makes nodes of events. Keeps its own stack: depth of nesting costs no call stack. */
export class Composer {
  readonly #parser: Parser;
  readonly #library: GoYaml;
  readonly #limits: ReadLimits;
  #anchors = new Map<string, YamlNode>();
  #aliases = 0;

  constructor(source: Source, library: GoYaml, limits: ReadLimits) {
    this.#parser = new Parser(source, library, limits);
    this.#library = library;
    this.#limits = limits;
    this.#parser.next();
  }

  /** The next document of the stream, or undefined at its end. */
  next(): YamlNode | undefined {
    const first = this.#parser.next() as ParseEvent;
    if (first.kind === 'stream-end') return undefined;
    if (this.#library === 'v2') this.#anchors = new Map();
    const document = this.#place(newNode('document', 'block'), first);
    const stack: YamlNode[] = [document];
    for (;;) {
      const event = this.#parser.next() as ParseEvent;
      const parent = stack.at(-1) as YamlNode;
      switch (event.kind) {
        case 'document-end':
          document.footComment = event.foot;
          document.end = event.start.pos;
          return document;
        case 'sequence-end':
        case 'mapping-end':
          this.#close(parent, event);
          stack.pop();
          this.#added(stack.at(-1) as YamlNode);
          break;
        case 'sequence-start':
        case 'mapping-start': {
          const node = this.#collection(event);
          parent.content.push(node);
          stack.push(node);
          if (stack.length - 1 > this.#limits.maxDepth) this.#tooDeep(event.start);
          break;
        }
        default:
          parent.content.push(event.kind === 'alias' ? this.#alias(event) : this.#scalar(event));
          this.#added(parent);
      }
    }
  }

  #fail(code: YamlErrorCode, problem: string, mark: Mark): never {
    throw new YamlError({ code, problem, message: `yaml: ${problem}`, file: this.#limits.file, mark });
  }

  /** go-yaml's own bound comes first where the text breaks it too. */
  #tooDeep(mark: Mark): never {
    for (let event = this.#parser.next(); event !== undefined && event.kind !== 'document-end'; event = this.#parser.next());
    this.#fail('YAML_LIMIT', `nested deeper than ${this.#limits.maxDepth} levels`, mark);
  }

  #place(node: YamlNode, event: ParseEvent): YamlNode {
    node.line = event.start.line + 1;
    node.column = event.start.column + 1;
    node.start = event.contentStart;
    node.end = event.end.pos;
    node.headComment = event.head;
    node.lineComment = event.line;
    node.footComment = event.foot;
    return node;
  }

  #anchor(node: YamlNode, event: ParseEvent): void {
    if (event.anchor === '') return;
    node.anchor = event.anchor;
    this.#anchors.set(event.anchor, node);
  }

  #setTag(node: YamlNode, event: ParseEvent, kind: NodeKind): void {
    if (this.#library === 'v2') {
      node.tag = event.tag;
      node.tagged = event.tag !== '';
    } else if (event.tag !== '' && event.tag !== '!') {
      node.tag = shortTag(event.tag);
      node.tagged = true;
    } else if (kind === 'mapping') node.tag = '!!map';
    else if (kind === 'sequence') node.tag = '!!seq';
    else if (node.style !== 'plain') node.tag = '!!str';
    else node.tag = node.text === '<<' ? '!!merge' : resolveV3(node.text).tag;
  }

  #alias(event: ParseEvent): YamlNode {
    const node = this.#place(newNode('alias', 'plain'), event);
    node.text = event.anchor;
    node.alias = this.#anchors.get(event.anchor);
    if (node.alias === undefined) this.#fail('YAML_ALIAS', `unknown anchor '${event.anchor}' referenced`, event.start);
    if (++this.#aliases > this.#limits.maxAliases) this.#fail('YAML_LIMIT', `more than ${this.#limits.maxAliases} aliases`, event.start);
    return node;
  }

  #scalar(event: ParseEvent): YamlNode {
    const node = this.#place(newNode('scalar', event.style), event);
    node.text = event.value;
    this.#setTag(node, event, 'scalar');
    this.#anchor(node, event);
    return node;
  }

  #collection(event: ParseEvent): YamlNode {
    const kind = event.kind === 'sequence-start' ? 'sequence' : 'mapping';
    const node = this.#place(newNode(kind, event.flow ? 'flow' : 'block'), event);
    this.#setTag(node, event, kind);
    this.#anchor(node, event);
    return node;
  }

  /** A foot comment read with a block mapping's key belongs to the pair before it; one read with a value, to its key. */
  #added(parent: YamlNode): void {
    if (this.#library === 'v2' || parent.kind !== 'mapping') return;
    const { content } = parent;
    const last = content.at(-1) as YamlNode;
    if (last.footComment === '') return;
    if (content.length % 2 === 1) {
      if (parent.style === 'flow' || content.length <= 2) return;
      (content.at(-3) as YamlNode).footComment = last.footComment;
      last.footComment = '';
    } else {
      const key = content.at(-2) as YamlNode;
      if (key.footComment !== '') return;
      key.footComment = last.footComment;
      last.footComment = '';
    }
  }

  #close(node: YamlNode, event: ParseEvent): void {
    node.end = event.end.pos;
    if (this.#library === 'v2') return;
    node.lineComment = event.line;
    node.footComment = event.foot;
    const key = node.content.at(-2);
    if (node.kind === 'mapping' && node.style === 'block' && node.footComment !== '' && key !== undefined) {
      key.footComment = node.footComment;
      node.footComment = '';
    }
  }
}
