import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import type { GoFunc, TemplateMap } from '../model.ts';
import { hostname, parseUrl, printUrl, type GoUrl } from '../url.ts';
import { kindName } from '../values.ts';
import { NIL_DEREFERENCE } from './lists-of.ts';

function parsed(text: string, what: string): GoUrl {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof GoError) throw new GoError(`unable to parse ${what}: ${error.message}`, error);
    throw error;
  }
}

function urlParse([text]: [string]): TemplateMap {
  const { scheme, host, path, query, opaque, fragment, userinfo } = parsed(text, 'url');
  return { scheme, host, hostname: hostname(host), path, query, opaque, fragment, userinfo: userinfo ?? '' };
}

function textAt(map: TemplateMap, key: string): string {
  if (!Object.hasOwn(map, key)) return '';
  const value = map[key];
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) throw new GoError(NIL_DEREFERENCE);
  throw new GoError(`unable to parse ${key} key, must be of type string, but ${kindName(value)} found`);
}

function urlJoin([map]: [TemplateMap]): string {
  const [scheme, host, path, query, opaque, fragment] = ['scheme', 'host', 'path', 'query', 'opaque', 'fragment'].map((key) =>
    textAt(map, key),
  );
  const user = textAt(map, 'userinfo');
  const userinfo = user === '' ? undefined : parsed(`proto://${user}@host`, 'userinfo in dict').userinfo;
  const given = {
    scheme: scheme ?? '',
    host: host ?? '',
    path: path ?? '',
    query: query ?? '',
    opaque: opaque ?? '',
    fragment: fragment ?? '',
  };
  return printUrl({ ...given, userinfo });
}

/** urlParse and urlJoin. */
export const URLS: readonly GoFunc[] = [goFunc('urlParse', ['string'], urlParse), goFunc('urlJoin', ['map[string]interface {}'], urlJoin)];
