import { analyze, BLOCK, BLOCK_PLAIN, HARD, MULTILINE, SINGLE } from './analyze.ts';
import { resolveV2 } from './resolve.ts';
import { writeDouble, writeLiteral, writePlain, writeSingle, type Place } from './write-scalar.ts';

/** How go-yaml v2 writes a string. */
export type StringStyle = 'plain' | 'single' | 'double' | 'literal';

const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** go-yaml writes longer keys with a question mark. */
const MAX_SIMPLE_KEY = 128;
/** Longer texts are rare enough to be looked at each time. */
const MAX_CACHED = 64;
const MAX_ENTRIES = 20_000;

// texts and how they are written: content, bounded
const styles = new Map<string, StringStyle>();
const keyTexts = new Map<string, string>();

function remember<V>(cache: Map<string, V>, text: string, value: V): V {
  if (cache.size >= MAX_ENTRIES) cache.clear();
  cache.set(text, value);
  return value;
}

/**
 * How a string is written as a value, or as a key with a question mark.
 * @param hard called for a text that does not survive the way through JSON and YAML; such a text is not remembered
 */
export function styleOf(text: string, hard: () => void): StringStyle {
  if (text.length > MAX_CACHED) return styleBy(text, analyze(text), hard);
  const known = styles.get(text);
  if (known !== undefined) return known;
  const allowed = analyze(text);
  const style = styleBy(text, allowed, hard);
  return (allowed & HARD) === 0 ? remember(styles, text, style) : style;
}

function styleBy(text: string, allowed: number, hard: () => void): StringStyle {
  if ((allowed & HARD) !== 0) hard();
  if ((allowed & MULTILINE) !== 0 && text.includes('\n')) return (allowed & BLOCK) === 0 ? 'double' : 'literal';
  if (resolveV2(text).tag !== '!!str' || BASE60.test(text)) return 'double';
  if ((allowed & BLOCK_PLAIN) !== 0) return 'plain';
  return (allowed & SINGLE) === 0 ? 'double' : 'single';
}

/** Writes a string in a style that it can be written in. */
export function writeString(text: string, style: StringStyle, place: Place): string {
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

const ON_ONE_LINE: Place = { column: 0, indent: 0, width: Number.POSITIVE_INFINITY };

/** `key:` as it is written where it fits on its line, else undefined. */
export function simpleKey(key: string, hard: () => void): string | undefined {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  if (key.length > MAX_SIMPLE_KEY || (key.length > 42 && Buffer.byteLength(key) > MAX_SIMPLE_KEY)) return undefined;
  const allowed = analyze(key);
  if ((allowed & MULTILINE) !== 0) return undefined;
  const text = `${writeString(key, styleBy(key, allowed, hard), ON_ONE_LINE)}:`;
  return (allowed & HARD) === 0 ? remember(keyTexts, key, text) : text;
}
