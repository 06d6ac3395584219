import { isIPv4 } from 'node:net';
import { formatGo } from '@flux-ts/gotemplate';

type Check = (text: string) => string | undefined;

function quotedChar(ch: string): string {
  return formatGo('%q', [ch]).replace(/^"|"$/g, "'");
}

function jsonPointer(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('/')) return 'not starting with /';
  return /~(?![01])/.test(text) ? '~ must be followed by 0 or 1' : undefined;
}

function relativePointer(text: string): string | undefined {
  const digits = /^\d*/.exec(text)?.[0] ?? '';
  if (digits === '') return 'must start with non-negative integer';
  if (digits.length > 1 && digits.startsWith('0')) return 'starts with zero';
  const rest = text.slice(digits.length);
  return rest === '#' ? undefined : jsonPointer(rest);
}

function uuid(text: string): string | undefined {
  const groups = text.split('-');
  if (groups.length !== 5) return 'must have 5 elements';
  for (const [i, size] of [8, 4, 4, 4, 12].entries()) {
    const group = groups[i] as string;
    if (Buffer.byteLength(group) !== size) return `element ${i + 1} must be ${size} characters long`;
    const bad = /[^0-9a-fA-F]/u.exec(group)?.[0];
    if (bad !== undefined) return `non-hex character ${quotedChar(bad)}`;
  }
  return undefined;
}

function duration(text: string): string | undefined {
  if (!text.startsWith('P')) return 'must start with P';
  const rest = text.slice(1);
  if (rest === '') return 'nothing after P';
  if (rest.endsWith('W')) return rest === 'W' ? 'no number in week' : /^\d+W$/.test(rest) ? undefined : 'invalid week';
  for (const [i, part] of rest.split('T').entries()) {
    if (i !== 0 && part === '') return 'no time elements';
    const all = ['YMD', 'HMS'][i];
    if (all === undefined) return 'more than one T';
    let units = all;
    for (let s = part; s !== '';) {
      const digits = /^\d*/.exec(s)?.[0] ?? '';
      if (digits === '') return 'missing number';
      const unit = s[digits.length];
      if (unit === undefined) return 'missing unit';
      const at = units.indexOf(unit);
      if (at < 0) return all.includes(unit) ? `unit ${quotedChar(unit)} out of order` : `invalid unit ${quotedChar(unit)}`;
      units = units.slice(at + 1);
      s = s.slice(digits.length + 1);
    }
  }
  return undefined;
}

function ipv4(text: string): string | undefined {
  const groups = text.split('.');
  if (groups.length !== 4) return 'expected four decimals';
  for (const group of groups) {
    if (group.length > 1 && group.startsWith('0')) return 'leading zeros';
    if (!/^[+-]?\d+$/.test(group)) return `strconv.Atoi: parsing ${formatGo('%q', [group])}: invalid syntax`;
    if (Number(group) < 0 || Number(group) > 255) return 'decimal must be between 0 and 255';
  }
  return isIPv4(text) ? undefined : 'decimal must be between 0 and 255';
}

/** Reads the fields of an IPv6 address; gives the reason and the place where they end wrongly. */
function ipv6Fields(text: string): readonly [why: string, at: string] | undefined {
  let rest = text;
  let ellipsis = false;
  let count = 0;
  if (rest.startsWith('::')) {
    ellipsis = true;
    rest = rest.slice(2);
    if (rest === '') return undefined;
  }
  while (count < 8) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    if (digits.length > 4) return ['each group must have 4 or fewer digits', rest];
    if (digits === '') return ['each colon-separated field must have at least one digit', rest];
    if (rest[digits.length] === '.')
      return isIPv4(rest) ? undefined : ['embedded IPv4 address must replace the final 2 fields of the address', rest];
    count++;
    rest = rest.slice(digits.length);
    if (rest === '') break;
    if (!rest.startsWith(':')) return ['unexpected character, want colon', rest];
    if (rest === ':') return ['colon must be followed by more characters', rest];
    rest = rest.slice(1);
    if (!rest.startsWith(':')) continue;
    if (ellipsis) return ['multiple :: in address', rest];
    ellipsis = true;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return ['trailing garbage after address', rest];
  if (count < 8) return ellipsis ? undefined : ['address string too short', ''];
  return ellipsis ? ['the :: must expand to at least one field of zeros', ''] : undefined;
}

