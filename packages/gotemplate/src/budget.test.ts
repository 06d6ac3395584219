import { VirtualClock } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';
import { Budget, type BudgetLimits } from './budget.ts';
import { functionTable, goFunc, mergeTables } from './functions.ts';
import type { CallContext, MaybeValue } from './model.ts';
import { TemplateSet } from './template-set.ts';
import { testFunctions } from './testing.ts';

const include = goFunc('include', ['string', 'any'], ([name, data]: [string, MaybeValue], ctx: CallContext) => ctx.execute(name, data));
const functions = mergeTables(testFunctions(), functionTable([include]));

function run(text: string, limits: BudgetLimits): string {
  const set = new TemplateSet({ functions });
  set.parse('t', text);
  return set.execute('t', { s: 'x'.repeat(1000) }, { budget: new Budget(limits) });
}

describe('budget', () => {
  test.each([
    { name: 'a range over a billion', text: '{{ range 1000000000 }}{{ end }}', code: 'TEMPLATE_STEPS' },
    { name: 'a list of a billion integers', text: '{{ until 1000000000 }}', code: 'TEMPLATE_STEPS' },
    {
      name: 'templates that call one another twice',
      text: '{{ define "x" }}{{ if lt . 60 }}{{ template "x" (add1 . | int) }}{{ template "x" (add1 . | int) }}{{ end }}{{ end }}{{ template "x" 1 }}',
      code: 'TEMPLATE_STEPS',
    },
    { name: 'endless recursion', text: '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}', code: 'TEMPLATE_DEPTH' },
    { name: 'a text that doubles itself', text: '{{ $x := .s }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}', code: 'TEMPLATE_OUTPUT' },
    { name: 'too many repeats', text: '{{ repeat 1000000000 "x" }}', code: 'TEMPLATE_OUTPUT' },
    { name: 'too much output', text: '{{ range 1000000 }}{{ $.s }}{{ end }}', code: 'TEMPLATE_OUTPUT' },
  ])('$name is stopped', ({ text, code }) => {
    expect(() => run(text, { steps: 200_000, outputBytes: 1_000_000, depth: 200 })).toThrow(expect.objectContaining({ code }) as Error);
  });

  test('an aborted signal ends a render with its reason', () => {
    const reason = new Error('stop');
    expect(() => run('{{ range 100000 }}{{ end }}', { signal: AbortSignal.abort(reason) })).toThrow(reason);
  });

  test('a deadline that has passed ends a render', () => {
    const clock = new VirtualClock(1000);
    expect(() => run('{{ range 100000 }}{{ end }}', { deadline: { clock, atMs: 999 } })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_TIME' }) as Error,
    );
  });

  test('a thousand nested includes fit', () => {
    const text =
      '{{ define "x" }}{{ if lt . 1000 }}{{ include "x" (add1 . | int) }}{{ else }}{{ . }}{{ end }}{{ end }}{{ include "x" 400 }}';
    expect(run(text, {})).toBe('1000');
  });
});
