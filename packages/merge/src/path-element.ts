import {
  canonicalJson,
  compareBytes,
  goJsonString,
  isArray,
  isObject,
  parseJson,
  sortedKeys,
  type JsonObject,
  type JsonValue,
} from '@flux-ts/base';

/**
 * One step of a field path in the text that FieldsV1 uses: `f:name` a field, `k:{"name":"c"}` a list item by its keys,
 * `v:"x"` an item of a set, `i:0` an item by its place.
 */
export type PathElement = string;

/** The way from the object's root to one field. */
export type FieldPath = readonly PathElement[];

/** The element of an object's field. */
export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The element of a list item that is known by key fields. */
export function keyElement(keys: JsonObject): PathElement {
  return `k:${canonicalJson(keys)}`;
}

/** The element of an item of a set. */
export function valueElement(value: JsonValue): PathElement {
  return typeof value === 'string' ? `v:${goJsonString(value, false)}` : `v:${canonicalJson(value)}`;
}

/** The element of a list item that is known by its place. */
export function indexElement(index: number): PathElement {
  return `i:${index}`;
}

/** The field's name where the element is one of a field. */
export function fieldName(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/**
 * Reads an element as another program wrote it and gives its one canonical text (keys sorted, no spaces).
 * @returns undefined where the text is not an element
 */
export function canonicalElement(text: string): PathElement | undefined {
  if (text.startsWith('f:')) return text;
  try {
    if (text.startsWith('v:')) return valueElement(parseJson(text.slice(2)));
    if (text.startsWith('k:')) {
      const keys = parseJson(text.slice(2));
      return isObject(keys) ? keyElement(keys) : undefined;
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return /^i:-?\d+$/.test(text) ? indexElement(Number(text.slice(2))) : undefined;
}

/** A value as upstream writes it inside messages: strings quoted, the rest as JSON. */
function formatValue(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(formatValue).join(',')}]`;
  if (isObject(value)) {
    return `{${sortedKeys(value)
      .map((key) => `${key}=${formatValue(value[key] as JsonValue)}`)
      .join(';')}}`;
  }
  return typeof value === 'string' ? goJsonString(value, false) : canonicalJson(value);
}

/** An element as it stands in messages: `.name`, `[name="c"]`, `[="x"]`, `[0]`. */
export function formatElement(element: PathElement): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'k': {
      const keys = parseJson(rest) as JsonObject;
      return `[${sortedKeys(keys)
        .map((key) => `${key}=${formatValue(keys[key] as JsonValue)}`)
        .join(',')}]`;
    }
    case 'v':
      return `[=${formatValue(parseJson(rest))}]`;
    default:
      return `[${rest}]`;
  }
}

/** A path as it stands in messages: `.spec.containers[name="c"].image`. */
export function formatPath(path: FieldPath): string {
  return path.map(formatElement).join('');
}

const KIND_ORDER = 'fkvi';
const TYPE_ORDER = ['number', 'string', 'boolean', 'list', 'object', 'null'];

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'list';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

function compareValues(a: JsonValue, b: JsonValue): number {
  const left = typeOf(a);
  const right = typeOf(b);
  if (left !== right) return TYPE_ORDER.indexOf(left) - TYPE_ORDER.indexOf(right);
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(a, b);
  if (left === 'number' || left === 'boolean') return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
  if (isArray(a) && isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compareValues(a[i] as JsonValue, b[i] as JsonValue);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return isObject(a) && isObject(b) ? compareKeys(a, b) : 0;
}

function compareKeys(a: JsonObject, b: JsonObject): number {
  const left = sortedKeys(a);
  const right = sortedKeys(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i] as string;
    const y = right[i] as string;
    const order = compareBytes(x, y) || compareValues(a[x] as JsonValue, b[y] as JsonValue);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** The order in which upstream keeps and writes elements: fields, keys, values, places; each by its content. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  const kind = a[0] as string;
  if (kind !== b[0]) return KIND_ORDER.indexOf(kind) - KIND_ORDER.indexOf(b[0] as string);
  if (kind === 'f') return compareBytes(a, b);
  if (kind === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  return compareValues(parseJson(a.slice(2)), parseJson(b.slice(2)));
}
