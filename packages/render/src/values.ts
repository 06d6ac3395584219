import { FluxError, errorMessage, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { configDigest, parseSet, parseSetString, readValues } from '@flux-ts/helm';

/** Why values could not be composed. */
export type ValuesReferenceReason = 'VALUES_NOT_FOUND' | 'VALUES_KEY_NOT_FOUND' | 'VALUES_KIND' | 'VALUES_READ' | 'VALUES_MERGE';

/** An entry of `valuesFrom` that cannot be used; `message` is helm-controller's text. */
export class ValuesReferenceError extends FluxError<ValuesReferenceReason> {}

/** One entry of `spec.valuesFrom`. */
export interface ValuesReference {
  readonly kind: string;
  readonly name: string;
  readonly valuesKey?: string;
  readonly targetPath?: string;
  readonly optional?: boolean;
  readonly literal?: boolean;
}

/** Where values come from. */
export interface ValuesInput {
  readonly valuesFrom?: readonly ValuesReference[];
  /** `spec.values`. */
  readonly values?: JsonObject;
  readonly namespace: string;
}

/** Reads the data of a ConfigMap or Secret (decoded); undefined where there is none. */
export type ReadValuesReference = (kind: 'ConfigMap' | 'Secret', name: string) => Readonly<Record<string, string>> | undefined;

/** Composed values and what was read for them. */
export interface ComposedValues {
  readonly values: JsonObject;
  readonly reads: readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly name: string; readonly found: boolean }[];
}

/**
 * Composes a HelmRelease's values as helm-controller does: each entry of `valuesFrom` over those before it, the inline
 * values last. An entry with `targetPath` is set with Helm's `--set` syntax over the values so far and the inline ones;
 * what it sets inside a mapping that came from the inline values stays, as it does in Go, where that mapping is shared.
 * @throws ValuesReferenceError where an entry that is not optional is missing, or cannot be read or set
 */
export function composeValues(input: ValuesInput, read: ReadValuesReference): ComposedValues {
  let inline: JsonObject = input.values ?? {};
  let result: JsonObject = {};
  const reads: { kind: 'ConfigMap' | 'Secret'; name: string; found: boolean }[] = [];
  const seen = new Map<string, Readonly<Record<string, string>> | undefined>();
  for (const reference of input.valuesFrom ?? []) {
    const { kind, name } = reference;
    const fail = (code: ValuesReferenceReason, why: string, cause?: unknown): never => {
      throw new ValuesReferenceError({
        code,
        message: referenceMessage(reference, input.namespace, why),
        ...(cause === undefined ? {} : { cause }),
      });
    };
    if (kind !== 'ConfigMap' && kind !== 'Secret') return fail('VALUES_KIND', 'unsupported values reference kind');
    const id = `${kind}/${name}`;
    if (!seen.has(id)) {
      const data = read(kind, name);
      seen.set(id, data);
      reads.push({ kind, name, found: data !== undefined });
    }
    const data = seen.get(id);
    const key = reference.valuesKey === undefined || reference.valuesKey === '' ? 'values.yaml' : reference.valuesKey;
    if (data === undefined) {
      if (reference.optional === true) continue;
      return fail('VALUES_NOT_FOUND', `${kind === 'Secret' ? 'secrets' : 'configmaps'} "${name}" not found`);
    }
    if (!Object.hasOwn(data, key)) {
      if (reference.optional === true) continue;
      return fail('VALUES_KEY_NOT_FOUND', 'key not found');
    }
    const text = data[key] as string;
    if (reference.targetPath !== undefined && reference.targetPath !== '') {
      const before = mergeShared(result, inline);
      try {
        result = setValue(before, { path: reference.targetPath, value: text, literal: reference.literal === true });
      } catch (error) {
        return fail('VALUES_MERGE', errorMessage(error), error);
      }
      inline = follow(inline, changes(before, result)) as JsonObject;
      continue;
    }
    let more: JsonObject;
    try {
      more = readValues(text);
    } catch (error) {
      return fail('VALUES_READ', errorMessage(error), error);
    }
    result = mergeShared(result, more);
  }
  return { values: mergeShared(result, inline), reads };
}

function referenceMessage(reference: ValuesReference, namespace: string, why: string): string {
  const key = reference.valuesKey === undefined || reference.valuesKey === '' ? 'values.yaml' : reference.valuesKey;
  const optional = reference.optional === true ? ' optional' : '';
  return `could not resolve${optional} ${reference.kind} chart values reference '${namespace}/${reference.name}' with key '${key}': ${why}`;
}

/** Merges mappings; what only one side has is shared with it, not copied. */
function mergeShared(a: JsonObject, b: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = Object.hasOwn(out, key) ? out[key] : undefined;
    out[key] = isObject(value) && isObject(old) ? mergeShared(old, value) : value;
  }
  return out;
}

/** Sets one value as Helm's `--set` does; a value in quotes is a string, a literal one has nothing special in it. */
export function setValue(
  values: JsonObject,
  entry: { readonly path: string; readonly value: string; readonly literal?: boolean },
): JsonObject {
  const { path, value } = entry;
  if (entry.literal === true) return parseSetString(`${path}=${value.replace(/[\\,[\]{}]/g, (c) => `\\${c}`)}`, values);
  const quoted = (mark: string): boolean => value.startsWith(mark) && value.endsWith(mark);
  if (quoted("'") || quoted('"')) return parseSetString(`${path}=${value.replace(/^['"]+|['"]+$/g, '')}`, values);
  return parseSet(`${path}=${value}`, values);
}

/** Which mappings and lists of one value have become which of another, place by place. */
function changes(before: JsonValue, after: JsonValue, into: Map<JsonValue, JsonValue> = new Map()): Map<JsonValue, JsonValue> {
  if (before === after) return into;
  if (isObject(before) && isObject(after)) {
    into.set(before, after);
    for (const [key, value] of Object.entries(before)) if (Object.hasOwn(after, key)) changes(value, after[key] as JsonValue, into);
  } else if (isArray(before) && isArray(after) && before.length === after.length) {
    into.set(before, after);
    before.forEach((item, i) => changes(item, after[i] as JsonValue, into));
  }
  return into;
}

/** A value whose shared parts have changed. The value itself is nobody else's. */
function follow(value: JsonValue, changed: ReadonlyMap<JsonValue, JsonValue>, top = true): JsonValue {
  if (!top && changed.has(value)) return changed.get(value) as JsonValue;
  if (isArray(value)) return value.map((item) => follow(item, changed, false));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, follow(item, changed, false)]));
}

/** The digest of a HelmRelease's values as its history carries it: `sha256:<hex>`. */
export function valuesDigest(values: JsonObject): string {
  return configDigest(values);
}
