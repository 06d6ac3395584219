import { formatTime, getPath, isObject, setPath, type JsonObject, type JsonValue } from '@flux-ts/base';
import { compileType, fieldElement, managedFieldsOf, ManagedFieldsError, updateObject, type ObjectTypes } from '@flux-ts/merge';
import { fieldError, labelSelectorFrom, type KindCodec, type Kinds } from '@flux-ts/schema';
import { asObject, readBody } from '../body/read-body.ts';
import type { Core, ResourceContext } from '../core.ts';
import { apiVersionOf, type ScalePaths } from '../registry/resource.ts';
import type { Answer } from '../request.ts';
import { badRequest, internalError, invalid, methodNotAllowed } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { checkConfigKind, mergeConfig } from '../write/apply.ts';
import { metadataOf, metaString, withMetadata } from '../write/metadata.ts';
import { writeOptions, type WriteOptions } from '../write/options.ts';
import { applyPatch, readPatch } from '../write/patch.ts';
import { parentOwners, SCALE_VERSION, scaleOwners, type ReplicasPaths } from '../write/scale-owners.ts';
import { updateStored } from '../write/update.ts';
import { stored } from './resources.ts';

const BUILT_IN: ScalePaths = { specReplicas: ['spec', 'replicas'], statusReplicas: ['status', 'replicas'], labelSelector: undefined };

/** Answers a request for `scale`. @throws ApiError */
export function handleScale(context: ResourceContext): Answer {
  const old = stored(context);
  const { verb } = context.info;
  const paths = pathsOf(context);
  const before = context.target.version.codec.view(old.object);
  const missing = getPath(before, paths.specReplicas) === undefined && context.target.type.custom;
  const path = JSON.stringify(`.${paths.specReplicas.join('.')}`);
  if (verb === 'get') {
    if (missing) throw internalError(`the spec replicas field ${path} does not exist`);
    return { kind: 'object', status: 200, object: scaleOf(context, before) };
  }
  const scale = withManagedEntries(scaleOf(context, before), owners(before, context));
  const { next, options } = verb === 'update' ? replaced(context, scale) : patched(context, scale);
  if (missing && getPath(next, ['spec', 'replicas']) === undefined) throw badRequest(`the spec replicas field ${path} cannot be empty`);
  return write(context, old, next, options);
}

interface NewScale {
  /** The Scale as it is wanted, with its new owners. */
  readonly next: JsonObject;
  readonly options: WriteOptions;
}

function replaced(context: ResourceContext, scale: JsonObject): NewScale {
  const options = writeOptions(context.request, 'UpdateOptions');
  const body = asObject(readBody(context.request, context.core.kinds).value);
  return { next: owned(context, { scale, body, options }), options };
}

function patched(context: ResourceContext, scale: JsonObject): NewScale {
  const { core, info, target } = context;
  if (info.verb !== 'patch') throw methodNotAllowed({ group: target.type.group, resource: `${target.type.resource}/scale` }, info.verb);
  const patch = readPatch(context);
  const options = writeOptions(context.request, 'PatchOptions', patch.kind === 'apply');
  if (patch.kind === 'apply') {
    const config = patch.value as JsonObject;
    checkConfigKind(config, { apiVersion: SCALE_VERSION, kind: 'Scale' });
    const time = formatTime(core.clock.now());
    const next = mergeConfig({ live: scale, config, options, time, types: scaleTypes(core), subresource: 'scale' });
    return { next: decoded(core, next), options };
  }
  // A strategic patch of a Scale has no lists: it is a merge patch
  const body = applyPatch(patch.kind === 'strategic' ? { ...patch, kind: 'merge' } : patch, scale, context);
  return { next: owned(context, { scale, body, options }), options };
}

/** A new Scale with its owners after a write that is no apply. */
function owned(
  { core }: ResourceContext,
  { scale, body, options }: { readonly scale: JsonObject; readonly body: JsonObject; readonly options: WriteOptions },
): JsonObject {
  return updateObject({
    live: scale,
    next: decoded(core, body),
    manager: options.manager,
    time: formatTime(core.clock.now()),
    types: scaleTypes(core),
    subresource: 'scale',
  });
}

