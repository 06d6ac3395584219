import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import { compactJson, parseGoJson, prettyJson } from '../json.ts';
import type { GoFunc, MaybeValue, TemplateValue } from '../model.ts';

function orNothing<T extends MaybeValue>(run: () => T, nothing: T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoError) return nothing;
    throw error;
  }
}

const parse = (text: string): MaybeValue => parseGoJson(text) as TemplateValue;
type One = [MaybeValue];

/** toJson, fromJson and their kin: those with `must` fail, the others give nothing. */
export const JSON_FUNCTIONS: readonly GoFunc[] = [
  goFunc('fromJson', ['string'], ([text]: [string]) => orNothing(() => parse(text), null)),
  goFunc('mustFromJson', ['string'], ([text]: [string]) => parse(text)),
  goFunc('toJson', ['any'], ([value]: One) => orNothing(() => compactJson(value), '')),
  goFunc('mustToJson', ['any'], ([value]: One) => compactJson(value)),
  goFunc('toPrettyJson', ['any'], ([value]: One) => orNothing(() => prettyJson(value), '')),
  goFunc('mustToPrettyJson', ['any'], ([value]: One) => prettyJson(value)),
  goFunc('toRawJson', ['any'], ([value]: One) => compactJson(value, false)),
  goFunc('mustToRawJson', ['any'], ([value]: One) => compactJson(value, false)),
];
