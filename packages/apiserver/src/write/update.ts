import { deepEqual, formatTime, type JsonObject } from '@flux-ts/base';
import { fieldError, type FieldError } from '@flux-ts/schema';
import { keepTimesIfUnchanged, updateObject } from '@flux-ts/merge';
import { admitUpdate } from '../admission/admission.ts';
import type { ResourceContext } from '../core.ts';
import { conflict, invalid, MODIFIED } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { validateObject } from '../validation/kinds.ts';
import { resetFieldsOf } from './managed.ts';
import { finalizersOf, keptMetadata, metadataOf, metaString, specChanged, withMetadata } from './metadata.ts';
import type { WriteOptions } from './options.ts';
import { restrict } from './restrict.ts';
import { metadataWarnings, validateMetadata, validateMetadataUpdate } from './validate-metadata.ts';

/** How a stored object is changed. */
export interface UpdateInput {
  readonly context: ResourceContext;
  readonly old: Stored;
  /** The whole new object in the version of the request: canonical, defaulted. */
  readonly next: JsonObject;
  readonly options: WriteOptions;
  /** Empty, `status`, or another part of the object. */
  readonly subresource: string;
  /** From a server-side apply: its managed fields are there already. */
  readonly applied?: boolean;
  /** From a patch: what it says of the uid is no precondition but a change, and refused as one. */
  readonly patched?: boolean;
  /** A PUT must name the version it replaces, where the kind wants that. */
  readonly mustNameVersion?: boolean;
}

/**
 * Changes an object. What changes nothing writes nothing and keeps the resourceVersion. Where the last finalizer of a
 * deleted object goes, the object goes.
 * @returns the object in the version of the request
 * @throws ApiError
 */
export function updateStored(input: UpdateInput): JsonObject {
  const { context, old, options, subresource } = input;
  const { core, target } = context;
  const { type, version } = target;
  const { codec } = version;
  const strategy = strategyOf(type);
  const before = codec.view(old.object);
  const subject = { group: type.group, resource: type.resource, name: old.name };
  checkVersion(input, before);
  const strategyInput = { core, context, dryRun: options.dryRun };
  let next = keptMetadata(restrict(input.next, before, type, subresource), before);
  const restricted = next;
  if (subresource === '') next = strategy.prepareUpdate?.(next, before, strategyInput) ?? next;
  next = admitUpdate(next, before, context);
  if (next !== restricted || subresource !== '') next = codec.finish(next);
  if (input.applied !== true) {
    const { types } = type;
    const time = formatTime(core.clock.now());
    next = updateObject({
      live: before,
      next,
      manager: options.manager,
      time,
      types,
      ...(subresource === '' ? {} : { subresource }),
      ...resetFieldsOf(type, subresource),
    });
  }
  next = keepTimesIfUnchanged(before, next);
  if (next === before || deepEqual(next, before)) {
    core.counters.add('apiserver.noop');
    return before;
  }
  const counts = type.custom || strategy.generation === true;
  if (counts && specChanged(next, before, type.hasStatus, deepEqual)) {
    next = withMetadata(next, { generation: Number(metadataOf(before)['generation'] ?? 0) + 1 });
  }
  const errors: FieldError[] = [
    ...validateMetadataUpdate(next, before),
    ...validateMetadata(next, type, strategy, before),
    ...codec.validate(next, before),
    ...(subresource === '' ? (strategy.validateUpdate?.(next, before, strategyInput) ?? []) : []),
    ...(subresource === '' && !type.custom
      ? validateObject({ kind: `${type.group}/${type.kind}`, object: codec.store(next), old: old.object })
      : []),
  ];
  if (errors.length > 0) throw invalid(type.group, type.kind, old.name, errors);
  context.warnings.push(...metadataWarnings(next, before));
  if (options.dryRun) return next;
  const where = { table: type.table, namespace: old.namespace, name: old.name };
  const current = core.store.get(where);
  if (current !== old) throw conflict(subject, MODIFIED);
  core.counters.add('apiserver.write');
  if (isFinished(next, type.group, type.kind)) {
    const last = core.store.delete(where, codec.store(next)) as Stored;
    strategy.afterDelete?.(last.object, core);
    return codec.view(last.object);
  }
  const stored = core.store.put(where, codec.store(next));
  strategy.afterWrite?.(stored.object, old.object, core);
  return codec.view((core.store.get(where) ?? stored).object);
}

/** Whether a deleted object has nothing left to wait for. */
export function isFinished(object: JsonObject, group: string, kind: string): boolean {
  const metadata = metadataOf(object);
  if (metadata['deletionTimestamp'] === undefined || finalizersOf(object).length > 0) return false;
  if (Number(metadata['deletionGracePeriodSeconds'] ?? 0) > 0) return false;
  if (group === '' && kind === 'Namespace') {
    const spec = object['spec'] as JsonObject | undefined;
    return ((spec?.['finalizers'] as readonly string[] | undefined) ?? []).length === 0;
  }
  return true;
}

function checkVersion(input: UpdateInput, before: JsonObject): void {
  const { context, next, old } = input;
  const { type } = context.target;
  const subject = { group: type.group, resource: type.resource, name: old.name };
  const uid = metaString(next, 'uid');
  const known = metaString(before, 'uid');
  if (input.patched !== true && uid !== '' && uid !== known) {
    throw conflict(subject, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${known}`);
  }
  const given = metaString(next, 'resourceVersion');
  if (given === '' || given === '0') {
    if (input.mustNameVersion !== true || !(type.custom || NEEDS_VERSION.has(`${type.group}/${type.kind}`))) return;
    throw invalid(type.group, type.kind, old.name, [
      fieldError('FieldValueInvalid', 'metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  if (given !== metaString(before, 'resourceVersion')) throw conflict(subject, MODIFIED);
}

/** Built-in kinds whose PUT must name a resourceVersion. */
const NEEDS_VERSION = new Set([
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'coordination.k8s.io/Lease',
  'resource.k8s.io/ResourceSlice',
]);
