import { deepEqual, getObject, getPath, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError, type FieldError } from '@flux-ts/schema';
import { metaString, withMetadata } from '../write/metadata.ts';
import { equalExcept, immutableFields } from './immutable.ts';
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

function keyErrors(object: JsonObject, fields: readonly string[]): FieldError[] {
  return fields.flatMap((field) =>
    Object.keys((object[field] ?? {}) as JsonObject)
      .filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key) || key === '.' || key === '..')
      .map((key) => {
        const why =
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
        return fieldError('FieldValueInvalid', `${field}[${key}]`, key, why);
      }),
  );
}

function frozenData(next: JsonObject, old: JsonObject, fields: readonly string[]): FieldError[] {
  if (old['immutable'] !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  const errors = next['immutable'] === true ? [] : [fieldError('FieldValueForbidden', 'immutable', null, why)];
  for (const field of fields) if (!deepEqual(next[field], old[field])) errors.push(fieldError('FieldValueForbidden', field, null, why));
  return errors;
}

const configMap: Strategy = {
  validateCreate: (object) => keyErrors(object, ['data', 'binaryData']),
  validateUpdate: (next, old) => [...keyErrors(next, ['data', 'binaryData']), ...frozenData(next, old, ['data', 'binaryData'])],
};

const MAX_SECRET = 1024 * 1024;

function secretErrors(object: JsonObject): FieldError[] {
  const errors = keyErrors(object, ['data']);
  const data = (object['data'] ?? {}) as JsonObject;
  const size = Object.values(data).reduce((sum: number, v) => sum + Math.floor((String(v).length * 3) / 4), 0);
  if (size > MAX_SECRET) errors.push(fieldError('FieldValueTooLong', 'data', '', `may not be more than ${MAX_SECRET} bytes`));
  const required: Readonly<Record<string, readonly string[]>> = {
    'kubernetes.io/tls': ['tls.crt', 'tls.key'],
    'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
    'kubernetes.io/dockercfg': ['.dockercfg'],
    'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  };
  for (const key of required[String(object['type'])] ?? [])
    if (data[key] === undefined) errors.push(fieldError('FieldValueRequired', `data[${key}]`, '', ''));
  return errors;
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
  validateCreate: secretErrors,
  validateUpdate: (next, old) => [...immutableFields(next, old, ['type']), ...frozenData(next, old, ['data']), ...secretErrors(next)],
};

const claim: Strategy = {
  returnsDeleted: true,
  prepareCreate: (object) => ({ ...object, status: { phase: 'Pending' } }),
  validateCreate(object) {
    const errors: FieldError[] = [];
    if (((getPath(object, ['spec', 'accessModes']) as readonly string[] | undefined) ?? []).length === 0) {
      errors.push(fieldError('FieldValueRequired', 'spec.accessModes', null, 'at least 1 access mode is required'));
    }
    if (getPath(object, ['spec', 'resources', 'requests', 'storage']) === undefined)
      errors.push(fieldError('FieldValueRequired', 'spec.resources[storage]', '', ''));
    return errors;
  },
  validateUpdate(next, old) {
    // what the binder fills in later, and the size
    const changeable = [
      'resources',
      'volumeAttributesClassName',
      ...(getPath(old, ['spec', 'volumeName']) ? [] : ['volumeName']),
      ...(getPath(old, ['spec', 'storageClassName']) === undefined ? ['storageClassName'] : []),
    ];
    if (equalExcept(getObject(next, ['spec']), getObject(old, ['spec']), changeable)) return [];
    const why = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    return [fieldError('FieldValueForbidden', 'spec', null, why)];
  },
};

const SOURCES = [
  'accessModes',
  'capacity',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
];

const volume: Strategy = {
  returnsDeleted: true,
  prepareCreate: (object) => ({ ...object, status: { phase: 'Pending' } }),
  validateUpdate: (next, old) =>
    equalExcept(getObject(next, ['spec']), getObject(old, ['spec']), SOURCES)
      ? immutableFields(next, old, ['spec.volumeMode'])
      : [fieldError('FieldValueForbidden', 'spec.persistentvolumesource', null, 'spec.persistentvolumesource is immutable after creation')],
};

/** Kinds of the core group. */
export const CORE_STRATEGIES: Readonly<Record<string, Strategy>> = {
  '/Namespace': namespace,
  '/Pod': podStrategy,
  '/Service': serviceStrategy,
  '/ConfigMap': configMap,
  '/Secret': secret,
  '/ServiceAccount': { returnsDeleted: true },
  '/PersistentVolumeClaim': claim,
  '/PersistentVolume': volume,
  '/Node': { keepStatusOnCreate: true },
  '/Event': { names: 'any', createOnUpdate: true },
  'events.k8s.io/Event': { names: 'any', createOnUpdate: true },
  '/Endpoints': { createOnUpdate: true },
  '/LimitRange': { createOnUpdate: true },
  '/ReplicationController': { generation: true },
  '/ResourceQuota': { returnsDeleted: true, prepareCreate: (o) => ({ ...o, status: {} }) },
  '/PodTemplate': { generation: true, returnsDeleted: true },
};
