import { isBreak } from './chars.ts';

/**
 * The output of yaml.v3's emitter: text, the column, and what libyaml remembers of the characters just written. Comments
 * wait here until the place for them comes.
 */
export class CommentWriter {
  out = '';
  column = 0;
  indent = -1;
  /** The last character was white space (or nothing has been written yet). */
  whitespace = true;
  /** Nothing but indentation and `-`, `?`, `:` has been written on this line. */
  indention = true;
  /** Indentation of a foot comment just written: what follows at the same one is set off by an empty line. */
  footIndent = -1;
  head = '';
  line = '';
  foot = '';
  tail = '';

  /** Writes text without line breaks. */
  write(text: string): void {
    this.out += text;
    for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) this.column++;
  }

  /** Ends the line. */
  breakLine(): void {
    this.out += '\n';
    this.column = 0;
    this.indention = true;
  }

  /** Writes a break character of a text: LF ends the line, LS and PS stand as they are. */
  writeBreak(ch: string): void {
    if (ch === '\n') this.breakLine();
    else {
      this.out += ch;
      this.column = 0;
      this.indention = true;
    }
  }

  /** Starts a new line where one is needed and indents it. */
  writeIndent(): void {
    const indent = Math.max(this.indent, 0);
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace)) this.breakLine();
    if (this.footIndent === indent) this.breakLine();
    if (this.column < indent) {
      this.out += ' '.repeat(indent - this.column);
      this.column = indent;
    }
    this.whitespace = true;
    this.footIndent = -1;
  }

  /** Writes an indicator. @param spaced a space must stand before it @param kind what it leaves behind */
  indicator(text: string, spaced: boolean, kind: 'plain' | 'space' | 'indention' = 'plain'): void {
    if (spaced && !this.whitespace) this.write(' ');
    this.write(text);
    this.whitespace = kind === 'space';
    this.indention = this.indention && kind === 'indention';
  }

  /** Whether a comment waits that goes behind a node. */
  get trailing(): boolean {
    return this.line !== '' || this.foot !== '' || this.tail !== '';
  }

  #comment(text: string): void {
    let breaks = false;
    let pound = false;
    for (const ch of text) {
      if (isBreak(ch.charCodeAt(0))) {
        this.writeBreak(ch);
        breaks = true;
        pound = false;
        continue;
      }
      if (breaks) this.writeIndent();
      if (!pound) {
        if (ch !== '#') this.write('# ');
        pound = true;
      }
      this.write(ch);
      this.indention = false;
      breaks = false;
    }
    if (!breaks) this.breakLine();
    this.whitespace = true;
  }

  /** Writes the comments that stand before a node: the foot of the pair before it and its own head. */
  writeHead(): void {
    if (this.tail !== '') {
      this.writeIndent();
      this.#comment(this.tail);
      this.tail = '';
      this.footIndent = Math.max(this.indent, 0);
    }
    if (this.head === '') return;
    this.writeIndent();
    this.#comment(this.head);
    this.head = '';
  }

  /** Writes the comment that stands behind a node on its line. @param orBreak end the line where there is none */
  writeLine(orBreak = false): void {
    if (this.line === '') {
      if (orBreak) this.breakLine();
      return;
    }
    if (!this.whitespace) this.write(' ');
    this.#comment(this.line);
    this.line = '';
  }

  /** Writes the comment that stands below a node. */
  writeFoot(): void {
    if (this.foot === '') return;
    this.writeIndent();
    this.#comment(this.foot);
    this.foot = '';
    this.footIndent = Math.max(this.indent, 0);
  }
}
