import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from './clock.ts';
import { codeFrame, didYouMean, formatDiagnostic } from './diagnostics.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { FluxError, isFluxError } from './errors.ts';
import { canonicalJson, goJson, parseJson, stringifyJson } from './go-json.ts';
import { compareBytes, deepEqual, define, getPath, removePath, setPath, type JsonValue } from './json.ts';
import { Lru } from './lru.ts';
import { seededRandom } from './random.ts';
import { formatTime, parseTime } from './time.ts';

describe('json', () => {
  const object: JsonValue = { a: { b: [1, { c: 2 }] }, d: null };

  test('paths are read, copied and removed without changing what was given', () => {
    const frozen = JSON.stringify(object);
    expect(getPath(object, ['a', 'b', 1, 'c'])).toBe(2);
    expect(getPath(object, ['a', 'constructor'])).toBeUndefined();
    expect(setPath(object, ['a', 'b', 1, 'c'], 3)).toEqual({ a: { b: [1, { c: 3 }] }, d: null });
    expect(setPath(object, ['x', 'y'], 1)).toEqual({ a: { b: [1, { c: 2 }] }, d: null, x: { y: 1 } });
    expect(removePath(object, ['a', 'b', 0])).toEqual({ a: { b: [{ c: 2 }] }, d: null });
    expect(removePath(object, ['a', 'z'])).toBe(object);
    expect(() => setPath(object, ['a', 'b', 1, 'c', 'd'], 3)).toThrow(TypeError);
    expect(JSON.stringify(object)).toBe(frozen);
  });

  test('__proto__ is a key like any other', () => {
    const target: Record<string, JsonValue> = {};
    define(target, '__proto__', { polluted: true });
    expect(Object.keys(target)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(getPath(setPath({}, ['__proto__', 'x'], 1), ['__proto__', 'x'])).toBe(1);
  });

  test('1 and 1n are equal, and beyond 2^53 bigints are told apart', () => {
    expect(deepEqual([1], [1n])).toBe(true);
    expect(deepEqual(9007199254740993n, 9007199254740992)).toBe(false);
    expect(deepEqual(1.5, 1n)).toBe(false);
  });

  test('strings are compared by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (a, b) => Math.sign(compareBytes(a, b)) === Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
      ),
    );
    expect(compareBytes('\u{1F600}', '\uFF00')).toBe(1);
  });
});

describe('json as Go prints it', () => {
  test.each<[JsonValue, string]>([
    [{ b: 1, a: '<&>' }, '{"a":"\\u003c\\u0026\\u003e","b":1}'],
    ['\u2028\u007f\n\b"', '"\\u2028\u007f\\n\\b\\""'],
    ['\ud800x', '"\\ufffdx"'],
    [1e21, '1e+21'],
    [123456789012345680000, '123456789012345680000'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
    [-0, '-0'],
    [12345678901234567890n, '12345678901234567890'],
    [[null, true], '[null,true]'],
  ])('case %# is printed', (value, want) => {
    expect(goJson(value)).toBe(want);
  });

  test('long integers survive reading and printing', () => {
    const text = '{"a":12345678901234567890,"b":[-9007199254740993,1.5,1e3],"c":"\\"12345678901234567890"}';
    expect(parseJson(text)).toEqual({ a: 12345678901234567890n, b: [-9007199254740993n, 1.5, 1000], c: '"12345678901234567890' });
    expect(stringifyJson(parseJson(text))).toBe(
      '{"a":12345678901234567890,"b":[-9007199254740993,1.5,1000],"c":"\\"12345678901234567890"}',
    );
    expect(() => parseJson('{"a":1234567890123456789,}')).toThrow(SyntaxError);
  });

  test('canonical JSON does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        return canonicalJson(object as JsonValue) === canonicalJson(reversed as JsonValue);
      }),
    );
  });
});

describe('durations', () => {
  test.each([
    ['1h30m', 5_400_000, '1h30m0s'],
    ['1.5s', 1500, '1.5s'],
    ['90m', 5_400_000, '1h30m0s'],
    ['-250ms', -250, '-250ms'],
    ['0', 0, '0s'],
    ['10us', 0.01, '10µs'],
    ['1m0.25s', 60_250, '1m0.25s'],
  ])('%s is %d ms and prints as %s', (text, ms, printed) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 6);
    expect(formatDuration(ms)).toBe(printed);
  });

  test.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['1y', 'time: unknown unit "y" in duration "1y"'],
    ['-', 'time: invalid duration "-"'],
    ['.s', 'time: invalid duration ".s"'],
  ])('%j is refused as Go does', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });
});

describe('the virtual clock', () => {
  test('fires timers in order, jumps, and waits for holds', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.schedule(20, () => seen.push(`b${clock.now()}`));
    clock.schedule(10, () => seen.push(`a${clock.now()}`));
    const cancel = clock.schedule(15, () => seen.push('never'));
    cancel();
    await clock.advance(15);
    expect(seen).toEqual(['a10']);
    const hold = clock.hold('work');
    setImmediate(() => hold.release());
    expect(await clock.run(() => seen.length === 2)).toBe(true);
    expect(seen).toEqual(['a10', 'b20']);
    expect(await clock.run(() => false)).toBe(false);
  });

  test('sleep ends with the reason of its signal', async () => {
    const clock = new VirtualClock(0);
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(await clock.run(() => false)).toBe(false);
  });
});

describe('the rest', () => {
  test('a bounded map lets the entry go that was used longest ago', () => {
    const lru = new Lru<string, number>(10);
    lru.set('a', 1, 4);
    lru.set('b', 2, 4);
    lru.get('a');
    lru.set('c', 3, 4);
    lru.set('huge', 4, 11);
    expect([lru.get('a'), lru.get('b'), lru.get('c'), lru.get('huge'), lru.weight]).toEqual([1, undefined, 3, undefined, 8]);
  });

  test('seeded chance repeats', () => {
    const [a, b] = [seededRandom(7), seededRandom(7)];
    expect([a.next(), a.uuid(), Buffer.from(a.bytes(4)).toString('hex')]).toEqual([
      b.next(),
      b.uuid(),
      Buffer.from(b.bytes(4)).toString('hex'),
    ]);
    expect(seededRandom(8).uuid()).not.toBe(seededRandom(7).uuid());
  });

  test('diagnostics show the place', () => {
    expect(codeFrame('a\nbad\nc', { line: 2, column: 2 })).toBe('  1 | a\n> 2 | bad\n    |  ^\n  3 | c');
    expect(formatDiagnostic({ severity: 'error', code: 'X', message: 'no', file: 'f.yaml', line: 1, column: 3, hint: 'do' })).toBe(
      'f.yaml:1:3: error: no\n  do',
    );
    expect(didYouMean('namepsace', ['name', 'namespace'])).toBe('namespace');
    expect(didYouMean('zzz', ['name'])).toBeUndefined();
  });

  test('errors are told by their brand', () => {
    const error = new FluxError({ code: 'A', message: 'm', cause: 1 });
    expect([isFluxError(error), isFluxError(new Error('x')), error.cause, error.code]).toEqual([true, false, 1, 'A']);
  });

  test('times are whole seconds in UTC', () => {
    expect(formatTime(Date.UTC(2026, 0, 1) + 999)).toBe('2026-01-01T00:00:00Z');
    expect(parseTime('2026-01-01T01:00:00+01:00')).toBe(Date.UTC(2026, 0, 1));
    expect(parseTime('2026-01-01')).toBeUndefined();
  });
});
