import { getObject, type JsonObject } from '@flux-ts/base';
import { column, type KindTable } from './columns.ts';
import { age, items, labelText, NONE, selectorText, strings, text, UNSET } from './text.ts';

function name(object: JsonObject): string {
  return text(object, ['metadata', 'name']);
}

const service: KindTable = {
  columns: [
    column('Name'),
    column('Type'),
    column('Cluster-IP'),
    column('External-IP'),
    column('Port(s)'),
    column('Age'),
    column('Selector', { wide: true }),
  ],
  cells: (o, now) => [
    name(o),
    text(o, ['spec', 'type']),
    text(o, ['spec', 'clusterIPs', 0], text(o, ['spec', 'clusterIP'], NONE)),
    externalIp(o),
    servicePorts(o),
    age(o, now),
    labelText(getObject(o, ['spec'])?.['selector']),
  ],
};

function externalIp(o: JsonObject): string {
  const type = text(o, ['spec', 'type']);
  const external = strings(o, ['spec', 'externalIPs']);
  if (type === 'ExternalName') return text(o, ['spec', 'externalName']);
  if (type !== 'LoadBalancer') return external.length === 0 ? NONE : external.join(',');
  const addresses = loadBalancer(o);
  if (addresses.length > 0 || external.length > 0) return [...(addresses === '' ? [] : [addresses]), ...external].join(',');
  return '<pending>';
}

function loadBalancer(o: JsonObject): string {
  const found = items(o, ['status', 'loadBalancer', 'ingress']).map((i) => text(i, ['ip'], text(i, ['hostname'])));
  const all = [...new Set(found.filter((a) => a !== ''))].sort().join(',');
  return all.length > 16 ? `${all.slice(0, 13)}...` : all;
}

function servicePorts(o: JsonObject): string {
  const ports = items(o, ['spec', 'ports']).map((p) => {
    const node = text(p, ['nodePort']);
    return `${text(p, ['port'])}${node === '' || node === '0' ? '' : `:${node}`}/${text(p, ['protocol'])}`;
  });
  return ports.length === 0 ? NONE : ports.join(',');
}

const ingress: KindTable = {
  columns: [column('Name'), column('Class'), column('Hosts'), column('Address'), column('Ports'), column('Age')],
  cells: (o, now) => [
    name(o),
    text(o, ['spec', 'ingressClassName'], text(o, ['metadata', 'annotations', 'kubernetes.io/ingress.class'], NONE)),
    hosts(o),
    loadBalancer(o),
    items(o, ['spec', 'tls']).length > 0 ? '80, 443' : '80',
    age(o, now),
  ],
};

function hosts(o: JsonObject): string {
  const all = items(o, ['spec', 'rules']).map((r) => text(r, ['host'], '*'));
  if (all.length === 0) return '*';
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}

const endpointSlice: KindTable = {
  columns: [column('Name'), column('AddressType'), column('Ports'), column('Endpoints'), column('Age')],
  cells(o, now) {
    const ports = items(o, ['ports']).map((p) => text(p, ['port'], text(p, ['name'], '*')));
    const addresses = items(o, ['endpoints']).flatMap((e) => strings(e, ['addresses']));
    return [name(o), text(o, ['addressType']), some(ports, UNSET), some(addresses, UNSET), age(o, now)];
  },
};

const endpoints: KindTable = {
  columns: [column('Name'), column('Endpoints'), column('Age')],
  cells(o, now) {
    const all = items(o, ['subsets']).flatMap((subset) => {
      const ports = items(subset, ['ports']);
      return items(subset, ['addresses']).flatMap((a) =>
        ports.length === 0 ? [text(a, ['ip'])] : ports.map((p) => `${text(a, ['ip'])}:${text(p, ['port'])}`),
      );
    });
    return [name(o), some(all, NONE), age(o, now)];
  },
};

/** The first three, and how many more there are. */
function some(all: readonly string[], none: string): string {
  if (all.length === 0) return none;
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}

const networkPolicy: KindTable = {
  columns: [column('Name'), column('Pod-Selector'), column('Age')],
  cells: (o, now) => [name(o), selectorText(getObject(o, ['spec'])?.['podSelector']), age(o, now)],
};

const ingressClass: KindTable = {
  columns: [column('Name'), column('Controller'), column('Parameters'), column('Age')],
  cells(o, now) {
    const parameters = getObject(o, ['spec', 'parameters']);
    const group = text(parameters, ['apiGroup']);
    const kind = text(parameters, ['kind']);
    const shown = parameters === undefined ? NONE : `${group === '' ? kind : `${kind}.${group}`}/${text(parameters, ['name'])}`;
    return [name(o), text(o, ['spec', 'controller']), shown, age(o, now)];
  },
};

/** Network kinds by `group/Kind`. */
export const NETWORK_TABLES: Readonly<Record<string, KindTable>> = {
  '/Service': service,
  '/Endpoints': endpoints,
  'networking.k8s.io/Ingress': ingress,
  'networking.k8s.io/IngressClass': ingressClass,
  'networking.k8s.io/NetworkPolicy': networkPolicy,
  'discovery.k8s.io/EndpointSlice': endpointSlice,
};
