import { deepEqual, goJson, type JsonObject } from '@flux-ts/base';
import { checkDnsSubdomain, checkPathSegment } from '@flux-ts/schema';
import { labelSelector } from './labels.ts';
import { list, part, text, texts } from './read.ts';
import type { Report } from './report.ts';

const GROUP = 'rbac.authorization.k8s.io';

function rule(value: JsonObject, { path, namespaced }: { path: string; namespaced: boolean }, report: Report): void {
  if (texts(value, 'verbs').length === 0) report.required(`${path}.verbs`, 'verbs must contain at least one value');
  const urls = texts(value, 'nonResourceURLs');
  const [groups, resources, names] = ['apiGroups', 'resources', 'resourceNames'].map((key) => texts(value, key).length);
  if (urls.length > 0) {
    if (namespaced) report.invalid(`${path}.nonResourceURLs`, [...urls], 'namespaced rules cannot apply to non-resource URLs');
    if (groups || resources || names)
      report.invalid(`${path}.nonResourceURLs`, [...urls], 'rules cannot apply to both regular resources and non-resource URLs');
    return;
  }
  if (!groups) report.required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
  if (!resources) report.required(`${path}.resources`, 'resource rules must supply at least one resource');
}

/** A Role. */
export function role(object: JsonObject, report: Report): void {
  list(object, 'rules').forEach((value, i) => rule(value, { path: `rules[${i}]`, namespaced: true }, report));
}

/** A ClusterRole. */
export function clusterRole(object: JsonObject, report: Report): void {
  list(object, 'rules').forEach((value, i) => rule(value, { path: `rules[${i}]`, namespaced: false }, report));
  const aggregation = part(object, 'aggregationRule');
  if (aggregation === undefined) return;
  const at = 'aggregationRule.clusterRoleSelectors';
  const selectors = list(aggregation, 'clusterRoleSelectors');
  if (selectors.length === 0) report.required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  selectors.forEach((selector, i) => labelSelector(selector, `${at}[${i}]`, report));
}

function subject(value: JsonObject, { path, namespaced }: { path: string; namespaced: boolean }, report: Report): void {
  const [kind, name, group] = [text(value, 'kind'), text(value, 'name'), text(value, 'apiGroup')];
  if (name === '') report.required(`${path}.name`);
  if (kind === 'ServiceAccount') {
    if (name !== '') report.invalidFor(`${path}.name`, name, checkDnsSubdomain(name));
    if (group !== '') report.notSupported(`${path}.apiGroup`, group, ['']);
    if (!namespaced && text(value, 'namespace') === '') report.required(`${path}.namespace`);
  } else if (kind === 'User' || kind === 'Group') {
    if (group !== GROUP) report.notSupported(`${path}.apiGroup`, group, [GROUP]);
  } else report.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']);
}

function binding(object: JsonObject, { namespaced, old }: { namespaced: boolean; old: JsonObject | undefined }, report: Report): void {
  const reference = part(object, 'roleRef');
  const [group, kind, name] = [text(reference, 'apiGroup'), text(reference, 'kind'), text(reference, 'name')];
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (group !== GROUP) report.notSupported('roleRef.apiGroup', group, [GROUP]);
  if (!kinds.includes(kind)) report.notSupported('roleRef.kind', kind, kinds);
  if (name === '') report.required('roleRef.name');
  else report.invalidFor('roleRef.name', name, checkPathSegment(name));
  list(object, 'subjects').forEach((value, i) => subject(value, { path: `subjects[${i}]`, namespaced }, report));
  if (old === undefined || deepEqual(object['roleRef'], old['roleRef'])) return;
  const shown = `{"APIGroup":${goJson(group)},"Kind":${goJson(kind)},"Name":${goJson(name)}}`;
  report.invalidShown('roleRef', shown, 'cannot change roleRef');
}

/** A RoleBinding, new or changed. */
export function roleBinding(object: JsonObject, report: Report, old?: JsonObject): void {
  binding(object, { namespaced: true, old }, report);
}

/** A ClusterRoleBinding, new or changed. */
export function clusterRoleBinding(object: JsonObject, report: Report, old?: JsonObject): void {
  binding(object, { namespaced: false, old }, report);
}
