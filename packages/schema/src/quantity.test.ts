import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  QuantityError,
  roundUpQuantity,
} from './quantity.ts';

describe('a quantity', () => {
  test.each([
    ['1024Mi', '1Gi'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['2', '2'],
    ['1.5Gi', '1536Mi'],
    ['0.1Gi', '107374182400m'],
    ['1e3', '1e3'],
    ['1000', '1k'],
    ['0.0000000001', '1n'],
    ['-1024Ki', '-1Mi'],
    ['100Ei', '9223372036854775807'],
    [' 1 ', '1'],
  ])('of %s is printed as %s', (given, want) => {
    expect(canonicalQuantity(given)).toBe(want);
  });

  test('may be a number', () => {
    expect(canonicalQuantity(0.25)).toBe('250m');
  });

  test.each(['', 'x', '1 Gi', '1gi', '--1', '1Ki2', '1.2.3', '.', '+-1'])('of %j is refused', (text) => {
    // a lone point counts as zero upstream
    if (text === '.') expect(canonicalQuantity(text)).toBe('0');
    else expect(() => canonicalQuantity(text)).toThrow(QuantityError);
  });

  test('with a huge exponent does not take long', () => {
    const huge = parseQuantity('1e2147483647');
    expect(formatQuantity(huge)).toBe('10e2147483646');
    expect(compareQuantities(huge, parseQuantity('1'))).toBe(1);
    expect(addQuantities(parseQuantity('1'), huge)).toMatchObject({ unscaled: 1n });
    expect(canonicalQuantity('1e-2147483647')).toBe('1e-9');
  });

  test('is the same after it was printed', () => {
    const text = fc
      .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.constantFrom('', 'm', 'k', 'Mi', 'Gi', 'e2'))
      .map(([n, suffix]) => `${n}${suffix}`);
    fc.assert(
      fc.property(text, (given) => {
        const read = parseQuantity(given);
        expect(compareQuantities(parseQuantity(formatQuantity(read)), read)).toBe(0);
      }),
    );
  });

  test('adds and rounds', () => {
    expect(formatQuantity(addQuantities(parseQuantity('1Gi'), parseQuantity('512Mi')))).toBe('1536Mi');
    expect(formatQuantity(roundUpQuantity(parseQuantity('1.0001'), -3).quantity)).toBe('1001m');
  });
});
