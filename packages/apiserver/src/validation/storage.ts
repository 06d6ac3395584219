import { deepEqual, goJson, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName } from '@flux-ts/schema';
import { accessModes, claimSpec, volumeMode } from './claims.ts';
import { labelName } from './labels.ts';
import { has, list, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { positiveAmount } from './resources.ts';
import { nodeSelector } from './scheduling.ts';
import { compareAmounts, IMMUTABLE, optionalOneOf } from './values.ts';
import { csiDriverName, VOLUME_SOURCES } from './volume-sources.ts';

const RECLAIM = ['Delete', 'Recycle', 'Retain'];
const CLASS = 'volume.beta.kubernetes.io/storage-class';

/** A PersistentVolumeClaim, new or changed. */
export function persistentVolumeClaim(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  claimSpec(spec, 'spec', report);
  if (old !== undefined) claimUpdate(object, old, report);
}

function requested(spec: JsonObject | undefined): JsonValue {
  return part(part(spec, 'resources'), 'requests')?.['storage'] ?? '0';
}

/** The spec of a claim without what an update may change. */
function fixedPart(spec: JsonObject, { bound, free }: { bound: boolean; free: readonly string[] }): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(spec)) if (!free.includes(key)) out[key] = value;
  const resources = part(spec, 'resources');
  const requests = part(resources, 'requests');
  if (!bound || resources === undefined || requests === undefined) return out;
  const { storage: _, ...others } = requests as Record<string, JsonValue>;
  return { ...out, resources: { ...resources, requests: others } };
}

function claimUpdate(object: JsonObject, old: JsonObject, report: Report): void {
  const [spec, before] = [part(object, 'spec') ?? {}, part(old, 'spec') ?? {}];
  if (deepEqual(spec, before)) return;
  const annotation = part(part(old, 'metadata'), 'annotations')?.[CLASS];
  const named = spec['storageClassName'];
  const mayName = before['storageClassName'] === undefined && named !== undefined && (annotation === undefined || annotation === named);
  const free = [
    'volumeAttributesClassName',
    ...(text(before, 'volumeName') === '' ? ['volumeName'] : []),
    ...(mayName ? ['storageClassName'] : []),
  ];
  const bound = text(part(object, 'status'), 'phase') === 'Bound';
  if (!deepEqual(fixedPart(spec, { bound, free }), fixedPart(before, { bound, free })))
    report.forbidden('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims');
  const capacity = part(part(old, 'status'), 'capacity')?.['storage'] ?? '0';
  const size = String(requested(spec));
  if (compareAmounts(size, String(requested(before))) < 0 && compareAmounts(size, String(capacity)) <= 0)
    report.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
  if (!deepEqual(spec['volumeMode'], before['volumeMode'])) report.invalid('volumeMode', spec['volumeMode'] ?? null, IMMUTABLE);
  const attributes = spec['volumeAttributesClassName'];
  if (text(before, 'volumeAttributesClassName') === '' || attributes === before['volumeAttributesClassName']) return;
  const at = 'spec.volumeAttributesClassName';
  if (attributes === undefined) report.forbidden(at, 'update from non-nil value to nil is forbidden');
  else if (attributes === '') report.forbidden(at, 'update from non-nil value to an empty string is forbidden');
}

const PATHS: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' };
const NOT_SOURCES = new Set(['csi']);

function csi(source: JsonObject, report: Report): void {
  csiDriverName(text(source, 'driver'), 'spec.csi.driver', report);
  if (text(source, 'volumeHandle') === '') report.required('spec.csi.volumeHandle');
  for (const key of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef']) {
    const secret = part(source, key);
    if (secret === undefined) continue;
    const [name, namespace] = [text(secret, 'name'), text(secret, 'namespace')];
    if (name === '') report.required(`spec.csi.${key}.name`);
    else report.invalidFor(`spec.csi.${key}.name`, name, checkDnsSubdomain(name));
    if (namespace === '') report.required(`spec.csi.${key}.namespace`);
    else report.invalidFor(`spec.csi.${key}.namespace`, namespace, checkDnsLabel(namespace));
  }
}

function volumeSource(spec: JsonObject, report: Report): void {
  const given = Object.keys(VOLUME_SOURCES).filter((key) => has(spec, key));
  given.forEach((key, i) => {
    if (i > 0) return report.forbidden(`spec.${key}`, 'may not specify more than 1 volume type');
    const source = part(spec, key) as JsonObject;
    if (NOT_SOURCES.has(key)) csi(source, report);
    else VOLUME_SOURCES[key]?.(source, `spec.${PATHS[key] ?? key}`, report);
  });
  if (given.length === 0) report.required('spec', 'must specify a volume type');
  if (has(spec, 'hostPath') && text(part(spec, 'hostPath'), 'path') === '/' && text(spec, 'persistentVolumeReclaimPolicy') === 'Recycle')
    report.forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'");
  if (has(spec, 'local') && !has(spec, 'nodeAffinity')) report.required('spec.nodeAffinity', 'Local volume requires node affinity');
}

