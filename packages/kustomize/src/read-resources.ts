import { errorMessage } from '@flux-ts/base';
import { parseKyaml, plainValue } from '@flux-ts/yaml';
import { hasNull, markEmptyNulls } from './empty-nulls.ts';
import { KustomizeError, failure } from './errors.ts';
import { fieldOf, isEmpty, isMap, isNullish, isSeq, rawText, textOf, type KObject, type KValue } from './value.ts';

/** An error in the YAML of a resource file: kustomize tells it apart from a path that is a directory. */
export class MalformedYamlError extends KustomizeError {}

/**
 * Reads the objects of a resource file: documents split as kustomize splits them, lists taken apart, empty documents dropped.
 * @throws KustomizeError in kustomize's words: bad YAML, an object without kind or name
 */
export function readObjects(source: string, file?: string): readonly KObject[] {
  if (source === '') return [];
  const documents = readDocuments(source, file);
  const nodes: KValue[] = [];
  for (const node of documents) {
    if (isNullish(node)) continue;
    const kind = textOf(fieldOf(node, 'kind'));
    const wrapped =
      (kind === 'ResourceList' || kind === 'List') &&
      documents.length === 1 &&
      isMap(node) &&
      (Object.hasOwn(node, 'items') || Object.hasOwn(node, 'functionConfig'));
    if (!wrapped) nodes.push(node);
    else {
      const items = fieldOf(node, 'items');
      if (isSeq(items)) nodes.push(...items);
    }
  }
  return inlineLists(keepGood(nodes));
}

const BAD_SEPARATOR = /\n---[^\n]*\n/g;

function refuseBadSeparators(text: string): void {
  for (const match of text.matchAll(BAD_SEPARATOR)) {
    const rest = match[0].slice(4).trim();
    if (rest !== '' && !rest.startsWith('#')) throw failure(`invalid document separator: ${match[0].trim()}`);
  }
}

function readDocuments(source: string, file: string | undefined): readonly KValue[] {
  try {
    const documents = parseKyaml(source, file === undefined ? {} : { file });
    return documents.some(hasNull) ? markEmptyNulls(source, documents) : documents;
  } catch (error) {
    refuseBadSeparators(source.replaceAll('\r\n', '\n'));
    throw new MalformedYamlError({ message: `MalformedYAMLError: ${errorMessage(error)}`, cause: error });
  }
}

function keepGood(nodes: readonly KValue[]): KObject[] {
  const out: KObject[] = [];
  for (const node of nodes) {
    if (isEmpty(node)) continue;
    checkIdentity(node);
    if (isMap(node)) out.push(node);
  }
  return out;
}

/** Checks that an object has a kind, and a name unless it is a list. @throws KustomizeError */
export function checkIdentity(node: KValue): void {
  const metadata = fieldOf(node, 'metadata');
  const get = (owner: KValue | undefined, field: string): string => {
    const value = fieldOf(owner, field);
    return isEmpty(value) ? '' : rawText(value);
  };
  const kind = get(node, 'kind');
  const name = get(metadata, 'name');
  const apiVersion = get(node, 'apiVersion');
  if (kind !== '' && name !== '') return;
  const labels = fieldOf(metadata, 'labels');
  const annotations = fieldOf(metadata, 'annotations');
  const namespace = get(metadata, 'namespace');
  if (kind === '' && apiVersion === '' && name === '' && namespace === '' && isEmpty(labels) && isEmpty(annotations))
    throw failure('missing Resource metadata');
  const meta = `{{${apiVersion} ${kind}} {{${name} ${namespace}} ${goMap(labels)} ${goMap(annotations)}}}`;
  if (kind === '') throw failure(`missing kind in object ${meta}`);
  if (!kind.endsWith('List')) throw failure(`missing metadata.name in object ${meta}`);
}

function goMap(value: KValue | undefined): string {
  if (!isMap(value)) return 'map[]';
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${rawText(value[key])}`)
    .join(' ')}]`;
}

function inlineLists(nodes: readonly KObject[]): readonly KObject[] {
  if (!nodes.some((node) => (textOf(fieldOf(node, 'kind')) ?? '').endsWith('List'))) return nodes;
  const out: KObject[] = [];
  const queue = [...nodes];
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] as KObject;
    const kind = textOf(fieldOf(node, 'kind')) ?? '';
    const items = fieldOf(node, 'items');
    if (!kind.endsWith('List') || items === undefined) out.push(node);
    else if (isSeq(items)) queue.push(...keepGood(items.map((item) => plainValue(item) as KValue)));
    else if (!isNullish(items))
      throw failure(`expected array in ${kind}/items, but found ${isMap(items) ? 'map[string]interface {}' : goKind(items)}`);
  }
  return out;
}

function goKind(value: KValue): string {
  const plain = plainValue(value);
  if (typeof plain === 'string') return 'string';
  if (typeof plain === 'boolean') return 'bool';
  return typeof plain === 'number' && !Number.isInteger(plain) ? 'float64' : 'int';
}

/** Gives an error about a file the file's name, as kustomize does for bad YAML. */
export function nameFile(error: unknown, path: string): unknown {
  if (error instanceof MalformedYamlError) return new MalformedYamlError({ message: `${error.message} in File: ${path}`, cause: error });
  const message = errorMessage(error);
  if (message.includes('error converting YAML to JSON') || message.includes('error unmarshaling JSON')) {
    return new KustomizeError({ message: `YAML file [${path}] encounters a format error.\n${message}\n`, cause: error });
  }
  return error;
}
