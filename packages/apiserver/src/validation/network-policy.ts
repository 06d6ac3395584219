import { BlockList, isIPv6 } from 'node:net';
import type { JsonObject } from '@flux-ts/base';
import { checkPortName } from '@flux-ts/schema';
import { labelSelector } from './labels.ts';
import { has, list, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { portNumber, validCidr } from './values.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const TYPES = ['Ingress', 'Egress'];

function policyPort(port: JsonObject, path: string, report: Report): void {
  const protocol = port['protocol'];
  if (typeof protocol === 'string' && !PROTOCOLS.includes(protocol)) report.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
  const value = port['port'];
  const end = number(port, 'endPort');
  if (typeof value === 'number') {
    portNumber(value, `${path}.port`, report);
    if (end === undefined) return;
    if (end < value) report.invalid(`${path}.endPort`, end, 'must be greater than or equal to `port`');
    portNumber(end, `${path}.endPort`, report);
  } else if (typeof value === 'string') {
    if (end !== undefined) report.invalid(`${path}.endPort`, end, 'may not be specified when `port` is non-numeric');
    report.invalidFor(`${path}.port`, value, checkPortName(value));
  } else if (end !== undefined) report.invalid(`${path}.endPort`, end, 'may not be specified when `port` is not specified');
}

/** Whether a range lies inside another and is smaller. Both are right. */
function isInside(inner: string, outer: string): boolean {
  const [address = '', bits = ''] = inner.split('/');
  const [base = '', baseBits = ''] = outer.split('/');
  if (isIPv6(address) !== isIPv6(base) || Number(bits) <= Number(baseBits)) return false;
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  const ranges = new BlockList();
  ranges.addSubnet(plain(base), Number(baseBits), family);
  return ranges.check(plain(address), family);
}

function plain(address: string): string {
  return address.includes(':') ? address : address.replace(/(^|\.)0+(?=\d)/g, '$1');
}

function ipBlock(block: JsonObject, path: string, report: Report): void {
  const range = text(block, 'cidr');
  if (range === '') return report.required(`${path}.cidr`);
  if (!validCidr(range, `${path}.cidr`, report)) return;
  texts(block, 'except').forEach((except, i) => {
    if (validCidr(except, `${path}.except[${i}]`, report) && !isInside(except, range))
      report.invalid(`${path}.except[${i}]`, except, 'must be a strict subset of `cidr`');
  });
}

function peer(value: JsonObject, path: string, report: Report): void {
  let kinds = 0;
  for (const key of ['podSelector', 'namespaceSelector']) {
    if (!has(value, key)) continue;
    kinds++;
    labelSelector(part(value, key), `${path}.${key}`, report);
  }
  const block = part(value, 'ipBlock');
  if (block !== undefined) ipBlock(block, `${path}.ipBlock`, report);
  else if (kinds === 0) report.required(path, 'must specify a peer');
  if (block !== undefined && kinds > 0) report.forbidden(path, 'may not specify both ipBlock and another peer');
}

/** A NetworkPolicy. */
export function networkPolicy(object: JsonObject, report: Report): void {
  const spec = part(object, 'spec');
  labelSelector(part(spec, 'podSelector'), 'spec.podSelector', report);
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const)
    list(spec, direction).forEach((rule, i) => {
      list(rule, 'ports').forEach((port, j) => policyPort(port, `spec.${direction}[${i}].ports[${j}]`, report));
      list(rule, peers).forEach((one, j) => peer(one, `spec.${direction}[${i}].${peers}[${j}]`, report));
    });
  const types = texts(spec, 'policyTypes');
  if (types.length > TYPES.length) return report.invalid('spec.policyTypes', [...types], 'may not specify more than two policyTypes');
  types.forEach((type, i) => {
    if (!TYPES.includes(type)) report.notSupported(`spec.policyTypes[${i}]`, type, TYPES);
  });
}
