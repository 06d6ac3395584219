import { deepEqual, goJson, type JsonObject } from '@flux-ts/base';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName } from '@flux-ts/schema';
import { PROTOCOLS } from './containers.ts';
import { labels } from './labels.ts';
import { has, list, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { clusterAddresses, isHeadless, serviceAddressUpdate } from './service-addresses.ts';
import { nonSpecialIp, oneOf, optionalOneOf, portNumber, portNumberOrName, validCidr, validIp } from './values.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const LONGEST_AFFINITY_SECONDS = 86_400;

function servicePorts(spec: JsonObject, report: Report): void {
  const ports = list(spec, 'ports');
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `spec.ports[${i}]`;
    const name = text(port, 'name');
    if (name === '') {
      if (ports.length > 1) report.required(`${at}.name`);
    } else {
      report.invalidFor(`${at}.name`, name, checkDnsLabel(name));
      if (names.has(name)) report.duplicate(`${at}.name`, name);
      names.add(name);
    }
    portNumber(port['port'], `${at}.port`, report);
    oneOf(text(port, 'protocol'), { path: `${at}.protocol`, supported: PROTOCOLS }, report);
    portNumberOrName(port['targetPort'], `${at}.targetPort`, report);
    const protocol = port['appProtocol'];
    if (typeof protocol === 'string') report.invalidFor(`${at}.appProtocol`, protocol, checkQualifiedName(protocol));
  });
}

function externalName(spec: JsonObject, report: Report): void {
  const why = 'may not be set for ExternalName services';
  for (const key of ['clusterIPs', 'ipFamilies']) if (texts(spec, key).length > 0) report.forbidden(`spec.${key}`, why);
  if (has(spec, 'ipFamilyPolicy')) report.forbidden('spec.ipFamilyPolicy', why);
  const name = text(spec, 'externalName').replace(/\.$/, '');
  if (name === '') report.required('spec.externalName');
  else report.invalidFor('spec.externalName', name, checkDnsSubdomain(name));
}

function sessionAffinity(spec: JsonObject, report: Report): void {
  const affinity = text(spec, 'sessionAffinity');
  const at = 'spec.sessionAffinityConfig';
  oneOf(affinity, { path: 'spec.sessionAffinity', supported: ['ClientIP', 'None'] }, report);
  const config = part(spec, 'sessionAffinityConfig');
  if (affinity === 'None' && config !== undefined) report.forbidden(at, 'must not be set when session affinity is None');
  if (affinity !== 'ClientIP') return;
  const why = 'when session affinity type is ClientIP';
  const client = part(config, 'clientIP');
  const seconds = number(client, 'timeoutSeconds');
  if (config === undefined) report.required(at, why);
  else if (client === undefined) report.required(`${at}.clientIP`, why);
  else if (seconds === undefined) report.required(`${at}.clientIP.timeoutSeconds`, why);
  else if (seconds <= 0 || seconds > LONGEST_AFFINITY_SECONDS)
    report.invalid(`${at}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${LONGEST_AFFINITY_SECONDS}`);
}

function repeatedPorts(spec: JsonObject, report: Report): void {
  const nodePorts = new Set<string>();
  const ports = new Set<string>();
  list(spec, 'ports').forEach((port, i) => {
    if (!port['nodePort']) return;
    const key = `${text(port, 'protocol')}/${String(port['nodePort'])}`;
    if (nodePorts.has(key)) report.duplicate(`spec.ports[${i}].nodePort`, port['nodePort']);
    nodePorts.add(key);
  });
  list(spec, 'ports').forEach((port, i) => {
    const key = `${text(port, 'protocol')}/${String(port['port'])}`;
    const shown = `{"Name":"","Protocol":${goJson(text(port, 'protocol'))},"AppProtocol":null,"Port":${String(port['port'] ?? 0)},"TargetPort":0,"NodePort":0}`;
    if (ports.has(key)) report.duplicate(`spec.ports[${i}]`, key, shown);
    ports.add(key);
  });
}

