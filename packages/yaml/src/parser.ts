// Long because it is one state machine, a method a grammar rule; the states hand over to each other.
import { YamlError, type Mark } from './errors.ts';
import { newEvent, type EventKind, type ParseEvent } from './events.ts';
import type { GoYaml } from './cursor.ts';
import type { ReadLimits } from './options.ts';
import { Scanner } from './scanner.ts';
import type { Source } from './source.ts';
import type { Token, TokenKind } from './tokens.ts';

type State = () => ParseEvent;

const STANDARD_TAGS: readonly (readonly [string, string])[] = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
];

/** Makes events of tokens exactly as go-yaml's parser does, its errors and (in v3) its places for comments included. */
export class Parser {
  readonly #scanner: Scanner;
  readonly #library: GoYaml;
  readonly #states: State[] = [];
  readonly #marks: Mark[] = [];
  #state: State = () => this.#streamStart();
  #done = false;
  #tags: { readonly handle: string; readonly prefix: string }[] = [];
  #comment = 0;
  #head = '';
  #line = '';
  #foot = '';
  #stem: string | undefined;

  constructor(source: Source, library: GoYaml, limits: ReadLimits) {
    this.#scanner = new Scanner(source, library, limits);
    this.#library = library;
  }

  /** The next event; undefined behind the end of the stream. */
  next(): ParseEvent | undefined {
    if (this.#done) return undefined;
    const event = this.#state();
    const { overlooked } = this.#scanner.cursor;
    if (overlooked !== undefined) throw overlooked;
    return event;
  }

  #peek(): Token {
    const token = this.#scanner.peek();
    if (this.#library === 'v3') this.#takeComments(token);
    return token;
  }

  /** Hands the comments that stand before a token to the event that will be made of it. */
  #takeComments(token: Token): void {
    const comments = this.#scanner.comments;
    for (
      let comment = comments[this.#comment];
      comment !== undefined && token.start.index >= comment.token.index;
      comment = comments[this.#comment]
    ) {
      if (comment.head !== '') {
        if (token.kind === 'block-end') break;
        this.#head += (this.#head === '' ? '' : '\n') + comment.head;
      }
      if (comment.foot !== '') this.#foot += (this.#foot === '' ? '' : '\n') + comment.foot;
      if (comment.line !== '') this.#line += (this.#line === '' ? '' : '\n') + comment.line;
      // go-yaml wipes a comment that it has handed out; the scanner's look back must find it so
      const at = { pos: 0, index: 0, line: 0, column: 0 };
      comments[this.#comment++] = { scan: at, token: at, start: at, end: at, head: '', line: '', foot: '' };
    }
  }

  #setComments(event: ParseEvent): ParseEvent {
    event.head = this.#head;
    event.line = this.#line;
    event.foot = this.#foot;
    this.#head = this.#line = this.#foot = '';
    this.#stem = undefined;
    return event;
  }

  #fail(text: string, at: Mark, context?: Mark): never {
    return this.#scanner.cursor.fail({ text, at, context, kind: 'parser' });
  }

  #pop(): void {
    this.#state = this.#states.pop() as State;
  }

