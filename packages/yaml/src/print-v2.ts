import { goJson, isArray, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { analyze, BLOCK, BLOCK_PLAIN, MULTILINE, SINGLE } from './analyze.ts';
import { fitsInt64, fitsUint64, formatFloat } from './go-number.ts';
import { naturalKeys } from './key-order.ts';
import { readAsSigs } from './read-sigs.ts';
import { resolveV2 } from './resolve.ts';
import { pad, WIDTH, writeDouble, writeLiteral, writePlain, writeSingle, type Place } from './write-scalar.ts';

type Style = 'plain' | 'single' | 'double' | 'literal';

const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** go-yaml writes longer keys with a question mark. */
const MAX_SIMPLE_KEY = 128;

/** How go-yaml v2 writes a string as a value or as a key with a question mark. */
function styleOf(text: string): Style {
  const allowed = analyze(text);
  if (text.includes('\n')) return (allowed & BLOCK) === 0 ? 'double' : 'literal';
  if (resolveV2(text).tag !== '!!str' || (text.includes(':') && BASE60.test(text))) return 'double';
  if ((allowed & BLOCK_PLAIN) !== 0) return 'plain';
  return (allowed & SINGLE) === 0 ? 'double' : 'single';
}

function writeString(text: string, style: Style, place: Place): string {
  switch (style) {
    case 'plain':
      return writePlain(text, place);
    case 'single':
      return writeSingle(text, place);
    case 'double':
      return writeDouble(text, place);
    default:
      return writeLiteral(text, place.indent);
  }
}

/** A number as it comes out of JSON and go-yaml: an int where it is one within 64 bits, else a float64. */
function sigsNumber(value: number): string {
  if (Number.isInteger(value)) {
    if (Number.isSafeInteger(value)) return value === 0 ? '0' : String(value);
    if (Math.abs(value) < 1e21) {
      const exact = BigInt(String(value));
      if (fitsInt64(exact) || fitsUint64(exact)) return exact.toString();
    }
  }
  return formatFloat(value);
}

function sigsBigint(value: bigint): string {
  return fitsInt64(value) || fitsUint64(value) ? value.toString() : formatFloat(Number(value));
}

/** A float64 as sigs.k8s.io/yaml.JSONObjectToYAMLObject narrows it: an int where it is one within 64 bits, all digits exact. */
function narrowedNumber(value: number): string {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64 ? BigInt(value).toString() : formatFloat(value);
}

/** How a value is printed besides its layout. */
interface Profile {
  readonly keys: (object: JsonObject) => string[];
  readonly number: (value: number) => string;
  readonly bigint: (value: bigint) => string;
}

class Printer {
  readonly #profile: Profile;
  out = '';

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  root(value: JsonValue): string {
    if (isArray(value) && value.length > 0) this.#sequence(value, 0, true);
    else if (isMap(value)) this.#mapping(value as JsonObject, 0, true);
    else this.#scalar(value, 0, 2);
    return this.out;
  }

  /** Writes a value behind `key:` or `-`. @param column where the cursor stands @param indent of the parent */
  #value(value: JsonValue, column: number, indent: number): void {
    if (typeof value === 'object' && value !== null) {
      if (isArray(value) ? value.length > 0 : isMap(value)) {
        this.out += '\n';
        if (isArray(value)) this.#sequence(value, indent, false);
        else this.#mapping(value as JsonObject, indent + 2, false);
        return;
      }
    }
    this.out += ' ';
    this.#scalar(value, column + 1, indent + 2);
  }

  /** Writes a scalar or an empty collection and ends the line. */
  #scalar(value: JsonValue, column: number, indent: number): void {
    if (typeof value === 'string') {
      const style = styleOf(value);
      this.out += writeString(value, style, { column, indent, width: WIDTH });
      if (style === 'literal' && endsInSeparator(value)) return;
    } else if (value === null) this.out += 'null';
    else if (typeof value === 'number') this.out += this.#profile.number(value);
    else if (typeof value === 'bigint') this.out += this.#profile.bigint(value);
    else if (typeof value === 'boolean') this.out += value ? 'true' : 'false';
    else this.out += isArray(value) ? '[]' : '{}';
    this.out += '\n';
  }

  /** @param inline the first line goes on where the cursor is */
  #sequence(items: readonly JsonValue[], indent: number, inline: boolean): void {
    let lead = inline ? '' : pad(indent);
    for (const item of items) {
      this.out += `${lead}-`;
      lead = pad(indent);
      if (isArray(item) && item.length > 0) {
        this.out += ' ';
        this.#sequence(item, indent + 2, true);
      } else if (isMap(item)) {
        this.out += ' ';
        this.#mapping(item as JsonObject, indent + 2, true);
      } else this.#value(item, indent + 1, indent);
    }
  }

  #mapping(object: JsonObject, indent: number, inline: boolean): void {
    let lead = inline ? '' : pad(indent);
    for (const key of this.#profile.keys(object)) {
      const value = object[key] as JsonValue;
      this.out += lead;
      lead = pad(indent);
      const simple = simpleKey(key, indent);
      if (simple !== undefined) {
        this.out += simple;
        this.#value(value, indent + simple.length, indent);
      } else this.#longKey(key, value, indent);
    }
  }

  #longKey(key: string, value: JsonValue, indent: number): void {
    const style = styleOf(key);
    this.out += `? ${writeString(key, style, { column: indent + 2, indent: indent + 2, width: WIDTH })}`;
    this.out += `${style === 'literal' && endsInSeparator(key) ? '' : '\n'}${pad(indent)}:`;
    if (isArray(value) && value.length > 0) {
      this.out += ' ';
      this.#sequence(value, indent + 2, true);
    } else if (isMap(value)) {
      this.out += ' ';
      this.#mapping(value as JsonObject, indent + 2, true);
    } else this.#value(value, indent + 1, indent);
  }
}

