import { goQuote } from '@flux-ts/base';
import { evalError } from '../errors.ts';
import type { Implementation, Library } from '../functions.ts';
import { CelList, CelMap, CelOpaque, type CelValue } from '../values.ts';

const TYPE = 'kubernetes.URL';

interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Reads an absolute URL or an absolute path as Go does; gives the reason where it is none. */
function parseUrl(text: string): Url | string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'net/url: invalid control character in URL';
  if (text === '') return 'empty url';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
  if (scheme === '' && /^[^/]*:/.test(text.split('/')[0] as string) && text.startsWith(':')) return 'missing protocol scheme';
  const rest = (scheme === '' ? text : text.slice(scheme.length + 1)).split('#')[0] as string;
  const at = rest.indexOf('?');
  const before = at < 0 ? rest : rest.slice(0, at);
  const query = at < 0 ? '' : rest.slice(at + 1);
  if (!before.startsWith('/'))
    return scheme === '' ? 'invalid URI for request' : { scheme: scheme.toLowerCase(), host: '', path: '', query };
  const authority =
    before.startsWith('//') && (scheme !== '' || !before.startsWith('///')) ? (/^\/\/([^/]*)/.exec(before)?.[1] ?? '') : undefined;
  const path = authority === undefined ? before : before.slice(2 + authority.length);
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)?.[0];
  if (bad !== undefined) return `invalid URL escape ${goQuote(bad)}`;
  if (authority === undefined) return { scheme: scheme.toLowerCase(), host: '', path, query };
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const problem = hostProblem(host);
  return problem ?? { scheme: scheme.toLowerCase(), host, path, query };
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    if (end < 0) return "missing ']' in host";
    return /^(:\d*)?$/.test(host.slice(end + 1)) ? undefined : `invalid port ${goQuote(host.slice(end + 1))} after host`;
  }
  const colon = host.indexOf(':');
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return `invalid port ${goQuote(host.slice(colon))} after host`;
  const bad = /[ <>"\\^`{|}]/.exec(host)?.[0];
  return bad === undefined ? undefined : `invalid character ${goQuote(bad)} in host name`;
}

/** A path with what may not stand in a URL as escapes. */
function escapePath(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]]/gu, (part) =>
    part.length === 3 && part.startsWith('%') ? part : encodeURIComponent(part),
  );
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function queryOf(query: string): CelMap {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const at = pair.indexOf('=');
    const key = decode(at < 0 ? pair : pair.slice(0, at));
    const value = decode(at < 0 ? '' : pair.slice(at + 1));
    if (key !== undefined && value !== undefined) values.set(key, [...(values.get(key) ?? []), value]);
  }
  return new CelMap([...values].map(([key, list]): [CelValue, CelValue] => [key, new CelList(list)]));
}

function part(read: (url: Url) => CelValue): Implementation {
  return ([value]) => (value instanceof CelOpaque && value.typeName === TYPE ? read(value.data as Url) : undefined);
}

/** URLs. */
export const URLS: Library = {
  signatures: `string_to_url: url(string) -> kubernetes.URL
is_url_string: isURL(string) -> bool
url_get_scheme: kubernetes.URL::getScheme() -> string
url_get_host: kubernetes.URL::getHost() -> string
url_get_hostname: kubernetes.URL::getHostname() -> string
url_get_port: kubernetes.URL::getPort() -> string
url_get_escaped_path: kubernetes.URL::getEscapedPath() -> string
url_get_query: kubernetes.URL::getQuery() -> map(string, list(string))`,
  implementations: {
    url: ([text]) => {
      if (typeof text !== 'string') return undefined;
      const url = parseUrl(text);
      if (typeof url === 'string') throw evalError(`URL parse error during conversion from string: parse ${goQuote(text)}: ${url}`);
      return new CelOpaque(TYPE, text, url);
    },
    isURL: ([text]) => (typeof text === 'string' ? typeof parseUrl(text) !== 'string' : undefined),
    getScheme: part((url) => url.scheme),
    getHost: part((url) => url.host),
    getHostname: part((url) => url.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')),
    getPort: part((url) => /:(\d*)$/.exec(url.host)?.[1] ?? ''),
    getEscapedPath: part((url) => escapePath(url.path)),
    getQuery: part((url) => queryOf(url.query)),
  },
  types: [TYPE],
};
