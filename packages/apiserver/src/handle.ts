import { errorMessage } from '@flux-ts/base';
import { impersonated } from './authn/impersonation.ts';
import type { Attributes } from './authz/authorizer.ts';
import type { Context, Core, ResourceContext } from './core.ts';
import { handlePath } from './handlers/paths.ts';
import { handleResource, stored } from './handlers/resources.ts';
import { handleReview, isReview } from './handlers/reviews.ts';
import { handleSubresource } from './handlers/subresources.ts';
import { forwardTarget, type ForwardTarget } from './port-forward/target.ts';
import { requestInfo } from './request-info.ts';
import type { Answer, ApiRequest, Headers } from './request.ts';
import { ApiError, badRequest, forbidden, forbiddenPath, internalError, methodNotAllowed } from './status.ts';

/** Answers a request. Never throws: what goes wrong is a Status. */
export function handle(core: Core, request: ApiRequest): Answer {
  return guarded(core, request, (warnings) => withWarnings(route(core, request, warnings), warnings));
}

/** Finds the Pod that a request wants its ports forwarded to, or the answer that refuses it. Never throws. */
export function handleUpgrade(core: Core, request: ApiRequest): Answer | ForwardTarget {
  return guarded(core, request, (warnings) => {
    const context = resourceOf(contextOf(core, request, warnings));
    return context === undefined ? NOT_FOUND : forwardTarget(context, stored(context).object);
  });
}

function guarded<T>(core: Core, request: ApiRequest, run: (warnings: string[]) => T): T | Answer {
  core.counters.add('apiserver.request');
  const warnings: string[] = [];
  try {
    return run(warnings);
  } catch (error) {
    const known = asApiError(error);
    if (known.httpStatus >= 500 && known.code === 'InternalError')
      core.log.error('request failed', { method: request.method, path: request.path, error: errorMessage(error) });
    return withWarnings({ kind: 'object', status: known.httpStatus, object: known.status }, warnings);
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // too deep for the stack: an object that no schema describes
  if (error instanceof RangeError) return badRequest(`the request cannot be processed: ${error.message}`, error);
  return internalError(errorMessage(error), error);
}

function route(core: Core, request: ApiRequest, warnings: string[]): Answer {
  const context = contextOf(core, request, warnings);
  const { info } = context;
  if (!info.isResource) return path(context);
  core.events.run();
  const review = isReview(info.group, info.resource) && core.kinds.resource(`${info.group}/${info.version}`, info.resource) !== undefined;
  if (review) return handleReview(context);
  const resource = resourceOf(context);
  if (resource === undefined) return NOT_FOUND;
  return info.subresource === '' ? handleResource(resource) : handleSubresource(resource);
}

/** A request with who makes it, who may. @throws ApiError */
function contextOf(core: Core, request: ApiRequest, warnings: string[]): Context {
  const info = requestInfo(request);
  const user = impersonated(request, core.authorizer);
  const context: Context = { core, request, info, user, warnings };
  authorize(context);
  // a WebSocket begins with GET: what needs "create" over SPDY needs it there too
  if (info.verb === 'get' && info.group === '' && info.resource === 'pods' && CONNECTIONS.has(info.subresource))
    authorize({ ...context, info: { ...info, verb: 'create' } });
  return context;
}

const CONNECTIONS = new Set(['exec', 'attach', 'portforward']);

/** A request with the served resource that it is for; undefined: there is none. */
function resourceOf(context: Context): ResourceContext | undefined {
  const { core, info, warnings } = context;
  const target = core.catalog.find(info.group, info.version, info.resource);
  if (target === undefined) return undefined;
  const deprecation = target.version.deprecation;
  if (deprecation !== undefined) warnings.push(deprecation);
  if (target.type.namespaced && info.namespace === '' && (info.name !== '' || info.verb === 'create') && info.verb !== 'list')
    return undefined;
  if (!target.type.namespaced && info.namespace !== '' && info.resource !== 'namespaces') return undefined;
  if (info.subresource !== '' && !target.version.subresources.has(info.subresource)) return undefined;
  return { ...context, target };
}

const NOT_FOUND: Answer = { kind: 'text', status: 404, text: '404 page not found\n', contentType: 'text/plain; charset=utf-8' };

function path(context: Context): Answer {
  const answer = handlePath(context);
  if (answer === undefined) return NOT_FOUND;
  const { method } = context.request;
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed({ group: '', resource: '' }, method.toLowerCase());
  return answer;
}

function authorize({ core, info, user }: Context): void {
  const attributes: Attributes = {
    user,
    verb: info.verb,
    // the namespaces resource is asked for by name, not by namespace
    namespace: info.namespace,
    group: info.group,
    resource: info.resource,
    subresource: info.subresource,
    name: info.name,
    ...(info.isResource ? {} : { path: info.path }),
  };
  if (core.authorizer.authorize(attributes).allowed) return;
  if (!info.isResource)
    throw forbiddenPath(`forbidden: User ${JSON.stringify(user.name)} cannot ${info.verb} path ${JSON.stringify(info.path)}`);
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  const where = info.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(info.namespace)}`;
  const why = `User ${JSON.stringify(user.name)} cannot ${info.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(info.group)} ${where}`;
  throw forbidden({ group: info.group, resource: info.resource, name: info.name }, why);
}

function withWarnings(answer: Answer, warnings: readonly string[]): Answer {
  if (warnings.length === 0) return answer;
  const texts = [...new Set(warnings)].map((text) => `299 - ${quoteWarning(text)}`);
  const headers: Headers = { ...answer.headers, warning: texts };
  return { ...answer, headers };
}

function quoteWarning(text: string): string {
  return `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[\r\n]+/g, ' ')}"`;
}
