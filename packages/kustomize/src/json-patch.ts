import { deepEqual, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { failure } from './errors.ts';

/** One operation of a JSON patch as it was written. */
export type JsonPatchOperation = JsonObject;

type Container = JsonObject | readonly JsonValue[];

const MISSING = 'missing value';

/**
 * Applies a JSON patch (RFC 6902) as kustomize does. Replacing a field that an object does not have adds it;
 * negative indices count from the end.
 * @throws KustomizeError in kustomize's words; the document stays as it is
 */
export function applyJsonPatch(document: JsonValue, operations: readonly JsonPatchOperation[]): JsonValue {
  let doc = document;
  for (const operation of operations) doc = applyOne(doc, operation);
  return doc;
}

function applyOne(doc: JsonValue, operation: JsonPatchOperation): JsonValue {
  const op = operation['op'];
  switch (op) {
    case 'add':
      return change(doc, textField(operation, 'path', 'add'), {
        missing: (path) => `add operation does not apply: doc is missing path: "${path}": ${MISSING}`,
        failed: (path) => `error in add for path: '${path}'`,
        edit: (container, key) => addTo(container, key, operation['value'] ?? null),
      });
    case 'remove':
      return change(doc, textField(operation, 'path', 'remove'), {
        missing: (path) => `remove operation does not apply: doc is missing path: "${path}": ${MISSING}`,
        failed: (path) => `error in remove for path: '${path}'`,
        edit: removeFrom,
      });
    case 'replace':
      return replace(doc, operation);
    case 'move':
      return move(doc, operation);
    case 'copy':
      return copy(doc, operation);
    case 'test':
      return test(doc, operation);
    default:
      throw failure(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  }
}

function textField(operation: JsonPatchOperation, field: 'path' | 'from', op: string): string {
  const value = operation[field];
  if (typeof value === 'string') return value;
  const why =
    field === 'path'
      ? op === 'add' || op === 'remove'
        ? MISSING
        : `operation missing path field: ${MISSING}`
      : `operation, missing from field: ${MISSING}`;
  throw failure(`${op} operation failed to decode ${field}: ${why}`);
}

function decode(part: string): string {
  return part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part;
}

interface Change {
  readonly missing: (path: string) => string;
  readonly failed: (path: string) => string;
  readonly edit: (container: Container, key: string) => JsonValue;
}

/** Replaces the container that a path's last step lies in. */
function change(doc: JsonValue, path: string, how: Change): JsonValue {
  const parts = path.split('/');
  if (parts.length < 2) throw failure(how.missing(path));
  const steps = parts.slice(1, -1).map(decode);
  const key = decode(parts[parts.length - 1] as string);
  const visit = (value: JsonValue | undefined, at: number): JsonValue => {
    if (!isObject(value) && !isArray(value)) throw failure(how.missing(path));
    if (at === steps.length) {
      try {
        return how.edit(value, key);
      } catch (error) {
        throw failure(`${how.failed(path)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const step = steps[at] as string;
    const child = get(value, step);
    const next = visit(child.error === undefined ? child.value : undefined, at + 1);
    return put(value, step, next);
  };
  return visit(doc, 0);
}

function put(container: Container, step: string, value: JsonValue): JsonValue {
  if (isArray(container)) {
    const copied = [...container];
    copied[position(container, step)] = value;
    return copied;
  }
  return { ...container, [step]: value };
}

function goIndex(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw failure(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function position(list: readonly JsonValue[], step: string): number {
  const index = goIndex(step);
  return index < 0 ? index + list.length : index;
}

function invalid(index: number): Error {
  return failure(`Unable to access invalid index: ${index}: invalid index referenced`);
}

function get(container: Container, key: string): { readonly value?: JsonValue | undefined; readonly error?: Error } {
  if (!isArray(container)) return { value: own(container, key) };
  try {
    const index = goIndex(key);
    if (index >= container.length || index < -container.length) return { error: invalid(index) };
    return { value: container[position(container, key)] };
  } catch (error) {
    return { error: error as Error };
  }
}

function addTo(container: Container, key: string, value: JsonValue): JsonValue {
  if (!isArray(container)) return { ...container, [key]: value };
  if (key === '-') return [...container, value];
  let index: number;
  try {
    index = goIndex(key);
  } catch (error) {
    throw failure(`value was not a proper array index: '${key}': ${(error as Error).message}`);
  }
  const size = container.length + 1;
  if (index >= size || index < -size) throw invalid(index);
  return container.toSpliced(index < 0 ? index + size : index, 0, value);
}

function removeFrom(container: Container, key: string): JsonValue {
  if (!isArray(container)) {
    if (!Object.hasOwn(container, key)) throw failure(`Unable to remove nonexistent key: ${key}: ${MISSING}`);
    const { [key]: _gone, ...rest } = container;
    return rest;
  }
  const index = goIndex(key);
  if (index >= container.length || index < -container.length) throw invalid(index);
  return container.toSpliced(index < 0 ? index + container.length : index, 1);
}

function replace(doc: JsonValue, operation: JsonPatchOperation): JsonValue {
  const path = textField(operation, 'path', 'replace');
  const value = operation['value'] ?? null;
  if (path === '') {
    if (!isObject(value) && !isArray(value)) throw failure('replace operation value must be object or array: %!w(<nil>)');
    return value;
  }
  const missing = `replace operation does not apply: doc is missing path: ${path}: ${MISSING}`;
  const container = find(doc, path);
  if (container === undefined) throw failure(missing);
  if (get(container.container, container.key).error !== undefined)
    throw failure(`replace operation does not apply: doc is missing key: ${path}: ${MISSING}`);
  return change(doc, path, {
    missing: () => missing,
    failed: (p) => `error in remove for path: '${p}'`,
    edit: (at, key) => put(at, key, value),
  });
}

function find(doc: JsonValue, path: string): { readonly container: Container; readonly key: string } | undefined {
  const parts = path.split('/');
  if (parts.length < 2) return undefined;
  let at: JsonValue | undefined = doc;
  for (const part of parts.slice(1, -1)) {
    if (!isObject(at) && !isArray(at)) return undefined;
    const next: ReturnType<typeof get> = get(at, decode(part));
    if (next.error !== undefined) return undefined;
    at = next.value;
  }
  return isObject(at) || isArray(at) ? { container: at, key: decode(parts[parts.length - 1] as string) } : undefined;
}

function move(doc: JsonValue, operation: JsonPatchOperation): JsonValue {
  const from = textField(operation, 'from', 'move');
  const source = find(doc, from);
  if (source === undefined) throw failure(`move operation does not apply: doc is missing from path: ${from}: ${MISSING}`);
  const found = get(source.container, source.key);
  if (found.error !== undefined) throw failure(`error in move for path: '${source.key}': ${found.error.message}`);
  const without = change(doc, from, { missing: () => '', failed: () => `error in move for path: '${source.key}'`, edit: removeFrom });
  const path = textField(operation, 'path', 'move');
  return change(without, path, {
    missing: (p) => `move operation does not apply: doc is missing destination path: ${p}: ${MISSING}`,
    failed: (p) => `error in move for path: '${p}'`,
    edit: (container, key) => addTo(container, key, found.value ?? null),
  });
}

function copy(doc: JsonValue, operation: JsonPatchOperation): JsonValue {
  const from = textField(operation, 'from', 'copy');
  const source = find(doc, from);
  if (source === undefined) throw failure(`copy operation does not apply: doc is missing from path: ${from}: ${MISSING}`);
  const found = get(source.container, source.key);
  if (found.error !== undefined) throw failure(`error in copy for from: '${from}': ${found.error.message}`);
  return change(doc, textField(operation, 'path', 'copy'), {
    missing: (p) => `copy operation does not apply: doc is missing destination path: ${p}: ${MISSING}`,
    failed: () => 'error while adding value during copy',
    edit: (container, key) => addTo(container, key, found.value ?? null),
  });
}

function test(doc: JsonValue, operation: JsonPatchOperation): JsonValue {
  const path = textField(operation, 'path', 'test');
  const wanted = operation['value'];
  const fail = (): never => {
    throw failure(`testing value ${path} failed: test failed`);
  };
  if (path === '') return deepEqual(doc, wanted) ? doc : fail();
  const place = find(doc, path);
  if (place === undefined) throw failure(`test operation does not apply: is missing path: ${path}: ${MISSING}`);
  const found = get(place.container, place.key);
  if (found.error !== undefined) throw failure(`error in test for path: '${path}': ${found.error.message}`);
  if (found.value === undefined || found.value === null) return wanted === undefined || wanted === null ? doc : fail();
  return deepEqual(found.value, wanted) ? doc : fail();
}
