import { deepEqual, define, FluxError, isArray, isObject, omit, own, type JsonObject, type JsonValue } from '@flux-ts/base';

/** One operation of RFC 6902. */
export interface JsonPatchOperation {
  readonly op: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: JsonValue;
}

/** A patch that cannot be read or does not apply; `index` is the operation's place in the patch. */
export class JsonPatchError extends FluxError<'PATCH_INVALID' | 'PATCH_MISSING' | 'PATCH_TEST_FAILED' | 'PATCH_INDEX'> {
  readonly index: number | undefined;

  constructor(code: JsonPatchError['code'], message: string, index?: number) {
    super({ code, message });
    this.index = index;
  }
}

/** Where the patch is more forgiving than the RFC. */
export interface JsonPatchOptions {
  /** Removing what is not there does nothing. Default false. */
  readonly allowMissingPathOnRemove?: boolean;
  /** Adding makes the objects and arrays on the way. Default false. */
  readonly ensurePathExists?: boolean;
  /** `-1` is the last item. Default true, as the Go library has it. */
  readonly supportNegativeIndices?: boolean;
}

/** Reads a patch document. @throws JsonPatchError PATCH_INVALID */
export function decodeJsonPatch(value: JsonValue): JsonPatchOperation[] {
  const refuse = (what: string, into: string): never => {
    throw new JsonPatchError('PATCH_INVALID', `json: cannot unmarshal ${what} into Go value of type ${into}`);
  };
  if (!isArray(value)) return refuse(goKind(value), 'jsonpatch.Patch');
  return value.map((item) => (isObject(item) ? (item as unknown as JsonPatchOperation) : refuse(goKind(item), 'jsonpatch.Operation')));
}