function decoded(core: Core, body: JsonObject): JsonObject {
  const codec = scaleCodec(core);
  const { problem } = codec.decode(body);
  if (problem !== undefined) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${problem}`);
  return codec.canonicalise({ ...body, apiVersion: SCALE_VERSION, kind: 'Scale' });
}

function scaleCodec({ kinds }: Core): KindCodec {
  const codec = kinds.codec(SCALE_VERSION, 'Scale');
  if (codec === undefined) throw internalError('there is no type of Scales');
  return codec;
}

const TYPES = new WeakMap<Kinds, ObjectTypes>();

function scaleTypes({ kinds }: Core): ObjectTypes {
  let types = TYPES.get(kinds);
  if (types === undefined) {
    const type = compileType(kinds.mergeTypes, 'io.k8s.api.autoscaling.v1.Scale');
    types = { type: (apiVersion) => (apiVersion === SCALE_VERSION ? type : undefined) };
    TYPES.set(kinds, types);
  }
  return types;
}

function pathsOf(context: ResourceContext): ScalePaths {
  return context.target.version.scale ?? BUILT_IN;
}

/** Where every version of the kind has its replicas. */
function replicasPaths({ target }: ResourceContext): ReplicasPaths {
  const { type } = target;
  return new Map(
    [...type.versions.values()].map((version) => {
      const path = type.custom ? version.scale?.specReplicas : BUILT_IN.specReplicas;
      return [apiVersionOf(type.group, version.version), path?.map(fieldElement)];
    }),
  );
}

function owners(object: JsonObject, context: ResourceContext): readonly JsonObject[] {
  return readable(() => scaleOwners(managedFieldsOf(object), replicasPaths(context)), []);
}

/** Owners that cannot be read are nobody's. */
function readable(read: () => readonly JsonObject[], otherwise: readonly JsonObject[]): readonly JsonObject[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof ManagedFieldsError) return otherwise;
    throw error;
  }
}

function withManagedEntries(object: JsonObject, entries: readonly JsonObject[]): JsonObject {
  return withMetadata(object, { managedFields: entries.length === 0 ? undefined : entries });
}

function write(context: ResourceContext, old: Stored, scale: JsonObject, options: WriteOptions): Answer {
  const { codec } = context.target.version;
  const before = codec.view(old.object);
  const replicas = getPath(scale, ['spec', 'replicas']) ?? 0;
  if (typeof replicas === 'number' && replicas < 0)
    throw invalid('autoscaling', 'Scale', old.name, [
      fieldError('FieldValueInvalid', 'spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  const version = metaString(scale, 'resourceVersion');
  const uid = metaString(scale, 'uid');
  const changed = setPath(before, pathsOf(context).specReplicas, replicas) as JsonObject;
  const entries = readable(
    () => parentOwners(managedFieldsOf(before), managedFieldsOf(scale), { paths: replicasPaths(context), apiVersion: codec.apiVersion }),
    [],
  );
  const next = withMetadata(withManagedEntries(changed, entries), {
    ...(version === '' ? {} : { resourceVersion: version }),
    ...(uid === '' ? {} : { uid }),
  });
  const result = updateStored({ context, old, next, options, subresource: 'scale', applied: true });
  return { kind: 'object', status: 200, object: scaleOf(context, result) };
}

function scaleOf(context: ResourceContext, object: JsonObject): JsonObject {
  const paths = pathsOf(context);
  const metadata: Record<string, JsonValue> = {};
  for (const field of ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp']) {
    const value = metadataOf(object)[field];
    if (value !== undefined) metadata[field] = value;
  }
  const replicas = getPath(object, paths.specReplicas) ?? 0;
  const selector = selectorOf(object, paths, context.target.version.scale === undefined);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: getPath(object, paths.statusReplicas) ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}

function selectorOf(object: JsonObject, paths: ScalePaths, builtIn: boolean): string {
  if (!builtIn) return paths.labelSelector === undefined ? '' : String(getPath(object, paths.labelSelector) ?? '');
  const selector = getPath(object, ['spec', 'selector']);
  if (!isObject(selector)) return '';
  // ReplicationControllers have a plain map
  return labelSelectorFrom(
    selector['matchLabels'] === undefined && selector['matchExpressions'] === undefined ? { matchLabels: selector } : selector,
  ).toString();
}