function ipv6(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon';
  const quoted = formatGo('%q', [text]);
  const zone = text.indexOf('%');
  if (zone >= 0 && zone === text.length - 1) return `ParseAddr(${quoted}): zone must be a non-empty string`;
  const problem = ipv6Fields(zone < 0 ? text : text.slice(0, zone));
  if (problem !== undefined) {
    const [why, at] = problem;
    return `ParseAddr(${quoted}): ${why}${at === '' ? '' : ` (at ${formatGo('%q', [at + (zone < 0 ? '' : text.slice(zone))])})`}`;
  }
  return zone < 0 ? undefined : 'zone id is not a part of ipv6 address';
}

function hostname(text: string): string | undefined {
  const name = text.replace(/\.$/, '');
  if (Buffer.byteLength(name) > 253) return 'more than 253 characters long';
  for (const label of name.split('.')) {
    const size = Buffer.byteLength(label);
    if (size < 1 || size > 63) return 'label must be 1 to 63 characters long';
    if (label.startsWith('-')) return 'label starts with hyphen';
    if (label.endsWith('-')) return 'label ends with hyphen';
    const bad = /[^a-zA-Z0-9-]/u.exec(label)?.[0];
    if (bad !== undefined) return `invalid character ${quotedChar(bad)}`;
  }
  return undefined;
}

function email(text: string): string | undefined {
  if (Buffer.byteLength(text) > 254) return 'more than 255 characters long';
  const at = text.lastIndexOf('@');
  if (at < 0) return 'missing @';
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (Buffer.byteLength(local) > 64) return 'local part more than 64 characters long';
  if (local.length > 1 && local.startsWith('"') && local.endsWith('"')) {
    if (/[\\"]/.test(local.slice(1, -1))) return 'backslash and quote are not allowed within quoted local part';
  } else {
    if (local.startsWith('.')) return 'starts with dot';
    if (local.endsWith('.')) return 'ends with dot';
    if (local.includes('..')) return 'consecutive dots';
    const bad = /[^a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]/u.exec(local)?.[0];
    if (bad !== undefined) return `invalid character ${quotedChar(bad)}`;
  }
  if (domain.startsWith('[') && domain.endsWith(']')) {
    const inner = domain.slice(1, -1);
    const [kind, why] = inner.startsWith('IPv6:') ? ['ipv6', ipv6(inner.slice(5))] : ['ipv4', ipv4(inner)];
    return why === undefined ? undefined : `invalid ${kind} address: ${why}`;
  }
  const why = hostname(domain);
  return why === undefined ? undefined : `invalid domain: ${why}`;
}

/** Quotes as Go's time package: bytes beyond ASCII as `\\x..`. */
function timeQuote(text: string): string {
  let out = '';
  for (const byte of Buffer.from(text)) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else out += byte < 0x20 || byte >= 0x80 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  }
  return `"${out}"`;
}

function date(text: string): string | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const fail = (why: string): string => `parsing time ${timeQuote(text)}${why}`;
  if (found === null) {
    const extra = /^\d{4}-\d\d-\d\d(.+)$/s.exec(text)?.[1];
    if (extra !== undefined) return fail(`: extra text: ${timeQuote(extra)}`);
    return fail(` as "2006-01-02": cannot parse ${timeQuote(text)} as "2006"`);
  }
  const [month, day] = [Number(found[2]), Number(found[3])];
  if (month < 1 || month > 12) return fail(': month out of range');
  const year = Number(found[1]);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] as number;
  return day < 1 || day > days ? fail(': day out of range') : undefined;
}

