import { deepEqual, formatTime, getPath, isObject, omit, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError, type FieldError } from '@flux-ts/schema';
import { updateObject } from '@flux-ts/merge';
import { admitCreate } from '../admission/admission.ts';
import type { ResourceContext } from '../core.ts';
import { alreadyExists, badRequest, invalid } from '../status.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { resetFieldsOf } from './managed.ts';
import { metaString, newMetadata } from './metadata.ts';
import type { WriteOptions } from './options.ts';
import { validateObject } from '../validation/kinds.ts';
import { metadataWarnings, validateMetadata } from './validate-metadata.ts';

/** How an object is made. */
export interface CreateInput {
  readonly context: ResourceContext;
  /** In the version of the request: canonical, defaulted. */
  readonly object: JsonObject;
  readonly options: WriteOptions;
  /** From a server-side apply: its managed fields are there already. */
  readonly applied?: boolean;
}

/**
 * Makes an object: fills in what the server fills in, asks admission, validates, stores.
 * @returns the object in the version of the request
 * @throws ApiError
 */
export function createObject(input: CreateInput): JsonObject {
  const { context, options } = input;
  const { core, target, info } = context;
  const { type, version } = target;
  const { codec } = version;
  const strategy = strategyOf(type);
  const group = type.group;
  checkNames(context, input.object);
  if (metaString(input.object, 'resourceVersion') !== '') throw badRequest('resourceVersion should not be set on objects to be created');
  const dropStatus = type.hasStatus && strategy.keepStatusOnCreate !== true;
  const cleared = dropStatus && !isEmptyStatus(input.object['status']);
  let object = newMetadata(cleared ? omit(input.object, 'status') : input.object, {
    namespace: type.namespaced ? info.namespace : '',
    generation: type.custom || strategy.generation === true,
    clock: core.clock,
    random: core.random,
  });
  const name = metaString(object, 'name');
  if (name === '')
    throw invalid(group, type.kind, '', [fieldError('FieldValueRequired', 'metadata.name', '', 'name or generateName is required')]);
  const subject = { group, resource: type.resource, name };
  const where = { table: type.table, namespace: type.namespaced ? info.namespace : '', name };
  const strategyInput = { core, context, dryRun: options.dryRun };
  const admitted = admitCreate(object, context);
  if (core.store.get(where) !== undefined) throw alreadyExists(subject);
  const prepared = strategy.prepareCreate?.(admitted, strategyInput) ?? admitted;
  object = prepared === object && !cleared ? object : codec.finish(prepared);
  if (input.applied !== true || !deepEqual(admitted, object)) object = track(input, object);
  const errors: FieldError[] = [
    ...validateMetadata(object, type, strategy),
    ...codec.validate(object),
    ...(strategy.validateCreate?.(object, strategyInput) ?? []),
    ...(type.custom ? [] : validateObject({ kind: `${group}/${type.kind}`, object: codec.store(object) })),
  ];
  if (errors.length > 0) throw invalid(group, type.kind, name, errors);
  context.warnings.push(...metadataWarnings(object));
  if (options.dryRun) return object;
  core.counters.add('apiserver.write');
  const stored = core.store.put(where, codec.store(object));
  strategy.afterWrite?.(stored.object, undefined, core);
  const latest = core.store.get(where) ?? stored;
  return codec.view(latest.object);
}

/** The status of an object that was sent without one, as the canonical form prints it. */
function isEmptyStatus(status: JsonValue | undefined): boolean {
  return status === undefined || (isObject(status) && Object.keys(status).length === 0);
}

function track(input: CreateInput, object: JsonObject): JsonObject {
  if (input.applied === true) return object;
  const { context, options } = input;
  return updateObject({
    live: undefined,
    next: object,
    manager: options.manager,
    time: formatTime(context.core.clock.now()),
    types: context.target.type.types,
    ...resetFieldsOf(context.target.type, ''),
  });
}

/** Namespace and name of a body must be those of the URL. @throws ApiError BadRequest */
export function checkNames(context: ResourceContext, object: JsonObject): void {
  const { info, target } = context;
  const namespace = getPath(object, ['metadata', 'namespace']);
  if (typeof namespace === 'string' && namespace !== '' && namespace !== (target.type.namespaced ? info.namespace : '')) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const name = metaString(object, 'name');
  if (info.name !== '' && name !== '' && name !== info.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  }
}
