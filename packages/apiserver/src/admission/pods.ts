import { deepEqual, getArray, getObject, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { ResourceContext } from '../core.ts';
import { ROOT_CA } from '../strategies/seed-namespace.ts';
import { forbidden } from '../status.ts';
import { generateName, metaString } from '../write/metadata.ts';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_SECONDS = 3607;
const NOT_READY = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

type Mutable = Record<string, JsonValue>;

/** Gives a Pod its ServiceAccount with a token, its priority and the usual tolerations. @throws ApiError Forbidden */
export function admitPod(pod: JsonObject, context: ResourceContext): JsonObject {
  const spec: Mutable = { ...getObject(pod, ['spec']) };
  giveAccount(spec, pod, context);
  givePriority(spec, pod, context);
  const tolerations = [...((spec['tolerations'] as readonly JsonObject[] | undefined) ?? [])];
  for (const key of NOT_READY) {
    const known = tolerations.some((t) => (t['key'] === key || !t['key']) && (t['effect'] === 'NoExecute' || !t['effect']));
    if (!known) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  spec['tolerations'] = tolerations;
  return { ...pod, spec };
}

function subject(pod: JsonObject): { group: string; resource: string; name: string } {
  return { group: '', resource: 'pods', name: metaString(pod, 'name') };
}

function giveAccount(spec: Mutable, pod: JsonObject, { core, info }: ResourceContext): void {
  if (getObject(pod, ['metadata', 'annotations'])?.['kubernetes.io/config.mirror'] !== undefined) return;
  const name = String(spec['serviceAccountName'] || spec['serviceAccount'] || 'default');
  spec['serviceAccountName'] = name;
  spec['serviceAccount'] = name;
  const account = core.store.get({ table: '/serviceaccounts', namespace: info.namespace, name })?.object;
  if (account === undefined) {
    throw forbidden(
      subject(pod),
      `error looking up service account ${info.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`,
    );
  }
  const secrets = getArray(account, ['imagePullSecrets']) ?? [];
  if (secrets.length > 0 && ((spec['imagePullSecrets'] as readonly JsonValue[] | undefined) ?? []).length === 0)
    spec['imagePullSecrets'] = secrets;
  const mounts = spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken'] ?? true;
  if (mounts === true) mountToken(spec, core.random);
}

/** Mounts the token where no container has anything there already. */
function mountToken(spec: Mutable, random: ResourceContext['core']['random']): void {
  const volumes = (spec['volumes'] as readonly JsonObject[] | undefined) ?? [];
  const existing = volumes.find((v) => String(v['name']).startsWith('kube-api-access-'));
  const name = existing === undefined ? generateName('kube-api-access-', random) : String(existing['name']);
  let used = false;
  for (const field of ['initContainers', 'containers']) {
    const containers = spec[field];
    if (!Array.isArray(containers)) continue;
    spec[field] = (containers as readonly JsonObject[]).map((container) => {
      const mounts = (container['volumeMounts'] as readonly JsonObject[] | undefined) ?? [];
      if (mounts.some((m) => m['mountPath'] === TOKEN_PATH)) return container;
      used = true;
      return { ...container, volumeMounts: [...mounts, { name, readOnly: true, mountPath: TOKEN_PATH }] };
    });
  }
  if (!used || existing !== undefined) return;
  const projected = {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: ROOT_CA, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  };
  spec['volumes'] = [...volumes, { name, projected }];
}

function givePriority(spec: Mutable, pod: JsonObject, { core }: ResourceContext): void {
  const table = core.store.table('scheduling.k8s.io/priorityclasses');
  const named = String(spec['priorityClassName'] ?? '');
  const found = named === '' ? table.list().find((s) => s.object['globalDefault'] === true)?.object : table.get(`/${named}`)?.object;
  if (named !== '' && found === undefined) throw forbidden(subject(pod), `no PriorityClass with name ${named} was found`);
  if (found !== undefined && named === '') spec['priorityClassName'] = metaString(found, 'name');
  const value = typeof found?.['value'] === 'number' ? found['value'] : 0;
  if (spec['priority'] !== undefined && !deepEqual(spec['priority'], value)) {
    throw forbidden(
      subject(pod),
      `the integer value of priority (${String(spec['priority'])}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  }
  spec['priority'] = value;
  spec['preemptionPolicy'] ??= isObject(found) ? (found['preemptionPolicy'] ?? 'PreemptLowerPriority') : 'PreemptLowerPriority';
}
