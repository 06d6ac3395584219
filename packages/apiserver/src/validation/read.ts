import type { JsonObject, JsonValue } from '@flux-ts/base';

const NOTHING: readonly never[] = [];

/** The objects of a list; none where there is no list. The types of fields were checked when the object was decoded. */
export function list(object: JsonObject | undefined, key: string): readonly JsonObject[] {
  const value = object?.[key];
  return Array.isArray(value) ? (value as readonly JsonObject[]) : NOTHING;
}

/** The texts of a list; none where there is no list. */
export function texts(object: JsonObject | undefined, key: string): readonly string[] {
  const value = object?.[key];
  return Array.isArray(value) ? (value as readonly string[]) : NOTHING;
}

/** A text; empty where there is none, as Go has it. */
export function text(object: JsonObject | undefined, key: string): string {
  const value = object?.[key];
  return typeof value === 'string' ? value : '';
}

/** A number; undefined where there is none. */
export function number(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
}

/** A part of an object; undefined where there is none. */
export function part(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value: JsonValue | undefined = object?.[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Whether a field is set. */
export function has(object: JsonObject | undefined, key: string): boolean {
  const value = object?.[key];
  return value !== undefined && value !== null;
}
