import type { JsonObject } from '@flux-ts/base';
import { checkNamespaceDelete } from '../admission/namespaces.ts';
import { refreshQuotas } from '../admission/quotas.ts';
import { asObject, readBody } from '../body/read-body.ts';
import type { ResourceContext } from '../core.ts';
import { readListing } from '../read/list.ts';
import { selectionOf } from '../read/selection.ts';
import { openWatch } from '../read/watch.ts';
import { header, type Answer } from '../request.ts';
import { ApiError, badRequest, methodNotAllowed, notFound, success } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { applyStored } from '../write/apply.ts';
import { checkNames, createObject } from '../write/create.ts';
import { decodeObject } from '../write/decode.ts';
import { deleteOptions, deleteStored } from '../write/delete.ts';
import { metaString } from '../write/metadata.ts';
import { writeOptions, type WriteOptions } from '../write/options.ts';
import { applyPatch, readPatch } from '../write/patch.ts';
import { updateStored } from '../write/update.ts';
import { bindPod } from './binding.ts';
import { presentList, presentObject, watchView } from './present.ts';

/** Answers a request for a resource itself (no subresource). @throws ApiError */
export function handleResource(context: ResourceContext): Answer {
  const { info, target } = context;
  const { verb } = info;
  const needed = verb === 'deletecollection' && !target.version.verbs.includes(verb) ? 'delete' : verb;
  if (!target.version.verbs.includes(needed) && !(verb === 'watch' && target.version.verbs.includes('list'))) {
    throw methodNotAllowed({ group: target.type.group, resource: target.type.resource }, verb);
  }
  switch (verb) {
    case 'get':
      return presentObject(context, target.version.codec.view(stored(context).object));
    case 'list':
      return list(context);
    case 'watch': {
      const view = watchView(context);
      return { kind: 'watch', events: openWatch(context, view), contentType: 'application/json' };
    }
    case 'create':
      return target.type.group === '' && target.type.kind === 'Binding' ? bindPod(context, '') : create(context);
    case 'update':
      return update(context);
    case 'patch':
      return patch(context, '');
    case 'delete':
      return remove(context);
    case 'deletecollection':
      return removeAll(context);
    default:
      throw methodNotAllowed({ group: target.type.group, resource: target.type.resource }, verb);
  }
}

/** The stored object that a request names. @throws ApiError NotFound */
export function stored(context: ResourceContext): Stored {
  const found = find(context);
  if (found === undefined) throw missing(context);
  return found;
}

/** The stored object that a request names, if there is one. */
export function find({ core, info, target }: ResourceContext): Stored | undefined {
  return core.store.get({ table: target.type.table, namespace: target.type.namespaced ? info.namespace : '', name: info.name });
}

function missing({ info, target }: ResourceContext): ApiError {
  return notFound({ group: target.type.group, resource: target.type.resource, name: info.name });
}

function list(context: ResourceContext): Answer {
  const { core, target } = context;
  core.counters.add('apiserver.list');
  const listing = readListing(context);
  const { codec } = target.version;
  return presentList(
    context,
    listing.items.map((s) => codec.view(s.object)),
    listing.metadata,
  );
}

/** Reads a body as an object of the request's kind. @throws ApiError */
export function readObject(context: ResourceContext, options: WriteOptions): JsonObject {
  const { core, request, target, warnings } = context;
  const body = readBody(request, core.kinds);
  return decodeObject({
    body: asObject(body.value),
    codec: target.version.codec,
    duplicates: body.duplicates,
    fieldValidation: options.fieldValidation,
    warnings,
    untypedAllowed: !target.type.custom,
  });
}

function create(context: ResourceContext): Answer {
  const { core, target, info } = context;
  const options = writeOptions(context.request, 'CreateOptions');
  if (info.name !== '') throw methodNotAllowed({ group: target.type.group, resource: target.type.resource }, 'create');
  if (target.type.namespaced && info.namespace === '') throw badRequest('an empty namespace may not be set during creation');
  if (core.custom.isEnding(target.type.table)) {
    throw new ApiError({
      code: 'MethodNotAllowed',
      httpStatus: 405,
      message: 'create not allowed while custom resource definition is terminating',
    });
  }
  const object = createObject({ context, object: readObject(context, options), options });
  if (!options.dryRun) settle(context);
  return presentObject(context, object, { status: 201, stored: !options.dryRun });
}

