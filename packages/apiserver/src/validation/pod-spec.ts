import type { JsonObject } from '@flux-ts/base';
import {
  addQuantities,
  checkDnsLabel,
  checkDnsSubdomain,
  checkQualifiedName,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
} from '@flux-ts/schema';
import { containers, ephemeralContainers, hostNetworkPorts, initContainers } from './containers.ts';
import { dnsConfig, hostAliases } from './dns.ts';
import { labels } from './labels.ts';
import { has, list, number, part, text } from './read.ts';
import type { Report } from './report.ts';
import { resourceAmount, resourceName, resourceRequirements } from './resources.ts';
import { affinity, tolerations, topologySpread } from './scheduling.ts';
import { operatingSystem, podSecurity } from './security.ts';
import { MAX_INT32, oneOf } from './values.ts';
import { volumes } from './volumes.ts';

const RESTART = ['Always', 'OnFailure', 'Never'];
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/** Where a Pod's spec stands. */
export interface PodSpecPlace {
  readonly path: string;
  /** The name of the Pod, where it is one and not a template. */
  readonly pod?: string;
  /** Names of volumes that come from elsewhere: the claims of a StatefulSet. */
  readonly claimedVolumes?: readonly string[];
}

function resourceClaims(spec: JsonObject, path: string, report: Report): ReadonlySet<string> {
  const names = new Set<string>();
  list(spec, 'resourceClaims').forEach((claim, i) => {
    const at = `${path}.resourceClaims[${i}]`;
    const name = text(claim, 'name');
    if (name === '') report.required(`${at}.name`);
    else if (names.has(name)) report.duplicate(`${at}.name`, name);
    else report.invalidFor(`${at}.name`, name, checkDnsLabel(name));
    if (name !== '') names.add(name);
    const [direct, template] = [has(claim, 'resourceClaimName'), has(claim, 'resourceClaimTemplateName')];
    if (direct && template) report.invalid(at, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    if (!direct && !template) report.invalid(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    for (const key of ['resourceClaimName', 'resourceClaimTemplateName'])
      if (has(claim, key)) report.invalidFor(`${at}.${key}`, text(claim, key), checkDnsSubdomain(text(claim, key)));
  });
  return names;
}

/** What all containers of a Pod ask for together. */
function requested(spec: JsonObject): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  for (const container of list(spec, 'containers'))
    for (const [name, amount] of Object.entries(part(part(container, 'resources'), 'requests') ?? {})) {
      const before = total.get(name);
      const value = parseQuantity(String(amount));
      total.set(name, before === undefined ? value : addQuantities(before, value));
    }
  return total;
}

/** Resources of the whole Pod. */
function podResources(spec: JsonObject, { path, claims }: { path: string; claims: ReadonlySet<string> }, report: Report): void {
  const resources = part(spec, 'resources');
  if (resources === undefined) return;
  const at = `${path}.resources`;
  if (has(resources, 'claims')) report.forbidden(`${at}.claims`, 'claims cannot be set for Resources at pod-level');
  resourceRequirements(resources, { path: at, claims }, report);
  const given = part(resources, 'requests') ?? {};
  for (const [name, amount] of requested(spec)) {
    if (given[name] === undefined) continue;
    const mine = String(given[name]);
    if (compareQuantities(amount, parseQuantity(mine)) > 0)
      report.invalid(
        `${at}.requests[${name}]`,
        mine,
        `must be greater than or equal to aggregate container requests of ${formatQuantity(amount)}`,
      );
  }
}

function overhead(spec: JsonObject, path: string, report: Report): void {
  const amounts = part(spec, 'overhead') ?? {};
  for (const name of Object.keys(amounts).sort()) {
    const at = `${path}.overhead.limits[${name}]`;
    resourceName(name, at, report);
    resourceAmount(String(amounts[name]), { name, path: at }, report);
  }
}

function gates(spec: JsonObject, path: string, report: Report): void {
  list(spec, 'readinessGates').forEach((gate, i) => {
    const type = text(gate, 'conditionType');
    report.invalidFor(`${path}.readinessGates[${i}].conditionType`, type, checkQualifiedName(type));
  });
  const seen = new Set<string>();
  list(spec, 'schedulingGates').forEach((gate, i) => {
    const name = text(gate, 'name');
    report.invalidFor(`${path}.schedulingGates[${i}]`, name, checkQualifiedName(name));
    if (seen.has(name)) report.duplicate(`${path}.schedulingGates[${i}]`, name);
    seen.add(name);
  });
}

function hostUsers(spec: JsonObject, path: string, report: Report): void {
  if (spec['hostUsers'] !== false) return;
  const why = 'when `pod.Spec.HostUsers` is false';
  if (spec['hostNetwork'] === true) report.forbidden(`${path}.hostNetwork`, why);
  if (spec['hostPID'] === true) report.forbidden(`${path}.HostPID`, why);
  if (spec['hostIPC'] === true) report.forbidden(`${path}.HostIPC`, why);
}

function names(spec: JsonObject, path: string, report: Report): void {
  for (const key of ['serviceAccountName', 'nodeName']) {
    const name = text(spec, key);
    if (name !== '') report.invalidFor(`${path}.${key}`, name, checkDnsSubdomain(name));
  }
  const deadline = number(spec, 'activeDeadlineSeconds');
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32))
    report.invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MAX_INT32}, inclusive`);
  for (const key of ['hostname', 'subdomain']) {
    const name = text(spec, key);
    if (name !== '') report.invalidFor(`${path}.${key}`, name, checkDnsLabel(name));
  }
}

/** The spec of a Pod or of a template of Pods, canonical and defaulted. */
export function podSpec(spec: JsonObject | undefined, { path, pod, claimedVolumes }: PodSpecPlace, report: Report): void {
  const all = spec ?? {};
  const graceSeconds = number(all, 'terminationGracePeriodSeconds');
  if (graceSeconds === undefined) report.required(`${path}.terminationGracePeriodSeconds`);
  let known = volumes(all, { path, pod: pod ?? '' }, report);
  if (claimedVolumes !== undefined && claimedVolumes.length > 0)
    known = new Map([...known, ...claimedVolumes.map((name): [string, JsonObject] => [name, { name, persistentVolumeClaim: {} }])]);
  const claims = resourceClaims(all, path, report);
  const restartPolicy = text(all, 'restartPolicy');
  const context = { volumes: known, claims, graceSeconds, restartPolicy, hostUsers: all['hostUsers'] !== false };
  containers(all, { path, context }, report);
  initContainers(all, { path, context }, report);
  ephemeralContainers(all, { path, context }, report);
  podResources(all, { path, claims }, report);
  hostNetworkPorts(all, { path, isPod: pod !== undefined }, report);
  oneOf(restartPolicy, { path: `${path}.restartPolicy`, supported: RESTART }, report);
  oneOf(text(all, 'dnsPolicy'), { path: `${path}.dnsPolicy`, supported: DNS }, report);
  labels(part(all, 'nodeSelector'), `${path}.nodeSelector`, report);
  podSecurity(all, path, report);
  affinity(all, path, report);
  dnsConfig(all, path, report);
  gates(all, path, report);
  topologySpread(all, path, report);
  hostUsers(all, path, report);
  names(all, path, report);
  tolerations(all, path, report);
  hostAliases(all, path, report);
  for (const key of ['priorityClassName', 'runtimeClassName']) {
    const name = text(all, key);
    if (name !== '' || (key === 'runtimeClassName' && has(all, key))) report.invalidFor(`${path}.${key}`, name, checkDnsSubdomain(name));
  }
  const preemption = all['preemptionPolicy'];
  if (typeof preemption === 'string')
    oneOf(preemption, { path: `${path}.preemptionPolicy`, supported: ['PreemptLowerPriority', 'Never'] }, report);
  overhead(all, path, report);
  operatingSystem(all, path, report);
}
