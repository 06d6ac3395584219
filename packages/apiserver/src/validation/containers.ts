import type { JsonObject } from '@flux-ts/base';
import { checkDnsLabel, checkPortName } from '@flux-ts/schema';
import { environment } from './env.ts';
import { volumeDevices, volumeMounts } from './mounts.ts';
import { noProbesAndHooks, probesAndHooks } from './probes.ts';
import { has, list, number, part, text } from './read.ts';
import type { Report } from './report.ts';
import { resourceRequirements } from './resources.ts';
import { containerSecurity } from './security.ts';
import { oneOf, portNumber } from './values.ts';
import type { Volumes } from './volumes.ts';

/** The protocols of ports. */
export const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];

const PULL = ['Always', 'IfNotPresent', 'Never'];
const MESSAGES = ['File', 'FallbackToLogsOnError'];
const RESTARTS = ['Always', 'Never', 'OnFailure'];

/** What the checks of a container need to know of its Pod. */
export interface ContainerContext {
  readonly volumes: Volumes;
  readonly claims: ReadonlySet<string>;
  readonly graceSeconds: number | undefined;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
}

function containerPorts(container: JsonObject, path: string, report: Report): void {
  const names = new Set<string>();
  list(container, 'ports').forEach((port, i) => {
    const at = `${path}.ports[${i}]`;
    const name = text(port, 'name');
    if (name !== '') {
      const problems = checkPortName(name);
      if (problems.length > 0) report.invalidFor(`${at}.name`, name, problems);
      else if (names.has(name)) report.duplicate(`${at}.name`, name);
      else names.add(name);
    }
    if (!port['containerPort']) report.required(`${at}.containerPort`);
    else portNumber(port['containerPort'], `${at}.containerPort`, report);
    if (port['hostPort']) portNumber(port['hostPort'], `${at}.hostPort`, report);
    oneOf(text(port, 'protocol'), { path: `${at}.protocol`, supported: PROTOCOLS }, report);
  });
}

function resizePolicy(container: JsonObject, { path, restartPolicy }: { path: string; restartPolicy: string }, report: Report): void {
  const seen = new Set<string>();
  list(container, 'resizePolicy').forEach((policy, i) => {
    const name = text(policy, 'resourceName');
    const restart = text(policy, 'restartPolicy');
    const at = `${path}.resizePolicy`;
    if (seen.has(name)) report.duplicate(`${at}[${i}]`, name);
    seen.add(name);
    oneOf(name, { path: at, supported: ['cpu', 'memory'] }, report);
    oneOf(restart, { path: at, supported: ['NotRequired', 'RestartContainer'] }, report);
    if (restartPolicy === 'Never' && restart !== 'NotRequired')
      report.invalid(at, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'");
  });
}

function common(container: JsonObject, { path, context }: { path: string; context: ContainerContext }, report: Report): void {
  const name = text(container, 'name');
  if (name === '') report.required(`${path}.name`);
  else report.invalidFor(`${path}.name`, name, checkDnsLabel(name));
  if (text(container, 'image') === '') report.required(`${path}.image`);
  oneOf(text(container, 'terminationMessagePolicy'), { path: `${path}.terminationMessagePolicy`, supported: MESSAGES }, report);
  containerPorts(container, path, report);
  environment(container, path, report);
  volumeMounts(container, { path, volumes: context.volumes }, report);
  volumeDevices(container, { path, volumes: context.volumes }, report);
  oneOf(text(container, 'imagePullPolicy'), { path: `${path}.imagePullPolicy`, supported: PULL }, report);
  resourceRequirements(part(container, 'resources'), { path: `${path}.resources`, claims: context.claims }, report);
  resizePolicy(container, { path, restartPolicy: context.restartPolicy }, report);
  containerSecurity(container, { path, hostUsers: context.hostUsers }, report);
  const restart = container['restartPolicy'];
  if (typeof restart === 'string' && !RESTARTS.includes(restart)) report.notSupported(`${path}.restartPolicy`, restart, RESTARTS);
}

/** Ports of nodes that several containers want. */
function hostPorts(containers: readonly JsonObject[], path: string, report: Report): void {
  const taken = new Set<string>();
  containers.forEach((container, i) =>
    list(container, 'ports').forEach((port, j) => {
      if (!port['hostPort']) return;
      const key = `${text(port, 'protocol')}/${text(port, 'hostIP')}/${String(port['hostPort'])}`;
      if (taken.has(key)) report.duplicate(`${path}[${i}].ports[${j}].hostPort`, key);
      taken.add(key);
    }),
  );
}

/** The containers of a Pod. */
export function containers(spec: JsonObject, { path, context }: { path: string; context: ContainerContext }, report: Report): void {
  const all = list(spec, 'containers');
  if (all.length === 0) return report.required(`${path}.containers`);
  const names = new Set<string>();
  all.forEach((container, i) => {
    const at = `${path}.containers[${i}]`;
    common(container, { path: at, context }, report);
    const name = text(container, 'name');
    if (names.has(name)) report.duplicate(`${at}.name`, name);
    names.add(name);
    probesAndHooks(container, { path: at, graceSeconds: context.graceSeconds }, report);
  });
  hostPorts(all, `${path}.containers`, report);
}

/** The containers that run before the others, and those that stay. */
export function initContainers(spec: JsonObject, { path, context }: { path: string; context: ContainerContext }, report: Report): void {
  const all = list(spec, 'initContainers');
  if (all.length === 0) return;
  const names = new Set(list(spec, 'containers').map((container) => text(container, 'name')));
  all.forEach((container, i) => {
    const at = `${path}.initContainers[${i}]`;
    common(container, { path: at, context }, report);
    const name = text(container, 'name');
    if (names.has(name)) report.duplicate(`${at}.name`, name);
    else if (name !== '') names.add(name);
    hostPorts([container], `${path}.initContainers`, report);
    if (container['restartPolicy'] === 'Always') probesAndHooks(container, { path: at, graceSeconds: context.graceSeconds }, report);
    else noProbesAndHooks(container, at, report);
  });
}

const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];

