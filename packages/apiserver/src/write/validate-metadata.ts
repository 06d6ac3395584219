import type { JsonObject } from '@flux-ts/base';
import {
  asPrefix,
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkPathSegment,
  fieldError,
  fieldPath,
  validateMetadata as checkMetadata,
  validateMetadataUpdate as checkMetadataUpdate,
  type FieldError,
  type NameCheck,
} from '@flux-ts/schema';
import { validateManagedFields } from '@flux-ts/merge';
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

/** Finalizers of built-in kinds that need no domain. */
const PLAIN_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** Groups whose kinds take any finalizer, though they are built in. */
const ANY_FINALIZER = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** What is wrong with an object's metadata. @param old the object as it was: finalizers that it has are not looked at again */
export function validateMetadata(object: JsonObject, type: ResourceType, strategy: Strategy, old?: JsonObject): FieldError[] {
  const rule = NAME_RULES[strategy.names ?? 'subdomain'];
  const metadata = metadataOf(object);
  const errors = checkMetadata(metadata, {
    namespaced: type.namespaced,
    checkName: (name, prefix) => (prefix ? asPrefix(rule)(name) : rule(name)),
  });
  for (const { path, type: kind, value, message } of validateManagedFields(metadata['managedFields'])) {
    errors.push(fieldError(kind, path, value, message));
  }
  if (!type.custom && !ANY_FINALIZER.has(type.group)) checkFinalizers(errors, finalizersOf(object), old);
  return errors;
}

function checkFinalizers(errors: FieldError[], finalizers: readonly string[], old: JsonObject | undefined): void {
  for (const [i, name] of finalizers.entries()) {
    if (name.includes('/') || PLAIN_FINALIZERS.has(name) || (old !== undefined && finalizersOf(old).includes(name))) continue;
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.push(fieldError('FieldValueInvalid', fieldPath.index('metadata.finalizers', i), name, why));
  }
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
  return checkMetadataUpdate(metadataOf(next), metadataOf(old));
}
