import type { JsonObject } from '@flux-ts/base';
import { checkHttpHeaderName } from '@flux-ts/schema';
import { has, list, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { nonNegatives, portNumber, portNumberOrName } from './values.ts';

const SCHEMES = ['HTTP', 'HTTPS'];
const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
const OF_PROBES = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const OF_HOOKS = ['exec', 'httpGet', 'tcpSocket', 'sleep'];

interface Around {
  readonly path: string;
  /** The Pod's terminationGracePeriodSeconds, undefined where it has none. */
  readonly graceSeconds: number | undefined;
}

function action(handler: JsonObject, { kind, path, graceSeconds }: Around & { kind: string }, report: Report): void {
  if (kind === 'exec') {
    if (texts(handler, 'command').length === 0) report.required(`${path}.command`);
  } else if (kind === 'httpGet') {
    if (text(handler, 'path') === '') report.required(`${path}.path`);
    portNumberOrName(handler['port'], `${path}.port`, report);
    const scheme = text(handler, 'scheme');
    if (!SCHEMES.includes(scheme)) report.notSupported(`${path}.scheme`, scheme, SCHEMES);
    for (const header of list(handler, 'httpHeaders'))
      report.invalidFor(`${path}.httpHeaders`, text(header, 'name'), checkHttpHeaderName(text(header, 'name')));
  } else if (kind === 'tcpSocket') portNumberOrName(handler['port'], `${path}.port`, report);
  else if (kind === 'grpc') portNumber(handler['port'], `${path}.port`, report);
  else {
    const seconds = number(handler, 'seconds') ?? 0;
    if (graceSeconds !== undefined && (seconds < 0 || seconds > graceSeconds))
      report.invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`);
  }
}

function handlers(owner: JsonObject, around: Around & { kinds: readonly string[] }, report: Report): void {
  let found = 0;
  for (const kind of around.kinds) {
    const handler = part(owner, kind);
    if (handler === undefined) continue;
    const path = `${around.path}.${kind}`;
    if (found > 0) report.forbidden(path, 'may not specify more than 1 handler type');
    else action(handler, { kind, path, graceSeconds: around.graceSeconds }, report);
    found++;
  }
  if (found === 0) report.required(around.path, 'must specify a handler type');
}

function probe(container: JsonObject, { name, path, graceSeconds }: Around & { name: string }, report: Report): void {
  const value = part(container, name);
  if (value === undefined) return;
  const at = `${path}.${name}`;
  handlers(value, { path: at, graceSeconds, kinds: OF_PROBES }, report);
  nonNegatives(value, { keys: COUNTS, path: at }, report);
  const grace = number(value, 'terminationGracePeriodSeconds');
  if (grace !== undefined && grace <= 0) report.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
  if (name === 'readinessProbe') {
    if (grace !== undefined) report.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes');
  } else if (number(value, 'successThreshold') !== 1)
    report.invalid(`${at}.successThreshold`, number(value, 'successThreshold') ?? 0, 'must be 1');
}

/** The probes and hooks of a container that runs as long as its Pod does. */
export function probesAndHooks(container: JsonObject, { path, graceSeconds }: Around, report: Report): void {
  const lifecycle = part(container, 'lifecycle');
  for (const hook of ['postStart', 'preStop']) {
    const handler = part(lifecycle, hook);
    if (handler !== undefined) handlers(handler, { path: `${path}.lifecycle.${hook}`, graceSeconds, kinds: OF_HOOKS }, report);
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) probe(container, { name, path, graceSeconds }, report);
}

/** An init container that ends has neither probes nor hooks. */
export function noProbesAndHooks(container: JsonObject, path: string, report: Report): void {
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'])
    if (has(container, name)) report.forbidden(`${path}.${name}`, 'may not be set for init containers without restartPolicy=Always');
}
