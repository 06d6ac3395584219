import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lexer, type Token } from './lexer.ts';
import { goQuote } from './quote.ts';

function tokens(text: string): Token[] {
  const lexer = new Lexer(text, goQuote);
  const out: Token[] = [];
  for (let token = lexer.next(); ; token = lexer.next()) {
    out.push(token);
    if (token.type === 'eof' || token.type === 'error') return out;
  }
}

const types = (text: string): string =>
  tokens(text)
    .map((token) => token.type)
    .join(' ');

describe('lexer', () => {
  test.each([
    { name: 'text alone', text: 'abc', want: 'text eof' },
    {
      name: 'an action',
      text: '{{ .a | f 1 }}',
      want: 'leftDelim space field space pipe space identifier space number space rightDelim eof',
    },
    {
      name: 'variables and declarations',
      text: '{{$x := $.y}}',
      want: 'leftDelim variable space declare space variable field rightDelim eof',
    },
    {
      name: 'keywords',
      text: '{{if}}{{nil}}{{.}}{{true}}',
      want: 'leftDelim if rightDelim leftDelim nil rightDelim leftDelim dot rightDelim leftDelim bool rightDelim eof',
    },
    { name: 'comments', text: 'a{{/* x */}}b{{- /* y */ -}} c', want: 'text text text eof' },
    {
      name: 'strings of three kinds',
      text: `{{"a\\"b" 'c' \`d\`}}`,
      want: 'leftDelim string space charConstant space rawString rightDelim eof',
    },
    {
      name: 'numbers',
      text: '{{1 -2 0x1F 1e3 1i 1+2i .5}}',
      want: 'leftDelim number space number space number space number space number space complex space number rightDelim eof',
    },
    { name: 'letters beyond ASCII', text: '{{.\u00e9 \u4e16}}', want: 'leftDelim field space identifier rightDelim eof' },
    { name: 'an open parenthesis', text: '{{(1}}', want: 'leftDelim leftParen number error' },
    { name: 'a field before a quote', text: '{{.a"b"}}', want: 'leftDelim error' },
  ])('reads $name', ({ text, want }) => {
    expect(types(text)).toBe(want);
  });

  test('a trim marker takes the white space beside it', () => {
    expect(
      tokens('a \n{{- 1 -}} \t b')
        .filter((token) => token.type === 'text')
        .map((token) => token.value),
    ).toEqual(['a', 'b']);
  });

  test('a marker without its blank is a sign', () => {
    expect(types('{{-1}}')).toBe('leftDelim number rightDelim eof');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '{{',
      '}}',
      '{{- ',
      ' -}}',
      '/*',
      '*/',
      '"',
      '`',
      "'",
      '\\',
      '\n',
      '.',
      '$',
      '(',
      ')',
      '|',
      ':=',
      '=',
      'if',
      'end',
      '1',
      '0x',
      '-',
      '\u00e9',
    ),
    fc.string({ maxLength: 4 }),
  );

  test('any text is read to its end or to one error, and tokens stand in order within it', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        let at = 0;
        for (const token of tokens(text)) {
          if (token.type === 'error' || token.type === 'eof') break;
          expect(token.start).toBeGreaterThanOrEqual(at);
          expect(text.startsWith(token.value, token.start)).toBe(true);
          at = token.start + token.value.length;
        }
      }),
    );
  });

  test('text without delimiters comes back as one token', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('{{') && text !== '');
        expect(tokens(text).map((token) => token.value)).toEqual([text, 'EOF']);
      }),
    );
  });
});
