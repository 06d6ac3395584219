import type { JsonObject } from '@flux-ts/base';
import { checkQualifiedName, formatQuantity, parseQuantity } from '@flux-ts/schema';
import { text } from './read.ts';
import type { Report } from './report.ts';

/** Fields of a Pod that an environment variable may hold, in the order of the message. */
export const ENV_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Fields of a Pod that a file of a volume may hold. */
export const VOLUME_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const SIZES: ReadonlySet<string> = new Set([
  '1',
  ...['k', 'M', 'G', 'T', 'P', 'E'].flatMap((u) => [`1${u}`, u === 'k' ? '1Ki' : `1${u}i`]),
]);
const SIZES_TEXT = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';

/** A field of the Pod: `metadata.name`, `metadata.labels['key']`. @param fields those that may stand here */
export function fieldReference(reference: JsonObject, { path, fields }: { path: string; fields: readonly string[] }, report: Report): void {
  const version = text(reference, 'apiVersion');
  const field = text(reference, 'fieldPath');
  if (version === '') return report.required(`${path}.apiVersion`);
  if (field === '') return report.required(`${path}.fieldPath`);
  const subscript = /^(.*)\['(.*)'\]$/s.exec(field);
  const base = subscript === null ? field : (subscript[1] as string);
  const convertible =
    version === 'v1' && (subscript === null ? KNOWN_FIELDS.has(base) : base === 'metadata.annotations' || base === 'metadata.labels');
  if (!convertible) {
    const why = version === 'v1' ? `field label not supported: ${field}` : `unsupported pod version: ${version}`;
    return report.invalid(`${path}.fieldPath`, field, `error converting fieldPath: ${why}`);
  }
  if (subscript !== null) {
    const key = subscript[2] as string;
    report.invalidFor(path, key, checkQualifiedName(base === 'metadata.annotations' ? key.toLowerCase() : key));
  } else if (!fields.includes(base)) report.notSupported(`${path}.fieldPath`, base, fields);
}

/** A container's resource: `limits.cpu`. */
export function resourceReference(reference: JsonObject, { path, volume }: { path: string; volume: boolean }, report: Report): void {
  const resource = text(reference, 'resource');
  const huge = /^(requests|limits)\.hugepages-/.test(resource);
  if (volume && text(reference, 'containerName') === '') report.required(`${path}.containerName`);
  else if (resource === '') report.required(`${path}.resource`);
  else if (!RESOURCES.includes(resource) && !huge) report.notSupported(`${path}.resource`, resource, RESOURCES);
  const divisor = formatQuantity(parseQuantity(String(reference['divisor'] ?? '0')));
  if (divisor === '0') return;
  const wrong = (what: string): void => report.invalid(`${path}.divisor`, resource, `only divisor's values ${what} resource`);
  if (resource.endsWith('.cpu')) {
    if (divisor !== '1' && divisor !== '1m') wrong('1m and 1 are supported with the cpu');
  } else if (!SIZES.has(divisor)) {
    if (resource.endsWith('.memory')) wrong(`${SIZES_TEXT} are supported with the memory`);
    else if (resource.endsWith('.ephemeral-storage')) wrong(`${SIZES_TEXT} are supported with the local ephemeral storage`);
    else if (huge) wrong(`${SIZES_TEXT} are supported with the hugepages`);
  }
}
