import { deepEqual, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { trimmedImage } from './containers.ts';
import { podAnnotations } from './pod-annotations.ts';
import { podSpec } from './pod-spec.ts';
import { has, list, number, part, text } from './read.ts';
import type { Report } from './report.ts';
import { MAX_INT32 } from './values.ts';

const CHANGEABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const MIRROR = 'kubernetes.io/config.mirror';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

function metadataAndSpec(pod: JsonObject, report: Report): void {
  const metadata = part(pod, 'metadata');
  const spec = part(pod, 'spec');
  podAnnotations(part(metadata, 'annotations'), { path: 'metadata.annotations', spec }, report);
  podSpec(spec, { path: 'spec', pod: text(metadata, 'name') }, report);
  if (text(spec, 'serviceAccountName') === '')
    list(spec, 'volumes').forEach((volume, i) =>
      list(part(volume, 'projected'), 'sources').forEach((source, j) => {
        const at = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`;
        if (has(source, 'serviceAccountToken')) report.forbidden(at, 'must not be specified when serviceAccountName is not set');
      }),
    );
  for (const field of ['containers', 'initContainers'])
    list(spec, field).forEach((container, i) => trimmedImage(container, `spec.${field}[${i}]`, report));
}

/** A Pod, new or changed. */
export function pod(object: JsonObject, report: Report, old?: JsonObject): void {
  metadataAndSpec(object, report);
  if (old !== undefined) return update(object, old, report);
  const spec = part(object, 'spec');
  if (list(spec, 'ephemeralContainers').length > 0) report.forbidden('spec.ephemeralContainers', 'cannot be set on create');
  if (text(spec, 'nodeName') !== '' && list(spec, 'schedulingGates').length > 0)
    report.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared');
}

function annotationUpdates(object: JsonObject, old: JsonObject, report: Report): void {
  const next = part(part(object, 'metadata'), 'annotations') ?? {};
  const before = part(part(old, 'metadata'), 'annotations') ?? {};
  const guarded = (key: string): string | undefined =>
    key.startsWith(APP_ARMOR) ? 'AppArmor annotations' : key === MIRROR ? 'mirror pod annotation' : undefined;
  for (const key of new Set([...Object.keys(before), ...Object.keys(next)])) {
    const what = next[key] === before[key] ? undefined : guarded(key);
    if (what !== undefined)
      report.forbidden(`metadata.annotations[${key}]`, `may not ${key in before ? 'remove or update' : 'add'} ${what}`);
  }
}

function sameLength(next: JsonObject | undefined, old: JsonObject | undefined, report: Report): boolean {
  for (const field of ['containers', 'initContainers']) {
    if (list(next, field).length === list(old, field).length) continue;
    report.forbidden(`spec.${field}`, 'pod updates may not add or remove containers');
    return false;
  }
  return true;
}

function deadline(next: JsonObject | undefined, old: JsonObject | undefined, report: Report): boolean {
  const [after, before] = [number(next, 'activeDeadlineSeconds'), number(old, 'activeDeadlineSeconds')];
  const at = 'spec.activeDeadlineSeconds';
  if (after === undefined) {
    if (before !== undefined) report.invalid(at, null, 'must not update from a positive integer to nil value');
    return true;
  }
  if (after < 0 || after > MAX_INT32) report.invalid(at, after, `must be between 0 and ${MAX_INT32}, inclusive`);
  else if (before !== undefined && before < after) report.invalid(at, after, 'must be less than or equal to previous value');
  else return true;
  return false;
}

function tolerationUpdates(next: JsonObject | undefined, old: JsonObject | undefined, report: Report): void {
  const bare = (toleration: JsonObject): JsonObject => ({ ...toleration, tolerationSeconds: null });
  const after = list(next, 'tolerations').map(bare);
  if (!list(old, 'tolerations').every((toleration) => after.some((other) => deepEqual(other, bare(toleration)))))
    report.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
}

function update(object: JsonObject, old: JsonObject, report: Report): void {
  annotationUpdates(object, old, report);
  const [next, before] = [part(object, 'spec'), part(old, 'spec')];
  if (deepEqual(next, before)) return;
  if (!sameLength(next, before, report) || !deadline(next, before, report)) return;
  tolerationUpdates(next, before, report);
  const known = new Set(list(before, 'schedulingGates').map((gate) => text(gate, 'name')));
  list(next, 'schedulingGates').forEach((gate, i) => {
    const name = text(gate, 'name');
    if (!known.has(name))
      report.forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`);
  });
  if (!deepEqual(comparable(next ?? {}, before ?? {}), comparable(before ?? {}, before ?? {})))
    report.forbidden('spec', `pod updates may not change fields other than ${CHANGEABLE}`);
}

const FREE = ['activeDeadlineSeconds', 'tolerations', 'schedulingGates', 'nodeName'];

/** A Pod's spec without what an update may change. */
function comparable(spec: JsonObject, old: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = {};
  const gated = list(old, 'schedulingGates').length > 0;
  const grace = number(old, 'terminationGracePeriodSeconds') ?? 0;
  for (const [key, value] of Object.entries(spec)) {
    if (FREE.includes(key) || (gated && (key === 'nodeSelector' || key === 'affinity'))) continue;
    if (key === 'terminationGracePeriodSeconds' && grace < 0 && (value === 1 || value === grace)) continue;
    const containers = (key === 'containers' || key === 'initContainers') && Array.isArray(value);
    out[key] = containers ? value.map((c: JsonValue) => (isObject(c) ? { ...c, image: '' } : c)) : value;
  }
  return out;
}