function goKind(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

/** Applies a patch, operation by operation. @throws JsonPatchError with the Go library's text */
export function applyJsonPatch(document: JsonValue, operations: readonly JsonPatchOperation[], options: JsonPatchOptions = {}): JsonValue {
  let out = document;
  operations.forEach((operation, index) => {
    try {
      out = new Step(operation, options).apply(out);
    } catch (error) {
      throw error instanceof JsonPatchError && error.index === undefined ? new JsonPatchError(error.code, error.message, index) : error;
    }
  });
  return out;
}

const MISSING = 'missing value';

class Step {
  readonly #operation: JsonPatchOperation;
  readonly #options: JsonPatchOptions;

  constructor(operation: JsonPatchOperation, options: JsonPatchOptions) {
    this.#operation = operation;
    this.#options = options;
  }

  apply(document: JsonValue): JsonValue {
    const { op } = this.#operation;
    switch (op) {
      case 'add':
        return this.#add(document);
      case 'remove':
        return this.#remove(document);
      case 'replace':
        return this.#replace(document);
      case 'move':
        return this.#move(document);
      case 'test':
        return this.#test(document);
      case 'copy':
        return this.#copy(document);
      default:
        throw new JsonPatchError('PATCH_INVALID', `Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
    }
  }

  #add(document: JsonValue): JsonValue {
    const path = this.#path('path');
    const value = this.#operation.value ?? null;
    const start = this.#options.ensurePathExists === true ? ensure(document, tokens(path)) : document;
    if (!hasContainer(start, path)) throw missing(`add operation does not apply: doc is missing path: "${path}"`);
    return at(start, path, (container, key) => wrap(`error in add for path: '${path}'`, () => this.#insert(container, key, value)));
  }

  #remove(document: JsonValue): JsonValue {
    const path = this.#path('path');
    const lenient = this.#options.allowMissingPathOnRemove === true;
    if (!hasContainer(document, path)) {
      if (lenient) return document;
      throw missing(`remove operation does not apply: doc is missing path: "${path}"`);
    }
    return at(document, path, (container, key) => wrap(`error in remove for path: '${path}'`, () => this.#take(container, key, lenient)));
  }

  #replace(document: JsonValue): JsonValue {
    const path = this.#path('path');
    const value = this.#operation.value ?? null;
    if (path === '') return value;
    if (!hasContainer(document, path)) throw missing(`replace operation does not apply: doc is missing path: ${path}`);
    return at(document, path, (container, key) => {
      if (isObject(container)) return withKey(container, key, value); // the library does not ask whether the key is there
      const index = this.#place(container, key, () => missing(`replace operation does not apply: doc is missing key: ${path}`));
      return container.map((item, i) => (i === index ? value : item));
    });
  }

  #move(document: JsonValue): JsonValue {
    const from = this.#path('from');
    if (!hasContainer(document, from)) throw missing(`move operation does not apply: doc is missing from path: ${from}`);
    let value: JsonValue = null;
    const without = at(document, from, (container, key) =>
      wrap(`error in move for path: '${key}'`, () => {
        value = this.#get(container, key);
        return this.#take(container, key, false);
      }),
    );
    const path = this.#path('path');
    if (!hasContainer(without, path)) throw missing(`move operation does not apply: doc is missing destination path: ${path}`);
    return at(without, path, (container, key) => wrap(`error in move for path: '${path}'`, () => this.#insert(container, key, value)));
  }

  #copy(document: JsonValue): JsonValue {
    const from = this.#path('from');
    if (!hasContainer(document, from)) throw missing(`copy operation does not apply: doc is missing from path: ${from}`);
    let value: JsonValue = null;
    at(document, from, (container, key) => {
      value = wrap(`error in copy for from: '${from}'`, () => this.#get(container, key));
      return container;
    });
    const path = this.#path('path');
    if (!hasContainer(document, path)) throw missing(`copy operation does not apply: doc is missing destination path: ${path}`);
    return at(document, path, (container, key) => wrap('error while adding value during copy', () => this.#insert(container, key, value)));
  }

  #test(document: JsonValue): JsonValue {
    const path = this.#path('path');
    const value = this.#operation.value ?? null;
    const failed = (): never => {
      throw new JsonPatchError('PATCH_TEST_FAILED', `testing value ${path} failed: test failed`);
    };
    if (path === '') return deepEqual(document, value) ? document : failed();
    if (!hasContainer(document, path)) throw missing(`test operation does not apply: is missing path: ${path}`);
    return at(document, path, (container, key) => {
      const found = wrap(`error in test for path: '${path}'`, () =>
        isObject(container) ? (own(container, key) ?? null) : this.#get(container, key),
      );
      return deepEqual(found, value) ? container : failed();
    });
  }

  #path(name: 'path' | 'from'): string {
    const path = this.#operation[name];
    if (typeof path !== 'string')
      throw missing(`${this.#operation.op} operation failed to decode ${name}${name === 'from' ? ': operation, missing from field' : ''}`);
    return path;
  }

  /** The value of a key; a key that is not there has none, which counts as null. */
  #get(container: Container, key: string): JsonValue {
    if (isObject(container)) return own(container, key) ?? null;
    return container[this.#index(container, key, container.length)] as JsonValue;
  }

  #place(container: readonly JsonValue[], key: string, otherwise: () => JsonPatchError): number {
    try {
      return this.#index(container, key, container.length);
    } catch {
      throw otherwise();
    }
  }

  #insert(container: Container, key: string, value: JsonValue): Container {
    if (isObject(container)) return withKey(container, key, value);
    if (key === '-') return [...container, value];
    if (!/^[+-]?\d+$/.test(key)) {
      throw new JsonPatchError(
        'PATCH_INDEX',
        `value was not a proper array index: '${key}': strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`,
      );
    }
    const index = this.#index(container, key, container.length + 1);
    return [...container.slice(0, index), value, ...container.slice(index)];
  }

  #take(container: Container, key: string, lenient: boolean): Container {
    if (isObject(container)) {
      if (!Object.hasOwn(container, key)) {
        if (lenient) return container;
        throw missing(`Unable to remove nonexistent key: ${key}`);
      }
      return omit(container, key);
    }
    let index: number;
    try {
      index = this.#index(container, key, container.length);
    } catch (error) {
      if (lenient && error instanceof JsonPatchError && error.message.startsWith('Unable')) return container;
      throw error;
    }
    return container.filter((_, i) => i !== index);
  }

  /** The place that a token means in an array that may be indexed below `limit`. */
  #index(container: readonly JsonValue[], key: string, limit: number): number {
    if (!/^[+-]?\d+$/.test(key)) throw new JsonPatchError('PATCH_INDEX', `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
    const index = Number(key);
    const invalid = (): never => {
      throw new JsonPatchError('PATCH_INDEX', `Unable to access invalid index: ${index}: invalid index referenced`);
    };
    if (index >= limit) return invalid();
    if (index >= 0) return index;
    return (this.#options.supportNegativeIndices ?? true) && index >= -container.length ? index + container.length : invalid();
  }
}

type Container = JsonObject | readonly JsonValue[];

function missing(message: string): JsonPatchError {
  return new JsonPatchError('PATCH_MISSING', `${message}: ${MISSING}`);
}

function wrap<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof JsonPatchError ? new JsonPatchError(error.code, `${prefix}: ${error.message}`) : error;
  }
}

function withKey(object: JsonObject, key: string, value: JsonValue): JsonObject {
  const copy: Record<string, JsonValue> = { ...object };
  define(copy, key, value);
  return copy;
}

const decode = (token: string): string => token.replace(/~[01]/g, (escape) => (escape === '~1' ? '/' : '~'));
const tokens = (path: string): string[] => path.split('/').slice(1).map(decode);

function step(container: JsonValue, token: string): JsonValue | undefined {
  if (isObject(container)) return own(container, token);
  if (!isArray(container) || !/^[+-]?\d+$/.test(token)) return undefined;
  return container.at(Number(token));
}

/** Tells whether the path's last container exists. */
function hasContainer(document: JsonValue, path: string): boolean {
  const parts = tokens(path);
  if (parts.length === 0) return false;
  let container: JsonValue | undefined = document;
  for (const token of parts.slice(0, -1)) {
    container = step(container, token);
    if (container === undefined) return false;
  }
  return isObject(container) || isArray(container);
}

/** Copies the document along the path and changes its last container. */
function at(document: JsonValue, path: string, change: (container: Container, key: string) => Container): JsonValue {
  const walk = (container: Container, parts: readonly string[]): Container => {
    const [token, ...rest] = parts as [string, ...string[]];
    if (rest.length === 0) return change(container, token);
    const below = walk(step(container, token) as Container, rest);
    if (isObject(container)) return withKey(container, token, below);
    const index = Number(token) < 0 ? container.length + Number(token) : Number(token);
    return container.map((item, i) => (i === index ? below : item));
  };
  return walk(document as Container, tokens(path));
}

/** Makes what is missing on the way to a path: arrays where the next token is a number or `-`. */
function ensure(document: JsonValue, parts: readonly string[]): JsonValue {
  const [token, next, ...rest] = parts;
  if (token === undefined || next === undefined) return document;
  const fresh = (): Container => (/^\d+$/.test(next) || next === '-' ? [] : {});
  if (isArray(document)) {
    const index = token === '-' ? document.length : Number(token);
    if (!Number.isInteger(index) || index < 0) return document;
    const copy = [...document];
    while (copy.length < index) copy.push(null);
    copy[index] = ensure(copy[index] ?? fresh(), [next, ...rest]);
    return copy;
  }
  if (!isObject(document)) return document;
  return withKey(document, token, ensure(own(document, token) ?? fresh(), [next, ...rest]));
}
