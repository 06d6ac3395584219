import type { JsonObject } from '@flux-ts/base';
import { checkDnsLabel, checkDnsSubdomain } from '@flux-ts/schema';
import { has, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { noBacksteps, optionalOneOf } from './values.ts';

/** Looks at one kind of a volume. */
export type SourceCheck = (source: JsonObject, path: string, report: Report) => void;

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const IQN = [/^iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/, /^eui.[0-9A-Za-z]{16}$/, /^naa.[0-9A-Za-z]{32}$/];

/** Fields that have to be there. */
function needs(...keys: readonly string[]): SourceCheck {
  return (source, path, report) => {
    for (const key of keys) {
      const value = source[key];
      if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) report.required(`${path}.${key}`);
    }
  };
}

function partition(key: string): SourceCheck {
  return (source, path, report) => {
    needs(key)(source, path, report);
    const value = number(source, 'partition') ?? 0;
    if (value < 0 || value > 255) report.invalid(`${path}.partition`, value, 'must be between 1 and 255, inclusive');
  };
}

function secretName(source: JsonObject, path: string, report: Report): void {
  const secret = part(source, 'secretRef');
  if (secret !== undefined && text(secret, 'name') === '') report.required(`${path}.secretRef.name`);
}

function iqn(value: string, path: string, report: Report): void {
  if (!/^(iqn|eui|naa)/.test(value)) report.invalid(path, value, 'must be valid format starting with iqn, eui, or naa');
  else if (!IQN.some((pattern) => pattern.test(value))) report.invalid(path, value, 'must be valid format');
}

function iscsi(source: JsonObject, path: string, report: Report): void {
  needs('targetPortal', 'iqn')(source, path, report);
  if (text(source, 'iqn') !== '') iqn(text(source, 'iqn'), `${path}.iqn`, report);
  const lun = number(source, 'lun') ?? 0;
  if (lun < 0 || lun > 255) report.invalid(`${path}.lun`, lun, 'must be between 0 and 255, inclusive');
  if ((source['chapAuthDiscovery'] === true || source['chapAuthSession'] === true) && !has(source, 'secretRef'))
    report.required(`${path}.secretRef`);
  if (has(source, 'initiatorName')) iqn(text(source, 'initiatorName'), `${path}.initiatorname`, report);
}

function fibreChannel(source: JsonObject, path: string, report: Report): void {
  const targets = texts(source, 'targetWWNs');
  const ids = texts(source, 'wwids');
  if (targets.length === 0 && ids.length === 0)
    report.required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both');
  if (targets.length > 0 && ids.length > 0)
    report.invalid(`${path}.targetWWNs`, [...targets], 'targetWWNs and wwids can not be specified simultaneously');
  if (targets.length === 0) return;
  const lun = number(source, 'lun');
  if (lun === undefined) report.required(`${path}.lun`, 'lun is required if targetWWNs is specified');
  else if (lun < 0 || lun > 255) report.invalid(`${path}.lun`, lun, 'must be between 0 and 255, inclusive');
}

function flexVolume(source: JsonObject, path: string, report: Report): void {
  needs('driver')(source, path, report);
  for (const key of Object.keys(part(source, 'options') ?? {}).sort()) {
    const domain = `.${(key.split('/', 2).length === 2 ? (key.split('/', 1)[0] as string) : key).toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      report.invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved');
  }
}

function azureDisk(source: JsonObject, path: string, report: Report): void {
  needs('diskName', 'diskURI')(source, path, report);
  optionalOneOf(source['cachingMode'], { path: `${path}.cachingMode`, supported: ['None', 'ReadOnly', 'ReadWrite'] }, report);
  optionalOneOf(source['kind'], { path: `${path}.kind`, supported: ['Dedicated', 'Managed', 'Shared'] }, report);
  const uri = text(source, 'diskURI');
  const managed = ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'];
  const blob = ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'];
  if (source['kind'] === 'Managed' && !uri.startsWith('/subscriptions/')) report.notSupported(`${path}.diskURI`, uri, managed);
  if (has(source, 'kind') && source['kind'] !== 'Managed' && !uri.startsWith('https://')) report.notSupported(`${path}.diskURI`, uri, blob);
}

function storageOs(source: JsonObject, path: string, report: Report): void {
  const name = text(source, 'volumeName');
  const namespace = text(source, 'volumeNamespace');
  if (name === '') report.required(`${path}.volumeName`);
  else report.invalidFor(`${path}.volumeName`, name, checkDnsLabel(name));
  if (namespace !== '') report.invalidFor(`${path}.volumeNamespace`, namespace, checkDnsLabel(namespace));
  secretName(source, path, report);
}

/** The name of a CSI driver. */
export function csiDriverName(name: string, path: string, report: Report): void {
  if (name === '') report.required(path);
  if (name.length > 63) report.tooLong(path, 63);
  report.invalidFor(path, name, checkDnsSubdomain(name.toLowerCase()));
}

/** Kinds of volumes that Pods and PersistentVolumes have in common, by their field. */
export const VOLUME_SOURCES: Readonly<Record<string, SourceCheck>> = {
  hostPath: (source, path, report) => {
    if (text(source, 'path') === '') return report.required(`${path}.path`);
    noBacksteps(text(source, 'path'), `${path}.path`, report);
    optionalOneOf(source['type'], { path: `${path}.type`, supported: HOST_PATH_TYPES }, report);
  },
  gcePersistentDisk: partition('pdName'),
  awsElasticBlockStore: partition('volumeID'),
  nfs: (source, path, report) => {
    needs('server', 'path')(source, path, report);
    if (!text(source, 'path').startsWith('/')) report.invalid(`${path}.path`, text(source, 'path'), 'must be an absolute path');
  },
  iscsi,
  glusterfs: needs('endpoints', 'path'),
  flocker: (source, path, report) => {
    const [name, uuid] = [text(source, 'datasetName'), text(source, 'datasetUUID')];
    if (name === '' && uuid === '') report.required(path, 'one of datasetName and datasetUUID is required');
    if (name !== '' && uuid !== '') report.invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously');
    if (name.includes('/')) report.invalid(`${path}.datasetName`, name, "must not contain '/'");
  },
  rbd: needs('monitors', 'image'),
  cinder: (source, path, report) => {
    needs('volumeID')(source, path, report);
    secretName(source, path, report);
  },
  cephfs: needs('monitors'),
  quobyte: needs('volume'),
  fc: fibreChannel,
  flexVolume,
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk,
  storageos: storageOs,
  scaleIO: needs('gateway', 'system', 'volumeName'),
  csi: (source, path, report) => {
    csiDriverName(text(source, 'driver'), `${path}.driver`, report);
    const secret = part(source, 'nodePublishSecretRef');
    if (secret === undefined) return;
    const name = text(secret, 'name');
    if (name === '') report.required(`${path}.nodePublishSecretRef.name`);
    else report.invalidFor(`${path}.name`, name, checkDnsSubdomain(name));
  },
  local: (source, path, report) => {
    if (text(source, 'path') === '') return report.required(`${path}.path`);
    noBacksteps(text(source, 'path'), `${path}.path`, report);
  },
};
