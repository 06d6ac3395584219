import type { JsonObject } from '@flux-ts/base';
import { checkDnsLabel, checkDnsSubdomain } from '@flux-ts/schema';
import { annotations, labels, labelSelector } from './labels.ts';
import { claimSpec } from './claims.ts';
import { fieldReference, resourceReference, VOLUME_FIELDS } from './downward.ts';
import { has, list, number, part, text } from './read.ts';
import type { Report } from './report.ts';
import { compareAmounts, descendingPath, fileMode, nonReservedPath, oneOf } from './values.ts';
import { VOLUME_SOURCES, type SourceCheck } from './volume-sources.ts';

const PULL = ['Always', 'IfNotPresent', 'Never'];

function keyToPath(item: JsonObject, path: string, report: Report): void {
  if (text(item, 'key') === '') report.required(`${path}.key`);
  if (text(item, 'path') === '') report.required(`${path}.path`);
  nonReservedPath(text(item, 'path'), `${path}.path`, report);
  fileMode(item, { key: 'mode', path }, report);
}

function items(source: JsonObject, path: string, report: Report): void {
  list(source, 'items').forEach((item, i) => keyToPath(item, `${path}.items[${i}]`, report));
}

function keys(source: JsonObject, { key, path }: { key: string; path: string }, report: Report): void {
  if (text(source, key) === '') report.required(`${path}.${key}`);
  fileMode(source, { key: 'defaultMode', path }, report);
  items(source, path, report);
}

