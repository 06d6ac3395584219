import type { JsonObject } from '@flux-ts/base';
import { text, texts } from './read.ts';
import type { Report } from './report.ts';
import { ipVersion, optionalOneOf, validIp } from './values.ts';

const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const ONCE = 'may not change once set';

/** Whether a Service has no address of its own. */
export function isHeadless(spec: JsonObject): boolean {
  const addresses = texts(spec, 'clusterIPs');
  return addresses.length === 1 && addresses[0] === 'None';
}

/** The addresses of a Service and their families. */
export function clusterAddresses(spec: JsonObject, report: Report): void {
  if (text(spec, 'type') === 'ExternalName') return;
  const addresses = texts(spec, 'clusterIPs');
  const families = texts(spec, 'ipFamilies');
  const at = 'spec.clusterIPs';
  const first = text(spec, 'clusterIP');
  if (first !== '') {
    if (addresses.length === 0) report.required(at);
    else if (addresses[0] !== first) report.invalid(at, [...addresses], 'first value must match `clusterIP`');
  } else if (addresses.length > 0) report.invalid(at, [...addresses], 'must be empty when `clusterIP` is not specified');
  families.forEach((family, i) => {
    if (!FAMILIES.includes(family)) report.notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES);
    if (families.indexOf(family) < i) report.duplicate(`spec.ipFamilies[${i}]`, family);
  });
  optionalOneOf(spec['ipFamilyPolicy'], { path: 'spec.ipFamilyPolicy', supported: POLICIES }, report);
  let good = true;
  addresses.forEach((address, i) => {
    if (i > 0 || address !== 'None') good = validIp(address, `${at}[${i}]`, report) && good;
    else if (addresses.length > 1) {
      good = false;
      report.invalid(at, [...addresses], "'None' must be the first and only value");
    }
  });
  if (addresses.length > 2) report.invalid(at, [...addresses], 'may only hold up to 2 values');
  if (!good) return;
  if (addresses.length > 1 && new Set(addresses.map(ipVersion)).size < 2)
    report.invalid(at, [...addresses], 'may specify no more than one IP for each IP family');
  if (isHeadless(spec)) return;
  addresses.slice(0, families.length).forEach((address, i) => {
    const wanted = families[i] as string;
    if (FAMILIES.includes(wanted) && wanted !== `IPv${ipVersion(address)}`)
      report.invalid(`${at}[${i}]`, address, `expected an ${wanted} value as indicated by \`ipFamilies[${i}]\``);
  });
}

interface Change {
  readonly next: readonly string[];
  readonly old: readonly string[];
  readonly policy: string;
}

function addresses({ next, old, policy }: Change, report: Report): void {
  const at = (i: number): string => `spec.clusterIPs[${i}]`;
  if (old.length === next.length) {
    old.forEach((address, i) => {
      if (address !== next[i]) report.invalid(at(i), [...next], ONCE);
    });
    return;
  }
  if (next.length === 0) report.invalid(at(0), null, 'primary clusterIP can not be unset');
  else if (old.length > 0 && old[0] !== next[0]) report.invalid(at(0), [...next], ONCE);
  if (old.length > next.length && next.length === 1 && policy !== 'SingleStack')
    report.invalid(
      'spec.ipFamilyPolicy',
      policy === '' ? null : policy,
      "must be set to 'SingleStack' when releasing the secondary clusterIP",
    );
}

function families({ next, old, policy }: Change, report: Report): void {
  const at = 'spec.ipFamilies[0]';
  if (old.length === next.length) {
    if (old.some((family, i) => family !== next[i])) report.invalid(at, [...next], ONCE);
    return;
  }
  if (next.length > 0 && old.length > 0 && next[0] !== old[0]) report.invalid(at, [...next], ONCE);
  if (old.length > next.length && next.length === 1 && policy !== 'SingleStack')
    report.invalid(
      'spec.ipFamilyPolicy',
      policy === '' ? null : policy,
      "must be set to 'SingleStack' when releasing the secondary ipFamily",
    );
}

/** What an update may not do to the addresses that a Service has. */
export function serviceAddressUpdate(next: JsonObject, old: JsonObject, report: Report): void {
  if (text(next, 'type') !== 'ExternalName' && text(old, 'type') !== 'ExternalName') {
    const policy = text(next, 'ipFamilyPolicy');
    const [after, before] = [isHeadless(next), isHeadless(old)];
    if (!after || !before) addresses({ next: texts(next, 'clusterIPs'), old: texts(old, 'clusterIPs'), policy }, report);
    if (!after && !before) families({ next: texts(next, 'ipFamilies'), old: texts(old, 'ipFamilies'), policy }, report);
  }
  const checked = (spec: JsonObject): boolean => text(spec, 'type') === 'LoadBalancer' && text(spec, 'externalTrafficPolicy') === 'Local';
  if (checked(next) && checked(old) && next['healthCheckNodePort'] !== old['healthCheckNodePort'])
    report.forbidden('spec.healthCheckNodePort', 'field is immutable');
}
