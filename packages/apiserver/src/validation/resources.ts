import { sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { checkDnsLabel, checkQualifiedName, parseQuantity, roundUpQuantity } from '@flux-ts/schema';
import { list, part, text } from './read.ts';
import type { Report } from './report.ts';
import { compareAmounts, NEGATIVE } from './values.ts';

const HUGE_PAGES = 'hugepages-';
const FOR_CONTAINERS: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const COUNTED = ['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims'];
const COUNTED_SERVICES = ['services.nodeports', 'services.loadbalancers'];
const AMOUNTS = ['cpu', 'memory', 'ephemeral-storage'];
const OF_QUOTAS: ReadonlySet<string> = new Set([
  ...AMOUNTS,
  ...AMOUNTS.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'requests.storage',
  ...COUNTED,
  ...COUNTED_SERVICES,
]);
const STANDARD: ReadonlySet<string> = new Set([...OF_QUOTAS, 'storage']);
const WHOLE: ReadonlySet<string> = new Set([...COUNTED, ...COUNTED_SERVICES]);

/** A resource whose name Kubernetes gives. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** A resource of a device or the like, with the domain of who gives it. */
function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && checkQualifiedName(`requests.${name}`).length === 0;
}

/** A resource of which more may be allowed than asked for. */
function isOvercommitAllowed(name: string): boolean {
  return isNative(name) && !name.startsWith(HUGE_PAGES);
}

/** The name of any resource. @returns whether it is right */
export function resourceName(name: string, path: string, report: Report): boolean {
  if (FOR_CONTAINERS.has(name)) return true;
  const problems = checkQualifiedName(name);
  report.invalidFor(path, name, problems);
  if (problems.length > 0) return false;
  if (name.includes('/') || STANDARD.has(name) || name.startsWith(HUGE_PAGES) || name.startsWith(`requests.${HUGE_PAGES}`)) return true;
  report.invalid(path, name, 'must be a standard resource type or fully qualified');
  return false;
}

/** The name of a resource that a container may ask for. */
export function containerResourceName(name: string, path: string, report: Report): void {
  if (FOR_CONTAINERS.has(name)) return;
  resourceName(name, path, report);
  if (!name.includes('/')) {
    if (!name.startsWith(HUGE_PAGES)) report.invalid(path, name, 'must be a standard resource for containers');
  } else if (!isNative(name) && !isExtended(name)) report.invalid(path, name, "doesn't follow extended resource name standard");
}

/** The name of a resource that a quota may limit. */
export function quotaResourceName(name: string, path: string, report: Report): void {
  resourceName(name, path, report);
  if (!name.includes('/') && !OF_QUOTAS.has(name) && !name.startsWith(HUGE_PAGES) && !name.startsWith(`requests.${HUGE_PAGES}`))
    report.invalid(path, name, 'must be a standard resource for quota');
}

/** An amount of a resource: not negative, whole where the resource is counted. */
export function resourceAmount(amount: JsonValue, { name, path }: { name: string; path: string }, report: Report): void {
  const shown = String(amount);
  if (shown.startsWith('-') && shown !== '-0') report.invalid(path, shown, NEGATIVE);
  if (!FOR_CONTAINERS.has(name) && (WHOLE.has(name) || isExtended(name)) && !roundUpQuantity(parseQuantity(shown), 0).exact)
    report.invalid(path, shown, 'must be an integer');
}

/** An amount that has to be more than none. @returns whether it is */
export function positiveAmount(amount: JsonValue, path: string, report: Report): boolean {
  if (compareAmounts(String(amount), '0') > 0) return true;
  report.invalid(path, String(amount), 'must be greater than zero');
  return false;
}

function hugePages(amount: JsonValue, { name, path }: { name: string; path: string }, report: Report): void {
  const size = parseQuantity(name.slice(HUGE_PAGES.length));
  const wanted = parseQuantity(String(amount));
  const scale = Math.min(size.scale, wanted.scale);
  const unit = size.unscaled * 10n ** BigInt(size.scale - scale);
  if (unit > 0n && (wanted.unscaled * 10n ** BigInt(wanted.scale - scale)) % unit !== 0n)
    report.invalid(path, String(amount), `${String(amount)} is not positive integer multiple of ${name}`);
}

/** What a container asks for and may use at most. @param claims names of the Pod's claims */
export function resourceRequirements(
  resources: JsonObject | undefined,
  { path, claims }: { path: string; claims: ReadonlySet<string> },
  report: Report,
): void {
  if (resources === undefined) return;
  const limits = part(resources, 'limits') ?? {};
  const requests = part(resources, 'requests') ?? {};
  let compute = false;
  let huge = false;
  const look = (name: string, amount: JsonValue, at: string): void => {
    containerResourceName(name, at, report);
    resourceAmount(amount, { name, path: at }, report);
    if (name === 'cpu' || name === 'memory') compute = true;
  };
  const pages = (name: string, amount: JsonValue, at: string): void => {
    if (!name.startsWith(HUGE_PAGES)) return;
    huge = true;
    hugePages(amount, { name, path: at }, report);
  };
  for (const name of sortedKeys(limits)) {
    look(name, limits[name] as JsonValue, `${path}.limits[${name}]`);
    pages(name, limits[name] as JsonValue, `${path}.limits[${name}]`);
  }
  for (const name of sortedKeys(requests)) {
    const wanted = requests[name] as JsonValue;
    const limit = limits[name];
    look(name, wanted, `${path}.requests[${name}]`);
    if (limit !== undefined) {
      const order = compareAmounts(wanted, limit);
      if (order !== 0 && !isOvercommitAllowed(name))
        report.invalid(`${path}.requests`, String(wanted), `must be equal to ${name} limit of ${String(limit)}`);
      else if (order > 0)
        report.invalid(`${path}.requests`, String(wanted), `must be less than or equal to ${name} limit of ${String(limit)}`);
    } else if (!isOvercommitAllowed(name)) report.required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    pages(name, wanted, `${path}.requests[${name}]`);
  }
  if (huge && !compute) report.forbidden(path, 'HugePages require cpu or memory');
  claimNames(resources, { path: `${path}.claims`, claims }, report);
}

function claimNames(resources: JsonObject, { path, claims }: { path: string; claims: ReadonlySet<string> }, report: Report): void {
  const seen = new Set<string>();
  list(resources, 'claims').forEach((claim, i) => {
    const name = text(claim, 'name');
    const request = text(claim, 'request');
    const at = `${path}[${i}]`;
    if (name === '') return report.required(at);
    const key = request === '' ? name : `${name}/${request}`;
    if (request !== '') report.invalidFor(`${at}.request`, request, checkDnsLabel(request));
    if (seen.has(name) || seen.has(key)) report.duplicate(at, seen.has(name) ? name : key);
    else if (request === '' && [...seen].some((other) => other.startsWith(`${name}/`))) report.duplicate(at, name);
    seen.add(key);
    if (claims.has(name)) return;
    const known = claims.size === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`;
    report.notFound(at, name, `must be one of the names in pod.spec.resourceClaims${known}`);
  });
}
