import { deepEqual, getPath, type JsonObject, type PathStep } from '@flux-ts/base';
import { fieldError, type FieldError } from '@flux-ts/schema';

/** The text that GitOps tools look for. */
export const IMMUTABLE = 'field is immutable';

/** An error for each of the fields that differ. Paths are written with dots. */
export function immutableFields(next: JsonObject, old: JsonObject, paths: readonly string[]): FieldError[] {
  return paths.flatMap((path) => {
    const steps: PathStep[] = path.split('.');
    const value = getPath(next, steps);
    return deepEqual(value, getPath(old, steps)) ? [] : [fieldError('FieldValueInvalid', path, value ?? null, IMMUTABLE)];
  });
}

/** Whether two objects are equal but for some fields of one part of them. */
export function equalExcept(next: JsonObject | undefined, old: JsonObject | undefined, ignored: readonly string[]): boolean {
  const keys = new Set([...Object.keys(next ?? {}), ...Object.keys(old ?? {})]);
  for (const key of keys) if (!ignored.includes(key) && !deepEqual(next?.[key], old?.[key])) return false;
  return true;
}
