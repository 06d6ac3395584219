import { formatFieldErrors, invalid } from './field-error.ts';
import { checkQualifiedName } from './names.ts';
import { checkRequirement, LabelSelector, SelectorError, type LabelRequirement, type SelectorOperator } from './selector-labels.ts';

/** The tokens of a selector's text, by Kubernetes' names. */
export type SelectorToken =
  | 'ErrorToken'
  | 'EndOfStringToken'
  | 'ClosedParToken'
  | 'CommaToken'
  | 'DoesNotExistToken'
  | 'DoubleEqualsToken'
  | 'EqualsToken'
  | 'GreaterThanToken'
  | 'IdentifierToken'
  | 'InToken'
  | 'LessThanToken'
  | 'NotEqualsToken'
  | 'NotInToken'
  | 'OpenParToken';

const SYMBOLS: Readonly<Record<string, SelectorToken>> = {
  ')': 'ClosedParToken',
  ',': 'CommaToken',
  '!': 'DoesNotExistToken',
  '==': 'DoubleEqualsToken',
  '=': 'EqualsToken',
  '>': 'GreaterThanToken',
  '<': 'LessThanToken',
  '!=': 'NotEqualsToken',
  '(': 'OpenParToken',
};

/** A token and its text. */
export interface LexedToken {
  readonly token: SelectorToken;
  readonly text: string;
}

/** Cuts a selector's text into tokens; the last one is the end of the string. */
export function lexSelector(text: string): LexedToken[] {
  const out: LexedToken[] = [];
  let at = 0;
  while (at < text.length) {
    const ch = text[at] as string;
    if (/[ \t\r\n]/.test(ch)) {
      at++;
    } else if ('=!(),><'.includes(ch)) {
      // the longest symbol counts; symbols in a row that make none are an error
      const two = text.slice(at, at + 2);
      const symbol = Object.hasOwn(SYMBOLS, two) ? two : ch;
      out.push({ token: SYMBOLS[symbol] as SelectorToken, text: symbol });
      at += symbol.length;
    } else {
      const word = /^[^ \t\r\n=!(),><]+/.exec(text.slice(at))?.[0] as string;
      out.push({ token: word === 'in' ? 'InToken' : word === 'notin' ? 'NotInToken' : 'IdentifierToken', text: word });
      at += word.length;
    }
  }
  out.push({ token: 'EndOfStringToken', text: '' });
  return out;
}

const BINARY: ReadonlyMap<SelectorToken, SelectorOperator> = new Map([
  ['InToken', 'in'],
  ['EqualsToken', '='],
  ['DoubleEqualsToken', '=='],
  ['GreaterThanToken', 'gt'],
  ['LessThanToken', 'lt'],
  ['NotInToken', 'notin'],
  ['NotEqualsToken', '!='],
]);

/**
 * Reads a label selector: `a=b,c!=d,e in (f,g),!h`.
 * @throws SelectorError with Kubernetes' text
 */
export function parseLabelSelector(text: string): LabelSelector {
  return new LabelSelector(new Parser(text).parse());
}

class Parser {
  readonly #tokens: readonly LexedToken[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = lexSelector(text);
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const { token, text } = this.#peek();
      if (token === 'EndOfStringToken') return requirements;
      if (token !== 'IdentifierToken' && token !== 'DoesNotExistToken')
        throw new SelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#requirement());
      const next = this.#take();
      if (next.token === 'EndOfStringToken') return requirements;
      if (next.token !== 'CommaToken') throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.token !== 'IdentifierToken' && after.token !== 'DoesNotExistToken')
        throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
    }
  }

  /** The next token where a value may stand: `in` and `notin` are words there. */
  #peek(): LexedToken {
    const next = this.#tokens[this.#at] as LexedToken;
    return next.token === 'InToken' || next.token === 'NotInToken' ? { ...next, token: 'IdentifierToken' } : next;
  }

  #take(): LexedToken {
    const next = this.#peek();
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return next;
  }

  #requirement(): LabelRequirement {
    const fail = (message: string): never => {
      throw new SelectorError(`unable to parse requirement: ${message}`);
    };
    let first = this.#take();
    const negated = first.token === 'DoesNotExistToken';
    if (negated) first = this.#take();
    if (first.token !== 'IdentifierToken') fail(`found '${first.text}', expected: identifier`);
    const key = first.text;
    const keyErrors = checkQualifiedName(key);
    if (keyErrors.length > 0) fail(formatFieldErrors([invalid('<nil>', key, keyErrors.join('; '))]));
    const next = this.#peek().token;
    if (negated || next === 'EndOfStringToken' || next === 'CommaToken') return { key, operator: negated ? '!' : 'exists', values: [] };
    const symbol = this.#tokens[this.#at] as LexedToken;
    if (this.#at < this.#tokens.length - 1) this.#at++;
    const operator = BINARY.get(symbol.token);
    if (operator === undefined) return fail(`found '${symbol.text}', expected: in, notin, =, ==, !=, gt, lt`);
    const found = operator === 'in' || operator === 'notin' ? this.#values(fail) : [this.#exactValue(fail)];
    const requirement = { key, operator, values: [...new Set(found)].sort() };
    const errors = checkRequirement(requirement);
    if (errors.length > 0) fail(formatFieldErrors(errors));
    return requirement;
  }

  #values(fail: (message: string) => never): string[] {
    const open = this.#take();
    if (open.token !== 'OpenParToken') fail(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.token === 'ClosedParToken') {
      this.#take();
      return [''];
    }
    if (first.token !== 'IdentifierToken' && first.token !== 'CommaToken') fail(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = this.#identifiers(fail);
    if (this.#take().token !== 'ClosedParToken') fail(`found '${first.text}', expected: ')'`);
    return values;
  }

  /** Words between commas; nothing between two commas is an empty value. */
  #identifiers(fail: (message: string) => never): string[] {
    const values: string[] = [];
    for (;;) {
      const { token, text } = this.#take();
      const next = this.#peek();
      if (token === 'IdentifierToken') {
        values.push(text);
        if (next.token === 'ClosedParToken') return values;
        if (next.token !== 'CommaToken') fail(`found '${next.text}', expected: ',' or ')'`);
      } else if (token === 'CommaToken') {
        if (values.length === 0) values.push('');
        if (next.token === 'ClosedParToken') return [...values, ''];
        if (next.token === 'CommaToken') values.push('');
      } else {
        fail(`found '${text}', expected: ',', or identifier`);
      }
    }
  }

  #exactValue(fail: (message: string) => never): string {
    const next = this.#peek();
    if (next.token === 'EndOfStringToken' || next.token === 'CommaToken') return '';
    const { token, text } = this.#take();
    return token === 'IdentifierToken' ? text : fail(`found '${text}', expected: identifier`);
  }
}
