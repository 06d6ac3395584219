import { expect, test } from 'vitest';
import { goQuote } from './go-quote.ts';

test.each([
  ['plain text', '"plain text"'],
  ['a"b\\c\n\t\u0007\u0001\u007f', '"a\\"b\\\\c\\n\\t\\a\\x01\\x7f"'],
  ['ä€😀', '"ä€😀"'],
  ['\u00a0\u200b\u{e0001}', '"\\u00a0\\u200b\\U000e0001"'],
  ['\ud800', '"\\ufffd"'],
])('goQuote prints %j as Go does', (text, want) => {
  expect(goQuote(text)).toBe(want);
});
