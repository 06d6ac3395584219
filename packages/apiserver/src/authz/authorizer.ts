import type { JsonObject } from '@flux-ts/base';
import type { KubeUser } from '@flux-ts/kube';
import type { Store } from '../storage/store.ts';
import type { Table } from '../storage/table.ts';

/** What a user wants to do. */
export interface Attributes {
  readonly user: KubeUser;
  readonly verb: string;
  /** Empty where all namespaces or no namespace is meant. */
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Set for requests that are no resource. */
  readonly path?: string;
}

/** The answer: allowed or not, and why. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** One rule of a role. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

interface Grant {
  readonly rules: readonly PolicyRule[];
  /** Empty: everywhere. */
  readonly namespace: string;
  readonly reason: string;
}

const GROUP = 'rbac.authorization.k8s.io';
/** Who may do everything, without a look at the roles. */
export const MASTERS = 'system:masters';

/** Decides by the RBAC objects that are stored. What a user is granted is kept until one of them changes. */
export class Authorizer {
  readonly #tables: Readonly<Record<'roles' | 'clusterroles' | 'rolebindings' | 'clusterrolebindings', Table>>;
  readonly #grants = new Map<string, readonly Grant[]>();
  #seen = '';

  constructor(store: Store) {
    const table = (resource: string): Table => store.table(`${GROUP}/${resource}`);
    this.#tables = {
      roles: table('roles'),
      clusterroles: table('clusterroles'),
      rolebindings: table('rolebindings'),
      clusterrolebindings: table('clusterrolebindings'),
    };
  }

  /** Whether a request is allowed. */
  authorize(attributes: Attributes): Decision {
    if (attributes.user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
    for (const grant of this.#grantsOf(attributes.user)) {
      if (grant.namespace !== '' && grant.namespace !== attributes.namespace) continue;
      if (grant.rules.some((rule) => allows(rule, attributes))) return { allowed: true, reason: grant.reason };
    }
    return { allowed: false, reason: '' };
  }

  /** All rules that hold for a user in a namespace. */
  rulesFor(user: KubeUser, namespace: string): PolicyRule[] {
    const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] };
    const paths: PolicyRule = { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] };
    if (user.groups.includes(MASTERS)) return [everything, paths];
    return this.#grantsOf(user)
      .filter((g) => g.namespace === '' || g.namespace === namespace)
      .flatMap((g) => g.rules);
  }

  #grantsOf(user: KubeUser): readonly Grant[] {
    const now = Object.values(this.#tables)
      .map((t) => `${t.end}.${t.size}`)
      .join('/');
    if (now !== this.#seen) {
      this.#seen = now;
      this.#grants.clear();
    }
    const key = JSON.stringify([user.name, user.groups]);
    let grants = this.#grants.get(key);
    if (grants === undefined) {
      grants = this.#collect(user);
      this.#grants.set(key, grants);
    }
    return grants;
  }

  #collect(user: KubeUser): Grant[] {
    const grants: Grant[] = [];
    for (const { object } of this.#tables.clusterrolebindings.list()) {
      const subject = matchingSubject(object, user, '');
      const role = subject === undefined ? undefined : this.#tables.clusterroles.get(`/${roleName(object)}`)?.object;
      if (role !== undefined)
        grants.push({
          rules: rulesOf(role),
          namespace: '',
          reason: reason('ClusterRoleBinding', object, { role, subject: subject as string }),
        });
    }
    for (const { object, namespace } of this.#tables.rolebindings.list()) {
      const subject = matchingSubject(object, user, namespace);
      if (subject === undefined) continue;
      const cluster = (object['roleRef'] as JsonObject | undefined)?.['kind'] === 'ClusterRole';
      const role = cluster
        ? this.#tables.clusterroles.get(`/${roleName(object)}`)?.object
        : this.#tables.roles.get(`${namespace}/${roleName(object)}`)?.object;
      if (role !== undefined) grants.push({ rules: rulesOf(role), namespace, reason: reason('RoleBinding', object, { role, subject }) });
    }
    return grants;
  }
}