  /** Goes on in a state after what `then` parses now. */
  #after(state: State, then: () => ParseEvent): ParseEvent {
    this.#states.push(state);
    return then();
  }

  #empty(mark: Mark, state: State): ParseEvent {
    this.#state = state;
    const event = newEvent('scalar', mark, mark);
    event.implicit = true;
    return event;
  }

  #streamStart(): ParseEvent {
    const token = this.#peek();
    this.#state = () => this.#documentStart(true);
    this.#scanner.skip();
    return newEvent('stream-start', token.start, token.end);
  }

  #documentStart(implicit: boolean): ParseEvent {
    let token = this.#peek();
    while (!implicit && token.kind === 'document-end') {
      this.#scanner.skip();
      token = this.#peek();
    }
    if (token.kind === 'stream-end') {
      this.#done = true;
      this.#scanner.skip();
      return newEvent('stream-end', token.start, token.end);
    }
    if (implicit && token.kind !== 'version-directive' && token.kind !== 'tag-directive' && token.kind !== 'document-start') {
      this.#directives();
      this.#states.push(() => this.#documentEnd());
      this.#state = () => this.#node(true, false);
      const event = newEvent('document-start', token.start, token.end);
      event.head = this.#documentHead();
      return event;
    }
    const start = token.start;
    this.#directives();
    token = this.#peek();
    if (token.kind !== 'document-start') this.#fail('did not find expected <document start>', token.start);
    this.#states.push(() => this.#documentEnd());
    this.#state = () => this.#documentContent();
    this.#scanner.skip();
    return newEvent('document-start', start, token.end);
  }

  /** The head comment up to its last empty line is the document's; what follows belongs to the first node. */
  #documentHead(): string {
    const head = this.#head;
    for (let i = head.length - 1; i > 0; i--) {
      if (head[i] !== '\n') continue;
      const last = i === head.length - 1;
      if (!last && head[i - 1] !== '\n') continue;
      this.#head = head.slice(i + 1);
      return head.slice(0, last ? i : i - 1);
    }
    return '';
  }

  #documentContent(): ParseEvent {
    const token = this.#peek();
    switch (token.kind) {
      case 'version-directive':
      case 'tag-directive':
      case 'document-start':
      case 'document-end':
      case 'stream-end':
        return this.#empty(token.start, this.#states.pop() as State);
      default:
        return this.#node(true, false);
    }
  }

  #documentEnd(): ParseEvent {
    const token = this.#peek();
    let end = token.start;
    if (token.kind === 'document-end') {
      end = token.end;
      this.#scanner.skip();
    }
    this.#tags = [];
    this.#state = () => this.#documentStart(false);
    const event = this.#setComments(newEvent('document-end', token.start, end));
    if (event.head !== '' && event.foot === '') {
      event.foot = event.head;
      event.head = '';
    }
    return event;
  }

  #directives(): void {
    let versioned = false;
    let token = this.#peek();
    for (; token.kind === 'version-directive' || token.kind === 'tag-directive'; token = this.#peek()) {
      if (token.kind === 'version-directive') {
        if (versioned) this.#fail('found duplicate %YAML directive', token.start);
        if (token.major !== 1 || token.minor !== 1) this.#fail('found incompatible YAML document', token.start);
        versioned = true;
      } else {
        const handle = token.value;
        if (this.#tags.some((t) => t.handle === handle)) this.#fail('found duplicate %TAG directive', token.start);
        this.#tags.push({ handle, prefix: token.suffix });
      }
      this.#scanner.skip();
    }
    for (const [handle, prefix] of STANDARD_TAGS) {
      if (!this.#tags.some((t) => t.handle === handle)) this.#tags.push({ handle, prefix });
    }
  }

  #resolveTag(token: Token, start: Mark): string {
    if (token.value === '') return token.suffix;
    const prefix = this.#tags.find((t) => t.handle === token.value)?.prefix;
    const tag = prefix === undefined ? '' : prefix + token.suffix;
    if (tag === '') this.#fail('found undefined tag handle', token.start, start);
    return tag;
  }

  #node(block: boolean, indentless: boolean): ParseEvent {
    let token = this.#peek();
    if (token.kind === 'alias') {
      this.#pop();
      const event = newEvent('alias', token.start, token.end);
      event.anchor = token.value;
      this.#setComments(event);
      this.#scanner.skip();
      return event;
    }
    const start = token.start;
    let end = token.start;
    let anchor = '';
    let tagToken: Token | undefined;
    for (let part = 0; part < 2; part++) {
      if (token.kind === 'anchor' && anchor === '') anchor = token.value;
      else if (token.kind === 'tag' && tagToken === undefined) tagToken = token;
      else break;
      end = token.end;
      this.#scanner.skip();
      token = this.#peek();
    }
    const tag = tagToken === undefined ? '' : this.#resolveTag(tagToken, start);
    const make = (kind: EventKind, until: Mark): ParseEvent => {
      const event = newEvent(kind, start, until);
      event.anchor = anchor;
      event.tag = tag;
      event.implicit = tag === '';
      return event;
    };
    if (indentless && token.kind === 'block-entry') {
      this.#state = () => this.#indentlessEntry();
      return make('sequence-start', token.end);
    }
    switch (token.kind) {
      case 'scalar': {
        const event = make('scalar', token.end);
        event.implicit = (tag === '' && token.style === 'plain') || tag === '!';
        event.value = token.value;
        event.style = token.style;
        event.contentStart = token.start.pos;
        this.#pop();
        this.#setComments(event);
        this.#scanner.skip();
        return event;
      }
      case 'flow-sequence-start':
      case 'flow-mapping-start': {
        const sequence = token.kind === 'flow-sequence-start';
        this.#state = sequence ? () => this.#flowSequenceEntry(true) : () => this.#flowMappingKey(true);
        const event = make(sequence ? 'sequence-start' : 'mapping-start', token.end);
        event.flow = true;
        return this.#setComments(event);
      }
      case 'block-sequence-start':
      case 'block-mapping-start': {
        if (!block) break;
        const sequence = token.kind === 'block-sequence-start';
        this.#state = sequence ? () => this.#blockSequenceEntry(true) : () => this.#blockMappingKey(true);
        const event = make(sequence ? 'sequence-start' : 'mapping-start', token.end);
        if (this.#stem !== undefined) event.head = this.#stem;
        this.#stem = undefined;
        return event;
      }
    }
    if (anchor === '' && tag === '') this.#fail('did not find expected node content', token.start, start);
    this.#pop();
    return make('scalar', end);
  }

  #firstToken(): void {
    this.#marks.push(this.#peek().start);
    this.#scanner.skip();
  }

  /** Takes a dash. In v3 a comment before it goes to the collection that opens behind it. */
  #takeDash(): Token {
    const stemLength = this.#head.length;
    this.#scanner.skip();
    if (this.#library === 'v3' && stemLength > 0) this.#splitStem(stemLength);
    return this.#peek();
  }

  #splitStem(stemLength: number): void {
    let kind: TokenKind;
    try {
      ({ kind } = this.#peek());
    } catch (error) {
      // yaml.v3 looks at this error only later: it scans on behind it, and gives the next one if there is one
      if (!(error instanceof YamlError) || error.code === 'YAML_LIMIT') throw error;
      if (error.code === 'YAML_ENCODING') this.#scanner.cursor.overlookBadByte();
      this.#scanner.cursor.overlooked = error;
      return;
    }
    if (kind !== 'block-sequence-start' && kind !== 'block-mapping-start') return;
    this.#stem = this.#head.slice(0, stemLength);
    this.#head = this.#head.slice(stemLength + 1);
  }

  #endCollection(kind: 'sequence-end' | 'mapping-end', token: Token): ParseEvent {
    this.#pop();
    this.#marks.pop();
    const event = newEvent(kind, token.start, token.end);
    if (token.kind !== 'block-end') this.#setComments(event);
    this.#scanner.skip();
    return event;
  }

  #blockSequenceEntry(first: boolean): ParseEvent {
    if (first) this.#firstToken();
    const dash = this.#peek();
    if (dash.kind === 'block-end') return this.#endCollection('sequence-end', dash);
    if (dash.kind !== 'block-entry') this.#fail("did not find expected '-' indicator", dash.start, this.#marks.pop());
    const { kind } = this.#takeDash();
    const next = (): ParseEvent => this.#blockSequenceEntry(false);
    if (kind === 'block-entry' || kind === 'block-end') return this.#empty(dash.end, next);
    return this.#after(next, () => this.#node(true, false));
  }

  #indentlessEntry(): ParseEvent {
    const dash = this.#peek();
    if (dash.kind !== 'block-entry') {
      this.#pop();
      return newEvent('sequence-end', dash.start, dash.start);
    }
    const { kind } = this.#takeDash();
    const next = (): ParseEvent => this.#indentlessEntry();
    if (kind === 'block-entry' || kind === 'key' || kind === 'value' || kind === 'block-end') return this.#empty(dash.end, next);
    return this.#after(next, () => this.#node(true, false));
  }

  #blockMappingKey(first: boolean): ParseEvent {
    if (first) this.#firstToken();
    const token = this.#peek();
    if (token.kind === 'block-end') {
      const event = this.#endCollection('mapping-end', token);
      return this.#library === 'v3' ? this.#setComments(event) : event;
    }
    if (token.kind !== 'key') this.#fail('did not find expected key', token.start, this.#marks.pop());
    this.#scanner.skip();
    const { kind } = this.#peek();
    const next = (): ParseEvent => this.#blockMappingValue();
    if (kind === 'key' || kind === 'value' || kind === 'block-end') return this.#empty(token.end, next);
    return this.#after(next, () => this.#node(true, true));
  }

  #blockMappingValue(): ParseEvent {
    const token = this.#peek();
    const next = (): ParseEvent => this.#blockMappingKey(false);
    if (token.kind !== 'value') return this.#empty(token.start, next);
    this.#scanner.skip();
    const { kind } = this.#peek();
    if (kind === 'key' || kind === 'value' || kind === 'block-end') return this.#empty(token.end, next);
    return this.#after(next, () => this.#node(true, true));
  }

  /** Takes the comma before an entry of a flow collection. */
  #takeComma(first: boolean, closer: 'flow-sequence-end' | 'flow-mapping-end'): Token {
    if (first) this.#firstToken();
    const token = this.#peek();
    if (first || token.kind === closer) return token;
    if (token.kind !== 'flow-entry') {
      this.#fail(`did not find expected ',' or '${closer === 'flow-sequence-end' ? ']' : '}'}'`, token.start, this.#marks.pop());
    }
    this.#scanner.skip();
    return this.#peek();
  }

  #flowSequenceEntry(first: boolean): ParseEvent {
    const token = this.#takeComma(first, 'flow-sequence-end');
    if (token.kind === 'flow-sequence-end') return this.#endCollection('sequence-end', token);
    if (token.kind !== 'key')
      return this.#after(
        () => this.#flowSequenceEntry(false),
        () => this.#node(false, false),
      );
    this.#state = () => this.#pairKey();
    this.#scanner.skip();
    const event = newEvent('mapping-start', token.start, token.end);
    event.implicit = true;
    event.flow = true;
    return event;
  }

  /** `[a: b]`: the key of a pair that stands for a mapping. */
  #pairKey(): ParseEvent {
    const token = this.#peek();
    const next = (): ParseEvent => this.#pairValue();
    if (token.kind !== 'value' && token.kind !== 'flow-entry' && token.kind !== 'flow-sequence-end') {
      return this.#after(next, () => this.#node(false, false));
    }
    this.#scanner.skip();
    return this.#empty(token.end, next);
  }

  #pairValue(): ParseEvent {
    const token = this.#peek();
    const next = (): ParseEvent => this.#pairEnd();
    if (token.kind === 'value') {
      this.#scanner.skip();
      const { kind } = this.#peek();
      if (kind !== 'flow-entry' && kind !== 'flow-sequence-end') return this.#after(next, () => this.#node(false, false));
    }
    return this.#empty(token.start, next);
  }

  #pairEnd(): ParseEvent {
    const token = this.#peek();
    this.#state = () => this.#flowSequenceEntry(false);
    return newEvent('mapping-end', token.start, token.start);
  }

  #flowMappingKey(first: boolean): ParseEvent {
    const token = this.#takeComma(first, 'flow-mapping-end');
    if (token.kind === 'flow-mapping-end') return this.#endCollection('mapping-end', token);
    if (token.kind !== 'key')
      return this.#after(
        () => this.#flowMappingValue(true),
        () => this.#node(false, false),
      );
    this.#scanner.skip();
    const inner = this.#peek();
    const next = (): ParseEvent => this.#flowMappingValue(false);
    if (inner.kind === 'value' || inner.kind === 'flow-entry' || inner.kind === 'flow-mapping-end') return this.#empty(inner.start, next);
    return this.#after(next, () => this.#node(false, false));
  }

  #flowMappingValue(empty: boolean): ParseEvent {
    let token = this.#peek();
    const next = (): ParseEvent => this.#flowMappingKey(false);
    if (!empty && token.kind === 'value') {
      this.#scanner.skip();
      token = this.#peek();
      if (token.kind !== 'flow-entry' && token.kind !== 'flow-mapping-end') return this.#after(next, () => this.#node(false, false));
    }
    return this.#empty(token.start, next);
  }
}
