import { equal, less, lessOrEqual } from './compare.ts';
import { GoError } from './errors.ts';
import { escapeHtml, escapeJs, escapeQuery } from './escape.ts';
import { sprint, sprintln } from './fmt.ts';
import { functionTable, goFunc } from './functions.ts';
import { indexValue, length, sliceValue } from './indexing.ts';
import { printable } from './print.ts';
import { formatGo } from './printf.ts';
import { truth } from './truth.ts';
import { goInt, typeName } from './values.ts';
import type { FunctionTable, GoFunc, MaybeValue } from './model.ts';

type Values = readonly MaybeValue[];

/** The text that html, js and urlquery work on. */
function textOf(args: Values): string {
  const [first] = args;
  if (args.length === 1 && typeof first === 'string') return first;
  return sprint(args.map((arg) => (arg === null || arg === undefined ? '<no value>' : printable(arg) === undefined ? arg : arg)));
}

function notLazy(): never {
  throw new TypeError('and, or are carried out by the executor');
}

function callFunction([name, fn]: Values): never {
  if (fn === undefined || fn === null) throw new GoError('call of nil');
  throw new GoError(`non-function ${String(name)} of type ${typeName(fn)}`);
}

const FUNCTIONS: readonly GoFunc[] = [
  { ...goFunc('and', ['value', '...value'], notLazy), special: 'and' },
  { ...goFunc('or', ['value', '...value'], notLazy), special: 'or' },
  { ...goFunc('call', ['value', '...value'], callFunction), special: 'call' },
  goFunc('html', ['...any'], (args: Values) => escapeHtml(textOf(args))),
  goFunc('index', ['value', '...value'], ([item, ...indexes]: [MaybeValue, ...MaybeValue[]]) => indexValue(item, indexes)),
  goFunc('slice', ['value', '...value'], ([item, ...indexes]: [MaybeValue, ...MaybeValue[]]) => sliceValue(item, indexes)),
  goFunc('js', ['...any'], (args: Values) => escapeJs(textOf(args))),
  goFunc('len', ['value'], ([value]: [MaybeValue]) => goInt(length(value))),
  goFunc('not', ['value'], ([value]: [MaybeValue]) => !truth(value)),
  goFunc('print', ['...any'], (args: Values) => sprint(args)),
  goFunc('printf', ['string', '...any'], ([format, ...args]: [string, ...MaybeValue[]]) => formatGo(format, args)),
  goFunc('println', ['...any'], (args: Values) => sprintln(args)),
  goFunc('urlquery', ['...any'], (args: Values) => escapeQuery(textOf(args))),
  goFunc('eq', ['value', '...value'], ([first, ...others]: [MaybeValue, ...MaybeValue[]]) => equal(first, others)),
  goFunc('ne', ['value', 'value'], ([a, b]: [MaybeValue, MaybeValue]) => !equal(a, [b])),
  goFunc('lt', ['value', 'value'], ([a, b]: [MaybeValue, MaybeValue]) => less(a, b)),
  goFunc('le', ['value', 'value'], ([a, b]: [MaybeValue, MaybeValue]) => lessOrEqual(a, b)),
  goFunc('gt', ['value', 'value'], ([a, b]: [MaybeValue, MaybeValue]) => !lessOrEqual(a, b)),
  goFunc('ge', ['value', 'value'], ([a, b]: [MaybeValue, MaybeValue]) => !less(a, b)),
];

/** The functions that Go's text/template has of its own. */
export function goBuiltins(): FunctionTable {
  return functionTable(FUNCTIONS);
}
