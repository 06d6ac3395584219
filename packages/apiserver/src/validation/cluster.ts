import { deepEqual, type JsonObject } from '@flux-ts/base';
import { checkDnsLabel, checkDnsSubdomain, checkLabelValue, checkQualifiedName } from '@flux-ts/schema';
import { PROTOCOLS } from './containers.ts';
import { labelName } from './labels.ts';
import { has, list, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { taintEffect } from './scheduling.ts';
import { IMMUTABLE, ipVersion, NEGATIVE, nonSpecialIp, oneOf, portNumber, validCidr, validIp } from './values.ts';

const HIGHEST_PRIORITY = 1_000_000_000;

/** A PriorityClass, new or changed. */
export function priorityClass(object: JsonObject, report: Report, old?: JsonObject): void {
  const name = text(part(object, 'metadata'), 'name');
  const value = number(object, 'value') ?? 0;
  if (old !== undefined) {
    if (value !== (number(old, 'value') ?? 0)) report.forbidden('value', 'may not be changed in an update.');
    if (!deepEqual(object['preemptionPolicy'], old['preemptionPolicy']))
      report.invalid('preemptionPolicy', object['preemptionPolicy'] ?? null, IMMUTABLE);
    return;
  }
  if (name.startsWith('system-')) {
    if (name !== 'system-node-critical' && name !== 'system-cluster-critical')
      report.forbidden(
        'metadata.name',
        `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`,
      );
  } else if (value > HIGHEST_PRIORITY) report.forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_PRIORITY}`);
  const policy = object['preemptionPolicy'];
  if (typeof policy === 'string') oneOf(policy, { path: 'preemptionPolicy', supported: ['PreemptLowerPriority', 'Never'] }, report);
}

/** A Lease. */
export function lease(object: JsonObject, report: Report): void {
  const spec = part(object, 'spec');
  const seconds = number(spec, 'leaseDurationSeconds');
  if (seconds !== undefined && seconds <= 0) report.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0');
  const transitions = number(spec, 'leaseTransitions');
  if (transitions !== undefined && transitions < 0)
    report.invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0');
  if (has(spec, 'holderIdentity') && text(spec, 'holderIdentity') === '') report.invalid('spec.holderIdentity', '', 'must not be empty');
}

function endpointPort(port: JsonObject, { path, named }: { path: string; named: boolean }, report: Report): void {
  const name = text(port, 'name');
  if (name === '' && named) report.required(`${path}.name`);
  else if (name !== '') report.invalidFor(`${path}.name`, name, checkDnsLabel(name));
  portNumber(port['port'], `${path}.port`, report);
  oneOf(text(port, 'protocol'), { path: `${path}.protocol`, supported: PROTOCOLS }, report);
  const protocol = port['appProtocol'];
  if (typeof protocol === 'string') report.invalidFor(`${path}.appProtocol`, protocol, checkQualifiedName(protocol));
}

function endpointAddress(address: JsonObject, path: string, report: Report): void {
  const ip = text(address, 'ip');
  const host = text(address, 'hostname');
  validIp(ip, `${path}.ip`, report);
  if (host !== '') report.invalidFor(`${path}.hostname`, host, checkDnsLabel(host));
  const node = address['nodeName'];
  if (typeof node === 'string') report.invalidFor(`${path}.nodeName`, node, checkDnsSubdomain(node));
  nonSpecialIp(ip, `${path}.ip`, report);
}

/** Endpoints. */
export function endpoints(object: JsonObject, report: Report): void {
  list(object, 'subsets').forEach((subset, i) => {
    const path = `subsets[${i}]`;
    const [ready, waiting, ports] = [list(subset, 'addresses'), list(subset, 'notReadyAddresses'), list(subset, 'ports')];
    if (ready.length === 0 && waiting.length === 0) report.required(path, 'must specify `addresses` or `notReadyAddresses`');
    ready.forEach((address, j) => endpointAddress(address, `${path}.addresses[${j}]`, report));
    waiting.forEach((address, j) => endpointAddress(address, `${path}.notReadyAddresses[${j}]`, report));
    ports.forEach((port, j) => endpointPort(port, { path: `${path}.ports[${j}]`, named: ports.length > 1 }, report));
  });
}

const MOST_ENDPOINTS = 1000;
const MOST_PORTS = 20_000;
const MOST_ADDRESSES = 100;
const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];

function sliceEndpoint(endpoint: JsonObject, { path, type }: { path: string; type: string }, report: Report): void {
  const addresses = texts(endpoint, 'addresses');
  if (addresses.length === 0) report.required(`${path}.addresses`, 'must contain at least 1 address');
  else if (addresses.length > MOST_ADDRESSES) report.tooMany(`${path}.addresses`, addresses.length, MOST_ADDRESSES);
  addresses.forEach((address, i) => {
    const at = `${path}.addresses[${i}]`;
    if (type === 'FQDN') report.invalidFor(at, address, checkDnsSubdomain(address));
    else if (type === 'IPv4' || type === 'IPv6') {
      if (ipVersion(address) !== (type === 'IPv4' ? 4 : 6))
        report.invalid(at, address, type === 'IPv4' ? 'must be an IPv4 address' : 'must be an IPv6 address');
      else nonSpecialIp(address, at, report);
    }
  });
  const host = endpoint['hostname'];
  if (typeof host === 'string') report.invalidFor(`${path}.hostname`, host, checkDnsLabel(host));
}

/** An EndpointSlice, new or changed. */
export function endpointSlice(object: JsonObject, report: Report, old?: JsonObject): void {
  const type = text(object, 'addressType');
  if (type === '') report.required('addressType');
  else if (!ADDRESS_TYPES.includes(type)) report.notSupported('addressType', type, ADDRESS_TYPES);
  const all = list(object, 'endpoints');
  if (all.length > MOST_ENDPOINTS) report.tooMany('endpoints', all.length, MOST_ENDPOINTS);
  else all.forEach((endpoint, i) => sliceEndpoint(endpoint, { path: `endpoints[${i}]`, type }, report));
  const ports = list(object, 'ports');
  if (ports.length > MOST_PORTS) report.tooMany('ports', ports.length, MOST_PORTS);
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const name = text(port, 'name');
    if (name !== '') report.invalidFor(`ports[${i}].name`, name, checkDnsLabel(name));
    if (names.has(name)) report.duplicate(`ports[${i}].name`, name);
    names.add(name);
    if (has(port, 'protocol') && !PROTOCOLS.includes(text(port, 'protocol')))
      report.notSupported(`ports[${i}].protocol`, text(port, 'protocol'), PROTOCOLS);
  });
  if (old !== undefined && type !== text(old, 'addressType')) report.invalid('addressType', type, IMMUTABLE);
}

/** A Node, new or changed. */
export function node(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  const seen = new Set<string>();
  list(spec, 'taints').forEach((taint, i) => {
    const path = `metadata.taints[${i}]`;
    const [key, value, effect] = [text(taint, 'key'), text(taint, 'value'), text(taint, 'effect')];
    labelName(key, `${path}.key`, report);
    const problems = checkLabelValue(value);
    if (problems.length > 0) report.invalid(`${path}.value`, value, problems.join(';'));
    if (effect === '') report.required(`${path}.effect`);
    else taintEffect(effect, `${path}.effect`, report);
    if (seen.has(`${effect}/${key}`)) report.duplicate(path, taint);
    seen.add(`${effect}/${key}`);
  });
  texts(spec, 'podCIDRs').forEach((range, i) => validCidr(range, `spec.podCIDRs[${i}]`, report));
  const before = part(old, 'spec');
  if (text(before, 'providerID') !== '' && text(before, 'providerID') !== text(spec, 'providerID'))
    report.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid');
  if (texts(before, 'podCIDRs').length > 0 && !deepEqual(before?.['podCIDRs'], spec?.['podCIDRs']))
    report.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
}

/** A ControllerRevision, new or changed. */
export function controllerRevision(object: JsonObject, report: Report, old?: JsonObject): void {
  if (!has(object, 'data')) report.required('data', 'data is mandatory');
  const revision = number(object, 'revision') ?? 0;
  if (revision < 0) report.invalid('revision', revision, NEGATIVE);
  if (old !== undefined && !deepEqual(object['data'], old['data'])) report.invalid('data', object['data'] ?? null, IMMUTABLE);
}