function sourceRanges(object: JsonObject, spec: JsonObject, report: Report): void {
  const ranges = texts(spec, 'loadBalancerSourceRanges');
  const annotation = part(part(object, 'metadata'), 'annotations')?.[SOURCE_RANGES];
  const why = "may only be used when `type` is 'LoadBalancer'";
  const balanced = text(spec, 'type') === 'LoadBalancer';
  if (ranges.length > 0) {
    if (!balanced) report.forbidden('spec.LoadBalancerSourceRanges', why);
    ranges.forEach((range, i) => validCidr(range.trim(), `spec.LoadBalancerSourceRanges[${i}]`, report));
  } else if (typeof annotation === 'string') {
    const at = `metadata.annotations[${SOURCE_RANGES}]`;
    if (!balanced) report.forbidden(at, why);
    if (annotation.trim() !== '') for (const range of annotation.split(',')) validCidr(range.trim(), at, report);
  }
}

function balancer(spec: JsonObject, old: JsonObject | undefined, report: Report): void {
  const why = "may only be used when `type` is 'LoadBalancer'";
  const balanced = text(spec, 'type') === 'LoadBalancer';
  if (has(spec, 'allocateLoadBalancerNodePorts') && !balanced) report.forbidden('spec.allocateLoadBalancerNodePorts', why);
  const kind = spec['loadBalancerClass'];
  if (old !== undefined && balanced && text(old, 'type') === 'LoadBalancer' && !deepEqual(kind, old['loadBalancerClass']))
    report.invalid('spec.loadBalancerClass', kind ?? null, 'may not change once set');
  if (typeof kind !== 'string') return;
  if (balanced) report.invalidFor('spec.loadBalancerClass', kind, checkQualifiedName(kind));
  else report.forbidden('spec.loadBalancerClass', why);
}

function trafficPolicies(spec: JsonObject, report: Report): void {
  const type = text(spec, 'type');
  const outer = text(spec, 'externalTrafficPolicy');
  const open = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && texts(spec, 'externalIPs').length > 0);
  if (open) oneOf(outer, { path: 'spec.externalTrafficPolicy', supported: ['Cluster', 'Local'] }, report);
  else if (outer !== '') report.invalid('spec.externalTrafficPolicy', outer, 'may only be set for externally-accessible services');
  const health = number(spec, 'healthCheckNodePort') ?? 0;
  if (type === 'LoadBalancer' && outer === 'Local') {
    if (health === 0) report.required('spec.healthCheckNodePort');
    else portNumber(health, 'spec.healthCheckNodePort', report);
  } else if (health !== 0)
    report.invalid(
      'spec.healthCheckNodePort',
      health,
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    );
  const inner = spec['internalTrafficPolicy'];
  if (inner === undefined && type !== 'ExternalName' && TYPES.includes(type)) report.required('spec.internalTrafficPolicy');
  optionalOneOf(inner, { path: 'spec.internalTrafficPolicy', supported: ['Cluster', 'Local'] }, report);
  optionalOneOf(
    spec['trafficDistribution'],
    { path: 'spec.trafficDistribution', supported: ['PreferClose', 'PreferSameNode', 'PreferSameZone'] },
    report,
  );
}

/** A Service, new or changed, its addresses and ports given. */
export function service(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec') ?? {};
  const before = part(old, 'spec');
  if (before !== undefined) serviceAddressUpdate(spec, before, report);
  const type = text(spec, 'type');
  const headless = isHeadless(spec);
  if (list(spec, 'ports').length === 0 && !headless && type !== 'ExternalName') report.required('spec.ports');
  if (headless && (type === 'LoadBalancer' || type === 'NodePort'))
    report.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`);
  if (type === 'ExternalName') externalName(spec, report);
  servicePorts(spec, report);
  labels(part(spec, 'selector'), 'spec.selector', report);
  sessionAffinity(spec, report);
  clusterAddresses(spec, report);
  texts(spec, 'externalIPs').forEach((ip, i) => {
    if (validIp(ip, `spec.externalIPs[${i}]`, report)) nonSpecialIp(ip, `spec.externalIPs[${i}]`, report);
  });
  oneOf(type, { path: 'spec.type', supported: TYPES }, report);
  if (type === 'ClusterIP')
    list(spec, 'ports').forEach((port, i) => {
      if (port['nodePort']) report.forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'");
    });
  repeatedPorts(spec, report);
  sourceRanges(object, spec, report);
  balancer(spec, before, report);
  trafficPolicies(spec, report);
}
