import { seededRandom, VirtualClock } from '@flux-ts/base';
import { goBuiltins } from './builtins.ts';
import { TemplateError } from './errors.ts';
import { mergeTables } from './functions.ts';
import type { FunctionTable, TemplateMap } from './model.ts';
import { sprigFunctions } from './sprig/index.ts';
import { TemplateSet } from './template-set.ts';

/** One row of a table of templates: what it prints, or how it fails. */
export interface Row {
  readonly text: string;
  readonly want?: string;
  readonly error?: string;
}

/** The functions that tests use: time stands still, chance repeats. */
export function testFunctions(): FunctionTable {
  return mergeTables(goBuiltins(), sprigFunctions({ clock: new VirtualClock(), random: seededRandom(1) }));
}

/** The data that the tables of templates are executed with; a new copy each time, because templates may change it. */
function testData(): TemplateMap {
  return {
    i: 42,
    f: 3.5,
    s: 'hello world',
    u: 'caf\u00e9 \u4e16',
    l: ['a', 'b', 'c'],
    n: [3, 1, 2],
    m: { b: 2, a: 1, c: { d: 'deep' } },
    nul: null,
    mixed: [1, 'a', true, null, 2.5, { k: 'v' }],
  };
}

const functions = testFunctions();

/** Executes a template, named `t`, as Helm does. @returns what it prints or the text of its error */
export function answer(text: string, data: TemplateMap = testData()): { readonly want: string } | { readonly error: string } {
  try {
    const set = new TemplateSet({ functions, missingKey: 'zero', name: 't' });
    set.parse('t', text);
    return { want: set.execute('t', data) };
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message };
    throw error;
  }
}
