import { goJson, type JsonObject } from '@flux-ts/base';
import { checkDnsSubdomain, checkUnixId } from '@flux-ts/schema';
import { has, list, number, part, text, texts } from './read.ts';
import type { Report } from './report.ts';
import { descendingPath, optionalOneOf } from './values.ts';

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const SYSCTL_RE = new RegExp(SYSCTL);
const IPC_SYSCTLS = /^(kernel[./]sem$|kernel[./](shm|msg)|fs[./]mqueue[./])/;
const LONGEST_PROFILE = 4095;

function id(context: JsonObject, { key, path }: { key: string; path: string }, report: Report): void {
  const value = number(context, key);
  if (value !== undefined) report.invalidFor(`${path}.${key}`, value, checkUnixId(value));
}

function seccomp(context: JsonObject, path: string, report: Report): void {
  const profile = part(context, 'seccompProfile');
  if (profile === undefined) return;
  const at = `${path}.seccompProfile`;
  const type = text(profile, 'type');
  if (type === '') report.required(`${at}.type`, 'type is required when seccompProfile is set');
  else if (!PROFILES.includes(type)) report.notSupported(`${at}.type`, type, PROFILES);
  if (type === 'Localhost') {
    if (!has(profile, 'localhostProfile')) report.required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost');
    else descendingPath(text(profile, 'localhostProfile'), `${at}.localhostProfile`, report);
  } else if (has(profile, 'localhostProfile')) {
    const shown = `{"Type":${JSON.stringify(type)},"LocalhostProfile":${JSON.stringify(text(profile, 'localhostProfile'))}}`;
    report.invalidShown(`${at}.localhostProfile`, shown, 'can only be set when seccomp type is Localhost');
  }
}

function appArmor(context: JsonObject, path: string, report: Report): void {
  const profile = part(context, 'appArmorProfile');
  if (profile === undefined) return;
  const at = `${path}.appArmorProfile`;
  const type = text(profile, 'type');
  const local = profile['localhostProfile'];
  if (type === 'Localhost') {
    const name = typeof local === 'string' ? local : '';
    if (typeof local === 'string' && local.trim() !== local)
      report.invalid(`${at}.localhostProfile`, local, 'must not be padded with whitespace');
    else if (name === '') report.required(`${at}.localhostProfile`, 'must be set when AppArmor type is Localhost');
    if (Buffer.byteLength(name) > LONGEST_PROFILE) report.tooLong(`${at}.localhostProfile`, LONGEST_PROFILE);
  } else if (type === '') report.required(`${at}.type`, 'type is required when appArmorProfile is set');
  else if (!PROFILES.includes(type)) report.notSupported(`${at}.type`, type, PROFILES);
  else if (typeof local === 'string') report.invalid(`${at}.localhostProfile`, local, 'can only be set when AppArmor type is Localhost');
}

function windowsOptions(context: JsonObject, path: string, report: Report): void {
  const options = part(context, 'windowsOptions');
  if (options === undefined) return;
  const spec = text(options, 'gmsaCredentialSpecName');
  if (has(options, 'gmsaCredentialSpecName'))
    report.invalidFor(`${path}.windowsOptions.gmsaCredentialSpecName`, spec, checkDnsSubdomain(spec));
  const user = options['runAsUserName'];
  if (typeof user !== 'string') return;
  const at = `${path}.windowsOptions.runAsUserName`;
  // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
  if (user === '') report.invalid(at, user, 'runAsUserName cannot be an empty string');
  else if (/[\u0000-\u001f\u007f]/.test(user)) report.invalid(at, user, 'runAsUserName cannot contain control characters');
  else if (user.split('\\').length > 2) report.invalid(at, user, 'runAsUserName cannot contain more than one backslash');
}

function sysctls(spec: JsonObject, { context, path }: { context: JsonObject; path: string }, report: Report): void {
  const seen = new Set<string>();
  list(context, 'sysctls').forEach((sysctl, i) => {
    const name = text(sysctl, 'name');
    const at = `${path}.sysctls[${i}].name`;
    if (name === '') report.required(at);
    else if (name.length > 253 || !SYSCTL_RE.test(name))
      report.invalid(at, name, `must have at most 253 characters and match regex ${SYSCTL}`);
    else if (seen.has(name)) report.duplicate(at, name);
    if (spec['hostNetwork'] === true && /^net[./]/.test(name)) report.invalid(at, name, "may not be specified when 'hostNetwork' is true");
    else if (spec['hostIPC'] === true && IPC_SYSCTLS.test(name)) report.invalid(at, name, "may not be specified when 'hostIPC' is true");
    seen.add(name);
  });
}

