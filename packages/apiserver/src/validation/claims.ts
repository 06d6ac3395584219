import { deepEqual, type JsonObject } from '@flux-ts/base';
import { checkDnsSubdomain } from '@flux-ts/schema';
import { labelSelector } from './labels.ts';
import { part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { positiveAmount } from './resources.ts';
import { optionalOneOf } from './values.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** How a volume may be used. */
export function accessModes(spec: JsonObject | undefined, path: string, report: Report): void {
  const modes = texts(spec, 'accessModes');
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) report.notSupported(`${path}.accessModes`, mode, ACCESS_MODES);
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode)))
    report.forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes');
}

/** Whether a volume holds files or is a block device. */
export function volumeMode(spec: JsonObject | undefined, path: string, report: Report): void {
  optionalOneOf(spec?.['volumeMode'], { path: `${path}.volumeMode`, supported: ['Block', 'Filesystem'] }, report);
}

/** What a PersistentVolumeClaim, or the template of one, asks for. */
export function claimSpec(spec: JsonObject | undefined, path: string, report: Report): void {
  if (texts(spec, 'accessModes').length === 0) report.required(`${path}.accessModes`, 'at least 1 access mode is required');
  labelSelector(part(spec, 'selector'), `${path}.selector`, report);
  accessModes(spec, path, report);
  const storage = part(part(spec, 'resources'), 'requests')?.['storage'];
  if (storage === undefined) report.required(`${path}.resources[storage]`);
  else positiveAmount(storage, `${path}.resources[storage]`, report);
  const storageClass = text(spec, 'storageClassName');
  if (storageClass !== '') report.invalidFor(`${path}.storageClassName`, storageClass, checkDnsSubdomain(storageClass));
  volumeMode(spec, path, report);
  dataSources(spec, path, report);
  const attributes = text(spec, 'volumeAttributesClassName');
  if (attributes !== '') report.invalidFor(`${path}.volumeAttributesClassName`, attributes, checkDnsSubdomain(attributes));
}

function dataSources(spec: JsonObject | undefined, path: string, report: Report): void {
  const source = part(spec, 'dataSource');
  const reference = part(spec, 'dataSourceRef');
  if (source !== undefined) dataSource(source, `${path}.dataSource`, report);
  if (reference !== undefined) {
    dataSource(reference, `${path}.dataSourceRef`, report);
  }
  if (source === undefined || reference === undefined) return;
  if (text(reference, 'namespace') !== '')
    report.invalidShown(path, '{}', 'may not be specified when dataSourceRef.namespace is specified');
  else if (!deepEqual(pick(source), pick(reference))) report.invalidShown(path, '{}', 'must match dataSourceRef');
}

function pick(source: JsonObject): JsonObject {
  return { apiGroup: source['apiGroup'] ?? null, kind: text(source, 'kind'), name: text(source, 'name') };
}

function dataSource(source: JsonObject, path: string, report: Report): void {
  if (text(source, 'name') === '') report.required(`${path}.name`);
  if (text(source, 'kind') === '') report.required(`${path}.kind`);
  const group = text(source, 'apiGroup');
  if (group === '' && text(source, 'kind') !== 'PersistentVolumeClaim')
    report.invalid(path, text(source, 'kind'), "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  if (group !== '') report.invalidFor(`${path}.apiGroup`, group, checkDnsSubdomain(group));
}
