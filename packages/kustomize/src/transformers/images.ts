import { SpecIndex, wrongKind, type FieldSpec } from '../field-spec.ts';
import type { Image } from '../kustomization.ts';
import { goRegexp } from '../selectors.ts';
import { fieldOf, isMap, isNullish, isScalar, isSeq, rawText, retext, textOf, withField, type KObject, type KValue } from '../value.ts';
import type { Transformer } from './transformer.ts';

/** Splits an image into name, tag and digest; a port is part of the name. */
export function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const slash = image.indexOf('/');
  const from = slash > 0 ? slash : 0;
  const at = image.indexOf('@', from);
  const colon = image.indexOf(':', from);
  if (at < 0 && colon < 0) return { name: image, tag: '', digest: '' };
  if (at >= 0 && (at < colon || colon < 0)) return { name: image.slice(0, at), tag: '', digest: image.slice(at + 1) };
  if (at >= 0) return { name: image.slice(0, colon), tag: image.slice(colon + 1, at), digest: image.slice(at + 1) };
  return { name: image.slice(0, colon), tag: image.slice(colon + 1), digest: '' };
}

const PLAIN_NAME = /^[\w\-/:@ ]*$/;
const TAIL = /^(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$/;

/** A function that tells whether an image has a name. The name is a pattern, as kustomize has it. */
export function imageMatcher(name: string): (image: string) => boolean {
  if (PLAIN_NAME.test(name)) return (image) => image.startsWith(name) && TAIL.test(image.slice(name.length));
  const literal = name.replaceAll('.', '');
  const matches = goRegexp(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  if (!PLAIN_NAME.test(literal)) return matches;
  // only dots: most images differ in length or letters before the pattern need be asked
  return (image) => image.length >= name.length && TAIL.test(image.slice(name.length)) && matches(image);
}

function imageChange(entry: Image): (value: KValue) => KValue {
  const matches = imageMatcher(entry.name ?? '');
  return (value) => {
    if (isNullish(value) || !isScalar(value)) {
      if (isNullish(value)) return value;
      throw wrongKind('ScalarNode', value);
    }
    const image = rawText(value);
    if (!matches(image)) return value;
    const split = splitImage(image);
    let { tag, digest } = split;
    const newTag = entry.newTag ?? '';
    const newDigest = entry.digest ?? '';
    if (newTag !== '' && newDigest !== '') [tag, digest] = [newTag, newDigest];
    else if (newTag !== '') [tag, digest] = [newTag, ''];
    else if (newDigest !== '') [tag, digest] = ['', newDigest];
    else if ((entry.tagSuffix ?? '') !== '') [tag, digest] = [tag + (entry.tagSuffix as string), ''];
    const name = (entry.newName ?? '') === '' ? split.name : (entry.newName as string);
    const next = `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
    return next === image ? value : retext(value, next);
  };
}

/** Changes `image` in the items of everything called containers or initContainers, wherever it stands. */
function changeContainers(value: KValue, change: (value: KValue) => KValue): KValue {
  if (isSeq(value)) {
    let next: KValue[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = changeContainers(value[i] as KValue, change);
      if (item === value[i]) continue;
      next ??= [...value];
      next[i] = item;
    }
    return next ?? value;
  }
  if (typeof value !== 'object' || !isMap(value)) return value;
  let out: KObject = value;
  for (const key of Object.keys(value)) {
    let child = changeContainers(value[key] as KValue, change);
    if ((key === 'containers' || key === 'initContainers') && isSeq(child)) child = changeItems(child, change);
    if (child !== value[key]) out = withField(out, key, child);
  }
  return out;
}

function changeItems(list: readonly KValue[], change: (value: KValue) => KValue): readonly KValue[] {
  let out: KValue[] | undefined;
  list.forEach((item, i) => {
    const image = fieldOf(item, 'image');
    if (image === undefined) return;
    const next = change(image);
    if (next === image) return;
    out ??= [...list];
    out[i] = withField(item as KObject, 'image', next);
  });
  return out ?? list;
}

/** Changes names, tags and digests of images. CustomResourceDefinitions are left alone. */
export function imageTransformer(entry: Image, specs: readonly FieldSpec[]): Transformer {
  const index = new SpecIndex(specs);
  const change = imageChange(entry);
  return {
    name: 'ImageTagTransformer',
    detail: `image ${entry.name ?? ''}`,
    transform(map) {
      for (const resource of map.resources) {
        if (textOf(fieldOf(resource.object, 'kind')) === 'CustomResourceDefinition') continue;
        resource.object = changeContainers(resource.object, change) as KObject;
      }
      for (const resource of map.resources) {
        if (textOf(fieldOf(resource.object, 'kind')) === 'CustomResourceDefinition') continue;
        resource.object = index.change(resource.object, { create: undefined, change });
      }
    },
  };
}
