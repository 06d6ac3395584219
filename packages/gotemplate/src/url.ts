import { GoError } from './errors.ts';
import { goQuote } from './quote.ts';
import { bytesToText, textToBytes } from './text.ts';

/** A URL as Go's net/url takes it apart; everything but `query` is unescaped. */
export interface GoUrl {
  readonly scheme: string;
  readonly opaque: string;
  /** Name and password, escaped; `undefined` where the URL has none. */
  readonly userinfo: string | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

type Part = 'path' | 'host' | 'user' | 'fragment';

/** What each part keeps as it is, beside letters, digits and `-_.~`. */
const KEPT: Readonly<Record<Part, RegExp>> = {
  path: /[$&+,/:;=@]/,
  host: /[!$&'()*+,;=:[\]<>"]/,
  user: /[$&+,;=]/,
  fragment: /[$&+,/:;=?@!()*]/,
};

/** Escapes a part of a URL. */
function escapePart(text: string, part: Part): string {
  let out = '';
  for (const byte of textToBytes(text)) {
    const ch = String.fromCharCode(byte);
    const kept = byte < 0x80 && (/[A-Za-z0-9_.~-]/.test(ch) || KEPT[part].test(ch));
    out += kept ? ch : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function unescapePart(text: string, part: Part): string {
  if (part === 'host') {
    const bad = /[^\u0080-\uffffA-Za-z0-9_.~%!$&'()*+,;=:[\]<>"-]/.exec(text);
    if (bad !== null) throw new GoError(`invalid character ${goQuote(bad[0])} in host name`);
  }
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  const source = textToBytes(text);
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 0x25) {
      bytes.push(source[i] as number);
      continue;
    }
    const code = bytesToText(source.subarray(i, i + 3));
    if (!/^%[0-9a-fA-F]{2}$/.test(code)) throw new GoError(`invalid URL escape ${goQuote(code)}`);
    const byte = parseInt(code.slice(1), 16);
    if (part === 'host' && byte < 0x80 && code !== '%25') throw new GoError(`invalid URL escape ${goQuote(code)}`);
    bytes.push(byte);
    i += 2;
  }
  return bytesToText(Uint8Array.from(bytes));
}

function splitScheme(text: string): [string, string] {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  if (match !== null) return [(match[1] as string).toLowerCase(), text.slice(match[0].length)];
  if (text.startsWith(':')) throw new GoError('missing protocol scheme');
  return ['', text];
}

function parseHost(host: string): string {
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0) throw new GoError("missing ']' in host");
    checkPort(host.slice(close + 1));
    return host.replace(/%25/g, '%');
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  return unescapePart(host, 'host');
}

function checkPort(port: string): void {
  if (port !== '' && !/^:[0-9]*$/.test(port)) throw new GoError(`invalid port ${goQuote(port)} after host`);
}

function parseUser(text: string): string {
  if (!/^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/.test(text)) throw new GoError('net/url: invalid userinfo');
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const escaped = escapePart(unescapePart(name, 'user'), 'user');
  return colon < 0 ? escaped : `${escaped}:${escapePart(unescapePart(text.slice(colon + 1), 'user'), 'user')}`;
}

function parseParts(text: string): Omit<GoUrl, 'fragment'> {
  // oxlint-disable-next-line no-control-regex -- Go refuses control characters
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new GoError('net/url: invalid control character in URL');
  const none = { scheme: '', opaque: '', userinfo: undefined, host: '', path: '', query: '' };
  if (text === '*') return { ...none, path: '*' };
  const [scheme, afterScheme] = splitScheme(text);
  const mark = afterScheme.indexOf('?');
  const query = mark < 0 ? '' : afterScheme.slice(mark + 1);
  let rest = mark < 0 ? afterScheme : afterScheme.slice(0, mark);
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...none, scheme, opaque: rest, query };
    if ((rest.split('/')[0] as string).includes(':')) throw new GoError('first path segment in URL cannot contain colon');
  }
  let host = '';
  let userinfo: string | undefined;
  if ((scheme !== '' || !rest.startsWith('///')) && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
    rest = slash < 0 ? '' : rest.slice(slash);
    const at = authority.lastIndexOf('@');
    host = parseHost(authority.slice(at + 1));
    if (at >= 0) userinfo = parseUser(authority.slice(0, at));
  }
  return { scheme, opaque: '', userinfo, host, path: unescapePart(rest, 'path'), query };
}

/** Go's `url.Parse`. @throws GoError with Go's text */
export function parseUrl(text: string): GoUrl {
  const mark = text.indexOf('#');
  const main = mark < 0 ? text : text.slice(0, mark);
  try {
    return { ...parseParts(main), fragment: mark < 0 ? '' : unescapePart(text.slice(mark + 1), 'fragment') };
  } catch (error) {
    if (error instanceof GoError) throw new GoError(`parse ${goQuote(main)}: ${error.message}`, error);
    throw error;
  }
}

/** Go's `URL.Hostname`: the host without its port and brackets. */
export function hostname(host: string): string {
  const bare = host.replace(/:[0-9]*$/, '');
  return bare.startsWith('[') && bare.endsWith(']') ? bare.slice(1, -1) : /^\[[^\]]*\]$/.test(host) ? host.slice(1, -1) : bare;
}

/** Go's `URL.String`. */
export function printUrl(url: GoUrl): string {
  const tail = `${url.query === '' ? '' : `?${url.query}`}${url.fragment === '' ? '' : `#${escapePart(url.fragment, 'fragment')}`}`;
  let out = url.scheme === '' ? '' : `${url.scheme}:`;
  if (url.opaque !== '') return out + url.opaque + tail;
  const hasUser = url.userinfo !== undefined;
  if ((url.scheme !== '' || url.host !== '' || hasUser) && (url.host !== '' || url.path !== '' || hasUser)) {
    out += `//${hasUser ? `${url.userinfo}@` : ''}${escapePart(url.host, 'host')}`;
  }
  const path = url.path === '*' ? '*' : escapePart(url.path, 'path');
  if (path !== '' && !path.startsWith('/') && url.host !== '') out += '/';
  if (out === '' && (path.split('/')[0] as string).includes(':')) out += './';
  return out + path + tail;
}
