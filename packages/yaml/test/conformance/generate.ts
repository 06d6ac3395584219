import { goJson, seededRandom, type JsonValue, type Random } from '@flux-ts/base';
import type { Kind, Question } from './oracle.ts';

/** Texts that mean something to one YAML or another. */
const WORDS: readonly string[] = (
  'y Y yes Yes YES n N no No NO on On ON off OFF true True TRUE false null Null ~ .nan .NaN .inf -.inf +.Inf << = ' +
  '0 00 07 08 0755 0o17 0O17 0x1F 0X1f 0b101 -0b11 +0x1 -0 +1 1_000 1__0 _1 1_ 0_7 0x_1 1e3 1E3 1e+03 1.0 1. .5 -.5 +.5e1 .5_5 ._1 ' +
  '1.5e300 1e400 -1e400 9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 ' +
  '1:30 190:20:30 1:30.5 +1:2 2020-01-01 2020-1-1 2020-13-01 2020-02-30 2020-01-01T00:00:00Z 2020-01-01t1:2:3.5+01:00 2020-01-01T00:00:00 ' +
  '2001-12-14T21:59:43.10-05:00 0001-01-01 1.2.3 1.2 v1 a9 a10 a09 a1b a-1 kube-system nginx:1.2 http://x.y/z a:b : - ? --- ... -- -a ?a :a [ ] { } , # @ ` % & * ! | > ' +
  '[] {} "" \'\' a#b #a !!str !!int !foo &a *a \\ " \''
).split(' ');
const PIECES: readonly string[] = [
  ' ',
  '  ',
  '\t',
  ': ',
  ' #',
  '- ',
  ', ',
  '\n',
  '\n\n',
  '"',
  "'",
  '\\',
  '\u00e9',
  '\u4e2d',
  '\u{1f600}',
  '\u00a0',
  '\u2028',
  '\u0085',
  '\ufeff',
  '\r',
  '\x07',
  '\x7f',
  '\u200b',
  'a',
  'b',
  'foo',
  'bar baz',
  '0',
  '1',
  '.',
  ':',
  '%',
  '{',
  '}',
  '[',
  ']',
  '|',
  '>',
  '=',
  '<',
];

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Picks and makes random texts, values and documents, the same for the same seed. */
export class Generator {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(n: number): number {
    return Math.floor(this.#random.next() * n);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  /** A text: a word, pieces, or a long line. */
  text(): string {
    const roll = this.below(10);
    if (roll < 4) return this.pick(WORDS);
    if (roll < 8)
      return Array.from({ length: 1 + this.below(6) }, () => (this.chance(0.5) ? this.pick(PIECES) : this.pick(WORDS))).join('');
    if (roll < 9)
      return Array.from({ length: 8 + this.below(20) }, () =>
        this.pick(['lorem', 'ipsum', 'a', 'consectetur', '\u00e9t\u00e9', 'x:y', '1']),
      ).join(this.chance(0.8) ? ' ' : '  ');
    return (
      Array.from({ length: 1 + this.below(5) }, () => `${' '.repeat(this.below(3))}${this.pick(WORDS)}`).join(
        this.chance(0.7) ? '\n' : '\n\n',
      ) + this.pick(['', '\n', '\n\n'])
    );
  }

  /** A text that JSON and YAML both carry. */
  number(): number {
    return this.pick([
      () => this.below(1000),
      () => -this.below(1_000_000),
      () => this.#random.next(),
      () => this.#random.next() * 10 ** (this.below(60) - 30),
      () => Math.floor(this.#random.next() * 2 ** 60),
      () => 10 ** this.below(25),
    ])();
  }

  /** A JSON value. */
  value(depth: number): JsonValue {
    const roll = this.below(depth > 0 ? 12 : 7);
    if (roll < 4) return wellFormed(this.text());
    if (roll < 5) return this.number();
    if (roll < 6) return this.pick([true, false, null]);
    if (roll < 7) return this.pick<JsonValue>([[], {}, '']);
    const size = this.below(4);
    if (roll < 9) return Array.from({ length: size }, () => this.value(depth - 1));
    return Object.fromEntries(Array.from({ length: size + 1 }, () => [this.key(), this.value(depth - 1)]));
  }

  key(): string {
    if (this.chance(0.6)) return this.pick(['a', 'b', 'name', 'a1', 'a2', 'a10', 'A', 'x-y', 'x.y', '_z', '10', '9', '01', 'spec', 'é']);
    if (this.chance(0.02)) return 'k'.repeat(120 + this.below(20)) + this.text();
    return wellFormed(this.text());
  }

  #quoted(): string {
    const text = this.text();
    if (this.chance(0.5)) return `'${text.replaceAll("'", "''")}'`;
    return `"${text.replaceAll('"', '\\"')}"`;
  }

  #scalar(): string {
    const roll = this.below(10);
    const tag = this.chance(0.05)
      ? this.pick([
          '!!str ',
          '!!int ',
          '!!float ',
          '!!bool ',
          '!!null ',
          '!!binary ',
          '!!timestamp ',
          '!foo ',
          '! ',
          '!<tag:x> ',
          '!!merge ',
        ])
      : '';
    const anchor = this.chance(0.05) ? `&${this.pick(['a', 'b', 'c'])} ` : '';
    if (roll < 1 && this.chance(0.4)) return `*${this.pick(['a', 'b', 'c'])}`;
    if (roll < 6) return tag + anchor + this.pick(WORDS);
    if (roll < 8) return anchor + tag + this.#quoted();
    return tag + this.text();
  }

