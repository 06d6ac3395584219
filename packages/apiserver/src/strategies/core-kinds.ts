import { getObject, getPath, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { metaString, withMetadata } from '../write/metadata.ts';
import { ISSUER } from '../authn/tokens.ts';
import type { Strategy, StrategyInput } from './strategy.ts';
import { serviceStrategy } from './service.ts';
import { podStrategy } from './pod.ts';
import { seedNamespace } from './seed-namespace.ts';

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

function labelled(object: JsonObject): JsonObject {
  const labels = getObject(object, ['metadata', 'labels']) ?? {};
  const name = metaString(object, 'name');
  return labels[NAMESPACE_LABEL] === name ? object : withMetadata(object, { labels: { ...labels, [NAMESPACE_LABEL]: name } });
}

const namespace: Strategy = {
  names: 'label',
  prepareCreate: (object) => ({ ...labelled(object), spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }),
  prepareUpdate: (next, old) => {
    const spec: Record<string, JsonValue> = { ...(next['spec'] as JsonObject | undefined) };
    const finalizers = getPath(old, ['spec', 'finalizers']);
    if (finalizers === undefined) delete spec['finalizers'];
    else spec['finalizers'] = finalizers;
    return { ...labelled(next), spec };
  },
  afterWrite(stored, old, core) {
    if (old === undefined) seedNamespace(core, metaString(stored, 'name'));
  },
};

/** stringData is written into data and never stored. */
function mergeStringData(object: JsonObject): JsonObject {
  const texts = object['stringData'];
  if (!isObject(texts)) return object;
  const data: Record<string, JsonValue> = { ...(object['data'] as JsonObject | undefined) };
  for (const [key, value] of Object.entries(texts)) data[key] = Buffer.from(String(value), 'utf8').toString('base64');
  const { stringData: _, ...rest } = object as Record<string, JsonValue>;
  return { ...rest, data };
}

const ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';
const ACCOUNT = 'kubernetes.io/service-account.name';
const TEN_YEARS_MS = 10 * 365 * 24 * 3600_000;

/** A Secret that asks for the token of a ServiceAccount gets it, as long as the account is there. */
function fillToken(object: JsonObject, { core }: StrategyInput): JsonObject {
  const data = getObject(object, ['data']) ?? {};
  if (object['type'] !== ACCOUNT_TOKEN || data['token'] !== undefined) return object;
  const namespace = metaString(object, 'namespace');
  const name = getString(object, ['metadata', 'annotations', ACCOUNT]) ?? '';
  const account = core.store.get({ table: '/serviceaccounts', namespace, name })?.object;
  if (account === undefined) return object;
  const uid = metaString(account, 'uid');
  const token = core.tokens.issue({
    subject: `system:serviceaccount:${namespace}:${name}`,
    namespace,
    serviceAccount: { name, uid },
    audiences: [ISSUER],
    expiresAtMs: core.clock.now() + TEN_YEARS_MS,
  });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const annotations = { ...getObject(object, ['metadata', 'annotations']), 'kubernetes.io/service-account.uid': uid };
  const filled = { ...data, 'ca.crt': base64(core.rootCertificate), namespace: base64(namespace), token: base64(token) };
  return withMetadata({ ...object, data: filled }, { annotations });
}

const secret: Strategy = {
  prepareCreate: (object, input) => fillToken(mergeStringData(object), input),
  prepareUpdate: (next, old) => {
    const merged = mergeStringData(next);
    return merged['type'] === undefined || merged['type'] === '' ? { ...merged, type: old['type'] as JsonValue } : merged;
  },
};

/** Claims and volumes wait to be bound. */
const pending: Strategy = { returnsDeleted: true, prepareCreate: (object) => ({ ...object, status: { phase: 'Pending' } }) };

/** Kinds of the core group. */
export const CORE_STRATEGIES: Readonly<Record<string, Strategy>> = {
  '/Namespace': namespace,
  '/Pod': podStrategy,
  '/Service': serviceStrategy,
  '/Secret': secret,
  '/ServiceAccount': { returnsDeleted: true },
  '/PersistentVolumeClaim': pending,
  '/PersistentVolume': pending,
  '/Node': { keepStatusOnCreate: true },
  '/Event': { names: 'any', createOnUpdate: true },
  'events.k8s.io/Event': { names: 'any', createOnUpdate: true },
  '/Endpoints': { createOnUpdate: true },
  '/LimitRange': { createOnUpdate: true },
  '/ReplicationController': { generation: true },
  '/ResourceQuota': { returnsDeleted: true, prepareCreate: (o) => ({ ...o, status: {} }) },
  '/PodTemplate': { generation: true, returnsDeleted: true },
};
