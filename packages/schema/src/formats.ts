import { DurationError, parseDuration } from '@flux-ts/base';
import { isIP } from 'node:net';
import {
  asPrefix,
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkLabelValue,
  checkQualifiedName,
  type NameCheck,
} from './names.ts';

type Check = (text: string) => boolean;

function pattern(re: RegExp): Check {
  return (text) => re.test(text);
}

/** Go's sloppy readers take leading zeros in the parts of an IPv4 address. */
function withoutZeros(text: string): string {
  return text.replace(/(^|[.:])0+(?=\d)(?=\d*(\.|$|\/))/g, '$1');
}

function isCidr(text: string): boolean {
  const match = /^(.*)\/(\d{1,3})$/.exec(text);
  if (match === null) return false;
  const version = isIP(withoutZeros(match[1] as string));
  return !(match[1] as string).includes('%') && version !== 0 && Number(match[2]) <= (version === 4 ? 32 : 128);
}

function isRequestUri(text: string): boolean {
  // control characters, broken escapes and relative references are refused
  // eslint-disable-next-line no-control-regex
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text) || /%(?![0-9A-Fa-f]{2})/.test(text.split('?')[0] as string)) return false;
  if (text.startsWith('/')) return true;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:(.*)$/s.exec(text);
  if (scheme === null) return false;
  const authority = /^\/\/([^/?]*)/.exec(scheme[1] as string)?.[1];
  return authority === undefined || /^([^@\s]*@)?(\[[0-9A-Fa-f:.%]+\]|[^\s:[\]<>"]*)(:\d*)?$/.test(authority);
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const at = new Date(Date.UTC(2000, month - 1, day));
  at.setUTCFullYear(year, month - 1, day);
  return month >= 1 && month <= 12 && day >= 1 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}

function isDateTime(text: string): boolean {
  const [date, ...rest] = text.toLowerCase().split('t');
  if (rest.length === 0 || !isDate(date as string)) return false;
  const match = /^(\d\d):(\d\d):(\d\d)(.\d+)?(z|[+-]\d\d:\d\d)$/.exec(rest[0] as string);
  return match !== null && (match[1] as string) <= '23' && (match[2] as string) <= '59' && (match[3] as string) <= '59';
}

function isDuration(text: string): boolean {
  try {
    parseDuration(text);
    return true;
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
  }
  // Scala's words, wherever they stand in the text
  const units = /^(ns|us|µs|ms|s|m|h|hr|d|w|wk|nano.*|micro.*|milli.*|sec.*|min.*|hour.*|day.*|week.*)$/i;
  return [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some((match) => units.test(match[1] as string) || /^[smhdw]/i.test(match[1] as string));
}

function digitSum(text: string, weight: (index: number) => number): number {
  return Array.from(text).reduce((sum, ch, i) => sum + (ch.toUpperCase() === 'X' ? 10 : Number(ch)) * weight(i), 0);
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  return /^\d{9}[\dX]$/.test(digits) && digitSum(digits, (i) => i + 1) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  return /^\d{13}$/.test(digits) && digitSum(digits, (i) => (i % 2 === 0 ? 1 : 3)) % 10 === 0;
}

function isCreditCard(text: string): boolean {
  const digits = text.replace(/[^0-9]+/g, '');
  const known =
    /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
  const luhn = Array.from(digits)
    .reverse()
    .reduce((sum, digit, i) => {
      const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
      return sum + (value > 9 ? value - 9 : value);
    }, 0);
  return known.test(digits) && luhn % 10 === 0;
}

const HOST =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;

function isHostname(text: string): boolean {
  return Buffer.byteLength(text) <= 255 && HOST.test(text) && text.split('.').every((part) => Buffer.byteLength(part) <= 63);
}

const UUID = (version: string, variant: string): Check =>
  pattern(
    new RegExp(
      `^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{${version === '' ? 4 : 3}}-?${variant}[0-9a-f]{${variant === '' ? 4 : 3}}-?[0-9a-f]{12}$`,
      'i',
    ),
  );

const FORMATS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['bsonobjectid', pattern(/^[0-9a-fA-F]{24}$/)],
  ['uri', isRequestUri],
  ['email', pattern(/^([^<>@]*<[^\s<>@,;]+@[^\s<>@,;]+>|\s*[^\s<>@,;:()[\]\\"]+@[^\s<>@,;:()\\"]+\s*)$/)],
  ['hostname', isHostname],
  ['ipv4', (text) => text.includes('.') && !text.includes('%') && isIP(withoutZeros(text)) !== 0],
  ['ipv6', (text) => text.includes(':') && !text.includes('%') && isIP(text) !== 0],
  ['cidr', isCidr],
  [
    'mac',
    pattern(
      /^([0-9A-Fa-f]{2}([:-])(([0-9A-Fa-f]{2}\2){4}|([0-9A-Fa-f]{2}\2){6}|([0-9A-Fa-f]{2}\2){18})[0-9A-Fa-f]{2}|[0-9A-Fa-f]{4}\.(([0-9A-Fa-f]{4}\.){1,2}|([0-9A-Fa-f]{4}\.){8})[0-9A-Fa-f]{4})$/,
    ),
  ],
  ['uuid', UUID('', '')],
  ['uuid3', UUID('3', '')],
  ['uuid4', UUID('4', '[89ab]')],
  ['uuid5', UUID('5', '[89ab]')],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', pattern(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)],
  ['hexcolor', pattern(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)],
  [
    'rgbcolor',
    pattern(
      /^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$/,
    ),
  ],
  ['byte', pattern(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/)],
  ['password', () => true],
  ['date', isDate],
  ['duration', isDuration],
  ['datetime', isDateTime],
  ['k8sshortname', (text) => checkDnsLabel(text).length === 0],
  ['k8slongname', (text) => checkDnsSubdomain(text).length === 0],
]);

/** Gives the check of a format of texts ("date-time", "ipv4"), or `undefined` where the format is not known and so not checked. */
export function formatCheck(format: string): Check | undefined {
  return FORMATS.get(format.replaceAll('-', ''));
}

function said(check: Check, message: string): NameCheck {
  return (text) => (check(text) ? [] : [message]);
}

/** The formats that rules know as `format.NAME()`: what is wrong with a text, nothing where it is right. */
export const NAMED_FORMATS: ReadonlyMap<string, NameCheck> = new Map<string, NameCheck>([
  ['dns1123Label', checkDnsLabel],
  ['dns1123Subdomain', checkDnsSubdomain],
  ['dns1035Label', checkDns1035Label],
  ['qualifiedName', checkQualifiedName],
  ['dns1123LabelPrefix', asPrefix(checkDnsLabel)],
  ['dns1123SubdomainPrefix', asPrefix(checkDnsSubdomain)],
  ['dns1035LabelPrefix', asPrefix(checkDns1035Label)],
  ['labelValue', checkLabelValue],
  ['uri', (text) => (isRequestUri(text) ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`])],
  ['uuid', said(UUID('', ''), 'does not match the UUID format')],
  ['byte', said(FORMATS.get('byte') as Check, 'invalid base64')],
  ['date', said(isDate, 'invalid date')],
  ['datetime', said(isDateTime, 'invalid datetime')],
]);