/** The containers that join a running Pod. */
export function ephemeralContainers(
  spec: JsonObject,
  { path, context }: { path: string; context: ContainerContext },
  report: Report,
): void {
  const all = list(spec, 'ephemeralContainers');
  if (all.length === 0) return;
  const others = new Set([...list(spec, 'containers'), ...list(spec, 'initContainers')].map((container) => text(container, 'name')));
  const names = new Set(others);
  const refused = 'cannot be set for an Ephemeral Container';
  all.forEach((container, i) => {
    const at = `${path}.ephemeralContainers[${i}]`;
    common(container, { path: at, context }, report);
    trimmedImage(container, at, report);
    const name = text(container, 'name');
    if (names.has(name)) report.duplicate(`${at}.name`, name);
    names.add(name);
    const target = text(container, 'targetContainerName');
    if (target !== '' && !others.has(target)) report.notFound(`${at}.targetContainerName`, target);
    for (const key of NOT_EPHEMERAL) if (isSet(container, key)) report.forbidden(`${at}.${key}`, refused);
    list(container, 'volumeMounts').forEach((mount, j) => {
      for (const key of ['subPath', 'subPathExpr'])
        if (text(mount, key) !== '') report.forbidden(`${at}.volumeMounts[${j}].${key}`, refused);
    });
  });
}

/** Whether a field is more than its zero value. */
function isSet(container: JsonObject, key: string): boolean {
  const value = container[key];
  return has(container, key) && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** Pods themselves, not templates, take no image with spaces round it. */
export function trimmedImage(container: JsonObject, path: string, report: Report): void {
  const image = text(container, 'image');
  if (image !== image.trim()) report.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace');
}

/** Ports of containers in the node's network are the node's ports. @param isPod a Pod itself, not a template */
export function hostNetworkPorts(spec: JsonObject, { path, isPod }: { path: string; isPod: boolean }, report: Report): void {
  if (spec['hostNetwork'] !== true) return;
  list(spec, 'containers').forEach((container, i) =>
    list(container, 'ports').forEach((port, j) => {
      const host = number(port, 'hostPort') ?? 0;
      if ((isPod || host !== 0) && host !== (number(port, 'containerPort') ?? 0))
        report.invalid(`${path}.containers[${i}].ports[${j}].hostPort`, host, 'must match `containerPort` when `hostNetwork` is true');
    }),
  );
}
