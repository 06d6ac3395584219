import { failure } from './errors.ts';
import { mergeKeyed } from './merge-lists.ts';
import { builtinSchemas, type MergeSchema, type MergeSchemas } from './merge-schema.ts';
import type { MergeAt, MergeContext, Merged } from './merge-types.ts';
import { kindName, nodeText } from './node-text.ts';
import { fieldOf, isMap, isNullish, isSeq, rawText, textOf, withField, withoutField, type KObject, type KValue } from './value.ts';

type Directive = 'merge' | 'replace' | 'delete';
const GONE: Merged = { value: undefined, fromDest: false };

/**
 * Merges a strategic merge patch into an object as kustomize does, with the merge keys of Kubernetes 1.21.2.
 * @returns the merged object, or undefined where the patch deletes it
 * @throws KustomizeError where the two have different shapes or the patch has an unknown `$patch` directive
 */
export function applyStrategicPatch(target: KObject, patch: KObject, schemas: MergeSchemas = builtinSchemas): KObject | undefined {
  const { value } = merge(target, patch, { context: { schemas, prepend: true }, schema: undefined });
  return isMap(value) ? value : undefined;
}

/** Merges one values document into another: maps are merged, lists replaced, nulls clear. Appends where lists merge. */
export function mergeDocuments(target: KValue, patch: KValue): KValue | undefined {
  return merge(target, patch, { context: { schemas: builtinSchemas, prepend: false }, schema: undefined }).value;
}

function merge(dest: KValue | undefined, patch: KValue | undefined, at: MergeAt): Merged {
  const leading = isNullish(dest) ? patch : dest;
  const schema = at.schema ?? kindSchema(dest, at.context) ?? kindSchema(patch, at.context);
  if (isNullish(leading) || isMap(leading)) {
    if (!isNullish(leading)) checkShapes(dest, patch, isMap);
    return mergeMaps(dest, patch, { context: at.context, schema });
  }
  if (isSeq(leading)) {
    checkShapes(dest, patch, isSeq);
    if (schema?.merges === true) return mergeKeyedLists(dest, patch, { context: at.context, schema });
    return patch === undefined ? { value: dest, fromDest: true } : { value: patch, fromDest: false };
  }
  checkShapes(dest, patch, (v) => !isMap(v) && !isSeq(v));
  return patch === undefined ? { value: dest, fromDest: true } : { value: patch, fromDest: false };
}

function kindSchema(value: KValue | undefined, context: MergeContext): MergeSchema | undefined {
  if (!isMap(value)) return undefined;
  const kind = textOf(fieldOf(value, 'kind'));
  if (kind === undefined || kind === '') return undefined;
  const apiVersion = textOf(fieldOf(value, 'apiVersion'));
  return apiVersion === undefined || apiVersion === '' ? undefined : context.schemas.kind(apiVersion, kind);
}

function checkShapes(dest: KValue | undefined, patch: KValue | undefined, fits: (value: KValue) => boolean): void {
  for (const value of [dest, patch]) {
    if (isNullish(value) || fits(value)) continue;
    const expected = kindName(value === dest ? (patch as KValue) : (dest as KValue));
    throw failure(`wrong node kind: expected ${expected} but got ${kindName(value)}: node contents:\n${nodeText(value)}`);
  }
}

/** Takes a `$patch` directive off a mapping. */
function mapDirective(patch: KObject): readonly [Directive, KObject] {
  if (!Object.hasOwn(patch, '$patch')) return ['merge', patch];
  const word = rawText(fieldOf(patch, '$patch'));
  if (word === 'delete' || word === 'replace' || word === 'merge') return [word, withoutField(patch, '$patch')];
  throw failure(`unknown patch strategy '${word}'`);
}

function mergeMaps(dest: KValue | undefined, patch: KValue | undefined, at: MergeAt): Merged {
  let base: KObject;
  let over: KObject | undefined;
  let fromDest = true;
  if (isNullish(dest)) {
    // a null that the patch does not speak of stays, where it was written out
    if (patch === undefined) return dest !== undefined && rawText(dest) !== '' ? { value: dest, fromDest: true } : GONE;
    if (!isMap(patch)) return GONE;
    const [directive, rest] = mapDirective(patch);
    if (directive === 'delete') return GONE;
    base = rest;
    over = rest;
    fromDest = false;
  } else {
    if (patch !== undefined && isNullish(patch)) return GONE;
    base = dest as KObject;
    if (isMap(patch)) {
      const [directive, rest] = mapDirective(patch);
      if (directive === 'delete') return GONE;
      over = rest;
      if (directive === 'replace') {
        base = rest;
        fromDest = false;
      }
    }
  }
  let result = base;
  const visit = (name: string): void => {
    const merged = merge(fieldOf(base, name), fieldOf(over as KValue, name), { context: at.context, schema: at.schema?.field(name) }).value;
    // a null is only kept where it stands in the destination alone
    const gone = merged === undefined || (isNullish(merged) && over !== undefined && Object.hasOwn(over, name));
    result = gone ? withoutField(result, name) : withField(result, name, merged);
  };
  for (const name of Object.keys(base)) visit(name);
  if (over !== undefined && over !== base) for (const name of Object.keys(over)) if (!Object.hasOwn(base, name)) visit(name);
  return { value: result, fromDest };
}

/** Takes a list's own `$patch` directive (an element of nothing else) off it. */
function listDirective(patch: readonly KValue[]): readonly [Directive, readonly KValue[]] {
  const marker = patch.find((item) => isMap(item) && Object.hasOwn(item, '$patch'));
  if (!isMap(marker) || Object.keys(marker).length > 1) return ['merge', patch];
  const word = rawText(fieldOf(marker, '$patch'));
  if (word !== 'delete' && word !== 'replace' && word !== 'merge') throw failure(`unknown patch strategy '${word}'`);
  return [word, patch.filter((item) => !(isMap(item) && rawText(fieldOf(item, '$patch')) === word) && !isNullish(item))];
}

function mergeKeyedLists(dest: KValue | undefined, patch: KValue | undefined, at: MergeAt & { readonly schema: MergeSchema }): Merged {
  if (isNullish(dest)) {
    if (!isSeq(patch)) return { value: patch, fromDest: false };
    return { value: mergeKeyed(patch, patch, { ...at, merge }), fromDest: false };
  }
  if (patch !== undefined && isNullish(patch)) return GONE;
  const base = dest as readonly KValue[];
  if (!isSeq(patch)) return { value: mergeKeyed(base, undefined, { ...at, merge }), fromDest: true };
  const [directive, rest] = listDirective(patch);
  if (directive === 'delete') return GONE;
  if (directive === 'replace') return { value: mergeKeyed(rest, rest, { ...at, merge }), fromDest: false };
  return { value: mergeKeyed(base, rest, { ...at, merge }), fromDest: true };
}
