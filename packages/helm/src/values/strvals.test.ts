import type { JsonValue } from '@flux-ts/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValuesError } from '../errors.ts';
import { parseSet, parseSetFile, parseSetJson, parseSetLiteral, parseSetString } from './strvals.ts';

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ValuesError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('parseSet', () => {
  test.each<[string, Record<string, JsonValue>]>([
    ['a=1', { a: 1n }],
    ['a=0,b=01,c=-5,d=1.5,e=1e3', { a: 0n, b: '01', c: -5n, d: '1.5', e: '1e3' }],
    ['a=true,b=FALSE,c=null,d=', { a: true, b: false, c: null, d: '' }],
    ['a.b.c=x', { a: { b: { c: 'x' } } }],
    ['a={x,1,true}', { a: ['x', 1n, true] }],
    ['a={}', { a: [''] }],
    ['a[1]=x', { a: [null, 'x'] }],
    ['a[0].b=1,a[0].c=2', { a: [{ b: 1n, c: 2n }] }],
    ['a[0][1]=z', { a: [[null, 'z']] }],
    ['a\\.b=1,c=x\\,y', { 'a.b': 1n, c: 'x,y' }],
    ['a=b=c', { a: 'b=c' }],
    ['a.', {}],
    ['', {}],
    ['n=9223372036854775807,m=9223372036854775808', { n: 9223372036854775807n, m: '9223372036854775808' }],
    ['__proto__.x=1', JSON.parse('{"__proto__":{"x":"1"}}') as Record<string, JsonValue>],
  ])('reads %s', (text, want) => {
    const got = text.startsWith('__proto__') ? parseSetString(text) : parseSet(text);
    expect(got).toEqual(want);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test.each([
    ['a', 'key "a" has no value'],
    ['a,b=1', 'key "a" has no value (cannot end with ,)'],
    ['a[x]=1', 'error parsing index: strconv.Atoi: parsing "x": invalid syntax'],
    ['a[-1]=1', 'negative -1 index not allowed'],
    ['a[99999999]=1', 'index of 99999999 is greater than maximum supported index of 65536'],
    ['a[99999999].b=1', 'index of 99999999 is greater than maximum supported index of 65536'],
    [`${'a.'.repeat(31)}b=1`, 'value name nested level is greater than maximum supported nested level of 30'],
    ['a={x', "list must terminate with '}'"],
    ['a=1,a.b=2', 'unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}'],
    ['a=x,a[0]=2', 'unable to parse key: interface conversion: interface {} is string, not []interface {}'],
    ['a[0]x=1', "unexpected data at end of array index: ['x']"],
  ])('refuses %s', (text, want) => {
    expect(failure(() => parseSet(text))).toBe(want);
  });

  test('leaves the values that it reads into as they were', () => {
    const into = { a: { b: [1] }, c: 1 };
    const copy = structuredClone(into);
    expect(parseSet('a.b[0]=2,a.d=x', into)).toEqual({ a: { b: [2n], d: 'x' }, c: 1 });
    expect(into).toEqual(copy);
  });

  test('never fails but with a ValuesError', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '.', '[', ']', '{', '}', '=', ',', '\\', '0', '1', '-', ' '), maxLength: 24 }),
        (text) => {
          for (const parse of [parseSet, parseSetString, parseSetJson, parseSetLiteral]) {
            try {
              parse(text);
            } catch (error) {
              expect(error).toBeInstanceOf(ValuesError);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the other forms', () => {
  test('parseSetString keeps every value text', () => {
    expect(parseSetString('a=1,b=true,c={1,2}')).toEqual({ a: '1', b: 'true', c: ['1', '2'] });
  });
  test('parseSetJson reads JSON values up to the next comma', () => {
    expect(parseSetJson('a={"x":[1,2]} ,b="c,d",e=,f[0]=null,g.h=1.5')).toEqual({
      a: { x: [1, 2] },
      b: 'c,d',
      e: null,
      f: [null],
      g: { h: 1.5 },
    });
    expect(failure(() => parseSetJson('a=zz'))).toContain('invalid character');
  });
  test('parseSetLiteral takes the rest as it is', () => {
    expect(parseSetLiteral('a.b=x,y={1}\\.z')).toEqual({ a: { b: 'x,y={1}\\.z' } });
  });
  test('parseSetFile puts in the text of files', () => {
    expect(parseSetFile('a=one,b.c=two', {}, (path) => `<${path}>`)).toEqual({ a: '<one>', b: { c: '<two>' } });
  });
});