/** The security context of a Pod's spec. */
export function podSecurity(spec: JsonObject, path: string, report: Report): void {
  const context = part(spec, 'securityContext');
  if (context === undefined) return;
  const at = `${path}.securityContext`;
  for (const key of ['fsGroup', 'runAsUser', 'runAsGroup']) id(context, { key, path: at }, report);
  const groups = context['supplementalGroups'];
  if (Array.isArray(groups)) (groups as number[]).forEach((g, i) => report.invalidFor(`${at}.supplementalGroups[${i}]`, g, checkUnixId(g)));
  if (spec['shareProcessNamespace'] === true && spec['hostPID'] === true)
    report.invalid(`${at}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled');
  sysctls(spec, { context, path: at }, report);
  optionalOneOf(context['fsGroupChangePolicy'], { path: `${at}.fsGroupChangePolicy`, supported: ['Always', 'OnRootMismatch'] }, report);
  seccomp(context, at, report);
  windowsOptions(context, at, report);
  appArmor(context, at, report);
  optionalOneOf(context['supplementalGroupsPolicy'], { path: `${at}.supplementalGroupsPolicy`, supported: ['Merge', 'Strict'] }, report);
  optionalOneOf(context['seLinuxChangePolicy'], { path: `${at}.seLinuxChangePolicy`, supported: ['MountOption', 'Recursive'] }, report);
}

/** The security context of a container. @param hostUsers whether it has the users of the node */
export function containerSecurity(container: JsonObject, { path, hostUsers }: { path: string; hostUsers: boolean }, report: Report): void {
  const context = part(container, 'securityContext');
  if (context === undefined) return;
  const at = `${path}.securityContext`;
  for (const key of ['runAsUser', 'runAsGroup']) id(context, { key, path: at }, report);
  optionalOneOf(context['procMount'], { path: `${at}.procMount`, supported: ['Default', 'Unmasked'] }, report);
  if (hostUsers && context['procMount'] === 'Unmasked')
    report.invalid(`${at}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`');
  seccomp(context, at, report);
  if (context['allowPrivilegeEscalation'] === false) {
    if (context['privileged'] === true)
      report.invalidShown(at, containerContextText(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
    for (const added of texts(part(context, 'capabilities'), 'add'))
      if (added === 'CAP_SYS_ADMIN')
        report.invalidShown(
          at,
          containerContextText(context),
          'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        );
  }
  windowsOptions(context, at, report);
  appArmor(context, at, report);
}

/** The fields of a container's security context under their Go names; what has fields itself names them. */
const CONTEXT_FIELDS: readonly (readonly [key: string, name: string, inner?: string])[] = [
  ['capabilities', 'Capabilities', 'Add Drop'],
  ['privileged', 'Privileged'],
  ['seLinuxOptions', 'SELinuxOptions', 'User= Role= Type= Level='],
  ['windowsOptions', 'WindowsOptions', 'GMSACredentialSpecName GMSACredentialSpec RunAsUserName HostProcess'],
  ['runAsUser', 'RunAsUser'],
  ['runAsGroup', 'RunAsGroup'],
  ['runAsNonRoot', 'RunAsNonRoot'],
  ['readOnlyRootFilesystem', 'ReadOnlyRootFilesystem'],
  ['allowPrivilegeEscalation', 'AllowPrivilegeEscalation'],
  ['procMount', 'ProcMount'],
  ['seccompProfile', 'SeccompProfile', 'Type= LocalhostProfile'],
  ['appArmorProfile', 'AppArmorProfile', 'Type= LocalhostProfile'],
];

function goField(object: JsonObject, name: string): string {
  const plain = name.replace('=', '');
  const key = plain.startsWith('GMSA') ? plain.replace('GMSA', 'gmsa') : `${(plain[0] as string).toLowerCase()}${plain.slice(1)}`;
  return `"${plain}":${goJson(object[key] ?? (plain === name ? null : ''))}`;
}

/** A container's security context as Go prints its internal form: all fields, under their Go names. */
function containerContextText(context: JsonObject): string {
  const shown = CONTEXT_FIELDS.map(([key, name, inner]) => {
    const object = inner === undefined ? undefined : part(context, key);
    if (object === undefined || inner === undefined) return `"${name}":${goJson(context[key] ?? null)}`;
    return `"${name}":{${inner
      .split(' ')
      .map((field) => goField(object, field))
      .join(',')}}`;
  });
  return `{${shown.join(',')}}`;
}

const NOT_ON_WINDOWS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const NOT_IN_WINDOWS_CONTAINERS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

/** What a Pod that names its operating system may not have. */
export function operatingSystem(spec: JsonObject, path: string, report: Report): void {
  const os = part(spec, 'os');
  if (os === undefined) return;
  const name = text(os, 'name');
  if (name === '') return report.required(`${path}.os.name`, 'cannot be empty');
  if (name !== 'linux' && name !== 'windows') return report.notSupported(`${path}.os`, name, ['linux', 'windows']);
  const linux = name === 'linux';
  const why = linux ? 'windows options cannot be set for a linux pod' : 'cannot be set for a windows pod';
  const refuse = (context: JsonObject | undefined, keys: readonly string[], at: string): void => {
    for (const key of linux ? ['windowsOptions'] : keys) if (has(context, key)) report.forbidden(`${at}.${key}`, why);
  };
  refuse(part(spec, 'securityContext'), NOT_ON_WINDOWS, `${path}.securityContext`);
  if (!linux)
    for (const key of ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'])
      if (has(spec, key) && spec[key] !== (key.startsWith('hostU') || key.startsWith('share') ? undefined : false))
        report.forbidden(`${path}.${key}`, why);
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'])
    list(spec, field).forEach((container, i) =>
      refuse(part(container, 'securityContext'), NOT_IN_WINDOWS_CONTAINERS, `${path}.${field}[${i}].securityContext`),
    );
}
