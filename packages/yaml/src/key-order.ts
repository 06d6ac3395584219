const LETTER = /\p{L}/u;
const DIGIT = /\p{Nd}/u;

function isLetter(c: number): boolean {
  if (c < 128) return (c >= 97 && c <= 122) || (c >= 65 && c <= 90);
  return LETTER.test(String.fromCodePoint(c));
}

function isDigit(c: number): boolean {
  if (c < 128) return c >= 48 && c <= 57;
  return DIGIT.test(String.fromCodePoint(c));
}

function hasSurrogates(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xd800 && c <= 0xdfff) return true;
  }
  return false;
}

type At = (i: number) => number;

/** The number that starts at an index, as an int64 that wraps, and where it ends. */
function numberAt(at: At, length: number, start: number, lead: number): { readonly value: number | bigint; readonly end: number } {
  let end = start;
  while (end < length && isDigit(at(end))) end++;
  if (end - start < 15) {
    let value = lead;
    for (let i = start; i < end; i++) value = value * 10 + at(i) - 48;
    return { value: BigInt(value), end };
  }
  let value = BigInt(lead);
  for (let i = start; i < end; i++) value = BigInt.asIntN(64, value * 10n + BigInt(at(i) - 48));
  return { value, end };
}

/** Decides at the first character in which two keys differ. In v3 a letter behind a digit comes before what is no letter. */
function compareFrom(a: At, b: At, lengths: readonly [number, number], i: number, v3: boolean): number {
  const x = a(i);
  const y = b(i);
  const xLetter = isLetter(x);
  const yLetter = isLetter(y);
  if (xLetter && yLetter) return x - y;
  if (xLetter || yLetter) return (v3 && i > 0 && isDigit(a(i - 1)) ? xLetter : yLetter) ? -1 : 1;
  let lead = 0;
  if (x === 48 || y === 48) {
    for (let j = i - 1; j >= 0 && isDigit(a(j)); j--) {
      if (a(j) !== 48) {
        lead = 1;
        break;
      }
    }
  }
  const left = numberAt(a, lengths[0], i, lead);
  const right = numberAt(b, lengths[1], i, lead);
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  if (left.end !== right.end) return left.end - right.end;
  return x - y;
}

/** Orders keys as go-yaml does: naturally, `a9` before `a10`, letters after all else. */
export function compareKeys(a: string, b: string, v3 = false): number {
  const length = a.length < b.length ? a.length : b.length;
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  const left = a.charCodeAt(i) | 32;
  const right = b.charCodeAt(i) | 32;
  // the usual case: two ASCII letters
  if (left >= 97 && left <= 122 && right >= 97 && right <= 122) return a.charCodeAt(i) - b.charCodeAt(i);
  if (!hasSurrogates(a) && !hasSurrogates(b)) {
    return compareFrom(
      (k) => a.charCodeAt(k),
      (k) => b.charCodeAt(k),
      [a.length, b.length],
      i,
      v3,
    );
  }
  const x = Array.from(a, (ch) => ch.codePointAt(0) as number);
  const y = Array.from(b, (ch) => ch.codePointAt(0) as number);
  let k = 0;
  while (k < x.length && k < y.length && x[k] === y[k]) k++;
  if (k === x.length || k === y.length) return x.length - y.length;
  return compareFrom(
    (n) => x[n] as number,
    (n) => y[n] as number,
    [x.length, y.length],
    k,
    v3,
  );
}

/** Gives an object's keys in yaml.v3's order, which differs from v2's where a letter meets a digit. */
export function naturalKeysV3(object: object): string[] {
  return Object.keys(object).sort((a, b) => compareKeys(a, b, true));
}

/** Gives an object's keys in go-yaml v2's order. */
export function naturalKeys(object: object): string[] {
  const keys = Object.keys(object);
  const { length } = keys;
  if (length > 24) return keys.sort((a, b) => compareKeys(a, b));
  for (let i = 1; i < length; i++) {
    const key = keys[i] as string;
    let j = i - 1;
    while (j >= 0 && compareKeys(keys[j] as string, key) > 0) {
      keys[j + 1] = keys[j] as string;
      j--;
    }
    keys[j + 1] = key;
  }
  return keys;
}
