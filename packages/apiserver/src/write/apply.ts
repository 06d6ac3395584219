import { formatTime, isFluxError, type JsonObject } from '@flux-ts/base';
import { applyObject, type FieldSet, type ObjectTypes } from '@flux-ts/merge';
import type { ResourceContext } from '../core.ts';
import { applyConflict, ApiError, badRequest, conflict, notFound } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { createObject } from './create.ts';
import { decodeObject } from './decode.ts';
import { resetFieldsOf } from './managed.ts';
import { metaString } from './metadata.ts';
import type { WriteOptions } from './options.ts';
import type { Patch } from './patch.ts';
import { updateStored } from './update.ts';

/** A server-side apply. */
export interface ApplyInput {
  readonly context: ResourceContext;
  readonly patch: Patch;
  readonly old: Stored | undefined;
  readonly options: WriteOptions;
  readonly subresource: string;
}

/** What an apply made of an object. */
export interface ApplyResult {
  readonly object: JsonObject;
  readonly created: boolean;
}

/**
 * Server-side apply: merges a configuration into the stored object, owner by owner; makes the object where there is none.
 * @throws ApiError Conflict with the causes, BadRequest, Invalid
 */
export function applyStored(input: ApplyInput): ApplyResult {
  const { context, options, old, subresource } = input;
  const { core, target, info } = context;
  const { type, version } = target;
  const config = input.patch.value as JsonObject;
  checkConfig(input, config);
  const live = old === undefined ? undefined : version.codec.view(old.object);
  const named =
    metaString(config, 'name') === ''
      ? { ...config, metadata: { ...(config['metadata'] as JsonObject | undefined), name: info.name } }
      : config;
  const merged = mergeConfig({
    live,
    config: named,
    options,
    time: formatTime(core.clock.now()),
    types: type.types,
    subresource,
    ...resetFieldsOf(type, subresource),
  });
  // The merged object must still be one of the kind; what it does not know was refused by the merge already.
  const object = decodeObject({
    body: merged,
    codec: version.codec,
    duplicates: input.patch.duplicates,
    fieldValidation: options.fieldValidation,
    warnings: context.warnings,
    untypedAllowed: true,
  });
  core.counters.add('apiserver.apply');
  if (old === undefined) return { object: createObject({ context, object, options, applied: true }), created: true };
  const updated = updateStored({ context, old, next: object, options, subresource, applied: true, patched: true });
  return { object: updated, created: false };
}

/** What is merged, and how. */
export interface MergeInput {
  readonly live: JsonObject | undefined;
  readonly config: JsonObject;
  readonly options: WriteOptions;
  readonly time: string;
  readonly types: ObjectTypes;
  readonly subresource: string;
  readonly resetFields?: FieldSet;
}

/** The object after an apply, with its new owners. @throws ApiError Conflict with the causes, BadRequest */
export function mergeConfig({ options, subresource, ...input }: MergeInput): JsonObject {
  try {
    const outcome = applyObject({
      ...input,
      manager: options.manager,
      force: options.force,
      ...(subresource === '' ? {} : { subresource }),
    });
    if (outcome.kind === 'applied') return outcome.object;
    const causes = outcome.conflicts.map((c) => ({ reason: 'FieldManagerConflict', message: c.message, field: c.field }));
    throw applyConflict(outcome.message, causes);
  } catch (error) {
    if (error instanceof ApiError || !isFluxError(error)) throw error;
    if (error.code === 'INVALID_TYPE') throw new ApiError({ code: 'InternalError', httpStatus: 500, message: error.message, cause: error });
    throw badRequest(error.message, error);
  }
}

/** Refuses a configuration that does not say what it is, or is for something else. @throws ApiError BadRequest */
export function checkConfigKind(config: JsonObject, expected: { readonly apiVersion: string; readonly kind: string }): void {
  const { apiVersion, kind } = config as { apiVersion?: unknown; kind?: unknown };
  if (typeof kind !== 'string' || kind === '') throw badRequest("Object 'Kind' is missing in the apply configuration");
  if (typeof apiVersion !== 'string' || apiVersion === '') throw badRequest("Object 'apiVersion' is missing in the apply configuration");
  if (apiVersion !== expected.apiVersion) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${expected.apiVersion}`,
    );
  }
  if (kind !== expected.kind) throw badRequest(`the kind in the data (${kind}) does not match the expected kind (${expected.kind})`);
}

function checkConfig(input: ApplyInput, config: JsonObject): void {
  const { context, old } = input;
  const { type, version } = context.target;
  checkConfigKind(config, version.codec);
  const name = metaString(config, 'name');
  if (name !== '' && name !== context.info.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${context.info.name})`);
  const namespace = metaString(config, 'namespace');
  if (namespace !== '' && namespace !== (type.namespaced ? context.info.namespace : '')) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (old !== undefined) return;
  const subject = { group: type.group, resource: type.resource, name: context.info.name };
  if (metaString(config, 'uid') !== '') {
    throw conflict(
      subject,
      `uid mismatch: the provided object specified uid ${metaString(config, 'uid')}, and no existing object was found`,
    );
  }
  if (metaString(config, 'resourceVersion') !== '') throw notFound(subject);
}
