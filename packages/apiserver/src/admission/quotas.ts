import { deepEqual, getArray, getObject, getPath, isObject, sortedKeys, type JsonObject } from '@flux-ts/base';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '@flux-ts/schema';
import type { Core, ResourceContext } from '../core.ts';
import type { ResourceType } from '../registry/resource.ts';
import { forbidden } from '../status.ts';
import { metaString } from '../write/metadata.ts';

type Usage = Map<string, Quantity>;

const ONE = parseQuantity('1');
const ZERO = parseQuantity('0');

/** Refuses what would exceed a quota of the namespace. @throws ApiError Forbidden */
export function checkQuota(object: JsonObject, context: ResourceContext): void {
  const { core, info, target } = context;
  if (!target.type.namespaced) return;
  const quotas = core.store.table('/resourcequotas').list(info.namespace);
  if (quotas.length === 0) return;
  const wanted = usageOf(object, target.type);
  for (const quota of quotas) {
    const hard = getObject(quota.object, ['spec', 'hard']) ?? {};
    const names = sortedKeys(hard).filter((name) => wanted.has(name));
    if (names.length === 0) continue;
    const used = measure(core, info.namespace, hard);
    const over = names.filter(
      (name) =>
        compareQuantities(addQuantities(used.get(name) ?? ZERO, wanted.get(name) as Quantity), parseQuantity(String(hard[name]))) > 0,
    );
    if (over.length === 0) continue;
    const shown = (value: (name: string) => string): string => over.map((name) => `${name}=${value(name)}`).join(',');
    const subject = { group: target.type.group, resource: target.type.resource, name: metaString(object, 'name') };
    const requested = shown((n) => formatQuantity(wanted.get(n) as Quantity));
    const already = shown((n) => formatQuantity(used.get(n) ?? ZERO));
    throw forbidden(
      subject,
      `exceeded quota: ${quota.name}, requested: ${requested}, used: ${already}, limited: ${shown((n) => String(hard[n]))}`,
    );
  }
}

/** Writes what is used into the status of a namespace's quotas, where it moved. */
export function refreshQuotas(core: Core, namespace: string): void {
  for (const quota of core.store.table('/resourcequotas').list(namespace)) {
    const hard = getObject(quota.object, ['spec', 'hard']) ?? {};
    const used = measure(core, namespace, hard);
    const shown: Record<string, string> = {};
    for (const name of sortedKeys(hard)) shown[name] = formatQuantity(used.get(name) ?? ZERO);
    const status = { hard, used: shown };
    if (!deepEqual(quota.object['status'], status))
      core.store.put({ table: '/resourcequotas', namespace, name: quota.name }, { ...quota.object, status });
  }
}

/** Adds up what a namespace's objects use of the named amounts. */
function measure(core: Core, namespace: string, hard: JsonObject): Usage {
  const total: Usage = new Map();
  for (const type of core.catalog.types()) {
    if (!type.namespaced || !concerns(type, hard)) continue;
    for (const stored of core.store.table(type.table).list(namespace)) {
      for (const [name, amount] of usageOf(stored.object, type)) total.set(name, addQuantities(total.get(name) ?? ZERO, amount));
    }
  }
  return total;
}

function concerns(type: ResourceType, hard: JsonObject): boolean {
  if (hard[countName(type)] !== undefined || (type.group === '' && hard[type.resource] !== undefined)) return true;
  if (type.group !== '') return false;
  return type.kind === 'Pod' || type.kind === 'PersistentVolumeClaim' || type.kind === 'Service';
}

function countName(type: ResourceType): string {
  return `count/${type.group === '' ? type.resource : `${type.resource}.${type.group}`}`;
}

/** What one object counts for. */
function usageOf(object: JsonObject, type: ResourceType): Usage {
  const usage: Usage = new Map();
  usage.set(countName(type), ONE);
  if (type.group !== '') return usage;
  if (type.kind === 'Pod') return podUsage(object, usage);
  usage.set(type.resource, ONE);
  if (type.kind === 'Service') {
    const kind = getPath(object, ['spec', 'type']);
    const ports = BigInt((getArray(object, ['spec', 'ports']) ?? []).length);
    if (kind === 'LoadBalancer') usage.set('services.loadbalancers', ONE);
    if (kind === 'NodePort' || kind === 'LoadBalancer') usage.set('services.nodeports', parseQuantity(String(ports)));
  }
  if (type.kind === 'PersistentVolumeClaim') {
    const size = getPath(object, ['spec', 'resources', 'requests', 'storage']);
    const name = getPath(object, ['spec', 'storageClassName']);
    if (size === undefined) return usage;
    usage.set('requests.storage', parseQuantity(String(size)));
    if (typeof name !== 'string') return usage;
    usage.set(`${name}.storageclass.storage.k8s.io/requests.storage`, parseQuantity(String(size)));
    usage.set(`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE);
  }
  return usage;
}

function podUsage(pod: JsonObject, usage: Usage): Usage {
  const phase = getPath(pod, ['status', 'phase']);
  if (phase === 'Succeeded' || phase === 'Failed') return new Map([['count/pods', ONE]]);
  usage.set('pods', ONE);
  for (const container of (getArray(pod, ['spec', 'containers']) ?? []).filter(isObject)) {
    for (const kind of ['requests', 'limits']) {
      for (const [name, amount] of Object.entries(getObject(container, ['resources', kind]) ?? {})) {
        const keys = kind === 'requests' && (name === 'cpu' || name === 'memory') ? [`requests.${name}`, name] : [`${kind}.${name}`];
        for (const key of keys) usage.set(key, addQuantities(usage.get(key) ?? ZERO, parseQuantity(String(amount))));
      }
    }
  }
  return usage;
}
