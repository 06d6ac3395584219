import { isIP } from 'node:net';
import type { JsonObject, JsonValue } from '@flux-ts/base';
import { checkPercent, checkPortName, checkPortNumber, compareQuantities, formatCheck, parseQuantity } from '@flux-ts/schema';
import { number } from './read.ts';
import type { Report } from './report.ts';

/** Upstream's words for numbers below zero. */
export const NEGATIVE = 'must be greater than or equal to 0';
/** Upstream's words for what may not change. */
export const IMMUTABLE = 'field is immutable';
/** The largest number of 32 bits. */
export const MAX_INT32 = 2 ** 31 - 1;

const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive';

/** A number that may not be below zero. */
export function nonNegative(object: JsonObject | undefined, { key, path }: { key: string; path: string }, report: Report): void {
  const value = number(object, key);
  if (value !== undefined && value < 0) report.invalid(`${path}.${key}`, value, NEGATIVE);
}

/** Several numbers that may not be below zero. */
export function nonNegatives(
  object: JsonObject | undefined,
  { keys, path }: { keys: readonly string[]; path: string },
  report: Report,
): void {
  for (const key of keys) nonNegative(object, { key, path }, report);
}

/** The number of a port. */
export function portNumber(port: JsonValue | undefined, path: string, report: Report): void {
  const value = typeof port === 'number' ? port : 0;
  if (value < 1 || value > 65_535) report.invalidFor(path, value, checkPortNumber(value));
}

/** A port by number or name. */
export function portNumberOrName(port: JsonValue | undefined, path: string, report: Report): void {
  if (typeof port === 'string') report.invalidFor(path, port, checkPortName(port));
  else portNumber(port, path, report);
}

/** The bits of a file's mode. */
export function fileMode(object: JsonObject, { key, path }: { key: string; path: string }, report: Report): void {
  const mode = number(object, key);
  if (mode !== undefined && (mode > 0o777 || mode < 0)) report.invalid(`${path}.${key}`, mode, FILE_MODE);
}

/** A number that is not negative, or a percentage. */
export function intOrPercent(value: JsonValue | undefined, path: string, report: Report): void {
  if (typeof value === 'string') report.invalidFor(path, value, checkPercent(value));
  else if (typeof value === 'number' && value < 0) report.invalid(path, value, NEGATIVE);
}

/** The percentage of a value, undefined where it is none. */
function percent(value: JsonValue | undefined): number | undefined {
  return typeof value === 'string' && checkPercent(value).length === 0 ? Number(value.slice(0, -1)) : undefined;
}

/** What a number or percentage says, without its unit. */
export function intOrPercentValue(value: JsonValue | undefined): number {
  if (typeof value === 'number') return value;
  return percent(value) ?? (typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : 0);
}

/** A percentage of more than everything. */
export function atMost100Percent(value: JsonValue | undefined, path: string, report: Report): void {
  const share = percent(value);
  if (share !== undefined && share > 100) report.invalid(path, value as JsonValue, 'must not be greater than 100%');
}

function withoutZeros(address: string): string {
  return address.includes('.') ? address.replace(/(^|[.:])0+(?=\d)/g, '$1') : address;
}

/** 4 or 6 for an IP address as Go's lenient reader takes it, 0 for what is none. */
export function ipVersion(address: string): number {
  return address.includes('%') ? 0 : isIP(withoutZeros(address));
}

/** An IP address. @returns whether it is one */
export function validIp(address: string, path: string, report: Report): boolean {
  if (ipVersion(address) !== 0) return true;
  report.invalid(path, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  return false;
}

/** A range of IP addresses. @returns whether it is one */
export function validCidr(range: string, path: string, report: Report): boolean {
  if (formatCheck('cidr')?.(range) === true) return true;
  report.invalid(path, range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
  return false;
}

/** An address that traffic of others can be sent to. */
export function nonSpecialIp(address: string, path: string, report: Report): void {
  const wrong = (detail: string): void => report.invalid(path, address, detail);
  const ip = withoutZeros(address).toLowerCase();
  if (ipVersion(address) === 0) return wrong('must be a valid IP address');
  if (ip === '0.0.0.0' || /^[0:]+$/.test(ip)) wrong(`may not be unspecified (${address})`);
  if (ip.startsWith('127.') || /^(0*:)+0*1$/.test(ip)) wrong('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (ip.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(ip)) wrong('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (ip.startsWith('224.0.0.') || /^ff[0-9a-f]2:/.test(ip))
    wrong('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
}

/** A path without steps back. */
export function noBacksteps(path: string, at: string, report: Report): void {
  if (path.includes('..') && path.split('/').includes('..')) report.invalid(at, path, "must not contain '..'");
}

/** A relative path without steps back. */
export function descendingPath(path: string, at: string, report: Report): void {
  if (path.startsWith('/')) report.invalid(at, path, 'must be a relative path');
  noBacksteps(path, at, report);
}

/** A relative path without steps back that does not begin with two dots. */
export function nonReservedPath(path: string, at: string, report: Report): void {
  descendingPath(path, at, report);
  if (path.startsWith('..') && !path.startsWith('../')) report.invalid(at, path, "must not start with '..'");
}

/** Compares two amounts as they are written. */
export function compareAmounts(a: JsonValue, b: JsonValue): number {
  return a === b ? 0 : compareQuantities(parseQuantity(String(a)), parseQuantity(String(b)));
}

/** A text that has to be one of a set. @param supported in the order of the message */
export function oneOf(value: string, { path, supported }: { path: string; supported: readonly string[] }, report: Report): void {
  if (value === '') report.required(path);
  else if (!supported.includes(value)) report.notSupported(path, value, supported);
}

/** A text that, where it is given, has to be one of a set. */
export function optionalOneOf(
  value: JsonValue | undefined,
  { path, supported }: { path: string; supported: readonly string[] },
  report: Report,
): void {
  if (typeof value === 'string' && !supported.includes(value)) report.notSupported(path, value, supported);
}
