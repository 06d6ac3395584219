import { isLower, isSpaceRune, isUpper, lowerRune, titleRune, upperRune } from './unicode-case.ts';

type WordKind = 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other' | 'none';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

function isConnector(ch: string): boolean {
  return ch === '-' || ch === '_' || isSpaceRune(ch);
}

const PUNCTUATION = /^\p{P}$/u;
const NUMBER = /^\p{N}$/u;

/** A letter that is no Han character: those make no words. */
function isLetter(ch: string): boolean {
  if (!/^\p{L}$/u.test(ch)) return false;
  const rune = ch.codePointAt(0) as number;
  return !((rune >= 0x4e00 && rune <= 0x9fcc) || (rune >= 0x3400 && rune <= 0x4d85) || (rune >= 0x20000 && rune <= 0x2b81d));
}

function kindOf(ch: string): WordKind {
  if (isConnector(ch)) return 'connector';
  if (PUNCTUATION.test(ch)) return 'punctuation';
  if (isUpper(ch)) return 'upper';
  if (isLetter(ch)) return 'letters';
  return NUMBER.test(ch) ? 'number' : 'other';
}

/** The first word: a run of its kind; capitals followed by letters give their last one to the next word. */
function nextWord(chars: readonly string[], at: number): Word {
  const first = chars[at];
  if (first === undefined) return { kind: 'none', text: '' };
  const kind = kindOf(first);
  let end = at + 1;
  const run = (test: (ch: string) => boolean): void => {
    while (end < chars.length && test(chars[end] as string)) end++;
  };
  const lowerLetter = (ch: string): boolean => isLetter(ch) && !isUpper(ch);
  if (kind === 'upper') {
    const second = chars[end];
    if (second !== undefined && isUpper(second)) {
      run(isUpper);
      if (end < chars.length && isLetter(chars[end] as string)) end--;
    } else run(lowerLetter);
  } else if (kind === 'letters') run(lowerLetter);
  else if (kind === 'connector') run(isConnector);
  else if (kind === 'punctuation') run((ch) => PUNCTUATION.test(ch));
  else if (kind === 'number') run((ch) => NUMBER.test(ch));
  else run((ch) => kindOf(ch) === 'other');
  return { kind, text: chars.slice(at, end).join('') };
}

function lowered(word: Word, connector: string): string {
  if (word.kind !== 'upper' && word.kind !== 'connector') return word.text;
  return Array.from(word.text, (ch) => (isConnector(ch) ? connector : isUpper(ch) ? lowerRune(ch) : ch)).join('');
}

/** Splits a camel-case text into words and joins them: what sprig's snakecase and kebabcase do. */
export function joinWords(text: string, connector: string): string {
  const chars = Array.from(text);
  let at = 0;
  let out = '';
  const next = (): Word => {
    const found = nextWord(chars, at);
    at += Array.from(found.text).length;
    return found;
  };
  const joins = (word: Word): boolean => word.kind === 'letters' || word.kind === 'number';
  const needsConnector = (word: Word): boolean => word.kind !== 'none' && word.kind !== 'punctuation' && word.kind !== 'connector';
  if (chars.length === 0) return '';
  let word = next();
  while (at < chars.length) {
    if (word.kind !== 'connector') out += lowered(word, connector);
    const before = word;
    word = next();
    if (before.kind === 'connector') out += lowered(before, connector);
    else if (before.kind === 'number') {
      while (joins(word)) {
        out += lowered(word, connector);
        word = next();
      }
      if (needsConnector(word)) out += connector;
    } else if (before.kind !== 'punctuation') {
      if (word.kind !== 'number') {
        if (word.kind !== 'connector' && word.kind !== 'punctuation') out += connector;
        continue;
      }
      if (at >= chars.length) continue;
      const number = word;
      word = next();
      if (word.kind !== 'letters') {
        out += lowered(number, connector);
        if (word.kind !== 'connector' && word.kind !== 'punctuation') out += connector;
        continue;
      }
      out += connector + lowered(number, connector);
      while (joins(word)) {
        out += lowered(word, connector);
        word = next();
      }
      if (needsConnector(word)) out += connector;
    }
  }
  return out + lowered(word, connector);
}

/** Takes connectors out and makes the letters after them capitals: sprig's camelcase. */
export function pascalCase(text: string): string {
  const chars = Array.from(text);
  let at = 0;
  let out = '';
  while (at < chars.length && isConnector(chars[at] as string)) out += chars[at++];
  if (at >= chars.length) return out + (chars.at(-1) ?? ''); // the original writes the last one twice
  let inCapitals = isUpper(chars[at] as string);
  let before = upperRune(chars[at] as string);
  for (at++; at < chars.length; at++) {
    let ch = chars[at] as string;
    if (isConnector(ch) && isConnector(before)) {
      out += before;
      before = ch;
      continue;
    }
    if (isConnector(before)) {
      inCapitals = isUpper(ch);
      ch = upperRune(ch);
    } else {
      if (inCapitals && isUpper(ch)) ch = lowerRune(ch);
      else inCapitals = false;
      out += before;
    }
    before = ch;
  }
  return out + before;
}

/** Swaps capitals and small letters: sprig's swapcase, which makes the first small letter of a word a title letter. */
export function swapCase(text: string): string {
  let wordStart = true;
  return Array.from(text, (ch) => {
    if (isUpper(ch) || /^\p{Lt}$/u.test(ch)) {
      wordStart = false;
      return lowerRune(ch);
    }
    if (isLower(ch)) {
      const out = wordStart ? titleRune(ch) : upperRune(ch);
      wordStart = false;
      return out;
    }
    wordStart = isSpaceRune(ch);
    return ch;
  }).join('');
}

/** Makes the first letter of every word small: sprig's untitle. */
export function untitle(text: string): string {
  let wordStart = true;
  return Array.from(text, (ch) => {
    if (isSpaceRune(ch)) {
      wordStart = true;
      return ch;
    }
    const out = wordStart ? lowerRune(ch) : ch;
    wordStart = false;
    return out;
  }).join('');
}