function roleName(binding: JsonObject): string {
  return String((binding['roleRef'] as JsonObject | undefined)?.['name'] ?? '');
}

function reason(kind: string, binding: JsonObject, { role, subject }: { readonly role: JsonObject; readonly subject: string }): string {
  const { name, namespace } = binding['metadata'] as { name: string; namespace?: string };
  const shown = namespace === undefined ? name : `${name}/${namespace}`;
  return `RBAC: allowed by ${kind} ${JSON.stringify(shown)} of ${String(role['kind'])} ${JSON.stringify(roleName(binding))} to ${subject}`;
}

function matchingSubject(binding: JsonObject, user: KubeUser, namespace: string): string | undefined {
  for (const subject of (binding['subjects'] as readonly JsonObject[] | undefined) ?? []) {
    const name = String(subject['name'] ?? '');
    const home = String(subject['namespace'] ?? namespace);
    if (subject['kind'] === 'User' && name === user.name) return `User ${JSON.stringify(name)}`;
    if (subject['kind'] === 'Group' && user.groups.includes(name)) return `Group ${JSON.stringify(name)}`;
    if (subject['kind'] === 'ServiceAccount' && user.name === `system:serviceaccount:${home}:${name}`)
      return `ServiceAccount ${JSON.stringify(`${name}/${home}`)}`;
  }
  return undefined;
}

/** The rules of a role, with what is left out as empty lists. */
export function rulesOf(role: JsonObject): PolicyRule[] {
  const list = (rule: JsonObject, key: string): readonly string[] => (rule[key] as readonly string[] | undefined) ?? [];
  return ((role['rules'] as readonly JsonObject[] | undefined) ?? []).map((rule) => ({
    verbs: list(rule, 'verbs'),
    apiGroups: list(rule, 'apiGroups'),
    resources: list(rule, 'resources'),
    resourceNames: list(rule, 'resourceNames'),
    nonResourceURLs: list(rule, 'nonResourceURLs'),
  }));
}

function allows(rule: PolicyRule, wanted: Attributes): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(wanted.verb)) return false;
  if (wanted.path !== undefined) {
    const { path } = wanted;
    return rule.nonResourceURLs.some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
  }
  if (!rule.apiGroups.includes('*') && !rule.apiGroups.includes(wanted.group)) return false;
  const full = wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  const byResource = rule.resources.some((r) => r === '*' || r === full || (wanted.subresource !== '' && r === `*/${wanted.subresource}`));
  return byResource && (rule.resourceNames.length === 0 || rule.resourceNames.includes(wanted.name));
}

/** Whether one set of rules gives nothing that another does not. @returns the rules that are missing */
export function missingRules(wanted: readonly PolicyRule[], held: readonly PolicyRule[]): PolicyRule[] {
  return wanted.filter((rule) => !coveredBy(rule, held));
}

function coveredBy(rule: PolicyRule, held: readonly PolicyRule[]): boolean {
  const covers = (have: readonly string[], want: string): boolean => have.includes('*') || have.includes(want);
  const names = rule.resourceNames.length === 0 ? [''] : rule.resourceNames;
  for (const verb of rule.verbs) {
    for (const url of rule.nonResourceURLs) {
      const ok = held.some(
        (h) =>
          covers(h.verbs, verb) &&
          h.nonResourceURLs.some((u) => u === '*' || u === url || (u.endsWith('*') && url.startsWith(u.slice(0, -1)))),
      );
      if (!ok) return false;
    }
    for (const group of rule.apiGroups) {
      for (const resource of rule.resources) {
        for (const name of names) {
          const ok = held.some(
            (h) =>
              covers(h.verbs, verb) &&
              covers(h.apiGroups, group) &&
              covers(h.resources, resource) &&
              (h.resourceNames.length === 0 || h.resourceNames.includes(name)),
          );
          if (!ok) return false;
        }
      }
    }
  }
  return true;
}
