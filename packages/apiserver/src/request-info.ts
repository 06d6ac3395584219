import { badRequest } from './status.ts';
import type { ApiRequest } from './request.ts';

/** What a path and method ask for. */
export interface RequestInfo {
  /** get, list, watch, create, update, patch, delete, deletecollection; the lower-case method for paths that are no resource. */
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  /** Empty: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** What follows the subresource (proxy paths). */
  readonly rest: readonly string[];
  readonly path: string;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/**
 * Reads a request's path as the API server does.
 * @throws ApiError BadRequest for a path with a broken escape
 */
export function requestInfo(request: ApiRequest): RequestInfo {
  const parts = split(request.path);
  const other: RequestInfo = {
    verb: request.method.toLowerCase(),
    isResource: false,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: [],
    path: request.path,
  };
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return other;
  let rest = parts.slice(core ? 2 : 3);
  if (rest.length === 0 || rest.includes('')) return other;
  const group = core ? '' : (parts[1] as string);
  const version = parts[core ? 1 : 2] as string;
  let verb = VERBS[request.method] ?? '';
  // the old watch prefix: /api/v1/watch/...
  if (rest[0] === 'watch' && rest.length > 1) {
    verb = 'watch';
    rest = rest.slice(1);
  }
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2 && !(group === '' && NAMESPACE_SUBRESOURCES.has(rest[2] as string))) {
    namespace = rest[1] as string;
    rest = rest.slice(2);
  } else if (rest[0] === 'namespaces' && rest.length >= 2) {
    namespace = rest[1] as string;
  }
  const [resource = '', name = '', subresource = '', ...tail] = rest;
  if (name === '' && verb === 'get') verb = request.query.flag('watch') ? 'watch' : 'list';
  else if (verb === 'get' && request.query.flag('watch') && subresource === '') verb = 'watch';
  if (name === '' && verb === 'delete') verb = 'deletecollection';
  return { verb, isResource: true, group, version, namespace, resource, subresource, name, rest: tail, path: request.path };
}

function split(path: string): string[] {
  try {
    return path
      .slice(1)
      .replace(/\/$/, '')
      .split('/')
      .map((part) => decodeURIComponent(part));
  } catch (error) {
    throw badRequest(`invalid URL escape in ${JSON.stringify(path)}`, error);
  }
}
