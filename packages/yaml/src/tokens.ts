import type { Mark } from './errors.ts';

/** What the scanner cuts a text into. */
export type TokenKind =
  | 'stream-start'
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** One token. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: Mark;
  readonly end: Mark;
  /** Scalar text, anchor name, tag or directive handle. */
  readonly value: string;
  /** Tag suffix or directive prefix. */
  readonly suffix: string;
  readonly style: ScalarStyle;
  /** Version of a %YAML directive. */
  readonly major: number;
  readonly minor: number;
}

/** Makes a token without text. */
export function bareToken(kind: TokenKind, start: Mark, end: Mark): Token {
  return { kind, start, end, value: '', suffix: '', style: 'plain', major: 0, minor: 0 };
}

/** Makes a token with text. */
export function textToken(
  kind: TokenKind,
  place: { readonly start: Mark; readonly end: Mark },
  value: string,
  more: { suffix?: string; style?: ScalarStyle } = {},
): Token {
  return { kind, start: place.start, end: place.end, value, suffix: more.suffix ?? '', style: more.style ?? 'plain', major: 0, minor: 0 };
}

/** A comment and the token that it belongs to. */
export interface Comment {
  /** Where the search for the comment began. */
  readonly scan: Mark;
  /** The comment goes to the first token at or behind this place. */
  token: Mark;
  readonly start: Mark;
  readonly end: Mark;
  head: string;
  line: string;
  readonly foot: string;
}

/** The beginning of a text. */
export const ORIGIN: Mark = { pos: 0, index: 0, line: 0, column: 0 };