  #flow(depth: number): string {
    const items = Array.from({ length: this.below(4) }, () => {
      const value =
        depth > 0 && this.chance(0.3) ? this.#flow(depth - 1) : this.pick(['a', 'b c', '1', '', '"x"', "'y'", '~', '*a', '&a z', '0x1']);
      return this.chance(0.4) ? `${this.pick(['k', 'l', '"m"', '1', 'a'])}${this.pick([': ', ':', ' : '])}${value}` : value;
    });
    const inner = items.join(this.pick([', ', ',', ' , ', ',\n   ', ', # c\n ']));
    return this.chance(0.5) ? `{${inner}}` : `[${inner}]`;
  }

  #block(indent: number): string {
    const header = this.pick(['|', '>', '|-', '>-', '|+', '>+', '|2', '>1-', '| # c']);
    const pad = ' '.repeat(indent + 1 + this.below(3));
    const lines = this.text()
      .split('\n')
      .map((line) => (line === '' ? '' : pad + line));
    return `${header}\n${lines.join('\n')}${this.pick(['', '\n', '\n\n'])}`;
  }

  #comment(indent: number): string {
    if (!this.chance(0.12)) return '';
    return `${this.pick(['', '\n'])}${' '.repeat(this.chance(0.8) ? indent : this.below(6))}#${this.pick([' foo', 'bar', '', ' {"x": 1}'])}\n${this.pick(['', '', '\n'])}`;
  }

  #line(): string {
    return this.chance(0.1) ? this.pick([' # line', ' #x', '  ', '\t# t']) : '';
  }

  #node(indent: number, depth: number): string {
    const roll = this.below(20);
    if (depth === 0 || roll < 8) return ` ${this.#scalar()}${this.#line()}\n`;
    if (roll < 10) return ` ${this.#flow(2)}${this.#line()}\n`;
    if (roll < 12) return ` ${this.#block(indent)}\n`;
    if (roll < 13) return `${this.#line()}\n`;
    const start = `${this.chance(0.1) ? ` &${this.pick(['a', 'b'])}` : ''}${this.#line()}\n`;
    if (roll < 16) return start + this.#sequence(indent + this.pick([0, 2, 2, 4]), depth - 1);
    return start + this.#mapping(indent + this.pick([1, 2, 2, 4]), depth - 1);
  }

  #sequence(indent: number, depth: number): string {
    let out = '';
    for (let i = 1 + this.below(3); i > 0; i--) {
      out += `${this.#comment(indent)}${' '.repeat(indent)}-${this.chance(0.2) ? ` ${this.#mapping(indent + 2, depth).trimStart()}` : this.#node(indent, depth)}`;
      if (!out.endsWith('\n')) out += '\n';
    }
    return out;
  }

  #mapping(indent: number, depth: number): string {
    let out = '';
    for (let i = 1 + this.below(3); i > 0; i--) {
      const key = this.chance(0.8) ? this.pick(['a', 'b', 'c', 'name', 'kind', '<<', '1', 'true', '~', '"q"']) : this.#scalar();
      const colon = this.chance(0.03) ? this.pick([' :', ':x', '']) : ':';
      out += `${this.#comment(indent)}${' '.repeat(indent)}${this.chance(0.03) ? '? ' : ''}${key}${colon}${this.#node(indent, depth)}`;
      if (!out.endsWith('\n')) out += '\n';
    }
    return out + this.#comment(indent);
  }

  /** A YAML text: documents in all styles, some of them broken. */
  document(): string {
    let out = this.chance(0.05)
      ? this.pick(['\ufeff', '%YAML 1.1\n---\n', '%YAML 1.2\n---\n', '%TAG !e! tag:x,1:\n---\n', '# head\n\n', '...\n', '--- '])
      : '';
    for (let n = this.chance(0.15) ? 2 + this.below(2) : 1; n > 0; n--) {
      out +=
        this.#comment(0) +
        this.pick([
          () => this.#mapping(0, 3),
          () => this.#mapping(0, 4),
          () => this.#sequence(0, 3),
          () => `${this.#scalar()}\n`,
          () => `${this.#flow(3)}\n`,
        ])();
      if (n > 1) out += this.pick(['---\n', '--- # c\n', '---\n---\n', '...\n', '--- |\n x\n']);
    }
    if (this.chance(0.08)) out = out.trimEnd();
    if (this.chance(0.05)) out = out.replaceAll('\n', '\r\n');
    return this.chance(0.15) ? this.mutate(out) : out;
  }

  /** An object or several, as kustomize reads them. */
  objects(): string {
    const one = (): string => (this.chance(0.4) ? `k: ${this.#scalar()}\nl: ${this.#quoted()}\nm: ${this.#block(0)}` : this.#mapping(0, 4));
    const separator = this.pick(['---\n', '--- # c\n', '---\n---\n']);
    const text = (this.chance(0.1) ? '---\n' : '') + Array.from({ length: this.chance(0.15) ? 2 : 1 }, one).join(separator);
    return this.chance(0.05) ? text.replaceAll('\n', '\r\n') : text;
  }

  /** Changes a text in a few places. */
  mutate(text: string): string {
    let out = text;
    for (let n = 1 + this.below(3); n > 0; n--) {
      const at = this.below(out.length + 1);
      const roll = this.below(4);
      if (roll === 0) out = out.slice(0, at) + out.slice(at + 1 + this.below(4));
      else if (roll === 1) out = out.slice(0, at) + this.pick(PIECES) + out.slice(at);
      else if (roll === 2) out = out.slice(0, at) + this.pick(WORDS) + out.slice(at);
      else out = out.slice(0, at) + out.slice(this.below(at + 1), at) + out.slice(at);
    }
    return out;
  }

  /** A scalar in one of the places where a scalar can stand. */
  scalarDocument(): string {
    const text = this.chance(0.6) ? this.text() : this.#scalar();
    return this.pick([
      () => `k: ${text}\n`,
      () => `- ${text}\n`,
      () => `${text}\n`,
      () => `${text}: v\n`,
      () => `[${text}]\n`,
      () => `{k: ${text}, l: x}\n`,
      () => `k: ${this.#quoted()}\n`,
      () => `${this.#quoted()}: 1\n`,
      () => `k: ${this.#block(0)}`,
      () => `a:\n  b:\n    - ${this.#block(4)}\nc: d\n`,
    ])();
  }
}

/** Random questions of one kind. */
export function generated(kind: Kind, count: number, seed: number): Question[] {
  const generator = new Generator(seed + kind.charCodeAt(0) * 1000);
  return Array.from({ length: count }, () => {
    if (kind === 'j' || kind === 'p') return { kind, text: Buffer.from(goJson(generator.value(3))) };
    if (kind === '2') return { kind, text: Buffer.from(goJson({ v: generator.value(3), [generator.key()]: generator.value(2) })) };
    const text = kind === 'k' ? generator.objects() : generator.chance(0.5) ? generator.scalarDocument() : generator.document();
    return { kind, text: Buffer.from(wellFormed(text)) };
  });
}
