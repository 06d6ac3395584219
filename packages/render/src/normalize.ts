import { getArray, getObject, getString, isObject, own, setPath, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { Kinds } from '@flux-ts/schema';

/** The kinds with a pod template, and where it is. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  'v1/Pod': ['spec'],
  'apps/v1/Deployment': ['spec', 'template', 'spec'],
  'apps/v1/StatefulSet': ['spec', 'template', 'spec'],
  'apps/v1/DaemonSet': ['spec', 'template', 'spec'],
  'apps/v1/ReplicaSet': ['spec', 'template', 'spec'],
  'batch/v1/Job': ['spec', 'template', 'spec'],
  'batch/v1/CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/**
 * Brings an object into the form in which Flux applies it: a builtin kind takes a round trip through its Go struct
 * (unknown fields go, empty ones appear), ports get their protocol, a Secret's stringData moves into data; every
 * object has an empty creationTimestamp, and no status unless it is a CustomResourceDefinition.
 * @param kinds the builtin kinds; without them only the last rules hold
 */
export function normalizeObject(object: JsonObject, kinds: Kinds | undefined): JsonObject {
  const apiVersion = getString(object, ['apiVersion']) ?? '';
  const kind = getString(object, ['kind']) ?? '';
  // Roles are left alone: their rules would come back as null
  if (apiVersion === 'rbac.authorization.k8s.io/v1' && (kind === 'Role' || kind === 'ClusterRole')) return object;
  const codec = kinds?.kind(apiVersion, kind);
  let out = object;
  if (codec !== undefined && codec.check(object) === undefined) out = codec.canonicalise(defaults(object, `${apiVersion}/${kind}`));
  out = setPath(out, ['metadata', 'creationTimestamp'], null) as JsonObject;
  if (!(kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/'))) out = without(out, 'status');
  return out;
}

function without(object: JsonObject, key: string): JsonObject {
  if (!Object.hasOwn(object, key)) return object;
  const { [key]: _gone, ...rest } = object;
  return rest;
}

function defaults(object: JsonObject, kind: string): JsonObject {
  if (kind === 'v1/Service') return withProtocols(object, ['spec', 'ports']);
  if (kind === 'v1/Secret') return secretData(object);
  const path = POD_SPECS[kind];
  if (path === undefined) return object;
  const containers = getArray(object, [...path, 'containers']);
  let out = object;
  containers?.forEach((_, i) => {
    out = withProtocols(out, [...path, 'containers', i, 'ports']);
  });
  return out;
}

function withProtocols(object: JsonObject, path: readonly (string | number)[]): JsonObject {
  const ports = getArray(object, path);
  if (ports === undefined) return object;
  const next = ports.map((port): JsonValue =>
    isObject(port) && (own(port, 'protocol') ?? '') === '' ? { ...port, protocol: 'TCP' } : port,
  );
  return next.every((port, i) => port === ports[i]) ? object : (setPath(object, path, next) as JsonObject);
}

function secretData(object: JsonObject): JsonObject {
  const texts = getObject(object, ['stringData']);
  if (texts === undefined || Object.keys(texts).length === 0) return object;
  const data: Record<string, JsonValue> = { ...getObject(object, ['data']) };
  for (const [key, value] of Object.entries(texts)) data[key] = Buffer.from(typeof value === 'string' ? value : '').toString('base64');
  return { ...without(object, 'stringData'), data };
}

/** Sets labels and annotations over what an object has. */
export function withCommonMetadata(object: JsonObject, labels: JsonObject, annotations: JsonObject): JsonObject {
  let out = object;
  for (const [field, more] of [
    ['labels', labels],
    ['annotations', annotations],
  ] as const) {
    if (Object.keys(more).length === 0) continue;
    out = setPath(out, ['metadata', field], { ...getObject(out, ['metadata', field]), ...more }) as JsonObject;
  }
  return out;
}
