import { getArray, getObject, isObject, type JsonValue } from '@flux-ts/base';
import { checkNames } from '../write/create.ts';
import { asObject, readBody } from '../body/read-body.ts';
import type { ResourceContext } from '../core.ts';
import type { Answer } from '../request.ts';
import { badRequest, conflict, methodNotAllowed, notFound, notImplemented, success, ApiError } from '../status.ts';
import { deleteOptions, deleteStored } from '../write/delete.ts';
import { forwardTarget, noContainer } from '../port-forward/target.ts';
import { metaString } from '../write/metadata.ts';
import { writeOptions } from '../write/options.ts';
import { updateStored } from '../write/update.ts';
import { bindPod } from './binding.ts';
import { presentObject } from './present.ts';
import { find, patch, readObject, stored } from './resources.ts';
import { handleScale } from './scale.ts';
import { createToken } from './token-request.ts';

/** Answers a request for a part of an object. @throws ApiError */
export function handleSubresource(context: ResourceContext): Answer {
  const { info, target } = context;
  const { type } = target;
  if (type.group === '' && type.kind === 'Pod') {
    const answer = podPart(context);
    if (answer !== undefined) return answer;
  }
  if (info.subresource === 'scale') return handleScale(context);
  if (info.subresource === 'token' && type.kind === 'ServiceAccount') return createToken(context);
  if (info.subresource === 'finalize') return finalizeNamespace(context);
  if (info.subresource === 'proxy') throw notImplemented('proxy is not served: nothing runs behind this cluster');
  switch (info.verb) {
    case 'get':
      return presentObject(context, target.version.codec.view(stored(context).object));
    case 'update':
      return updatePart(context);
    case 'patch':
      return patch(context, info.subresource);
    default:
      throw methodNotAllowed({ group: type.group, resource: type.resource }, info.verb);
  }
}

function updatePart(context: ResourceContext): Answer {
  const { info } = context;
  const options = writeOptions(context.request, 'UpdateOptions');
  const next = readObject(context, options);
  checkNames(context, next);
  const object = updateStored({ context, old: stored(context), next, options, subresource: info.subresource });
  return presentObject(context, object, { stored: !options.dryRun });
}

/** A namespace's own finalizers are written here alone; with the last one gone, a deleted namespace goes. */
function finalizeNamespace(context: ResourceContext): Answer {
  const { core } = context;
  const options = writeOptions(context.request, 'UpdateOptions');
  const body = readObject(context, options);
  const old = stored(context);
  const version = metaString(body, 'resourceVersion');
  if (version !== '' && version !== metaString(old.object, 'resourceVersion')) {
    throw conflict(
      { group: '', resource: 'namespaces', name: old.name },
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
  const finalizers = getArray(body, ['spec', 'finalizers']) ?? [];
  const spec: Record<string, JsonValue> = { ...getObject(old.object, ['spec']) };
  if (finalizers.length === 0) delete spec['finalizers'];
  else spec['finalizers'] = finalizers;
  const next = { ...old.object, spec };
  const where = { table: '/namespaces', namespace: '', name: old.name };
  if (options.dryRun) return presentObject(context, next, { stored: false });
  const metadata = getObject(next, ['metadata']) ?? {};
  const gone =
    finalizers.length === 0 && metadata['deletionTimestamp'] !== undefined && (getArray(metadata, ['finalizers']) ?? []).length === 0;
  const written = gone ? core.store.delete(where, next) : core.store.put(where, next);
  return presentObject(context, (written ?? old).object, { stored: !gone });
}

function podPart(context: ResourceContext): Answer | undefined {
  const { info } = context;
  switch (info.subresource) {
    case 'log':
      return podLog(context);
    case 'binding':
      return bindPod(context, context.info.name);
    case 'eviction':
      return evict(context);
    case 'exec':
    case 'attach':
      throw notImplemented(noContainer(context, stored(context).object));
    case 'portforward':
      forwardTarget(context, stored(context).object);
      throw badRequest('Upgrade request required');
    default:
      return undefined;
  }
}

function podLog(context: ResourceContext): Answer {
  const pod = stored(context).object;
  const names = (getArray(pod, ['spec', 'containers']) ?? []).filter(isObject).map((c) => String(c['name']));
  const wanted = context.request.query.get('container') || names[0] || '';
  const all = [...names, ...(getArray(pod, ['spec', 'initContainers']) ?? []).filter(isObject).map((c) => String(c['name']))];
  if (!all.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${metaString(pod, 'name')}`);
  if (names.length > 1 && !context.request.query.has('container')) {
    throw badRequest(`a container name must be specified for pod ${metaString(pod, 'name')}, choose one of: [${names.join(' ')}]`);
  }
  const text =
    context.core.pods?.runs(pod) === true
      ? "This Pod runs inside the cluster's own process: what it logs is in the log of that process.\n"
      : `This Pod is simulated: no container ${JSON.stringify(wanted)} runs, so there is no log.\n`;
  return { kind: 'text', status: 200, text, contentType: 'text/plain' };
}

/** Deletes a Pod unless a disruption budget forbids it. */
function evict(context: ResourceContext): Answer {
  const { core, info } = context;
  if (info.verb !== 'create') throw methodNotAllowed({ group: '', resource: 'pods/eviction' }, info.verb);
  const body = asObject(readBody(context.request, core.kinds).value);
  const old = find(context);
  if (old === undefined) throw notFound({ group: '', resource: 'pods', name: info.name });
  for (const budget of core.store.table('policy/poddisruptionbudgets').list(old.namespace)) {
    const labels = getObject(budget.object, ['spec', 'selector', 'matchLabels']) ?? {};
    const own = getObject(old.object, ['metadata', 'labels']) ?? {};
    if (Object.keys(labels).length === 0 || Object.entries(labels).some(([k, v]) => own[k] !== v)) continue;
    if (Number(getObject(budget.object, ['status'])?.['disruptionsAllowed'] ?? 0) > 0) continue;
    const causes = [
      {
        reason: 'DisruptionBudget',
        message: `The disruption budget ${budget.name} needs ${String(getObject(budget.object, ['status'])?.['desiredHealthy'] ?? 0)} healthy pods and has ${String(getObject(budget.object, ['status'])?.['currentHealthy'] ?? 0)} currently`,
      },
    ];
    throw new ApiError({
      code: 'TooManyRequests',
      httpStatus: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes },
    });
  }
  deleteStored(context, old, deleteOptions(context, body['deleteOptions']));
  return { kind: 'object', status: 201, object: { ...success({}), code: 201 } };
}
