import { deepEqual, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { labelSelectorFrom } from '@flux-ts/schema';
import type { Core } from '../core.ts';
import { labelsOf } from '../write/metadata.ts';

const TABLE = 'rbac.authorization.k8s.io/clusterroles';

/** Fills in the rules of ClusterRoles that are made of others (admin, edit, view), wherever they differ. */
export function aggregateRoles(core: Core): void {
  const all = core.store.table(TABLE).list();
  for (const stored of all) {
    const rule = stored.object['aggregationRule'];
    const selectors = isObject(rule) ? ((rule['clusterRoleSelectors'] as readonly JsonObject[] | undefined) ?? []) : undefined;
    if (selectors === undefined) continue;
    const compiled = selectors.map((s) => labelSelectorFrom(s));
    const rules: JsonValue[] = [];
    for (const other of all) {
      if (other === stored || !compiled.some((s) => s.matches(labelsOf(other.object)))) continue;
      for (const r of (other.object['rules'] as readonly JsonValue[] | undefined) ?? [])
        if (!rules.some((known) => deepEqual(known, r))) rules.push(r);
    }
    if (!deepEqual(stored.object['rules'] ?? [], rules))
      core.store.put({ table: TABLE, namespace: '', name: stored.name }, { ...stored.object, rules });
  }
}
