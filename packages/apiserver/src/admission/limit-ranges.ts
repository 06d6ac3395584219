import { getArray, getObject, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { compareQuantities, parseQuantity } from '@flux-ts/schema';
import type { ResourceContext } from '../core.ts';
import { forbidden } from '../status.ts';
import { metaString } from '../write/metadata.ts';

/** Fills in the defaults of the namespace's LimitRanges and checks their bounds. @throws ApiError Forbidden */
export function applyLimits(object: JsonObject, context: ResourceContext): JsonObject {
  const { core, info, target } = context;
  const ranges = core.store.table('/limitranges').list(info.namespace);
  if (ranges.length === 0) return object;
  const limits = ranges.flatMap((r) => (getArray(r.object, ['spec', 'limits']) ?? []).filter(isObject));
  const subject = { group: '', resource: target.type.resource, name: metaString(object, 'name') };
  if (target.type.kind === 'PersistentVolumeClaim') {
    const size = getObject(object, ['spec', 'resources', 'requests']) ?? {};
    const problems = limits
      .filter((l) => l['type'] === 'PersistentVolumeClaim')
      .flatMap((l) => bounds(l, size, { what: 'PersistentVolumeClaim', kind: 'request' }));
    if (problems.length > 0) throw forbidden(subject, problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`);
    return object;
  }
  const forContainers = limits.filter((l) => l['type'] === 'Container');
  let changed = object;
  for (const field of ['initContainers', 'containers']) {
    const containers = getArray(changed, ['spec', field]);
    if (containers === undefined) continue;
    const filled = containers.filter(isObject).map((c) => forContainers.reduce(withDefaults, c));
    changed = { ...changed, spec: { ...(changed['spec'] as JsonObject), [field]: filled } };
    const problems = filled.flatMap((c) =>
      forContainers.flatMap((l) => [
        ...bounds(l, getObject(c, ['resources', 'requests']) ?? {}, { what: 'Container', kind: 'request' }),
        ...bounds(l, getObject(c, ['resources', 'limits']) ?? {}, { what: 'Container', kind: 'limit' }),
      ]),
    );
    if (problems.length > 0) throw forbidden(subject, problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`);
  }
  return changed;
}

function withDefaults(container: JsonObject, limit: JsonObject): JsonObject {
  const resources = getObject(container, ['resources']) ?? {};
  const limits: Record<string, JsonValue> = { ...getObject(resources, ['limits']) };
  const requests: Record<string, JsonValue> = { ...getObject(resources, ['requests']) };
  for (const [name, value] of Object.entries(getObject(limit, ['default']) ?? {})) limits[name] ??= value;
  for (const [name, value] of Object.entries(getObject(limit, ['defaultRequest']) ?? {})) requests[name] ??= value;
  const filled = {
    ...resources,
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
  };
  return Object.keys(filled).length === 0 ? container : { ...container, resources: filled };
}

function bounds(
  limit: JsonObject,
  amounts: JsonObject,
  { what, kind }: { readonly what: string; readonly kind: 'request' | 'limit' },
): string[] {
  const problems: string[] = [];
  const compare = (a: JsonValue, b: JsonValue): number => compareQuantities(parseQuantity(String(a)), parseQuantity(String(b)));
  if (kind === 'request') {
    for (const [name, least] of Object.entries(getObject(limit, ['min']) ?? {})) {
      const given = amounts[name];
      if (given === undefined) problems.push(`minimum ${name} usage per ${what} is ${String(least)}.  No request is specified`);
      else if (compare(given, least) < 0)
        problems.push(`minimum ${name} usage per ${what} is ${String(least)}, but request is ${String(given)}`);
    }
  }
  if (kind === 'limit' || what === 'PersistentVolumeClaim') {
    for (const [name, most] of Object.entries(getObject(limit, ['max']) ?? {})) {
      const given = amounts[name];
      if (given === undefined) problems.push(`maximum ${name} usage per ${what} is ${String(most)}.  No limit is specified`);
      else if (compare(given, most) > 0)
        problems.push(`maximum ${name} usage per ${what} is ${String(most)}, but ${kind} is ${String(given)}`);
    }
  }
  return problems;
}