/** A PersistentVolume, new or changed. */
export function persistentVolume(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec') ?? {};
  if (texts(spec, 'accessModes').length === 0) report.required('spec.accessModes');
  accessModes(spec, 'spec', report);
  const capacity = part(spec, 'capacity') ?? {};
  const names = sortedKeys(capacity);
  if (names.length === 0) report.required('spec.capacity');
  if (names.length !== 1 || names[0] !== 'storage')
    report.notSupported('spec.capacity', has(spec, 'capacity') ? capacity : null, ['storage']);
  for (const name of names) positiveAmount(String(capacity[name]), `spec.capacity[${name}]`, report);
  optionalOneOf(spec['persistentVolumeReclaimPolicy'], { path: 'spec.persistentVolumeReclaimPolicy', supported: RECLAIM }, report);
  const affinity = part(spec, 'nodeAffinity');
  if (affinity !== undefined) {
    const needed = part(affinity, 'required');
    if (needed === undefined) report.required('spec.nodeAffinity.required', 'must specify required node constraints');
    else nodeSelector(needed, 'spec.nodeAffinity.required', report);
  }
  volumeSource(spec, report);
  const named = text(spec, 'storageClassName');
  if (named !== '') report.invalidFor('spec.storageClassName', named, checkDnsSubdomain(named));
  volumeMode(spec, 'spec', report);
  if (old !== undefined) volumeUpdate(spec, part(old, 'spec') ?? {}, report);
}

function volumeUpdate(spec: JsonObject, before: JsonObject, report: Report): void {
  const keys = Object.keys(VOLUME_SOURCES);
  if (keys.some((key) => !deepEqual(spec[key], before[key])))
    report.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation');
  if (!deepEqual(spec['volumeMode'], before['volumeMode'])) report.invalid('volumeMode', spec['volumeMode'] ?? null, IMMUTABLE);
  if (before['nodeAffinity'] !== undefined && !deepEqual(spec['nodeAffinity'], before['nodeAffinity']))
    report.invalid('nodeAffinity', spec['nodeAffinity'] ?? null, `${IMMUTABLE}, except for updating from beta label to GA`);
}

const MOST_PARAMETERS = 512;
const MOST_PARAMETER_BYTES = 256 * 1024;

function parameters(map: JsonObject, report: Report): void {
  const keys = sortedKeys(map);
  if (keys.length > MOST_PARAMETERS) return report.tooLong('parameters', MOST_PARAMETERS);
  let bytes = 0;
  for (const key of keys) {
    if (key === '') report.invalid('parameters', key, 'field can not be empty.');
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(map[key]));
  }
  if (bytes > MOST_PARAMETER_BYTES) report.tooLong('parameters', MOST_PARAMETER_BYTES);
}

/** A StorageClass, new or changed. */
export function storageClass(object: JsonObject, report: Report, old?: JsonObject): void {
  if (old !== undefined) {
    for (const key of ['parameters', 'provisioner', 'reclaimPolicy'])
      if (!deepEqual(object[key] ?? null, old[key] ?? null)) report.forbidden(key, `updates to ${key} are forbidden.`);
    if (object['volumeBindingMode'] !== old['volumeBindingMode'])
      report.invalid('volumeBindingMode', object['volumeBindingMode'] ?? null, IMMUTABLE);
    return;
  }
  const provisioner = text(object, 'provisioner');
  if (provisioner === '') report.required('provisioner');
  else report.invalidFor('provisioner', provisioner, checkQualifiedName(provisioner.toLowerCase()));
  parameters(part(object, 'parameters') ?? {}, report);
  optionalOneOf(object['reclaimPolicy'], { path: 'reclaimPolicy', supported: ['Delete', 'Retain'] }, report);
  optionalOneOf(object['volumeBindingMode'], { path: 'volumeBindingMode', supported: ['Immediate', 'WaitForFirstConsumer'] }, report);
  list(object, 'allowedTopologies').forEach((term, i) =>
    list(term, 'matchLabelExpressions').forEach((expression, j) => {
      const at = `allowedTopologies[${i}].matchLabelExpressions[${j}]`;
      const values = texts(expression, 'values');
      if (values.length === 0) report.required(`${at}.values`);
      values.forEach((value, k) => {
        if (values.indexOf(value) < k) report.duplicate(`${at}.values[${k}]`, value);
      });
      labelName(text(expression, 'key'), `${at}.key`, report);
    }),
  );
}

/** A CSIDriver, new or changed. */
export function csiDriver(object: JsonObject, report: Report, old?: JsonObject): void {
  csiDriverName(text(part(object, 'metadata'), 'name'), 'metadata.name', report);
  const spec = part(object, 'spec');
  optionalOneOf(spec?.['fsGroupPolicy'], { path: 'spec.fsGroupPolicy', supported: ['File', 'None', 'ReadWriteOnceWithFSType'] }, report);
  texts(spec, 'volumeLifecycleModes').forEach((mode) => {
    if (mode !== 'Ephemeral' && mode !== 'Persistent') report.notSupported('spec.volumeLifecycleModes', mode, ['Ephemeral', 'Persistent']);
  });
  if (old === undefined) return;
  const before = part(old, 'spec');
  for (const key of ['attachRequired', 'volumeLifecycleModes'])
    if (!deepEqual(spec?.[key], before?.[key])) report.invalidShown(`spec.${key}`, goJson(spec?.[key] ?? null), IMMUTABLE);
}
