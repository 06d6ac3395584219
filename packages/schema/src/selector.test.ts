import { describe, expect, test } from 'vitest';

import { labelSelectorFrom, parseFieldSelector, parseLabelSelector, SelectorError } from './index.ts';

describe('a label selector', () => {
  test.each([
    { text: 'a=b', labels: { a: 'b' }, match: true },
    { text: 'a==b', labels: { a: 'c' }, match: false },
    { text: 'a!=b', labels: {}, match: true },
    { text: 'a in (b, c)', labels: { a: 'c' }, match: true },
    { text: 'a notin (b)', labels: { a: 'b' }, match: false },
    { text: 'a', labels: { a: '' }, match: true },
    { text: '!a', labels: { b: '' }, match: true },
    { text: 'n>5', labels: { n: '10' }, match: true },
    { text: 'n<5', labels: { n: 'x' }, match: false },
    { text: '', labels: { n: 'x' }, match: true },
    { text: 'in in (in)', labels: { in: 'in' }, match: true },
  ])('$text on $labels: $match', ({ text, labels, match }) => {
    expect(parseLabelSelector(text).matches(labels as Readonly<Record<string, string>>)).toBe(match);
  });

  test('is printed in the order of its keys', () => {
    expect(parseLabelSelector('z, a in (c,b),!m').toString()).toBe('a in (b,c),!m,z');
  });

  test.each([
    { text: 'a=b=c', message: "found '=', expected: ',' or 'end of string'" },
    { text: 'a,', message: "found '', expected: identifier after ','" },
    { text: '!a=b', message: "found '=', expected: ',' or 'end of string'" },
    { text: 'a in b', message: "unable to parse requirement: found 'b' expected: '('" },
    { text: 'a ! b', message: "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt" },
    {
      text: 'a>x',
      message: "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    },
    { text: '-=a', message: 'unable to parse requirement: <nil>: Invalid value: "-": name part must consist of' },
  ])('refuses $text', ({ text, message }) => {
    expect(() => parseLabelSelector(text)).toThrow(SelectorError);
    expect(() => parseLabelSelector(text)).toThrow(message);
  });

  test('is made of matchLabels and matchExpressions', () => {
    const selector = labelSelectorFrom({
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'c', operator: 'DoesNotExist' },
        { key: 'd', operator: 'In', values: ['x'] },
      ],
    });
    expect(selector.toString()).toBe('a=b,!c,d in (x)');
    expect(() => labelSelectorFrom({ matchExpressions: [{ key: 'c', operator: 'Foo' }] })).toThrow(
      '"Foo" is not a valid label selector operator',
    );
  });
});

describe('a field selector', () => {
  test.each([
    { text: 'a=b', fields: { a: 'b' }, match: true },
    { text: 'a!=b,c=', fields: { a: 'x' }, match: true },
    { text: 'a=b\\,c', fields: { a: 'b,c' }, match: true },
  ])('$text on $fields: $match', ({ text, fields, match }) => {
    expect(parseFieldSelector(text).matches(fields as Readonly<Record<string, string>>)).toBe(match);
  });

  test.each([
    { text: 'a', message: "invalid selector: 'a'; can't understand 'a'" },
    { text: 'a=b=c', message: 'invalid field selector: unescaped character in value: =' },
    { text: 'a=\\b', message: 'invalid field selector: invalid escape sequence: \\b' },
  ])('refuses $text', ({ text, message }) => {
    expect(() => parseFieldSelector(text)).toThrow(message);
  });
});
