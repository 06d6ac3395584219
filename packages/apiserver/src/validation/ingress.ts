import type { JsonObject } from '@flux-ts/base';
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkDomainPrefixedPath,
  checkPathSegment,
  checkPortName,
  checkWildcardSubdomain,
} from '@flux-ts/schema';
import { has, list, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { IMMUTABLE, ipVersion, portNumber } from './values.ts';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const ENDS = ['/..', '/.'];
const CLASS = 'kubernetes.io/ingress.class';
const LONGEST_CONTROLLER = 250;

function host(name: string, path: string, report: Report): void {
  report.invalidFor(path, name, name.includes('*') ? checkWildcardSubdomain(name) : checkDnsSubdomain(name));
}

/** A reference to an object of the same namespace, or of none. */
function typedReference(reference: JsonObject, path: string, report: Report): void {
  const group = reference['apiGroup'];
  if (typeof group === 'string') report.invalidFor(`${path}.apiGroup`, group, checkDnsSubdomain(group));
  for (const key of ['kind', 'name']) {
    const value = text(reference, key);
    if (value === '') report.required(`${path}.${key}`);
    else report.invalidFor(`${path}.${key}`, value, checkPathSegment(value));
  }
}

function backend(value: JsonObject, path: string, report: Report): void {
  const resource = part(value, 'resource');
  const service = part(value, 'service');
  if (resource !== undefined && service !== undefined) return report.invalid(path, '', 'cannot set both resource and service backends');
  if (resource !== undefined) return typedReference(resource, `${path}.resource`, report);
  if (service === undefined) return report.invalid(path, '', 'resource or service backend is required');
  const name = text(service, 'name');
  if (name === '') report.required(`${path}.service.name`);
  else report.invalidFor(`${path}.service.name`, name, checkDnsLabel(name));
  const port = part(service, 'port');
  const [portName, number] = [text(port, 'name'), port?.['number']];
  if (portName !== '' && number) report.invalid(path, '', 'cannot set both port name & port number');
  else if (portName !== '') report.invalidFor(`${path}.service.port.name`, portName, checkPortName(portName));
  else if (number) portNumber(number, `${path}.service.port.number`, report);
  else report.required(path, 'port name or number is required');
}

function httpPath(value: JsonObject, path: string, report: Report): void {
  const type = text(value, 'pathType');
  const at = `${path}.path`;
  const route = text(value, 'path');
  if (!has(value, 'pathType')) return report.required(`${path}.pathType`, 'pathType must be specified');
  if (type === 'Exact' || type === 'Prefix') {
    if (!route.startsWith('/')) report.invalid(at, route, 'must be an absolute path');
    for (const sequence of SEQUENCES) if (route.includes(sequence)) report.invalid(at, route, `must not contain '${sequence}'`);
    for (const end of ENDS) if (route.endsWith(end)) report.invalid(at, route, `cannot end with '${end}'`);
  } else if (type === 'ImplementationSpecific') {
    if (route !== '' && !route.startsWith('/')) report.invalid(at, route, 'must be an absolute path');
  } else report.notSupported(`${path}.pathType`, type, PATH_TYPES);
  backend(part(value, 'backend') ?? {}, `${path}.backend`, report);
}

/** An Ingress, new or changed. */
export function ingress(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  const rules = list(spec, 'rules');
  const fallback = part(spec, 'defaultBackend');
  if (rules.length === 0 && fallback === undefined) report.invalid('spec', null, 'either `defaultBackend` or `rules` must be specified');
  if (fallback !== undefined) backend(fallback, 'spec.defaultBackend', report);
  rules.forEach((rule, i) => {
    const at = `spec.rules[${i}]`;
    const name = text(rule, 'host');
    if (name !== '' && ipVersion(name) !== 0) report.invalid(`${at}.host`, name, 'must be a DNS name, not an IP address');
    if (name !== '') host(name, `${at}.host`, report);
    const http = part(rule, 'http');
    if (http === undefined) return;
    if (list(http, 'paths').length === 0) report.required(`${at}.http.paths`);
    list(http, 'paths').forEach((path, j) => httpPath(path, `${at}.http.paths[${j}]`, report));
  });
  list(spec, 'tls').forEach((tls, i) => {
    texts(tls, 'hosts').forEach((name, j) => host(name, `spec.tls[${i}].hosts[${j}]`, report));
    const secret = text(tls, 'secretName');
    if (secret !== '') report.invalidFor(`spec.tls[${i}].secretName`, secret, checkDnsSubdomain(secret));
  });
  const named = spec?.['ingressClassName'];
  if (typeof named === 'string') report.invalidFor('spec.ingressClassName', named, checkDnsSubdomain(named));
  const annotation = part(part(object, 'metadata'), 'annotations')?.[CLASS];
  if (old === undefined && typeof annotation === 'string' && typeof named === 'string' && annotation !== named)
    report.invalid(`annotations.${CLASS}`, annotation, 'must match `ingressClassName` when both are specified');
}

/** An IngressClass, new or changed. */
export function ingressClass(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  const controller = text(spec, 'controller');
  if (old !== undefined && controller !== text(part(old, 'spec'), 'controller')) report.invalid('spec.controller', controller, IMMUTABLE);
  if (controller.length > LONGEST_CONTROLLER) report.tooLong('spec.controller', LONGEST_CONTROLLER);
  report.errors.push(...checkDomainPrefixedPath(controller, 'spec.controller'));
  const parameters = part(spec, 'parameters');
  if (parameters === undefined) return;
  const at = 'spec.parameters';
  typedReference(parameters, at, report);
  const scope = parameters['scope'];
  const namespace = parameters['namespace'];
  if (typeof scope !== 'string') return report.required(`${at}.scope`);
  if (scope === 'Namespace') {
    if (typeof namespace !== 'string') report.required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'");
    else report.invalidFor(`${at}.namespace`, namespace, checkDnsLabel(namespace));
  } else if (scope !== 'Cluster') report.notSupported(`${at}.scope`, scope, ['Cluster', 'Namespace']);
  else if (namespace !== undefined) report.forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'");
}
