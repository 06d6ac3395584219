import type { JsonObject } from '@flux-ts/base';
import {
  asPrefix,
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkPathSegment,
  fieldError,
  validateMetadata as checkMetadata,
  type FieldError,
  type NameCheck,
} from '@flux-ts/schema';
import type { ResourceType } from '../registry/resource.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { finalizersOf, metadataOf } from './metadata.ts';

const STANDARD_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes', 'customresourcecleanup.apiextensions.k8s.io']);

const NAME_RULES: Readonly<Record<NonNullable<Strategy['names']>, NameCheck>> = {
  subdomain: checkDnsSubdomain,
  label: checkDnsLabel,
  label1035: checkDns1035Label,
  path: checkPathSegment,
  any: () => [],
};

/** What is wrong with an object's metadata. */
export function validateMetadata(object: JsonObject, type: ResourceType, strategy: Strategy): FieldError[] {
  const rule = NAME_RULES[strategy.names ?? 'subdomain'];
  return checkMetadata(metadataOf(object), {
    namespaced: type.namespaced,
    checkName: (name, prefix) => (prefix ? asPrefix(rule)(name) : rule(name)),
  });
}

/** What is allowed but not wise: finalizers that others may use too. */
export function metadataWarnings(object: JsonObject, old?: JsonObject): string[] {
  const before = new Set(old === undefined ? [] : finalizersOf(old));
  return finalizersOf(object)
    .filter((f) => !f.includes('/') && !STANDARD_FINALIZERS.has(f) && !before.has(f))
    .map(
      (f) =>
        `metadata.finalizers: ${JSON.stringify(f)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
    );
}

/** What an update may not do to the metadata. */
export function validateMetadataUpdate(next: JsonObject, old: JsonObject): FieldError[] {
  if (metadataOf(old)['deletionTimestamp'] === undefined) return [];
  const before = new Set(finalizersOf(old));
  const added = finalizersOf(next).filter((f) => !before.has(f));
  if (added.length === 0) return [];
  const shown = `[]string{${added.map((f) => JSON.stringify(f)).join(', ')}}`;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`;
  return [fieldError('FieldValueForbidden', 'metadata.finalizers', undefined, why)];
}