/** LS and PS end a line for libyaml: behind them it writes no other line break. */
function endsInSeparator(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last === 0x2028 || last === 0x2029;
}

/** A mapping with entries; empty ones are written like scalars. */
function isMap(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || isArray(value)) return false;
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

/** `key:` as it is written where it fits on its line, else undefined. */
function simpleKey(key: string, column: number): string | undefined {
  if (key.length > MAX_SIMPLE_KEY || (key.length > 42 && Buffer.byteLength(key) > MAX_SIMPLE_KEY)) return undefined;
  if ((analyze(key) & MULTILINE) !== 0) return undefined;
  return `${writeString(key, styleOf(key), { column, indent: column, width: Number.POSITIVE_INFINITY })}:`;
}

const SIGS: Profile = { keys: naturalKeys, number: sigsNumber, bigint: sigsBigint };

// go-yaml reads the JSON again and stumbles over raw DEL and C1 controls, folds NEL, and refuses very long keys
// eslint-disable-next-line no-control-regex
const HARD_FOR_YAML = /[\x7f-\x9f\ud800-\udfff\ufffe\uffff]/;

function isHard(value: JsonValue): boolean {
  if (typeof value === 'string') return HARD_FOR_YAML.test(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && !Number.isFinite(value);
  if (isArray(value)) return value.some(isHard);
  for (const key of Object.keys(value))
    if (key.length > 160 || HARD_FOR_YAML.test(key) || isHard((value as JsonObject)[key] as JsonValue)) return true;
  return false;
}

/**
 * Prints a value as `sigs.k8s.io/yaml.Marshal` does: JSON, read by go-yaml v2, printed by it. Keys are in natural order,
 * lists are not indented, long texts are folded at 80 columns.
 * @throws YamlError where Go cannot read its own JSON back (raw C1 controls, keys beyond 1,024 characters)
 */
export function printYaml(value: JsonValue): string {
  return new Printer(SIGS).root(isHard(value) ? readAsSigs(goJson(value)) : value);
}

/** In which order {@link printYamlV2} writes keys. */
export interface PrintV2Options {
  /** `natural` as go-yaml sorts a map (default), `bytes` as Flux's configDigest has them, `source` as they stand in the object. */
  readonly keyOrder?: 'natural' | 'bytes' | 'source';
  /** What a whole JS number is in Go: an int (default, as sigs.k8s.io/yaml.JSONObjectToYAMLObject makes it) or a float64. */
  readonly numbers?: 'int64' | 'float64';
}

/** Prints a value as go-yaml v2 does, without the way through JSON. */
export function printYamlV2(value: JsonValue, options: PrintV2Options = {}): string {
  const order = options.keyOrder ?? 'natural';
  const keys = order === 'natural' ? naturalKeys : order === 'bytes' ? sortedKeys : Object.keys;
  return new Printer({ keys, number: options.numbers === 'float64' ? formatFloat : narrowedNumber, bigint: sigsBigint }).root(value);
}
