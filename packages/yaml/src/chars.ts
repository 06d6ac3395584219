/** Space or tab. */
export function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}

/** A line break of YAML 1.1: CR, LF, NEL, LS, PS. */
export function isBreak(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

/** A line break or the end of the text (written as NUL; NUL itself is not allowed in a text). */
export function isBreakOrEnd(c: number): boolean {
  return c === 10 || c === 13 || c === 0 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

/** Space, tab, line break or end. */
export function isBlankOrEnd(c: number): boolean {
  return c === 32 || c === 10 || c === 9 || c === 13 || c === 0 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

/** What anchors and tag handles are made of: ASCII letters, digits, `_`, `-`. */
export function isWord(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 45;
}

/** An ASCII digit. */
export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  if (c >= 65 && c <= 70) return c - 55;
  if (c >= 97 && c <= 102) return c - 87;
  return -1;
}

/** The second half of a pair of surrogates. */
export function isLowSurrogate(c: number): boolean {
  return c >= 0xdc00 && c <= 0xdfff;
}

/** Bytes that a UTF-8 sequence with this first byte has; 0 where no sequence starts so. */
export function utf8Width(first: number): number {
  if (first < 0x80) return 1;
  if ((first & 0xe0) === 0xc0) return 2;
  if ((first & 0xf0) === 0xe0) return 3;
  if ((first & 0xf8) === 0xf0) return 4;
  return 0;
}
