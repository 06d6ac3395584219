import { describe, expect, test } from 'vitest';
import { goBuiltins } from './builtins.ts';
import type { MaybeValue, TemplateMap } from './model.ts';
import { testFunctions } from './testing.ts';
import { TemplateCache, TemplateSet } from './template-set.ts';

interface Case {
  readonly name?: string;
  readonly text: string;
  readonly data: TemplateMap;
  readonly want: string;
}

function render(text: string, data?: MaybeValue): string {
  const set = new TemplateSet({ functions: goBuiltins(), missingKey: 'zero', name: 'root' });
  set.parse('t', text);
  return set.execute('t', data);
}

test('the example of the README prints what it says', () => {
  const set = new TemplateSet({ functions: testFunctions(), missingKey: 'zero' });
  set.parse('greet', 'Hello {{ .name | default "you" | upper }}');
  expect([set.execute('greet', { name: 'ann' }), set.execute('greet', {})]).toEqual(['Hello ANN', 'Hello YOU']);
});

describe('templates', () => {
  test.each<Case>([
    { name: 'prints fields', text: '{{ .a.b }}', data: { a: { b: 'x' } }, want: 'x' },
    { name: 'prints a missing key as no value', text: '{{ .nope }}', data: {}, want: '<no value>' },
    { name: 'trims white space at markers', text: 'a \n{{- 1 -}}\n b', data: {}, want: 'a1b' },
    { name: 'prints large floats with an exponent', text: '{{ .n }}', data: { n: 1_000_000 }, want: '1e+06' },
    {
      name: 'ranges over lists with index and element',
      text: '{{ range $i, $e := .l }}{{ $i }}={{ $e }};{{ end }}',
      data: { l: ['a', 'b'] },
      want: '0=a;1=b;',
    },
    {
      name: 'ranges over maps in the order of their keys',
      text: '{{ range $k, $v := .m }}{{ $k }}{{ $v }} {{ end }}',
      data: { m: { b: 1, a: 2, '10': 3 } },
      want: '103 a2 b1 ',
    },
    { name: 'ranges over an integer', text: '{{ range 3 }}{{ . }}{{ end }}', data: {}, want: '012' },
    { name: 'takes else of an empty range', text: '{{ range .l }}x{{ else }}none{{ end }}', data: { l: [] }, want: 'none' },
    {
      name: 'stops at break and goes on at continue',
      text: '{{ range 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}',
      data: {},
      want: '02',
    },
    {
      name: 'keeps an assignment made inside a branch',
      text: '{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}',
      data: {},
      want: '2',
    },
    {
      name: 'sets dot inside with and back after it',
      text: '{{ with .a }}{{ .b }}{{ end }}{{ .c }}',
      data: { a: { b: 1 }, c: 2 },
      want: '12',
    },
    { name: 'takes else with', text: '{{ with .a }}a{{ else with .b }}{{ . }}{{ end }}', data: { b: 'B' }, want: 'B' },
    {
      name: 'calls defines and blocks',
      text: '{{ define "d" }}<{{ . }}>{{ end }}{{ template "d" .a }}{{ block "b" .a }}[{{ . }}]{{ end }}',
      data: { a: 1 },
      want: '<1>[1]',
    },
    { name: 'looks own keys up only', text: '{{ .constructor }}{{ .a.toString }}', data: { a: {} }, want: '<no value><no value>' },
    { name: 'gives own keys with names of the prototype', text: '{{ .constructor }}', data: { constructor: 'x' }, want: 'x' },
    { name: 'stops evaluating and at the first false value', text: '{{ and .a .a.b.c }}', data: { a: false }, want: 'false' },
  ])('$name', ({ text, data, want }) => {
    expect(render(text, data)).toBe(want);
  });

  test.each<{ text: string; data: TemplateMap; message: string }>([
    { text: '{{ .a.b }}', data: { a: null }, message: 'template: t:1:5: executing "t" at <.a.b>: nil pointer evaluating interface {}.b' },
    {
      text: 'ü{{ .a.b }}',
      data: { a: 'x' },
      message: 'template: t:1:7: executing "t" at <.a.b>: can\'t evaluate field b in type interface {}',
    },
    {
      text: '{{ $x := "s" }}\n  {{ $x.y }}',
      data: {},
      message: 'template: t:2:7: executing "t" at <$x.y>: can\'t evaluate field y in type string',
    },
    {
      text: '{{ range .l }}{{ .x }}{{ end }}',
      data: { l: [null] },
      message: 'template: t:1:17: executing "t" at <.x>: nil pointer evaluating interface {}.x',
    },
    { text: '{{ template "no" }}', data: {}, message: 'template: t:1:12: executing "t" at <{{template "no"}}>: template "no" not defined' },
    {
      text: '{{ index .l 5 }}',
      data: { l: [] },
      message: 'template: t:1:3: executing "t" at <index .l 5>: error calling index: index out of range: 5',
    },
    {
      text: '{{ eq 1 2.0 }}',
      data: {},
      message: 'template: t:1:3: executing "t" at <eq 1 2.0>: error calling eq: incompatible types for comparison: int and float64',
    },
    { text: '{{ len 3 }}', data: {}, message: 'template: t:1:3: executing "t" at <len 3>: error calling len: len of type int' },
    { text: '{{ not }}', data: {}, message: 'template: t:1:3: executing "t" at <not>: wrong number of args for not: want 1 got 0' },
    { text: '{{ printf 1 }}', data: {}, message: 'template: t:1:10: executing "t" at <1>: expected string; found 1' },
    {
      text: '{{ 9223372036854775808 }}',
      data: {},
      message: 'template: t:1:3: executing "t" at <9223372036854775808>: 9223372036854775808 overflows int',
    },
    {
      text: '{{ if false }}{{ $y := 1 }}{{ else }}{{ $y }}{{ end }}',
      data: {},
      message: 'template: t:1:40: executing "t" at <$y>: undefined variable: $y',
    },
    { text: '{{ $u = 1 }}', data: {}, message: 'template: t:1:8: executing "t" at <1>: undefined variable: $u' },
  ])('$text fails with the text of Go', ({ text, data, message }) => {
    expect(() => render(text, data)).toThrow(expect.objectContaining({ code: 'TEMPLATE_EXEC', message }) as Error);
  });

  test('a clone does not give its defines back', () => {
    const set = new TemplateSet({ functions: goBuiltins(), name: 'root' });
    set.parse('a', '{{ define "x" }}old{{ end }}');
    const copy = set.clone();
    copy.parse('b', '{{ define "x" }}new{{ end }}');
    expect([set.execute('x', null), copy.execute('x', null), set.has('b')]).toEqual(['old', 'new', false]);
  });

  test('an empty define does not replace another', () => {
    const set = new TemplateSet({ functions: goBuiltins() });
    set.parse('a', '{{ define "x" }}full{{ end }}');
    set.parse('b', '{{ define "x" }} \n{{ end }}');
    expect(set.execute('x', null)).toBe('full');
  });

  test('sets with one cache share what they compiled', () => {
    const cache = new TemplateCache();
    const functions = goBuiltins();
    const make = (): TemplateSet => new TemplateSet({ functions, cache });
    const [one, two] = [make(), make()];
    one.parse('a', '{{ 1 }}');
    two.parse('a', '{{ 1 }}');
    expect(one.lookup('a')?.statement).toBe(two.lookup('a')?.statement);
  });

  test('equal texts under two names keep their own places in errors', () => {
    const cache = new TemplateCache();
    const set = new TemplateSet({ functions: goBuiltins(), cache });
    set.parse('one', '{{ .a.b }}');
    set.parse('two', '{{ .a.b }}');
    expect(() => set.execute('two', { a: null })).toThrow('template: two:1:5: executing "two"');
  });

  test('a define with the name of its file is not kept for other files', () => {
    const set = new TemplateSet({ functions: goBuiltins(), cache: new TemplateCache() });
    const text = '{{ define "x" }}in{{ end }} ';
    set.parse('x', text);
    set.parse('y', text);
    expect([set.execute('x', null), set.execute('y', null)]).toEqual(['in', ' ']);
  });

  test('a set may refuse to range over integers, as Go did before 1.24', () => {
    const set = new TemplateSet({ functions: goBuiltins(), rangeIntegers: false });
    set.parse('t', '{{ range 3 }}{{ end }}');
    expect(() => set.clone().execute('t', null)).toThrow("range can't iterate over 3");
  });

  test('an int64 of --set is ranged over', () => {
    expect(render('{{ range .n }}{{ . }}{{ end }}', { n: 3n })).toBe('012');
  });

  test('an unknown name is an error that names the set', () => {
    const set = new TemplateSet({ functions: goBuiltins(), name: 'gotpl' });
    expect(() => set.execute('x', null)).toThrow('template: no template "x" associated with template "gotpl"');
  });
});
