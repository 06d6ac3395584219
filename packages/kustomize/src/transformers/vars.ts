import { goJsonNumber } from '@flux-ts/base';
import { KyamlScalar, readKyamlScalar, scalarTag } from '@flux-ts/yaml';
import { failure } from '../errors.ts';
import { SpecIndex, type FieldSpec } from '../field-spec.ts';
import type { Var } from '../kustomization.ts';
import { lookup, splitFieldPath } from '../path-matcher.ts';
import { idEquals, isClusterScoped, splitApiVersion, type ResId } from '../res-id.ts';
import { gvknEquals, type ResMap } from '../res-map.ts';
import { isMap, isNullish, isScalar, isSeq, isString, rawText, type KValue } from '../value.ts';
import type { Transformer } from './transformer.ts';

/** A var with everything filled in. */
export interface ResolvedVar {
  readonly name: string;
  readonly target: ResId;
  readonly apiVersion: string;
  readonly fieldPath: string;
}

/** Fills in what a var leaves out. */
export function resolveVar(entry: Var): ResolvedVar {
  const ref = (entry.objref as Var['objref'] | undefined) ?? {};
  const apiVersion = ref.apiVersion ?? '';
  const parts = apiVersion.split('/');
  const gv =
    apiVersion === '' || parts.length > 2
      ? { group: ref.group ?? '', version: ref.version ?? '' }
      : parts.length === 2
        ? splitApiVersion(apiVersion)
        : { group: ref.group ?? '', version: apiVersion };
  const fieldPath = entry.fieldref?.fieldPath ?? '';
  return {
    name: (entry.name as string | undefined) ?? '',
    apiVersion,
    target: { ...gv, kind: ref.kind ?? '', name: ref.name ?? '', namespace: ref.namespace ?? '' },
    fieldPath: fieldPath === '' ? 'metadata.name' : fieldPath,
  };
}

function varText(v: ResolvedVar): string {
  const { target } = v;
  return `{${v.name} {${v.apiVersion} {${target.group} ${target.version} ${target.kind} ${String(isClusterScoped(target))}} ${target.name} ${target.namespace}} {${v.fieldPath}}}`;
}

/** Marks the resources that vars take their values from. @throws where a var could mean several */
export function markVars(map: ResMap, vars: readonly ResolvedVar[]): void {
  for (const v of vars) {
    const exact = v.target.namespace !== '' || isClusterScoped(v.target);
    const matches = map.byAnyId((id) => (exact ? idEquals(v.target, id) : gvknEquals(v.target, id)));
    if (matches.length > 1) throw failure(`found ${matches.length} resId matches for var ${varText(v)} (unable to disambiguate)`);
    const [only] = matches;
    if (only !== undefined) only.state = { ...only.state, vars: [...only.state.vars, v.name] };
  }
}

/** Adds vars to those that are there. @throws where a name is taken */
export function mergeVars(vars: ReadonlyMap<string, ResolvedVar>, more: Iterable<ResolvedVar>): ReadonlyMap<string, ResolvedVar> {
  const out = new Map(vars);
  for (const v of more) {
    if (out.has(v.name)) throw failure(`var '${v.name}' already encountered`);
    out.set(v.name, v);
  }
  return out;
}

function convertIndices(steps: readonly string[]): string[] {
  return steps.flatMap((step) => {
    const match = /^(.*)\[(\d+)\]$/.exec(step);
    if (match === null) return [step];
    return match[1] === '' ? [match[2] as string] : [match[1] as string, match[2] as string];
  });
}

function valueOf(map: ResMap, v: ResolvedVar): KValue {
  const owner = map.resources.find((r) => r.state.vars.includes(v.name));
  if (owner === undefined) throw failure(`var '${varText(v)}' cannot be mapped to a field in the set of known resources`);
  let value: KValue | undefined;
  try {
    value = lookup(owner.object, convertIndices(splitFieldPath(v.fieldPath)));
  } catch {
    value = undefined;
  }
  if (value === undefined) throw failure(`field specified in var '${varText(v)}' not found in corresponding resource`);
  return value;
}

/** Replaces `$(NAME)` at the places that are known to hold vars. */
export function varTransformer(vars: ReadonlyMap<string, ResolvedVar>, specs: readonly FieldSpec[]): Transformer {
  const index = new SpecIndex(specs);
  return {
    name: 'RefVarTransformer',
    detail: 'vars',
    transform(map) {
      if (vars.size === 0) return;
      const values = new Map<string, KValue>();
      for (const name of [...vars.keys()].sort()) values.set(name, valueOf(map, vars.get(name) as ResolvedVar));
      const change = (value: KValue): KValue => changeValue(value, values);
      for (const resource of map.resources) resource.object = index.change(resource.object, { create: undefined, change });
    },
  };
}

function changeValue(value: KValue, values: ReadonlyMap<string, KValue>): KValue {
  if (isNullish(value)) return value;
  if (isScalar(value)) return isString(value) ? expand(rawText(value), values) : value;
  if (isSeq(value)) {
    return mapItems(value, (item) => {
      if (!isScalar(item) || !isString(item)) throw failure('invalid value type expect a string');
      return expand(rawText(item), values);
    });
  }
  const out: Record<string, KValue> = {};
  let changed = false;
  for (const [key, item] of Object.entries(value)) {
    out[key] = isScalar(item) && isString(item) ? expand(rawText(item), values) : item;
    if (out[key] !== item) changed = true;
  }
  return changed ? out : value;
}

function mapItems(list: readonly KValue[], change: (item: KValue) => KValue): KValue {
  const next = list.map(change);
  return next.every((item, i) => item === list[i]) ? list : next;
}

/** Expands `$(NAME)` in a text; `$$` is one dollar. A text that is one reference takes the type of the value. */
function expand(text: string, values: ReadonlyMap<string, KValue>): KValue {
  if (!text.includes('$')) return text;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$' || i + 1 >= text.length) {
      out += text[i];
      continue;
    }
    const next = text[i + 1] as string;
    if (next === '(') {
      const close = text.indexOf(')', i + 2);
      if (close < 0) {
        out += '$(';
        i++;
        continue;
      }
      const name = text.slice(i + 2, close);
      const value = primitive(name, values);
      if (text === `$(${name})`) return typed(value);
      out += typeof value === 'string' ? value : goValue(value);
      i = close;
      continue;
    }
    out += next === '$' ? '$' : `$${next}`;
    i++;
  }
  return out;
}

function primitive(name: string, values: ReadonlyMap<string, KValue>): KValue {
  const value = values.get(name);
  if (value === undefined || isMap(value) || isSeq(value)) return `$(${name})`;
  return isNullish(value) ? rawText(value) : value;
}

function goValue(value: KValue): string {
  const plain = value instanceof KyamlScalar ? value.value : value;
  if (typeof plain === 'number') return Number.isInteger(plain) ? String(plain) : goJsonNumber(plain);
  return String(plain);
}

function typed(value: KValue): KValue {
  if (!isScalar(value) || isString(value)) return value;
  const tag = scalarTag(value);
  if (tag === '!!int' || tag === '!!bool' || tag === '!!float') return readKyamlScalar(goValue(value));
  return rawText(value);
}
