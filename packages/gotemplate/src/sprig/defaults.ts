import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import { truth } from '../truth.ts';
import { goTypeOf } from '../values.ts';
import { type GoFunc, GoObject, type MaybeValue, type TemplateValue } from '../model.ts';

/** Tells whether a value is nothing to sprig: nil, zero, false, or without elements. Structs never are. */
export function isEmpty(value: MaybeValue): boolean {
  if (value instanceof GoObject && goTypeOf(value)?.kind === 'struct') return false;
  return !truth(value);
}

type Values = readonly MaybeValue[];

function ternary([yes, no, test]: readonly [TemplateValue, TemplateValue, boolean]): MaybeValue {
  return test ? yes : no;
}

/** default, empty, coalesce, all, any, ternary, fail. */
export const DEFAULTS: readonly GoFunc[] = [
  goFunc('default', ['any', '...any'], (args: Values) => (args.length < 2 || isEmpty(args[1]) ? args[0] : args[1])),
  goFunc('empty', ['any'], ([value]: [MaybeValue]) => isEmpty(value)),
  goFunc('coalesce', ['...any'], (args: Values) => args.find((arg) => !isEmpty(arg)) ?? null),
  goFunc('all', ['...any'], (args: Values) => args.every((arg) => !isEmpty(arg))),
  goFunc('any', ['...any'], (args: Values) => args.some((arg) => !isEmpty(arg))),
  goFunc('ternary', ['any', 'any', 'bool'], ternary),
  goFunc('fail', ['string'], ([message]: [string]) => {
    throw new GoError(message);
  }),
];