function time(text: string): string | undefined {
  if (text.length < 9) return 'less than 9 characters long';
  if (text[2] !== ':' || text[5] !== ':') return 'missing colon in correct place';
  const parts = text
    .slice(0, 8)
    .split(':')
    .map((t) => (/^\d+$/.test(t) ? Number(t) : Number.NaN));
  if (parts.some(Number.isNaN)) return 'invalid hour/min/sec';
  let [h, m] = parts as [number, number, number];
  const s = parts[2] as number;
  if (h > 23 || m > 59 || s > 60) return 'hour/min/sec out of range';
  let rest = text.slice(8);
  if (rest.startsWith('.')) {
    const digits = /^\.(\d*)/.exec(rest)?.[1] ?? '';
    if (digits === '') return 'no digits in second fraction';
    rest = rest.slice(1 + digits.length);
  }
  if (rest !== 'z' && rest !== 'Z') {
    if (rest.length !== 6) return 'offset must be 6 characters long';
    if (rest[0] !== '+' && rest[0] !== '-') return 'offset must begin with plus/minus';
    if (rest[3] !== ':') return 'missing colon in offset in correct place';
    const zone = [rest.slice(1, 3), rest.slice(4)].map((t) => (/^\d+$/.test(t) ? Number(t) : Number.NaN)) as [number, number];
    if (zone.some(Number.isNaN)) return 'invalid hour/min in offset';
    if (zone[0] > 23 || zone[1] > 59) return 'hour/min in offset out of range';
    let minutes = h * 60 + m + (rest[0] === '+' ? -1 : 1) * (zone[0] * 60 + zone[1]);
    if (minutes < 0) minutes += 24 * 60;
    [h, m] = [Math.trunc(minutes / 60), minutes % 60];
  }
  return s >= 60 && (h !== 23 || m !== 59) ? 'invalid leap second' : undefined;
}

function dateTime(text: string): string | undefined {
  if (text.length < 20) return 'less than 20 characters long';
  if (text[10] !== 't' && text[10] !== 'T') return '11th character must be t or T';
  const day = date(text.slice(0, 10));
  if (day !== undefined) return `invalid date element: ${day}`;
  const hour = time(text.slice(11));
  return hour === undefined ? undefined : `invalid time element: ${hour}`;
}

function badEscape(text: string): string | undefined {
  const found = /%(?![0-9a-fA-F]{2})/.exec(text);
  return found === null ? undefined : `invalid URL escape ${formatGo('%q', [text.slice(found.index, found.index + 3)])}`;
}

/** What Go's url.Parse finds wrong. */
function urlProblem(text: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) return 'net/url: invalid control character in URL';
  const hash = text.indexOf('#');
  const fragment = hash < 0 ? undefined : badEscape(text.slice(hash + 1));
  const plain = hash < 0 ? text : text.slice(0, hash);
  if (plain.startsWith(':')) return 'missing protocol scheme';
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(plain)?.[0] ?? '';
  let rest = plain.slice(scheme.length).replace(/\?.*$/s, '');
  if (!rest.startsWith('/')) {
    if (scheme !== '') return fragment;
    if (/^[^/]*:/.test(rest)) return 'first path segment in URL cannot contain colon';
  }
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const slash = rest.indexOf('/', 2);
    const host = (slash < 0 ? rest.slice(2) : rest.slice(2, slash)).replace(/^.*@/, '');
    const bad = /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"%\u0080-\uffff]/.exec(host)?.[0];
    if (bad !== undefined) return `invalid character ${formatGo('%q', [bad])} in host name`;
    const escape = badEscape(host);
    if (escape !== undefined) return escape;
    rest = slash < 0 ? '' : rest.slice(slash);
  }
  return badEscape(rest) ?? fragment;
}

/** What Go's url.Parse takes, with a scheme where the reference may not be relative. */
function uri(reference: boolean): Check {
  return (text) => {
    const problem = urlProblem(text);
    if (problem !== undefined) return `parse ${formatGo('%q', [text])}: ${problem}`;
    return reference || /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) ? undefined : 'relative url';
  };
}

function period(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return 'missing slash';
  const [start, end] = [text.slice(0, slash), text.slice(slash + 1)];
  const say = (what: string, why: string | undefined): string | undefined => (why === undefined ? undefined : `invalid ${what}: ${why}`);
  if (start.startsWith('P')) return say('start duration', duration(start)) ?? say('end date-time', dateTime(end));
  const first = say('start date-time', dateTime(start));
  if (first !== undefined) return first;
  return end.startsWith('P') ? say('end duration', duration(end)) : say('end date-time', dateTime(end));
}

/** The formats that are asserted (drafts 4 to 7): each gives the reason why a text is not of it. */
export const FORMATS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['json-pointer', jsonPointer],
  ['relative-json-pointer', relativePointer],
  ['uuid', uuid],
  ['duration', duration],
  ['period', period],
  ['ipv4', ipv4],
  ['ipv6', ipv6],
  ['hostname', hostname],
  ['email', email],
  ['date', date],
  ['time', time],
  ['date-time', dateTime],
  ['uri', uri(false)],
  ['iri', uri(false)],
  ['uri-reference', uri(true)],
  ['iri-reference', uri(true)],
]);
