import { deepEqual, isArray, isObject, own, sortedKeys, stringifyJson, type JsonValue } from '@flux-ts/base';
import type { JsonPatchOperation } from './json-patch.ts';

/** How {@link createJsonPatch} compares. */
export interface JsonDiffOptions {
  /** Leaves a path (a JSON pointer) out of the comparison, with all that lies below. */
  readonly ignore?: (pointer: string) => boolean;
  /** Before every replace and remove, tests the old value. Default false. */
  readonly invertible?: boolean;
  /** Replaces an object or array as a whole where that is the shorter patch. Default false. */
  readonly rationalize?: boolean;
}

/**
 * The RFC 6902 patch that makes one document from the other: keys in sorted order, arrays item by item from the front,
 * what is left over removed or appended.
 */
export function createJsonPatch(from: JsonValue, to: JsonValue, options: JsonDiffOptions = {}): JsonPatchOperation[] {
  const out: JsonPatchOperation[] = [];
  const ignore = options.ignore ?? ((): boolean => false);
  const old = (path: string, value: JsonValue): void => {
    if (options.invertible === true) out.push({ op: 'test', path, value });
  };
  const remove = (path: string, value: JsonValue): void => {
    old(path, value);
    out.push({ op: 'remove', path });
  };
  const diff = (path: string, a: JsonValue, b: JsonValue): void => {
    if (ignore(path) || deepEqual(a, b)) return;
    const before = out.length;
    compare(path, a, b);
    if (options.rationalize !== true || out.length === before) return;
    const whole: JsonPatchOperation[] = [{ op: 'replace', path, value: b }];
    if (options.invertible === true) whole.unshift({ op: 'test', path, value: a });
    if (size(out.slice(before)) > size(whole)) out.splice(before, out.length - before, ...whole);
  };
  const compare = (path: string, a: JsonValue, b: JsonValue): void => {
    if (isObject(a) && isObject(b)) {
      for (const key of sortedKeys({ ...a, ...b })) {
        const pointer = `${path}/${escapePointer(key)}`;
        const before = own(a, key);
        const after = own(b, key);
        if (before !== undefined && after !== undefined) diff(pointer, before, after);
        else if (ignore(pointer)) continue;
        else if (before !== undefined) remove(pointer, before);
        else if (after !== undefined) out.push({ op: 'add', path: pointer, value: after });
      }
    } else if (isArray(a) && isArray(b)) {
      const shared = Math.min(a.length, b.length);
      // every removal moves the rest up, so the place stays the same
      for (const item of a.slice(shared)) if (!ignore(`${path}/${shared}`)) remove(`${path}/${shared}`, item);
      for (let i = 0; i < shared; i++) diff(`${path}/${i}`, a[i] as JsonValue, b[i] as JsonValue);
      for (const value of b.slice(shared)) if (!ignore(`${path}/-`)) out.push({ op: 'add', path: `${path}/-`, value });
    } else {
      old(path, a);
      out.push({ op: 'replace', path, value: b });
    }
  };
  diff('', from, to);
  return out;
}

/** The bytes of a patch as JSON. */
function size(operations: readonly JsonPatchOperation[]): number {
  return Buffer.byteLength(stringifyJson(operations as unknown as JsonValue));
}

/** Writes a key as a token of a JSON pointer. */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