function update(context: ResourceContext): Answer {
  const { target } = context;
  const options = writeOptions(context.request, 'UpdateOptions');
  const next = readObject(context, options);
  checkNames(context, next);
  if (metaString(next, 'name') === '') throw badRequest('name must be provided');
  const old = find(context);
  if (old === undefined) {
    if (strategyOf(target.type).createOnUpdate !== true) throw missing(context);
    return presentObject(context, createObject({ context, object: next, options }), { status: 201, stored: !options.dryRun });
  }
  const object = updateStored({ context, old, next, options, subresource: '', mustNameVersion: true });
  if (!options.dryRun) settle(context);
  return presentObject(context, object, { stored: !options.dryRun });
}

/** Patches an object or one of its parts. @throws ApiError */
export function patch(context: ResourceContext, subresource: string): Answer {
  const { target, warnings } = context;
  const known = subresource === '' ? appliedBefore(context) : undefined;
  if (known?.answer !== undefined) return known.answer;
  const read = readPatch(context);
  const options = writeOptions(context.request, 'PatchOptions', read.kind === 'apply');
  const old = find(context);
  if (read.kind === 'apply') {
    if (old === undefined && subresource !== '') throw missing(context);
    const { object, created } = applyStored({ context, patch: read, old, options, subresource });
    // applied once, the same configuration changes nothing
    const now = find(context);
    if (now !== undefined && warnings.length === 0 && object === target.version.codec.view(now.object)) {
      context.core.noOps.remember(now, known?.digest ?? applyDigest(context));
    }
    if (!options.dryRun) settle(context);
    return presentObject(context, object, { status: created ? 201 : 200, stored: !options.dryRun });
  }
  if (old === undefined) throw missing(context);
  const { codec } = target.version;
  const body = applyPatch(read, codec.view(old.object), context);
  const next = decodeObject({
    body,
    codec,
    duplicates: read.duplicates,
    fieldValidation: options.fieldValidation,
    warnings,
    untypedAllowed: true,
  });
  checkNames(context, next);
  const object = updateStored({ context, old, next, options, subresource, patched: true });
  if (!options.dryRun) settle(context);
  return presentObject(context, object, { stored: !options.dryRun });
}

/** Looks whether an apply was made before and changed nothing; its answer is then the stored object. */
function appliedBefore(context: ResourceContext): { readonly digest: string; readonly answer: Answer | undefined } | undefined {
  const { core, request, target } = context;
  if (!header(request, 'content-type').startsWith('application/apply-patch+yaml')) return undefined;
  const old = find(context);
  if (old === undefined) return undefined;
  const { codec } = target.version;
  const digest = applyDigest(context);
  if (!core.noOps.has(old, digest)) return { digest, answer: undefined };
  core.counters.add('apiserver.apply');
  core.counters.add('apiserver.noop');
  return { digest, answer: presentObject(context, codec.view(old.object)) };
}

function applyDigest({ core, request, target }: ResourceContext): string {
  const options = writeOptions(request, 'PatchOptions', true);
  return core.noOps.digest({ ...options, body: request.body, apiVersion: target.version.codec.apiVersion });
}

function remove(context: ResourceContext): Answer {
  const { core, info, target } = context;
  const options = deleteOptions(context, readBody(context.request, core.kinds).value);
  checkNamespaceDelete(context, info.name);
  const old = stored(context);
  const { object, gone } = deleteStored(context, old, options);
  if (!options.dryRun) settle(context);
  if (!gone || strategyOf(target.type).returnsDeleted === true) return presentObject(context, object, { stored: false });
  return {
    kind: 'object',
    status: 200,
    object: success({ name: info.name, group: target.type.group, kind: target.type.resource, uid: metaString(old.object, 'uid') }),
  };
}

function removeAll(context: ResourceContext): Answer {
  const { core, target } = context;
  const options = deleteOptions(context, readBody(context.request, core.kinds).value);
  const selection = selectionOf(context);
  const doomed = core.store
    .table(target.type.table)
    .list(selection.namespace)
    .filter((s) => selection.matches(s));
  const items = doomed.map((old) => deleteStored(context, old, options).object);
  if (!options.dryRun) settle(context);
  return presentList(context, items, { resourceVersion: String(core.store.revision) });
}

/** What follows a write: quotas count again. */
function settle({ core, info, target }: ResourceContext): void {
  if (target.type.namespaced && core.store.table('/resourcequotas').size > 0) refreshQuotas(core, info.namespace);
}
