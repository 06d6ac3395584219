import { errorMessage, getObject, getString, isObject, own, type JsonObject } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';
import { formatGo } from '@flux-ts/gotemplate';
import { splitManifests } from '../render/split.ts';
import type { Report } from './message.ts';

const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const SUBDOMAIN_WHY = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

/** API versions that Kubernetes dropped, by kind, with what came instead. */
const DROPPED: Readonly<Record<string, readonly [since: readonly [number, number], instead: string]>> = {
  'extensions/v1beta1 Deployment': [[1, 9], 'apps/v1 Deployment'],
  'extensions/v1beta1 DaemonSet': [[1, 9], 'apps/v1 DaemonSet'],
  'extensions/v1beta1 ReplicaSet': [[1, 9], 'apps/v1 ReplicaSet'],
  'extensions/v1beta1 NetworkPolicy': [[1, 9], 'networking.k8s.io/v1 NetworkPolicy'],
  'extensions/v1beta1 Ingress': [[1, 14], 'networking.k8s.io/v1 Ingress'],
  'networking.k8s.io/v1beta1 Ingress': [[1, 19], 'networking.k8s.io/v1 Ingress'],
  'apps/v1beta1 Deployment': [[1, 9], 'apps/v1 Deployment'],
  'apps/v1beta2 Deployment': [[1, 9], 'apps/v1 Deployment'],
  'apps/v1beta1 StatefulSet': [[1, 9], 'apps/v1 StatefulSet'],
  'apps/v1beta2 StatefulSet': [[1, 9], 'apps/v1 StatefulSet'],
  'apps/v1beta2 DaemonSet': [[1, 9], 'apps/v1 DaemonSet'],
  'batch/v1beta1 CronJob': [[1, 21], 'batch/v1 CronJob'],
  'policy/v1beta1 PodDisruptionBudget': [[1, 21], 'policy/v1 PodDisruptionBudget'],
  'policy/v1beta1 PodSecurityPolicy': [[1, 21], ''],
  'apiextensions.k8s.io/v1beta1 CustomResourceDefinition': [[1, 16], 'apiextensions.k8s.io/v1 CustomResourceDefinition'],
  'rbac.authorization.k8s.io/v1beta1 ClusterRole': [[1, 17], 'rbac.authorization.k8s.io/v1 ClusterRole'],
  'rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding': [[1, 17], 'rbac.authorization.k8s.io/v1 ClusterRoleBinding'],
  'rbac.authorization.k8s.io/v1beta1 Role': [[1, 17], 'rbac.authorization.k8s.io/v1 Role'],
  'rbac.authorization.k8s.io/v1beta1 RoleBinding': [[1, 17], 'rbac.authorization.k8s.io/v1 RoleBinding'],
};

/** What the rules of one rendered file know. */
export interface ManifestContext {
  readonly path: string;
  readonly kube: { readonly major: number; readonly minor: number };
  readonly report: Report;
}

function nameProblem(object: JsonObject): string | undefined {
  const kind = getString(object, ['kind']) ?? '';
  const name = getString(object, ['metadata', 'name']) ?? '';
  const loose = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].includes(kind);
  const why = (rule: string): string =>
    `object name does not conform to Kubernetes naming requirements: ${formatGo('%q', [name])}: metadata.name: Invalid value: ${formatGo('%q', [name])}: ${rule}`;
  if (loose) return name === '.' || name === '..' || /[/%]/.test(name) ? why(`may not contain '/' or '%'`) : undefined;
  if (kind.endsWith('List') || kind === 'List') return undefined;
  return new RegExp(`^${SUBDOMAIN}$`).test(name) && name.length <= 253 ? undefined : why(SUBDOMAIN_WHY);
}

function selectorProblem(object: JsonObject): string | undefined {
  const kind = getString(object, ['kind']) ?? '';
  if (!['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].includes(kind)) return undefined;
  const selector = getObject(object, ['spec', 'selector']);
  const has = selector !== undefined && (Object.hasOwn(selector, 'matchLabels') || Object.hasOwn(selector, 'matchExpressions'));
  return has
    ? undefined
    : `a ${kind} must contain matchLabels or matchExpressions, and ${formatGo('%q', [getString(object, ['metadata', 'name']) ?? ''])} does not`;
}

function deprecation(object: JsonObject, kube: ManifestContext['kube']): string | undefined {
  const id = `${getString(object, ['apiVersion']) ?? ''} ${getString(object, ['kind']) ?? ''}`;
  const known = DROPPED[id];
  if (known === undefined) return undefined;
  const [[major, minor], instead] = known;
  if (kube.major < major || (kube.major === major && kube.minor < minor)) return undefined;
  const tail = instead === '' ? '' : `; use ${instead}`;
  return `${id} is deprecated in v${major}.${minor}+${tail.startsWith(';') ? tail : ''}`;
}

function listProblem(object: JsonObject): boolean {
  if (getString(object, ['kind']) !== 'List') return false;
  const items = own(object, 'items');
  return (
    Array.isArray(items) &&
    items.some((item) => isObject(item) && getString(item, ['metadata', 'annotations', 'helm.sh/resource-policy']) !== undefined)
  );
}

/** Checks the documents of one rendered file. */
export function lintManifest(text: string, context: ManifestContext): void {
  const { path, report } = context;
  const first = text.split('\n').find((line) => line.trim() !== '' && line.trim() !== '---');
  if (first !== undefined && /^\s/.test(first) && !first.trimStart().startsWith('#')) {
    report(
      'ERROR',
      path,
      `document starts with an illegal indent ${formatGo('%q', [/^\s+/.exec(first)?.[0] ?? ''])}, which may cause parsing problems`,
    );
  }
  for (const content of splitManifests(text)) {
    let value;
    try {
      value = parseYaml(content);
    } catch (error) {
      report('ERROR', path, `unable to parse YAML: ${errorMessage(error)}`);
      continue;
    }
    if (!isObject(value)) continue;
    const name = nameProblem(value);
    if (name !== undefined) report('WARNING', path, name);
    const old = deprecation(value, context.kube);
    if (old !== undefined) report('WARNING', path, old);
    const selector = selectorProblem(value);
    if (selector !== undefined) report('ERROR', path, selector);
    if (listProblem(value)) report('WARNING', path, "annotation 'helm.sh/resource-policy' within List objects are ignored");
  }
}
