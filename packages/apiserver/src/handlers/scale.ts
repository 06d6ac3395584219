import { getPath, isObject, setPath, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError } from '@flux-ts/schema';
import { labelSelectorFrom } from '@flux-ts/schema';
import { asObject, readBody } from '../body/read-body.ts';
import type { ResourceContext } from '../core.ts';
import type { ScalePaths } from '../registry/resource.ts';
import type { Answer } from '../request.ts';
import { badRequest, invalid, methodNotAllowed } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { metadataOf, metaString } from '../write/metadata.ts';
import { writeOptions } from '../write/options.ts';
import { applyPatch, readPatch } from '../write/patch.ts';
import { updateStored } from '../write/update.ts';
import { stored } from './resources.ts';

const BUILT_IN: ScalePaths = { specReplicas: ['spec', 'replicas'], statusReplicas: ['status', 'replicas'], labelSelector: undefined };

/** Answers a request for `scale`. @throws ApiError */
export function handleScale(context: ResourceContext): Answer {
  const old = stored(context);
  const { verb } = context.info;
  const scale = scaleOf(context, context.target.version.codec.view(old.object));
  if (verb === 'get') return { kind: 'object', status: 200, object: scale };
  if (verb === 'update') {
    const options = writeOptions(context.request, 'UpdateOptions');
    const body = asObject(readBody(context.request, context.core.kinds).value);
    return write(context, old, body, options);
  }
  if (verb !== 'patch')
    throw methodNotAllowed({ group: context.target.type.group, resource: `${context.target.type.resource}/scale` }, verb);
  const patch = readPatch(context);
  const options = writeOptions(context.request, 'PatchOptions', patch.kind === 'apply');
  if (patch.kind === 'apply') return write(context, old, applied(scale, patch.value as JsonObject), options);
  // A strategic patch of a Scale has no lists: it is a merge patch
  const body = applyPatch(patch.kind === 'strategic' ? { ...patch, kind: 'merge' } : patch, scale, context);
  return write(context, old, body, options);
}

function applied(scale: JsonObject, config: JsonObject): JsonObject {
  const replicas = getPath(config, ['spec', 'replicas']);
  return replicas === undefined ? scale : (setPath(scale, ['spec', 'replicas'], replicas) as JsonObject);
}

function write(context: ResourceContext, old: Stored, body: JsonObject, options: Parameters<typeof updateStored>[0]['options']): Answer {
  const { codec } = context.target.version;
  const paths = context.target.version.scale ?? BUILT_IN;
  const before = codec.view(old.object);
  const replicas = getPath(body, ['spec', 'replicas']) ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw badRequest('json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32');
  if (replicas < 0)
    throw invalid('autoscaling', 'Scale', old.name, [
      fieldError('FieldValueInvalid', 'spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  const version = metaString(body, 'resourceVersion');
  const uid = metaString(body, 'uid');
  const changed = setPath(before, paths.specReplicas, replicas) as JsonObject;
  const metadata = { ...metadataOf(before), ...(version === '' ? {} : { resourceVersion: version }), ...(uid === '' ? {} : { uid }) };
  const next = updateStored({ context, old, next: { ...changed, metadata }, options, subresource: 'scale' });
  return { kind: 'object', status: 200, object: scaleOf(context, next) };
}

function scaleOf(context: ResourceContext, object: JsonObject): JsonObject {
  const paths = context.target.version.scale ?? BUILT_IN;
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
