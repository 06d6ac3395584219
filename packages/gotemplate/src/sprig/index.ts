import type { Clock, Random } from '@flux-ts/base';
import { functionTable, goFunc } from '../functions.ts';
import { certificateFunctions } from './certificates.ts';
import { dateFunctions } from './dates.ts';
import { DEFAULTS } from './defaults.ts';
import { DICTS } from './dicts.ts';
import { ENCODINGS } from './encoding.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LISTS } from './lists.ts';
import { NUMBERS } from './numbers.ts';
import { PATHS } from './paths.ts';
import { randomFunctions } from './random.ts';
import { REFLECTION } from './reflection.ts';
import { regexFunctions } from './regex.ts';
import { secretFunctions } from './secrets.ts';
import { SEMVER } from './semver.ts';
import { STRINGS } from './strings.ts';
import { URLS } from './urls.ts';
import type { FunctionTable } from '../model.ts';

/** What sprig's functions take from outside. */
export interface SprigEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  /** The zone of the tz database that Go calls Local. Default UTC. */
  readonly timeZone?: string;
}

/**
 * The functions of sprig v3.3, without env and expandenv.
 * `Differs:` keys, values and pluck give maps in the order of their keys (Go: in none); getHostByName always gives the empty text.
 */
export function sprigFunctions(env: SprigEnvironment): FunctionTable {
  return functionTable(
    DEFAULTS,
    STRINGS,
    DICTS,
    LISTS,
    NUMBERS,
    JSON_FUNCTIONS,
    REFLECTION,
    PATHS,
    ENCODINGS,
    SEMVER,
    URLS,
    regexFunctions(),
    dateFunctions(env),
    certificateFunctions(env),
    secretFunctions(env.random),
    randomFunctions(env.random),
    [goFunc('getHostByName', ['string'], () => '')],
  );
}
