import { expect, describe, test } from 'vitest';
import { memoryFileSystem } from '@flux-ts/kustomize';
import { composeValues, expand, ignoreMatcher, ValuesReferenceError, type ValuesReference } from './index.ts';

describe('expand', () => {
  const vars = { name: 'prod-eu', empty: '', path: 'a/b/c', word: 'foo.bar.baz' };
  test.each([
    ['${name}', 'prod-eu'],
    ['$name and $${name}', '$name and ${name}'],
    ['${none:-x}', 'x'],
    ['${empty:-x}', 'x'],
    ['${none:=${name}}', 'prod-eu'],
    ['${#name}', '7'],
    ['${name^^}', 'PROD-EU'],
    ['${name^}', 'Prod-eu'],
    ['${name:5}', 'eu'],
    ['${name:0:4}', 'prod'],
    ['${word#*.}', 'bar.baz'],
    ['${word##*.}', 'baz'],
    ['${word%.*}', 'foo.bar'],
    ['${word%%.*}', 'foo'],
    ['${name/-/_}', 'prod_eu'],
    ['${path//\\//.}', 'a.b.c'],
  ])('%s gives %s', (text, wanted) => {
    expect(expand(text, vars, { strict: true })).toBe(wanted);
  });

  test('a variable that is not there is an error in strict mode only', () => {
    expect(() => expand('${none}', vars, { strict: true })).toThrow('variable not set (strict mode): "none"');
    expect(expand('[${none}]', vars, { strict: false })).toBe('[]');
  });

  test('what cannot be read is an error', () => {
    expect(() => expand('${name', vars, { strict: false })).toThrow('missing closing brace');
    expect(() => expand('${}', vars, { strict: false })).toThrow('unable to parse variable name');
  });

  test('a long text with many expressions takes time that grows with its length', () => {
    const text = '${name} '.repeat(20_000);
    expect(expand(text, vars, { strict: true })).toHaveLength(20_000 * 8);
    expect(expand('$$'.repeat(500_000), vars, { strict: true })).toHaveLength(500_000);
    expect(expand(`\${name//${'x'.repeat(100)}/${'\\/'.repeat(100_000)}}`, vars, { strict: true })).toBe('prod-eu');
  }, 10_000);
});

describe('ignoreMatcher', () => {
  test('leaves out version control always, and images and CI files where nobody says anything', () => {
    const plain = ignoreMatcher({});
    expect(['.git', 'a/.gitignore', 'x.png', '.github', 'app.yaml'].map((path) => plain.ignored(path, false))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(plain.ignored('.github', true)).toBe(true);
    const given = ignoreMatcher({ patterns: '/*\n!/deploy\n' });
    expect(given.ignored('x.png', false)).toBe(true);
    expect(given.ignored('deploy/x.png', false)).toBe(false);
    expect(given.ignored('.git', true)).toBe(true);
  });

  test('takes .sourceignore files for their own directories', () => {
    const tree = memoryFileSystem({ '/.sourceignore': '*.txt\n', '/a/.sourceignore': '!keep.txt\n', '/a/keep.txt': '', '/keep.txt': '' });
    const matcher = ignoreMatcher({ tree });
    expect(matcher.ignored('keep.txt', false)).toBe(true);
    expect(matcher.ignored('a/keep.txt', false)).toBe(false);
  });
});

describe('composeValues', () => {
  const data: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'ConfigMap/base': { 'values.yaml': 'a: 1\nb: {c: 2}\n', other: 'x,y' },
    'Secret/creds': { token: "'007'" },
  };
  const compose = (valuesFrom: readonly ValuesReference[], values = {}): unknown =>
    composeValues({ valuesFrom, values, namespace: 'apps' }, (kind, name) => data[`${kind}/${name}`]).values;

  test.each([
    {
      name: 'later ones win, inline ones last',
      from: [{ kind: 'ConfigMap', name: 'base' }],
      values: { b: { d: 3 }, a: 9 },
      wanted: { a: 9, b: { c: 2, d: 3 } },
    },
    {
      name: 'a target path takes Helm’s syntax',
      from: [{ kind: 'ConfigMap', name: 'base', valuesKey: 'other', targetPath: 'p.q', literal: true }],
      values: {},
      wanted: { p: { q: 'x,y' } },
    },
    {
      name: 'a quoted value stays a string',
      from: [{ kind: 'Secret', name: 'creds', valuesKey: 'token', targetPath: 'auth.token' }],
      values: {},
      wanted: { auth: { token: '007' } },
    },
    {
      name: 'an optional one may be missing',
      from: [{ kind: 'Secret', name: 'none', optional: true }],
      values: { a: 1 },
      wanted: { a: 1 },
    },
  ])('$name', ({ from, values, wanted }) => {
    expect(compose(from, values)).toEqual(wanted);
  });

  test.each([
    [
      { kind: 'Secret', name: 'none' },
      'VALUES_NOT_FOUND',
      `could not resolve Secret chart values reference 'apps/none' with key 'values.yaml': secrets "none" not found`,
    ],
    [
      { kind: 'ConfigMap', name: 'base', valuesKey: 'nope' },
      'VALUES_KEY_NOT_FOUND',
      "could not resolve ConfigMap chart values reference 'apps/base' with key 'nope': key not found",
    ],
    [
      { kind: 'Other', name: 'x' },
      'VALUES_KIND',
      "could not resolve Other chart values reference 'apps/x' with key 'values.yaml': unsupported values reference kind",
    ],
  ])('%o is refused', (reference, code, message) => {
    try {
      compose([reference]);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ValuesReferenceError);
      expect(error).toMatchObject({ code, message });
    }
  });
});
