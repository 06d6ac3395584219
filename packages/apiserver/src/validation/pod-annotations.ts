import type { JsonObject } from '@flux-ts/base';
import { list, text } from './read.ts';
import type { Report } from './report.ts';
import { descendingPath } from './values.ts';

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const MIRROR = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

function seccomp(profile: string, path: string, report: Report): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return;
  if (profile.startsWith('localhost/')) descendingPath(profile.slice('localhost/'.length), path, report);
  else report.invalid(path, profile, 'must be a valid seccomp profile');
}

/** Annotations that mean something in Pods. */
export function podAnnotations(
  annotations: JsonObject | undefined,
  { path, spec }: { path: string; spec: JsonObject | undefined },
  report: Report,
): void {
  if (annotations === undefined) return;
  for (const key of Object.keys(annotations).sort()) {
    const value = String(annotations[key]);
    if (key === MIRROR && text(spec, 'nodeName') === '')
      report.invalid(`${path}[${key}]`, value, 'must set spec.nodeName if mirror pod annotation is set');
    else if (key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER)) seccomp(value, `${path}.${key}`, report);
    else if (key.startsWith(APP_ARMOR)) appArmor(key, { value, path, spec }, report);
    else if (key === DELETION_COST && !/^(0|-?[1-9]\d*)$/.test(value)) report.invalid(`${path}[${key}]`, value, 'must be a 32bit integer');
  }
}

function appArmor(key: string, { value, path, spec }: { value: string; path: string; spec: JsonObject | undefined }, report: Report): void {
  const name = key.slice(APP_ARMOR.length);
  const known = ['containers', 'initContainers', 'ephemeralContainers'].some((field) =>
    list(spec, field).some((c) => text(c, 'name') === name),
  );
  if (!known) report.invalid(`${path}[${key}]`, name, 'container not found');
  if (value !== '' && value !== 'runtime/default' && value !== 'unconfined' && !value.startsWith('localhost/'))
    report.invalid(`${path}[${key}]`, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`);
}
