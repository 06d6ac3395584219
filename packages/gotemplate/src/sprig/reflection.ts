import { goDeepEqual } from '../deep-equal.ts';
import { goFunc } from '../functions.ts';
import { kindName, typeName } from '../values.ts';
import type { GoFunc, MaybeValue } from '../model.ts';

/** typeOf, kindOf, typeIs, typeIsLike, kindIs, deepEqual. */
export const REFLECTION: readonly GoFunc[] = [
  goFunc('typeOf', ['any'], ([value]: [MaybeValue]) => typeName(value)),
  goFunc('kindOf', ['any'], ([value]: [MaybeValue]) => kindName(value)),
  goFunc('typeIs', ['string', 'any'], ([name, value]: [string, MaybeValue]) => name === typeName(value)),
  goFunc(
    'typeIsLike',
    ['string', 'any'],
    ([name, value]: [string, MaybeValue]) => name === typeName(value) || `*${name}` === typeName(value),
  ),
  goFunc('kindIs', ['string', 'any'], ([name, value]: [string, MaybeValue]) => name === kindName(value)),
  goFunc('deepEqual', ['any', 'any'], ([a, b]: [MaybeValue, MaybeValue]) => goDeepEqual(a, b)),
];
