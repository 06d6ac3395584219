import { define, getObject, getString, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';

/** A kind of object: `apiVersion` is `v1` or `group/version`. */
export interface TypeRef {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Which object of a kind; `namespace` is absent (or empty) for cluster-scoped ones. */
export interface ObjectKey {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** An object without its version: what inventories and waits talk about. */
export interface ObjectRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The object's kind and version; empty texts where it has none. */
export function typeOf(object: JsonObject): TypeRef {
  return { apiVersion: getString(object, ['apiVersion']) ?? '', kind: getString(object, ['kind']) ?? '' };
}

/** Splits `group/version`; the core group is the empty text. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The object's API group, empty for the core group. */
export function groupOf(object: JsonObject): string {
  return splitApiVersion(typeOf(object).apiVersion).group;
}

/** The object's name, or an empty text. */
export function nameOf(object: JsonObject): string {
  return getString(object, ['metadata', 'name']) ?? '';
}

/** The object's namespace, or an empty text. */
export function namespaceOf(object: JsonObject): string {
  return getString(object, ['metadata', 'namespace']) ?? '';
}

/** The object's key. */
export function keyOf(object: JsonObject): ObjectKey {
  return { namespace: namespaceOf(object), name: nameOf(object) };
}

/** `namespace/name`, or the name alone where there is no namespace. */
export function keyText(key: ObjectKey): string {
  return key.namespace === undefined || key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
}

/** Reads `namespace/name`. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** The object's reference without a version. */
export function refOf(object: JsonObject): ObjectRef {
  return { group: groupOf(object), kind: typeOf(object).kind, namespace: namespaceOf(object), name: nameOf(object) };
}

/** The object's uid, or an empty text where it was never stored. */
export function uidOf(object: JsonObject): string {
  return getString(object, ['metadata', 'uid']) ?? '';
}

/** The object's resourceVersion, or an empty text. */
export function resourceVersionOf(object: JsonObject): string {
  return getString(object, ['metadata', 'resourceVersion']) ?? '';
}

/** metadata.generation, 0 where there is none. */
export function generationOf(object: JsonObject): number {
  const value = own(getObject(object, ['metadata']) ?? {}, 'generation');
  return typeof value === 'number' ? value : 0;
}

function strings(object: JsonObject, field: string): Readonly<Record<string, string>> {
  const out: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(getObject(object, ['metadata', field]) ?? {}))
    if (typeof value === 'string') define(out, key, value);
  return out as Readonly<Record<string, string>>;
}

/** The object's labels. */
export function labelsOf(object: JsonObject): Readonly<Record<string, string>> {
  return strings(object, 'labels');
}

/** The object's annotations. */
export function annotationsOf(object: JsonObject): Readonly<Record<string, string>> {
  return strings(object, 'annotations');
}

/** The object's finalizers. */
export function finalizersOf(object: JsonObject): readonly string[] {
  const list = own(getObject(object, ['metadata']) ?? {}, 'finalizers');
  return Array.isArray(list) ? list.filter((x): x is string => typeof x === 'string') : [];
}

/** Tells whether the object is being deleted. */
export function isTerminating(object: JsonObject): boolean {
  const at = getString(object, ['metadata', 'deletionTimestamp']);
  return at !== undefined && at !== '';
}

/** The object's spec, or an empty object. */
export function specOf(object: JsonObject): JsonObject {
  return getObject(object, ['spec']) ?? {};
}

/** The object's status, or an empty object. */
export function statusOf(object: JsonObject): JsonObject {
  return getObject(object, ['status']) ?? {};
}

/** Prints `Kind/namespace/name` (or `Kind/name`), as Flux names objects in messages. */
export function subjectOf(object: JsonObject): string {
  return formatRef(refOf(object));
}

/** Prints `Kind/namespace/name` (or `Kind/name`). */
export function formatRef(ref: { readonly kind: string; readonly namespace: string; readonly name: string }): string {
  return ref.namespace === '' ? `${ref.kind}/${ref.name}` : `${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** Copies an object with other labels and annotations merged over its own. */
export function withMetadata(
  object: JsonObject,
  add: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> },
): JsonObject {
  const metadata: Record<string, JsonValue> = { ...getObject(object, ['metadata']) };
  if (add.labels !== undefined && Object.keys(add.labels).length > 0) metadata['labels'] = { ...labelsOf(object), ...add.labels };
  if (add.annotations !== undefined && Object.keys(add.annotations).length > 0)
    metadata['annotations'] = { ...annotationsOf(object), ...add.annotations };
  return { ...object, metadata };
}

/** Tells whether a label or annotation holds one of the wanted values; values are compared without case. */
export function anyInMetadata(object: JsonObject | undefined, wanted: Readonly<Record<string, string>> | undefined): boolean {
  if (object === undefined || wanted === undefined || !isObject(object)) return false;
  const labels = labelsOf(object);
  const annotations = annotationsOf(object);
  return Object.entries(wanted).some(([key, value]) => {
    const want = value.toLowerCase();
    return labels[key]?.toLowerCase() === want || annotations[key]?.toLowerCase() === want;
  });
}
