import { YamlError } from './errors.ts';
import { normalInteger, parseDigits, parseGoInteger, fitsInt64, fitsUint64 } from './go-number.ts';
import { parseTimestamp } from './go-time.ts';

/** The short tag of a resolved scalar. */
export type ScalarTag = '!!null' | '!!bool' | '!!str' | '!!int' | '!!float' | '!!timestamp' | '!!binary' | '!!merge';

/** A plain scalar's type and value. A timestamp's value is its RFC 3339 text. */
export interface Resolved {
  readonly tag: ScalarTag;
  readonly value: null | boolean | number | bigint | string;
}

const NULL: Resolved = { tag: '!!null', value: null };
const TRUE: Resolved = { tag: '!!bool', value: true };
const FALSE: Resolved = { tag: '!!bool', value: false };

function words(list: string, value: Resolved): [string, Resolved][] {
  return list.split(' ').map((word) => [word, value]);
}

const COMMON: readonly [string, Resolved][] = [
  ['', NULL],
  ...words('~ null Null NULL', NULL),
  ...words('true True TRUE', TRUE),
  ...words('false False FALSE', FALSE),
  ...words('.nan .NaN .NAN', { tag: '!!float', value: Number.NaN }),
  ...words('.inf .Inf .INF +.inf +.Inf +.INF', { tag: '!!float', value: Number.POSITIVE_INFINITY }),
  ...words('-.inf -.Inf -.INF', { tag: '!!float', value: Number.NEGATIVE_INFINITY }),
];
const WORDS_V3: ReadonlyMap<string, Resolved> = new Map(COMMON);
const WORDS_V2: ReadonlyMap<string, Resolved> = new Map([
  ...COMMON,
  ...words('y Y yes Yes YES on On ON', TRUE),
  ...words('n N no No NO off Off OFF', FALSE),
]);
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const DOT_FLOAT = /^\.[0-9](_?[0-9])*([eE][-+]?[0-9](_?[0-9])*)?$/;

function string(text: string): Resolved {
  return { tag: '!!str', value: text };
}

function float(text: string): Resolved | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? { tag: '!!float', value } : undefined;
}

/** `0b...` and `0o...` with underscores or digits that ParseInt(…, 0) has refused; `-0b` and `-0o` likewise. */
function prefixed(plain: string, mark: 'b' | 'o', base: 2 | 8): Resolved | undefined {
  const negative = plain.startsWith(`-0${mark}`);
  if (!negative && !plain.startsWith(`0${mark}`)) return undefined;
  let digits = plain.slice(negative ? 3 : 2);
  let sign = negative;
  // strconv takes a sign behind the prefix, but not behind one before it
  if (!negative && (digits.startsWith('-') || digits.startsWith('+'))) {
    sign = digits.startsWith('-');
    digits = digits.slice(1);
    const value = parseDigits(digits, base);
    if (value === undefined || !fitsInt64(sign ? -value : value)) return undefined;
    return { tag: '!!int', value: normalInteger(sign ? -value : value) };
  }
  const magnitude = parseDigits(digits, base);
  if (magnitude === undefined) return undefined;
  const value = sign ? -magnitude : magnitude;
  if (!fitsInt64(value) && (sign || !fitsUint64(value))) return undefined;
  return { tag: '!!int', value: normalInteger(value) };
}

function number(text: string, v3: boolean): Resolved {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = parseGoInteger(plain);
  if (integer !== undefined) return { tag: '!!int', value: integer };
  if (FLOAT.test(plain)) {
    const value = float(plain);
    if (value !== undefined) return value;
  }
  return prefixed(plain, 'b', 2) ?? (v3 ? prefixed(plain, 'o', 8) : undefined) ?? string(text);
}

/** The kinds of first characters that may begin something else than a string. */
function resolvePlain(text: string, v3: boolean, timestamps: boolean): Resolved {
  const c = text.charCodeAt(0);
  // lower-case letters but f n o t y, and most of the rest, begin strings only
  if ((c >= 48 && c <= 57) || c === 45 || c === 43) {
    const word = (v3 ? WORDS_V3 : WORDS_V2).get(text);
    if (word !== undefined) return word;
    const time = timestamps && c >= 48 ? parseTimestamp(text) : undefined;
    return time === undefined ? number(text, v3) : { tag: '!!timestamp', value: time.text };
  }
  if (c === 46) {
    const word = WORDS_V3.get(text);
    if (word !== undefined) return word;
    return (DOT_FLOAT.test(text) ? float(text.replaceAll('_', '')) : undefined) ?? string(text);
  }
  if (text.length > 5) return string(text);
  return (v3 ? WORDS_V3 : WORDS_V2).get(text) ?? string(text);
}

/** Resolves an untagged plain scalar as go-yaml v2 does (YAML 1.1 booleans). */
export function resolveV2(text: string): Resolved {
  return resolvePlain(text, false, true);
}

/** Resolves an untagged plain scalar as yaml.v3 does. */
export function resolveV3(text: string): Resolved {
  return resolvePlain(text, true, true);
}

/** What a tagged scalar resolves to; `tag` undefined where the tag is none of YAML's own. */
export interface TaggedValue {
  readonly tag: ScalarTag | undefined;
  readonly value: Resolved['value'];
}

const RESOLVABLE: ReadonlySet<string> = new Set(['!!str', '!!bool', '!!int', '!!float', '!!null', '!!timestamp']);

/**
 * Resolves a scalar with a tag as go-yaml does.
 * @param tag short tag, @throws YamlError YAML_TYPE where the text is not of the tag's type
 */
export function resolveTagged(tag: string, text: string, v3: boolean): TaggedValue {
  if (tag === '!!binary') return { tag: '!!binary', value: text };
  if (!RESOLVABLE.has(tag)) return { tag: undefined, value: text };
  if (tag === '!!str') return { tag: '!!str', value: text };
  const got = resolvePlain(text, v3, tag === '!!timestamp');
  if (got.tag === tag) return got;
  if (tag === '!!float' && got.tag === '!!int') {
    // a uint64 is left as it is and refused: only int and int64 turn into floats
    if (typeof got.value === 'number' || fitsInt64(got.value as bigint)) return { tag: '!!float', value: Number(got.value) };
  }
  const problem = `cannot decode ${got.tag} \`${text}\` as a ${tag}`;
  throw new YamlError({ code: 'YAML_TYPE', problem, message: `yaml: ${problem}`, file: undefined, mark: undefined });
}
