import type { JsonObject } from '@flux-ts/base';
import { has, list, part, text } from './read.ts';
import type { Report } from './report.ts';
import { descendingPath } from './values.ts';
import type { Volumes } from './volumes.ts';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'];

function propagation(mount: JsonObject, { container, path }: { container: JsonObject; path: string }, report: Report): void {
  const mode = mount['mountPropagation'];
  if (typeof mode !== 'string') return;
  if (!PROPAGATIONS.includes(mode)) report.notSupported(`${path}.mountPropagation`, mode, PROPAGATIONS);
  if (mode === 'Bidirectional' && part(container, 'securityContext')?.['privileged'] !== true)
    report.forbidden(`${path}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers');
}

function recursiveReadOnly(mount: JsonObject, path: string, report: Report): void {
  const mode = mount['recursiveReadOnly'];
  if (typeof mode !== 'string' || mode === 'Disabled') return;
  const at = `${path}.recursiveReadOnly`;
  if (!READ_ONLY.includes(mode)) return report.notSupported(at, mode, READ_ONLY);
  if (mount['readOnly'] !== true) report.forbidden(at, 'may only be specified when readOnly is true');
  if (has(mount, 'mountPropagation') && mount['mountPropagation'] !== 'None')
    report.forbidden(at, 'may only be specified when mountPropagation is None or not specified');
}

/** Where a container mounts the Pod's volumes. */
export function volumeMounts(container: JsonObject, { path, volumes }: { path: string; volumes: Volumes }, report: Report): void {
  const mounts = list(container, 'volumeMounts');
  if (mounts.length === 0) return;
  const devices = list(container, 'volumeDevices');
  const taken = new Set<string>();
  mounts.forEach((mount, i) => {
    const name = text(mount, 'name');
    const at = text(mount, 'mountPath');
    const here = `${path}.volumeMounts[${i}]`;
    if (name === '') report.required(`${here}.name`);
    if (!volumes.has(name)) report.notFound(`${here}.name`, name);
    if (at === '') report.required(`${here}.mountPath`);
    if (taken.has(at)) report.invalid(`${here}.mountPath`, at, 'must be unique');
    taken.add(at);
    if (devices.length > 0) {
      if (devices.some((d) => text(d, 'name') === name)) report.invalid(`${here}.name`, name, 'must not already exist in volumeDevices');
      if (devices.some((d) => text(d, 'devicePath') === at))
        report.invalid(`${here}.mountPath`, at, 'must not already exist as a path in volumeDevices');
    }
    // upstream names the list, not the item
    const all = `${path}.volumeMounts`;
    const sub = text(mount, 'subPath');
    const expression = text(mount, 'subPathExpr');
    if (sub !== '') descendingPath(sub, `${all}.subPath`, report);
    if (expression !== '') {
      if (sub !== '') report.invalid(`${here}.subPathExpr`, expression, 'subPathExpr and subPath are mutually exclusive');
      descendingPath(expression, `${all}.subPathExpr`, report);
    }
    propagation(mount, { container, path: all }, report);
    recursiveReadOnly(mount, all, report);
  });
}

/** The Pod's volumes that a container has as block devices. */
export function volumeDevices(container: JsonObject, { path, volumes }: { path: string; volumes: Volumes }, report: Report): void {
  const mounts = list(container, 'volumeMounts');
  const names = new Set<string>();
  const paths = new Set<string>();
  list(container, 'volumeDevices').forEach((device, i) => {
    const name = text(device, 'name');
    const at = text(device, 'devicePath');
    const here = `${path}.volumeDevices[${i}]`;
    const volume = volumes.get(name);
    if (name === '') report.required(`${here}.name`);
    if (names.has(name)) report.invalid(`${here}.name`, name, 'must be unique');
    if (volume !== undefined && !has(volume, 'persistentVolumeClaim') && !has(volume, 'ephemeral'))
      report.invalid(`${here}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode');
    if (volume === undefined) report.notFound(`${here}.name`, name);
    if (at === '') report.required(`${here}.devicePath`);
    if (paths.has(at)) report.invalid(`${here}.devicePath`, at, 'must be unique');
    if (at.split('/').includes('..')) report.invalid(`${here}.devicePath`, at, "can not contain backsteps ('..')");
    else paths.add(at);
    if (mounts.some((m) => text(m, 'name') === name)) report.invalid(`${here}.name`, name, 'must not already exist in volumeMounts');
    if (mounts.some((m) => text(m, 'mountPath') === at))
      report.invalid(`${here}.devicePath`, at, 'must not already exist as a path in volumeMounts');
    if (name !== '') names.add(name);
  });
}
