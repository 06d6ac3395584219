import { FieldSet, FieldSetBuilder } from './field-set.ts';
import { fieldName, type PathElement } from './path-element.ts';
import type { TypeSchema } from './type-schema.ts';
import { Walk } from './walk.ts';

/**
 * Brings a field set into line with a schema that has changed since: where a list or map has become atomic, what was owned
 * below it becomes ownership of the whole.
 * @returns undefined where nothing changes
 * @throws TypedError where the set has a field that the schema does not declare
 */
export function reconcileFieldSet(type: TypeSchema, set: FieldSet): FieldSet | undefined {
  if (type.deduced || set.isEmpty || type.reconciled.has(set)) return undefined;
  const walk = new Walk();
  const whole = new FieldSetBuilder();
  reconcile(type, set, false, { walk, whole });
  walk.finish();
  const changed = whole.build();
  if (changed.isEmpty) type.reconciled.add(set);
  return changed.isEmpty ? undefined : set.recursiveDifference(changed).union(changed);
}

interface Context {
  readonly walk: Walk;
  readonly whole: FieldSetBuilder;
}

function reconcile(type: TypeSchema, set: FieldSet, member: boolean, context: Context): void {
  if (type.map !== undefined) {
    const map = type.map;
    if (map.open) return;
    if (!member && map.atomic) {
      if (!set.isEmpty) context.whole.insert(context.walk.path);
      return;
    }
    each(set, (element, below, isMember) => {
      context.walk.path.push(element);
      const name = fieldName(element);
      const next = name === undefined ? undefined : map.typeOf(name);
      if (next === undefined) context.walk.problem('field not declared in schema');
      else reconcile(next, below, isMember, context);
      context.walk.path.pop();
    });
  } else if (type.list !== undefined && type.scalar === undefined) {
    const list = type.list;
    if (!member && list.atomic) {
      context.whole.insert(context.walk.path);
      return;
    }
    each(set, (element, below, isMember) => {
      context.walk.path.push(element);
      reconcile(list.element, below, isMember, context);
      context.walk.path.pop();
    });
  }
}

/** Calls back for every element; `member`: the element itself is owned and nothing below it. */
function each(set: FieldSet, visit: (element: PathElement, below: FieldSet, member: boolean) => void): void {
  for (const [element, below] of set.children) visit(element, below, false);
  for (const element of set.members) if (!set.children.has(element)) visit(element, FieldSet.empty, true);
}
