import { deepEqual, isObject, type JsonObject } from '@flux-ts/base';
import { MASTERS, missingRules, rulesOf, type PolicyRule } from '../authz/authorizer.ts';
import type { ResourceContext } from '../core.ts';
import { forbidden } from '../status.ts';
import { metaString } from '../write/metadata.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Nobody grants what they have not themselves, unless they may `escalate` or `bind`. @throws ApiError Forbidden */
export function checkEscalation(next: JsonObject, old: JsonObject | undefined, context: ResourceContext): void {
  const { core, info, target, user } = context;
  const { type } = target;
  if (type.group !== GROUP || user.groups.includes(MASTERS)) return;
  const isRole = type.kind === 'Role' || type.kind === 'ClusterRole';
  if (isRole && old !== undefined && deepEqual(next['rules'], old['rules'])) return;
  if (!isRole && old !== undefined && deepEqual(next['roleRef'], old['roleRef']) && deepEqual(next['subjects'], old['subjects'])) return;
  const name = metaString(next, 'name');
  const verb = isRole ? 'escalate' : 'bind';
  const role = isRole ? undefined : referenced(next, context);
  const asked = isRole ? { resource: type.resource, name } : { resource: role?.resource ?? 'clusterroles', name: role?.name ?? '' };
  const attributes = { user, verb, namespace: info.namespace, group: GROUP, resource: asked.resource, subresource: '', name: asked.name };
  if (core.authorizer.authorize(attributes).allowed) return;
  const wanted = isRole ? rulesOf(next) : (role?.rules ?? []);
  const missing = missingRules(wanted, core.authorizer.rulesFor(user, info.namespace));
  if (missing.length === 0) return;
  const groups = user.groups.map((g) => JSON.stringify(g)).join(' ');
  const why = `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${missing.map(ruleText).join('\n')}`;
  throw forbidden({ group: GROUP, resource: type.resource, name }, why);
}

function referenced(
  binding: JsonObject,
  { core, info }: ResourceContext,
): { readonly resource: string; readonly name: string; readonly rules: readonly PolicyRule[] } {
  const ref = isObject(binding['roleRef']) ? binding['roleRef'] : {};
  const cluster = ref['kind'] === 'ClusterRole';
  const name = String(ref['name'] ?? '');
  const resource = cluster ? 'clusterroles' : 'roles';
  const stored = core.store.get({ table: `${GROUP}/${resource}`, namespace: cluster ? '' : info.namespace, name });
  return { resource, name, rules: stored === undefined ? [] : rulesOf(stored.object) };
}

function ruleText(rule: PolicyRule): string {
  const part = (title: string, values: readonly string[]): string =>
    values.length === 0 ? '' : `${title}:[${values.map((v) => JSON.stringify(v)).join(' ')}]`;
  const parts = [
    part('APIGroups', rule.apiGroups),
    part('Resources', rule.resources),
    part('ResourceNames', rule.resourceNames),
    part('NonResourceURLs', rule.nonResourceURLs),
    part('Verbs', rule.verbs),
  ];
  return `{${parts.filter((p) => p !== '').join(', ')}}`;
}
