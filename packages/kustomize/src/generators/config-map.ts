import { compareBytes, define } from '@flux-ts/base';
import { failure } from '../errors.ts';
import type { GeneratorArgs, GeneratorOptions } from '../kustomization.ts';
import type { Loader } from '../loader.ts';
import { Resource, type Behavior } from '../resource.ts';
import type { KObject, KValue } from '../value.ts';
import { isUtf8, loadPairs } from './key-values.ts';

const LINE = 70;

/** Base64 in lines of 70 characters, as kustomize writes secrets; one line where it fits. */
export function wrappedBase64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  if (text.length < LINE) return text;
  let out = '';
  for (let i = 0; i < text.length; i += LINE) out += `${text.slice(i, i + LINE)}\n`;
  return out;
}

function sortedTexts(map: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  if (map === undefined || Object.keys(map).length === 0) return undefined;
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => compareBytes(a, b)));
}

function base(kind: 'ConfigMap' | 'Secret', args: GeneratorArgs): Record<string, KValue> {
  const name = args.name ?? '';
  if (name === '') throw failure('a configmap must have a name');
  const metadata: Record<string, KValue> = { name };
  if ((args.namespace ?? '') !== '') metadata['namespace'] = args.namespace as string;
  const labels = sortedTexts(args.options?.labels);
  const annotations = sortedTexts(args.options?.annotations);
  if (labels !== undefined) metadata['labels'] = labels;
  if (annotations !== undefined) metadata['annotations'] = annotations;
  return { apiVersion: 'v1', kind, metadata };
}

function finish(object: Record<string, KValue>, args: GeneratorArgs): Resource {
  if (args.options?.immutable === true) object['immutable'] = true;
  const resource = new Resource(object as KObject);
  const behavior: Behavior =
    args.behavior === 'create' || args.behavior === 'replace' || args.behavior === 'merge' ? args.behavior : 'unspecified';
  resource.state = { ...resource.state, behavior, needsHash: args.options?.disableNameSuffixHash !== true };
  return resource;
}

/** Makes a ConfigMap. Values that are not UTF-8 go into binaryData. @throws KustomizeError in kustomize's words */
export function generateConfigMap(args: GeneratorArgs, loader: Loader): Resource {
  const object = base('ConfigMap', args);
  const data: Record<string, KValue> = {};
  const binary: Record<string, KValue> = {};
  const pairs = loadPairs(args, loader);
  for (const key of [...pairs.keys()].sort(compareBytes)) {
    const bytes = pairs.get(key) as Uint8Array;
    if (isUtf8(bytes)) define(data as never, key, Buffer.from(bytes).toString('utf8'));
    else define(binary as never, key, wrappedBase64(bytes));
  }
  if (Object.keys(data).length > 0) object['data'] = data;
  if (Object.keys(binary).length > 0) object['binaryData'] = binary;
  return finish(object, args);
}

/** Makes a Secret; all values are base64. @throws KustomizeError in kustomize's words */
export function generateSecret(args: GeneratorArgs, loader: Loader): Resource {
  const object = base('Secret', args);
  object['type'] = (args.type ?? '') === '' ? 'Opaque' : (args.type as string);
  const data: Record<string, KValue> = {};
  const pairs = loadPairs(args, loader);
  for (const key of [...pairs.keys()].sort(compareBytes)) define(data as never, key, wrappedBase64(pairs.get(key) as Uint8Array));
  object['data'] = data;
  return finish(object, args);
}

/** Merges the options of all generators into one's own; its own win, switches that are on anywhere are on. */
export function mergeOptions(own: GeneratorOptions | undefined, all: GeneratorOptions | undefined): GeneratorOptions | undefined {
  if (all === undefined) return own;
  return {
    ...(own?.labels === undefined && all.labels === undefined ? {} : { labels: { ...all.labels, ...own?.labels } }),
    ...(own?.annotations === undefined && all.annotations === undefined
      ? {}
      : { annotations: { ...all.annotations, ...own?.annotations } }),
    disableNameSuffixHash: own?.disableNameSuffixHash === true || all.disableNameSuffixHash === true,
    immutable: own?.immutable === true || all.immutable === true,
  };
}
