import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TemplateError } from './errors.ts';
import { nodeText } from './nodes.ts';
import { outline } from './outline.ts';
import { parseTemplate, parseWhole, type Tree } from './parser.ts';

const FUNCTIONS: ReadonlySet<string> = new Set(['len', 'printf', 'eq', 'include', 'default']);
const hasFunction = (name: string): boolean => FUNCTIONS.has(name);

/** All that a parse gives, lists read. */
function shape(trees: ReadonlyMap<string, Tree>): unknown {
  return [...trees.values()].map((tree) => [tree.name, tree.isMain, tree.isEmpty, nodeText(tree.root), nodesOf(tree.root)]);
}

/** The nodes as data, lists without their own places. */
function nodesOf(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(nodesOf);
  if (typeof node !== 'object' || node === null) return node;
  if ('kind' in node && node.kind === 'list' && 'nodes' in node) return nodesOf(node.nodes);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, nodesOf(value)]));
}

function parsed(text: string, parse: typeof parseTemplate): unknown {
  try {
    return shape(parse('t', text, hasFunction));
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

describe('outline', () => {
  test.each([
    ['{{define "a"}}{{if .x}}y{{else if .z}}{{- range $i, $v := .l -}}{{break}}{{end}}{{else}}n{{end}}{{end}} {{template "a" .}}'],
    ['{{/* c */}}{{- /* d */ -}} {{with $x := (include `n` . | default "q\\n").y}}{{$x.z}}{{else with .w}}{{.}}{{end}}'],
    ['{{ $a := 0644 }}{{ $a = -1.5 }}{{ eq $a 3 | printf "%d" true nil }}'],
    ['{{define "e"}} {{/* nothing */}}\n{{end}}{{define "f"}}\u00a0{{end}}'],
  ])('takes %s', (text) => {
    expect(outline(text, hasFunction)).toBeDefined();
    expect(parsed(text, parseTemplate)).toEqual(parsed(text, parseWhole));
  });

  test.each([
    ['{{'],
    ['{{}}'],
    ['{{ . }'],
    ['{{if .x}}'],
    ['{{end}}'],
    ['{{else}}'],
    ['{{if .x}}{{else}}{{else}}{{end}}'],
    ['{{range .x}}{{else if .y}}{{end}}'],
    ['{{if .x}}{{else with .y}}{{end}}'],
    ['{{unknown}}'],
    ['{{$x}}'],
    ['{{if .a}}{{$x := 1}}{{end}}{{$x}}'],
    ['{{break}}'],
    ['{{range .x}}{{else}}{{break}}{{end}}'],
    ['{{define "a"}}x{{end}}{{define "a"}}y{{end}}'],
    ['{{if .x}}{{define "a"}}{{end}}{{end}}'],
    ['{{define "a"}}{{$}}{{$y}}{{end}}{{$y := 1}}'],
    ['{{ . | 3 }}'],
    ['{{ 08 }}'],
    ['{{ 3x }}'],
    ['{{ "a\n" }}'],
    ['{{ "\\q" }}'],
    ['{{ "a".b }}'],
    ['{{ (.a)b }}'],
    ['{{ .a.5 }}'],
    ['{{ ..a }}'],
    ['{{ $x, $y := 1 }}'],
    ['{{ $x= 1 }}'],
    ['{{ (len .a }}'],
    ['{{ .a) }}'],
    ['{{ .é }}'],
    ['{{ "a" -}'],
    ['{{/* a }}'],
    ['{{/* a */ }}'],
    ['{{end-}}'],
    ['{{if"x"}}{{end}}'],
    ['{{ .x-}}'],
  ])('leaves %s to the parser', (text) => {
    expect(outline(text, hasFunction)).toBeUndefined();
  });

  test('accepts nothing that the parser refuses, and the lists that are read later are those of the whole parse', () => {
    const pieces = [
      '{{',
      '}}',
      '{{- ',
      ' -}}',
      '{{if .a}}',
      '{{else}}',
      '{{else if $}}',
      '{{end}}',
      '{{range $i, $v := .l}}',
      '{{with $x := .y}}',
      '{{define "d"}}',
      '{{define "e" -}}',
      '{{template "d" .}}',
      '{{break}}',
      '{{/* c */}}',
      '$x',
      '$v.w',
      ' := ',
      ' = ',
      ', ',
      '.a',
      '.',
      ' ',
      '\n',
      'text',
      'len ',
      'nope',
      'true',
      'nil',
      'if ',
      '(',
      ')',
      '|',
      '"s"',
      '"\\n"',
      '`r`',
      "'c'",
      '12',
      '0755',
      '-1',
      '1.5',
      '1e3',
      'é',
      '{{ $x }}',
      '{{ $x := 1 }}',
      '{{ len .a | printf "%d" }}',
    ];
    const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));
    const check = (text: string): void => {
      expect(parsed(text, parseTemplate)).toEqual(parsed(text, parseWhole));
    };
    fc.assert(fc.property(texts, check), { numRuns: 5000 });
  });
});
