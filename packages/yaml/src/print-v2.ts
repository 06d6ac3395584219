import { goJson, isArray, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fitsInt64, fitsUint64, formatFloat } from './go-number.ts';
import { naturalKeys } from './key-order.ts';
import { readAsSigs } from './read-sigs.ts';
import { simpleKey, styleOf, writeString } from './scalar-style.ts';
import { pad, WIDTH } from './write-scalar.ts';

/** Keys near the bound of 1,024 characters, which Go cannot read back from its JSON. */
const LONG_KEY = 160;

/** A number as it comes out of JSON and go-yaml: an int where it is one within 64 bits, else a float64. */
function sigsNumber(value: number): string {
  if (Number.isInteger(value)) {
    if (Number.isSafeInteger(value)) return value === 0 ? '0' : String(value);
    if (Math.abs(value) < 1e21) {
      const exact = BigInt(String(value));
      if (fitsInt64(exact) || fitsUint64(exact)) return exact.toString();
    }
  } else if (!Number.isFinite(value)) detour();
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
  /** Called for a text that does not survive the way through JSON and YAML. */
  readonly hard: () => void;
}

class Printer {
  readonly #profile: Profile;
  #out = '';

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  root(value: JsonValue): string {
    if (typeof value === 'object' && value !== null) this.#collection(value, 0, true);
    else this.#scalar(value, 0, 2);
    return this.#out;
  }

  /** Writes an array or object from here on. @param inline the first line goes on where the cursor is */
  #collection(value: readonly JsonValue[] | JsonObject, indent: number, inline: boolean): void {
    if (isArray(value)) {
      if (value.length === 0) this.#out += '[]\n';
      else this.#sequence(value, indent, inline);
      return;
    }
    const keys = this.#profile.keys(value);
    if (keys.length === 0) this.#out += '{}\n';
    else this.#mapping(value, keys, { indent, inline });
  }

  /** Writes a value behind `key:` or `-`. @param column where the cursor stands @param indent of the parent */
  #value(value: JsonValue, column: number, indent: number): void {
    if (typeof value !== 'object' || value === null) {
      this.#out += ' ';
      this.#scalar(value, column + 1, indent + 2);
    } else if (isArray(value)) {
      if (value.length === 0) this.#out += ' []\n';
      else {
        this.#out += '\n';
        this.#sequence(value, indent, false);
      }
    } else {
      const keys = this.#profile.keys(value);
      if (keys.length === 0) this.#out += ' {}\n';
      else {
        this.#out += '\n';
        this.#mapping(value, keys, { indent: indent + 2, inline: false });
      }
    }
  }

  /** Writes a scalar and ends the line. */
  #scalar(value: null | boolean | number | bigint | string, column: number, indent: number): void {
    if (typeof value === 'string') this.#string(value, column, indent);
    else if (typeof value === 'number') this.#out += `${this.#profile.number(value)}\n`;
    else if (typeof value === 'bigint') this.#out += `${this.#profile.bigint(value)}\n`;
    else this.#out += `${String(value)}\n`;
  }

  #string(text: string, column: number, indent: number): void {
    const style = styleOf(text, this.#profile.hard);
    if (style === 'plain' && column + text.length <= WIDTH) {
      this.#out += text;
      this.#out += '\n';
      return;
    }
    this.#out += writeString(text, style, { column, indent, width: WIDTH });
    if (style !== 'literal' || !endsInSeparator(text)) this.#out += '\n';
  }

  #sequence(items: readonly JsonValue[], indent: number, inline: boolean): void {
    const lead = pad(indent);
    let first = inline;
    for (const item of items) {
      if (first) first = false;
      else this.#out += lead;
      this.#out += '-';
      if (typeof item === 'object' && item !== null) {
        this.#out += ' ';
        this.#collection(item, indent + 2, true);
      } else this.#value(item, indent + 1, indent);
    }
  }

  #mapping(object: JsonObject, keys: readonly string[], place: { readonly indent: number; readonly inline: boolean }): void {
    const { indent } = place;
    const lead = pad(indent);
    let first = place.inline;
    for (const key of keys) {
      if (first) first = false;
      else this.#out += lead;
      const simple = simpleKey(key, this.#profile.hard);
      if (simple === undefined) this.#longKey(key, object[key] as JsonValue, indent);
      else {
        this.#out += simple;
        this.#value(object[key] as JsonValue, indent + simple.length, indent);
      }
    }
  }

  #longKey(key: string, value: JsonValue, indent: number): void {
    if (key.length > LONG_KEY) this.#profile.hard();
    const style = styleOf(key, this.#profile.hard);
    this.#out += `? ${writeString(key, style, { column: indent + 2, indent: indent + 2, width: WIDTH })}`;
    this.#out += `${style === 'literal' && endsInSeparator(key) ? '' : '\n'}${pad(indent)}:`;
    if (typeof value === 'object' && value !== null) {
      this.#out += ' ';
      this.#collection(value, indent + 2, true);
    } else this.#value(value, indent + 1, indent);
  }
}

/** LS and PS end a line for libyaml: behind them it writes no other line break. */
function endsInSeparator(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last === 0x2028 || last === 0x2029;
}

/** Thrown where the way through JSON and YAML changes a text: the value takes that way and is printed then. */
const DETOUR: unique symbol = Symbol('through JSON');

function detour(): never {
  // a symbol, not an error: no stack is collected
  throw DETOUR; // eslint-disable-line no-throw-literal, typescript/only-throw-error
}

const SIGS: Profile = { keys: naturalKeys, number: sigsNumber, bigint: sigsBigint, hard: detour };
const SIGS_AGAIN: Profile = { ...SIGS, hard: () => undefined };

/**
 * Prints a value as `sigs.k8s.io/yaml.Marshal` does: JSON, read by go-yaml v2, printed by it. Keys are in natural order,
 * lists are not indented, long texts are folded at 80 columns.
 * @throws YamlError where Go cannot read its own JSON back (raw C1 controls, keys beyond 1,024 characters)
 */
export function printYaml(value: JsonValue): string {
  try {
    return new Printer(SIGS).root(value);
  } catch (error) {
    if (error !== DETOUR) throw error;
    return new Printer(SIGS_AGAIN).root(readAsSigs(goJson(value)));
  }
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
  const number = options.numbers === 'float64' ? formatFloat : narrowedNumber;
  return new Printer({ keys, number, bigint: sigsBigint, hard: () => undefined }).root(value);
}
