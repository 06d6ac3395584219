import { isArray, isObject, own, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { decodeMetadata } from './coerce-metadata.ts';
import { fieldPath, forbidden, invalid, required, type FieldError } from './field-error.ts';
import {
  checkDns1035Label,
  checkDnsLabel,
  checkLabelValue,
  checkPathSegment,
  checkPathSegmentPrefix,
  checkQualifiedName,
} from './names.ts';
import type { SchemaNode } from './node.ts';

function strings(value: JsonValue | undefined): [string, string][] {
  return isObject(value) ? sortedKeys(value).map((key) => [key, String(value[key])]) : [];
}

/** What the checks of metadata need to know of the kind. */
export interface MetadataRules {
  readonly namespaced: boolean;
  /** The check of the name; default: what may stand in a URL path. */
  readonly checkName?: (name: string, prefix: boolean) => string[];
}

const LARGEST_ANNOTATIONS_BYTES = 256 * 1024;

function checkOwners(value: JsonValue | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller = '';
  for (const owner of isArray(value) ? value.filter(isObject) : []) {
    for (const [key, text] of [
      ['apiVersion', 'version must not be empty'],
      ['kind', 'must not be empty'],
      ['name', 'must not be empty'],
      ['uid', 'must not be empty'],
    ] as const) {
      if ((own(owner, key) ?? '') === '') errors.push(invalid(fieldPath.child(path, key), own(owner, key) ?? '', text));
    }
    if (owner['apiVersion'] === 'v1' && owner['kind'] === 'Event')
      errors.push(invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner'));
    if (owner['controller'] !== true) continue;
    const name = `${String(owner['kind'])}/${String(owner['name'])}`;
    if (controller === '') controller = name;
    else
      errors.push(
        invalid(
          path,
          value ?? null,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
  }
  return errors;
}

/**
 * Checks `metadata` as the API server checks every object's.
 * @param path where the metadata stands, usually "metadata"
 */
export function validateMetadata(meta: JsonObject, rules: MetadataRules, path = 'metadata'): FieldError[] {
  const errors: FieldError[] = [];
  const text = (key: string): string => (typeof meta[key] === 'string' ? meta[key] : '');
  const report = (key: string, value: JsonValue, problems: readonly string[]): void => {
    for (const problem of problems) errors.push(invalid(fieldPath.child(path, key), value, problem));
  };
  const checkName = rules.checkName ?? ((name, prefix) => (prefix ? checkPathSegmentPrefix(name) : checkPathSegment(name)));
  if (text('generateName') !== '') report('generateName', text('generateName'), checkName(text('generateName'), true));
  if (text('name') === '') errors.push(required(fieldPath.child(path, 'name'), 'name or generateName is required'));
  else report('name', text('name'), checkName(text('name'), false));
  if (rules.namespaced) {
    if (text('namespace') === '') errors.push(required(fieldPath.child(path, 'namespace')));
    else report('namespace', text('namespace'), checkDnsLabel(text('namespace')));
  } else if (text('namespace') !== '') errors.push(forbidden(fieldPath.child(path, 'namespace'), 'not allowed on this type'));
  const generation = meta['generation'];
  if (typeof generation === 'number' && generation < 0) report('generation', generation, ['must be greater than or equal to 0']);
  for (const [key, value] of strings(meta['labels'])) {
    report('labels', key, checkQualifiedName(key));
    report('labels', value, checkLabelValue(value));
  }
  let annotationBytes = 0;
  for (const [key, value] of strings(meta['annotations'])) {
    report('annotations', key, checkQualifiedName(key.toLowerCase()));
    annotationBytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (annotationBytes > LARGEST_ANNOTATIONS_BYTES) {
    errors.push({
      type: 'FieldValueTooLong',
      field: fieldPath.child(path, 'annotations'),
      badValue: '<value omitted>',
      detail: `may not be more than ${LARGEST_ANNOTATIONS_BYTES} bytes`,
    });
  }
  errors.push(...checkOwners(meta['ownerReferences'], fieldPath.child(path, 'ownerReferences')));
  const finalizers = (isArray(meta['finalizers']) ? meta['finalizers'] : []).map(String);
  for (const finalizer of finalizers) report('finalizers', finalizer, checkQualifiedName(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    report('finalizers', finalizers, ['finalizer orphan and foregroundDeletion cannot be both set']);
  return errors;
}

function checkEmbedded(object: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['apiVersion', 'kind']) {
    const at = fieldPath.child(path, key);
    const value = own(object, key);
    if (value === undefined) errors.push(required(at));
    else if (typeof value !== 'string') errors.push(invalid(at, value, 'must be a string'));
    else if (value === '') errors.push(invalid(at, value, 'must not be empty'));
    else if (key === 'apiVersion' && value.split('/').length > 2)
      errors.push(invalid(at, value, `unexpected GroupVersion string: ${value}`));
    else if (key === 'kind') {
      const problems = checkDns1035Label(value.toLowerCase());
      if (problems.length > 0) errors.push(invalid(at, value, `may have mixed case, but should otherwise match: ${problems.join(',')}`));
    }
  }
  const metadata = own(object, 'metadata');
  if (metadata === undefined) return errors;
  const at = fieldPath.child(path, 'metadata');
  const cleaned = decodeMetadata(metadata);
  if (cleaned.problem !== undefined) return [...errors, invalid(at, metadata, cleaned.problem)];
  const meta = cleaned.value as JsonObject;
  // a template without a name is right
  const named = meta['name'] === undefined ? { ...meta, name: 'fakename' } : meta;
  return [...errors, ...validateMetadata(named, { namespaced: typeof meta['namespace'] === 'string' }, at)];
}

/** Checks `apiVersion`, `kind` and `metadata` of embedded resources; of the root, too, with `resourceRoot`. */
export function validateEmbedded(root: JsonValue, schema: SchemaNode | undefined, resourceRoot = false): FieldError[] {
  const walk = (value: JsonValue, node: SchemaNode | undefined, path: string, isRoot = false): FieldError[] => {
    const embedded = node?.embeddedResource === true || (isRoot && resourceRoot);
    if (node === undefined && !embedded) return [];
    if (isArray(value)) return value.flatMap((item, i) => walk(item, node?.items, fieldPath.index(path, i)));
    if (!isObject(value)) return [];
    const errors = embedded ? checkEmbedded(value, path) : [];
    for (const key of sortedKeys(value)) {
      const property = node?.property(key);
      errors.push(
        ...walk(
          value[key] as JsonValue,
          property ?? node?.additional,
          property === undefined ? fieldPath.key(path, key) : fieldPath.child(path, key),
        ),
      );
    }
    return errors;
  };
  return walk(root, schema, '', true);
}
