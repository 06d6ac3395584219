import { getString, type JsonObject } from '@flux-ts/base';
import { ADMIN_USER } from '../authn/users.ts';
import type { Core } from '../core.ts';
import { handle } from '../handle.ts';
import { Query, type ApiRequest } from '../request.ts';
import { aggregateRoles } from '../authz/aggregate.ts';
import { internalError } from '../status.ts';
import { START_NAMESPACES, START_OBJECTS } from './objects.ts';

/** Makes what a cluster holds from the start; what exists stays as it is. @throws ApiError */
export function bootstrap(core: Core): void {
  for (const name of START_NAMESPACES) ensure(core, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const object of START_OBJECTS) ensure(core, object);
  aggregateRoles(core);
}

/** Where an object lives: the path of its collection and of itself. @throws ApiError where its kind is not served */
export function pathsOf(core: Core, object: JsonObject): { readonly collection: string; readonly item: string } {
  const [first = '', second] = (getString(object, ['apiVersion']) ?? '').split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  const kind = getString(object, ['kind']) ?? '';
  const type = core.catalog.byKind(group, kind);
  if (type === undefined || !type.versions.has(version)) throw internalError(`no kind ${kind} in ${String(object['apiVersion'])}`);
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const namespace = getString(object, ['metadata', 'namespace']) ?? 'default';
  const collection = type.namespaced ? `${base}/namespaces/${namespace}/${type.resource}` : `${base}/${type.resource}`;
  return { collection, item: `${collection}/${encodeURIComponent(getString(object, ['metadata', 'name']) ?? '')}` };
}

/** Creates an object unless it is there. @throws ApiError what the server said */
export function ensure(core: Core, object: JsonObject): JsonObject {
  const { collection, item } = pathsOf(core, object);
  const known = send(core, { method: 'GET', path: item });
  if (known.status === 200) return known.object;
  const made = send(core, { method: 'POST', path: collection, body: object });
  if (made.status !== 201)
    throw internalError(
      `${getString(object, ['kind']) ?? ''} ${getString(object, ['metadata', 'name']) ?? ''}: ${getString(made.object, ['message']) ?? ''}`,
    );
  return made.object;
}

/** Sends a request as the admin. */
export function send(
  core: Core,
  request: Pick<ApiRequest, 'method' | 'path'> & { readonly body?: JsonObject },
): { readonly status: number; readonly object: JsonObject } {
  const answer = handle(core, {
    query: Query.empty,
    headers: { 'user-agent': 'apiserver' },
    user: ADMIN_USER,
    body: undefined,
    ...request,
  });
  return answer.kind === 'object'
    ? { status: answer.status, object: answer.object }
    : { status: answer.kind === 'text' ? answer.status : 500, object: {} };
}
