import { compareBytes, isObject, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError } from '@flux-ts/schema';
import type { ResourceContext } from '../core.ts';
import { apiVersionOf } from '../registry/resource.ts';
import { ApiError, badRequest, expired, invalid } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { selectionOf, type Selection } from './selection.ts';

/** A list as it was read: the stored objects and the list's own metadata. */
export interface Listing {
  readonly metadata: JsonObject;
  readonly items: readonly Stored[];
}

interface Continue {
  readonly revision: number;
  /** The first key of the next page. */
  readonly start: string;
}

/** Reads a page of objects. @throws ApiError 400, 410, 422, 504 */
export function readListing(context: ResourceContext): Listing {
  const { core, request, target } = context;
  const table = core.store.table(target.type.table);
  const selection = selectionOf(context);
  const limit = integerOption(context, 'limit');
  const token = request.query.get('continue');
  const version = request.query.get('resourceVersion');
  checkVersionMatch(context, version, token);
  if (token !== '') return page(context, selection, decodeContinue(token), limit);
  const wanted = revisionOf(context);
  if (wanted !== undefined && request.query.get('resourceVersionMatch') === 'Exact') {
    return page(context, selection, { revision: wanted, start: '' }, limit);
  }
  const { revision } = core.store;
  if (selection.name !== undefined && selection.namespace !== '') {
    const one = table.get(`${selection.namespace}/${selection.name}`);
    const items = one !== undefined && selection.matches(one) ? [one] : [];
    return { metadata: { resourceVersion: String(revision) }, items };
  }
  return cut(table.list(selection.namespace), { selection, limit, revision });
}

/** The state of a table at an old revision, from a key on. */
function page(context: ResourceContext, selection: Selection, from: Continue, limit: number): Listing {
  const { store } = context.core;
  const table = store.table(context.target.type.table);
  const inconsistent = from.revision < 0;
  const revision = inconsistent ? store.revision : from.revision;
  const all = inconsistent ? table.list(selection.namespace) : table.listAt(revision, selection.namespace);
  if (all === undefined) throw tooOld(from);
  const rest = from.start === '' ? all : all.filter((s) => compareBytes(s.key, from.start) >= 0);
  return cut(rest, { selection, limit, revision });
}

function cut(
  all: readonly Stored[],
  options: { readonly selection: Selection; readonly limit: number; readonly revision: number },
): Listing {
  const { selection, limit, revision } = options;
  const resourceVersion = String(revision);
  const selected = selection.everything ? all : all.filter((s) => selection.matches(s));
  if (limit <= 0 || selected.length <= limit) return { metadata: { resourceVersion }, items: selected };
  const next = selected[limit] as Stored;
  const token = encodeContinue({ revision, start: next.key });
  const remaining: JsonObject = selection.everything ? { remainingItemCount: selected.length - limit } : {};
  return { metadata: { resourceVersion, continue: token, ...remaining }, items: selected.slice(0, limit) };
}

function encodeContinue(token: Continue): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: token.start })).toString('base64url');
}

function decodeContinue(text: string): Continue {
  let value: JsonValue;
  try {
    value = parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    throw badRequest(`continue key is not valid: ${String(error)}`, error);
  }
  if (!isObject(value)) throw badRequest('continue key is not valid: not an object');
  const { v, rv, start } = value;
  if (v !== 'meta.k8s.io/v1')
    throw badRequest(`continue key is not valid: server does not recognize this encoded version ${JSON.stringify(v ?? '')}`);
  if (typeof rv !== 'number' || rv === 0)
    throw badRequest('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '')
    throw badRequest('continue key is not valid: encoded start key empty (version meta.k8s.io/v1)');
  return { revision: rv, start };
}

/** 410 with a token that goes on from the same key in the latest state. */
function tooOld(from: Continue): ApiError {
  if (from.start === '') return expired('The resourceVersion for the provided list is too old.');
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  const error = expired(message);
  (error.status as Record<string, JsonValue>)['metadata'] = { continue: encodeContinue({ revision: -1, start: from.start }) };
  return error;
}

/** A whole number of the query, 0 where it is not given. @throws ApiError BadRequest */
export function integerOption(context: ResourceContext, name: string): number {
  const text = context.request.query.get(name);
  if (text === '') return 0;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** The revision that a request names; undefined for none and for "0". @throws ApiError for one that is not there yet */
export function revisionOf(context: ResourceContext): number | undefined {
  const text = context.request.query.get('resourceVersion');
  if (text === '' || text === '0') return undefined;
  if (!/^\d+$/.test(text)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw invalid('', context.target.type.kind, '', [fieldError('FieldValueInvalid', 'resourceVersion', text, why)]);
  }
  const revision = Number(text);
  const current = context.core.store.revision;
  if (revision <= current) return revision;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  throw new ApiError({
    code: 'Timeout',
    httpStatus: 504,
    message: `Timeout: Too large resource version: ${revision}, current: ${current}`,
    details: { causes, retryAfterSeconds: 1 },
  });
}

function checkVersionMatch(context: ResourceContext, version: string, token: string): void {
  const match = context.request.query.get('resourceVersionMatch');
  const errors = [];
  if (token !== '' && match !== '')
    errors.push(
      fieldError('FieldValueForbidden', 'resourceVersionMatch', null, 'resourceVersionMatch is forbidden when continue is provided'),
    );
  else if (match !== '' && version === '')
    errors.push(
      fieldError(
        'FieldValueForbidden',
        'resourceVersionMatch',
        null,
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
      ),
    );
  else if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push(fieldError('FieldValueNotSupported', 'resourceVersionMatch', match, 'supported values: "Exact", "NotOlderThan", ""'));
  } else if (match === 'Exact' && version === '0') {
    errors.push(
      fieldError('FieldValueForbidden', 'resourceVersionMatch', null, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    );
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
}

/** The `apiVersion` and `kind` of a list of a resource. */
export function listHead(context: ResourceContext, metadata: JsonObject): JsonObject {
  const { type, version } = context.target;
  return { kind: type.listKind, apiVersion: apiVersionOf(type.group, version.version), metadata };
}
