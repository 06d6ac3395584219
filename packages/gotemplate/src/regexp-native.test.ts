import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GoError } from './errors.ts';
import { compileRegexp } from './regexp.ts';
import { nativeRegexp, type Span } from './regexp-native.ts';

function re2(pattern: string, text: string, from: number): Span | undefined {
  const matcher = compileRegexp(pattern).matcher(text);
  return matcher.find(from) ? { start: matcher.start(), end: matcher.end() } : undefined;
}

function isRefused(pattern: string): boolean {
  try {
    compileRegexp(pattern);
    return false;
  } catch (error) {
    if (error instanceof GoError) return true;
    throw error;
  }
}

describe('nativeRegexp', () => {
  test.each([
    ['[^-A-Za-z0-9_.]', 'a b-c', { start: 1, end: 2 }],
    ['[^a-zA-Z0-9-_.]+', 'a++b', { start: 1, end: 3 }],
    ['^[\\w-\\.]+$', 'a-b.c', { start: 0, end: 5 }],
    ['@sha256:[a-f0-9]+', 'x@sha256:0f', { start: 1, end: 11 }],
    ['-r\\d+$', '1-r2-r3', { start: 4, end: 7 }],
    ['a.c', 'a\nca\rc', { start: 3, end: 6 }],
    ['a+?', 'aa', { start: 0, end: 1 }],
    ['\\n', 'a\n', { start: 1, end: 2 }],
    ['', 'a', { start: 0, end: 0 }],
    ['x', 'a', undefined],
  ])('%s finds in %j what RE2 finds', (pattern, text, want) => {
    expect(nativeRegexp(pattern)?.find(text, 0)).toEqual(want);
    expect(re2(pattern, text, 0)).toEqual(want);
  });

  test.each([
    ['a|b'],
    ['(a)'],
    ['a{2}'],
    ['[[:alpha:]]'],
    ['\\bx'],
    ['\\pL'],
    ['é'],
    ['a**'],
    ['[z-a]'],
    ['['],
    ['\\'],
    ['x]'],
    ['[\\.-z]'],
  ])('leaves %s to RE2', (pattern) => {
    expect(nativeRegexp(pattern)).toBeUndefined();
  });

  test('takes neither texts beyond ASCII nor texts that could be searched for long', () => {
    const re = nativeRegexp('a+b+c');
    expect(['ab', 'é', 'a'.repeat(215), 'a'.repeat(1000)].map((text) => re?.takes(text))).toEqual([true, false, true, false]);
  });

  test('gives what RE2 gives, and accepts nothing that RE2 refuses', () => {
    const pieces = [
      'a',
      'b',
      '-',
      '.',
      '\\d',
      '\\w',
      '\\S',
      '\\.',
      '\\n',
      '[',
      ']',
      '[a-c]',
      '[^a]',
      '[\\w-]',
      '[-b]',
      '*',
      '+',
      '?',
      '^',
      '$',
      ' ',
    ];
    const patterns = fc.array(fc.constantFrom(...pieces), { maxLength: 7 }).map((parts) => parts.join(''));
    const texts = fc
      .array(fc.constantFrom('a', 'b', 'c', '-', '.', '1', '_', '\n', ' ', ']'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(patterns, texts, fc.nat(4), (pattern, text, from) => {
        const re = nativeRegexp(pattern);
        if (re === undefined || from > text.length) return;
        expect(isRefused(pattern)).toBe(false);
        expect(re.find(text, from)).toEqual(re2(pattern, text, from));
      }),
      { numRuns: 5000 },
    );
  });
});
