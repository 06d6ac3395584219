import { getArray, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { FieldSet } from '@flux-ts/merge';
import { annotationsOf, labelsOf } from '../object.ts';

/** A manager whose fields are taken over: `name` is a prefix unless `exact` is set. */
export interface FieldManagerMatch {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly exact?: boolean;
}

/** What is removed from a live object before it is applied. */
export interface CleanupOptions {
  readonly annotations?: readonly string[];
  readonly labels?: readonly string[];
  readonly fieldManagers?: readonly FieldManagerMatch[];
  /** Label or annotation values that forbid the cleanup. */
  readonly exclusions?: Readonly<Record<string, string>>;
}

function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The JSON patch that cleans a live object; empty where nothing is to do. @param manager who takes the fields over */
export function cleanupPatch(live: JsonObject, options: CleanupOptions, manager: string): JsonObject[] {
  const annotations = annotationsOf(live);
  const labels = labelsOf(live);
  const patch: JsonObject[] = [
    ...(options.annotations ?? [])
      .filter((k) => Object.hasOwn(annotations, k))
      .map((k) => ({ op: 'remove', path: `/metadata/annotations/${pointer(k)}` })),
    ...(options.labels ?? [])
      .filter((k) => Object.hasOwn(labels, k))
      .map((k) => ({ op: 'remove', path: `/metadata/labels/${pointer(k)}` })),
  ];
  const entries = takeOver((getArray(live, ['metadata', 'managedFields']) ?? []).filter(isObject), options.fieldManagers ?? [], manager);
  if (entries !== undefined) patch.push({ op: 'replace', path: '/metadata/managedFields', value: entries });
  return patch;
}

function matches(entry: JsonObject, managers: readonly FieldManagerMatch[]): boolean {
  if ((getString(entry, ['subresource']) ?? '') !== '') return false;
  const name = getString(entry, ['manager']) ?? '';
  return managers.some((m) => entry['operation'] === m.operation && (m.exact === true ? name === m.name : name.startsWith(m.name)));
}

/** Merges the entries of other managers into the one of `manager`. @returns undefined where there are none */
function takeOver(entries: readonly JsonObject[], managers: readonly FieldManagerMatch[], manager: string): JsonValue[] | undefined {
  const taken = entries.filter((e) => matches(e, managers));
  if (taken.length === 0) return undefined;
  const isOurs = (e: JsonObject): boolean =>
    e['manager'] === manager && e['operation'] === 'Apply' && (getString(e, ['subresource']) ?? '') === '';
  const rest = entries.filter((e) => !matches(e, managers) && !isOurs(e));
  const own = entries.find((e) => isOurs(e) && !matches(e, managers));
  const all = own === undefined ? taken : [own, ...taken];
  const fields = all.map((e) => FieldSet.fromJson(e['fieldsV1'] ?? {})).reduce((a, b) => a.union(b));
  const base = all[0] as JsonObject;
  return [{ ...base, manager, operation: 'Apply', fieldsV1: fields.toJson() }, ...rest];
}