function downwardFile(file: JsonObject, path: string, report: Report): void {
  if (text(file, 'path') === '') report.required(`${path}.path`);
  nonReservedPath(text(file, 'path'), `${path}.path`, report);
  const field = part(file, 'fieldRef');
  const resource = part(file, 'resourceFieldRef');
  if (field !== undefined) {
    fieldReference(field, { path: `${path}.fieldRef`, fields: VOLUME_FIELDS }, report);
    if (resource !== undefined) report.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (resource !== undefined) resourceReference(resource, { path: `${path}.resourceFieldRef`, volume: true }, report);
  else report.required(path, 'one of fieldRef and resourceFieldRef is required');
  fileMode(file, { key: 'mode', path }, report);
}

function downward(source: JsonObject, path: string, report: Report): void {
  fileMode(source, { key: 'defaultMode', path }, report);
  for (const file of list(source, 'items')) downwardFile(file, path, report);
}

const TEN_MINUTES = 600;
const LONGEST_TOKEN = 2 ** 32;

/** One source of a projected volume. @param taken the paths that are there already */
function projection(source: JsonObject, { path, root, taken }: { path: string; root: string; taken: Set<string> }, report: Report): void {
  let kinds = 0;
  const claimPath = (file: string, shown: string): void => {
    if (file === '') return;
    if (taken.has(file)) report.invalid(root, shown, 'conflicting duplicate paths');
    taken.add(file);
  };
  for (const kind of ['secret', 'configMap']) {
    const keyed = part(source, kind);
    if (keyed === undefined) continue;
    kinds++;
    if (text(keyed, 'name') === '') report.required(`${path}.${kind}.name`);
    list(keyed, 'items').forEach((item, i) => {
      keyToPath(item, `${path}.${kind}.items[${i}]`, report);
      claimPath(text(item, 'path'), text(keyed, 'name'));
    });
  }
  const fields = part(source, 'downwardAPI');
  if (fields !== undefined) {
    kinds++;
    for (const file of list(fields, 'items')) {
      downwardFile(file, `${path}.downwardAPI`, report);
      claimPath(text(file, 'path'), text(file, 'path'));
    }
  }
  const token = part(source, 'serviceAccountToken');
  if (token !== undefined) {
    kinds++;
    const seconds = number(token, 'expirationSeconds') ?? 0;
    const at = `${path}.serviceAccountToken.expirationSeconds`;
    if (seconds < TEN_MINUTES) report.invalid(at, seconds, 'may not specify a duration less than 10 minutes');
    if (seconds > LONGEST_TOKEN) report.invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds');
    if (text(token, 'path') === '') report.required(`${root}.path`);
    else nonReservedPath(text(token, 'path'), `${root}.path`, report);
  }
  const bundle = part(source, 'clusterTrustBundle');
  if (bundle !== undefined) {
    kinds++;
    trustBundle(bundle, `${path}.clusterTrustBundle`, report);
    claimPath(text(bundle, 'path'), text(bundle, 'path'));
  }
  if (has(source, 'podCertificate')) kinds++;
  if (kinds > 1) report.forbidden(path, 'may not specify more than 1 volume type per source');
}

function trustBundle(bundle: JsonObject, path: string, report: Report): void {
  if (has(bundle, 'name') && has(bundle, 'signerName')) report.invalid(path, bundle, 'only one of name and signerName may be used');
  else if (has(bundle, 'name')) {
    if (text(bundle, 'name') === '') report.required(`${path}.name`, 'must be a valid object name');
    if (has(bundle, 'labelSelector'))
      report.invalid(`${path}.labelSelector`, bundle['labelSelector'], 'labelSelector must be unset if name is specified');
  } else if (has(bundle, 'signerName')) {
    if (text(bundle, 'signerName') === '') report.required(`${path}.signerName`, 'must be a valid signer name');
    labelSelector(part(bundle, 'labelSelector'), `${path}.labelSelector`, report);
  } else report.required(path, 'either name or signerName must be specified');
  if (text(bundle, 'path') === '') report.required(`${path}.path`);
  nonReservedPath(text(bundle, 'path'), `${path}.path`, report);
}

function projected(source: JsonObject, path: string, report: Report): void {
  fileMode(source, { key: 'defaultMode', path }, report);
  const taken = new Set<string>();
  list(source, 'sources').forEach((one, i) => projection(one, { path: `${path}.sources[${i}]`, root: path, taken }, report));
}

function claimTemplate(source: JsonObject, path: string, report: Report): void {
  const template = part(source, 'volumeClaimTemplate');
  if (template === undefined) return report.required(`${path}.volumeClaimTemplate`);
  const metadata = part(template, 'metadata');
  annotations(part(metadata, 'annotations'), `${path}.volumeClaimTemplate.metadata.annotations`, report);
  labels(part(metadata, 'labels'), `${path}.volumeClaimTemplate.metadata.labels`, report);
  for (const key of ['name', 'generateName', 'namespace', 'finalizers', 'ownerReferences'])
    if (has(metadata, key)) report.forbidden(`${path}.volumeClaimTemplate.metadata.${key}`, 'cannot be set');
  claimSpec(part(template, 'spec'), `${path}.volumeClaimTemplate.spec`, report);
}

const OWN: Readonly<Record<string, SourceCheck>> = {
  secret: (source, path, report) => keys(source, { key: 'secretName', path }, report),
  configMap: (source, path, report) => keys(source, { key: 'name', path }, report),
  persistentVolumeClaim: (source, path, report) => {
    if (text(source, 'claimName') === '') report.required(`${path}.claimName`);
  },
  downwardAPI: downward,
  projected,
  ephemeral: claimTemplate,
  gitRepo: (source, path, report) => {
    if (text(source, 'repository') === '') report.required(`${path}.repository`);
    descendingPath(text(source, 'directory'), `${path}.directory`, report);
  },
  image: (source, path, report) => oneOf(text(source, 'pullPolicy'), { path: `${path}.pullPolicy`, supported: PULL }, report),
};

/** The order in which upstream looks at the kinds of volumes, and the name it has for the path of each. */
const ORDER: readonly (readonly [key: string, path: string])[] = [
  ['hostPath', 'hostPath'],
  ['gitRepo', 'gitRepo'],
  ['gcePersistentDisk', 'persistentDisk'],
  ['awsElasticBlockStore', 'awsElasticBlockStore'],
  ['secret', 'secret'],
  ['nfs', 'nfs'],
  ['iscsi', 'iscsi'],
  ['glusterfs', 'glusterfs'],
  ['flocker', 'flocker'],
  ['persistentVolumeClaim', 'persistentVolumeClaim'],
  ['rbd', 'rbd'],
  ['cinder', 'cinder'],
  ['cephfs', 'cephfs'],
  ['quobyte', 'quobyte'],
  ['downwardAPI', 'downwardAPI'],
  ['fc', 'fc'],
  ['flexVolume', 'flexVolume'],
  ['configMap', 'configMap'],
  ['azureFile', 'azureFile'],
  ['vsphereVolume', 'vsphereVolume'],
  ['photonPersistentDisk', 'photonPersistentDisk'],
  ['portworxVolume', 'portworxVolume'],
  ['azureDisk', 'azureDisk'],
  ['storageos', 'storageos'],
  ['projected', 'projected'],
  ['scaleIO', 'scaleIO'],
  ['csi', 'csi'],
  ['ephemeral', 'ephemeral'],
  ['image', 'image'],
];
const PLACES: ReadonlyMap<string, number> = new Map(ORDER.map(([key], i) => [key, i]));
/** Names that upstream misspells where there are two kinds. */
const TWICE: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

function volumeSource(volume: JsonObject, path: string, report: Report): void {
  let kinds = 0;
  const empty = part(volume, 'emptyDir');
  if (empty !== undefined) {
    kinds++;
    if (has(empty, 'sizeLimit') && compareAmounts(String(empty['sizeLimit']), '0') < 0)
      report.forbidden(`${path}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
  }
  const given = Object.keys(volume).filter((key) => PLACES.has(key) && has(volume, key));
  if (given.length > 1) given.sort((a, b) => (PLACES.get(a) as number) - (PLACES.get(b) as number));
  for (const key of given) {
    kinds++;
    if (kinds > 1) {
      report.forbidden(`${path}.${TWICE[key] ?? key}`, 'may not specify more than 1 volume type');
      continue;
    }
    const name = (ORDER[PLACES.get(key) as number] as readonly [string, string])[1];
    (OWN[key] ?? VOLUME_SOURCES[key])?.(part(volume, key) as JsonObject, `${path}.${name}`, report);
  }
  if (kinds === 0) report.required(path, 'must specify a volume type');
}

/** The volumes that containers may mount, by name: only those that are right. */
export type Volumes = ReadonlyMap<string, JsonObject>;

/** The volumes of a Pod. @param pod the name of the Pod, empty in templates */
export function volumes(spec: JsonObject | undefined, { path, pod }: { path: string; pod: string }, report: Report): Volumes {
  const good = new Map<string, JsonObject>();
  const volumesOfPod = list(spec, 'volumes');
  const created = new Set(pod === '' ? [] : volumesOfPod.filter((v) => has(v, 'ephemeral')).map((v) => `${pod}-${text(v, 'name')}`));
  volumesOfPod.forEach((volume, i) => {
    const before = report.errors.length;
    const at = `${path}.volumes[${i}]`;
    const name = text(volume, 'name');
    volumeSource(volume, at, report);
    if (has(volume, 'ephemeral') && pod !== '' && name !== '')
      for (const why of checkDnsSubdomain(`${pod}-${name}`)) report.invalid(`${at}.name`, name, `PVC name "${pod}-${name}": ${why}`);
    if (name === '') report.required(`${at}.name`);
    else report.invalidFor(`${at}.name`, name, checkDnsLabel(name));
    if (good.has(name)) report.duplicate(`${at}.name`, name);
    if (report.errors.length === before) good.set(name, volume);
    const claim = text(part(volume, 'persistentVolumeClaim'), 'claimName');
    if (created.has(claim))
      report.invalid(`${at}.persistentVolumeClaim.claimName`, claim, 'must not reference a PVC that gets created for an ephemeral volume');
  });
  return good;
}
