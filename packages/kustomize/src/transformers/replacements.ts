import { isArray, isObject } from '@flux-ts/base';
import { KyamlScalar, parseYaml, readKyamlScalar, scalarTag, scalarText } from '@flux-ts/yaml';
import { failure, prefixed } from '../errors.ts';
import { readGoYaml } from '../go-struct.ts';
import { replacementType } from '../kustomization-schema.ts';
import type { FieldOptions, Replacement } from '../kustomization.ts';
import { MADE_SCALAR, changeMatches, lookup, splitFieldPath, type CreateKind } from '../path-matcher.ts';
import { idSelected, idText, type ResId } from '../res-id.ts';
import type { ResMap } from '../res-map.ts';
import type { Resource } from '../resource.ts';
import { compileSelector } from '../selectors.ts';
import { changeInsideText } from '../structured-text.ts';
import { isEmpty, isMap, isNullish, isScalar, isSeq, rawText, retextTagged, type KObject, type KValue } from '../value.ts';
import type { Transformer, TransformerContext } from './transformer.ts';

const DEFAULT_FIELD = 'metadata.name';

function loadAll(entries: readonly Replacement[], context: TransformerContext): Replacement[] {
  const out: Replacement[] = [];
  for (const entry of entries) {
    const path = entry.path ?? '';
    if (path === '') {
      out.push(entry);
      continue;
    }
    if (entry.source !== undefined || (entry.targets ?? []).length > 0) throw failure('cannot specify both path and inline replacement');
    const value = parseYaml(Buffer.from(context.loader.load(path)).toString('utf8'), { file: path });
    if (!isArray(value) && !isObject(value))
      throw failure(`unsupported replacement type encountered within replacement path: ${value === null ? 'invalid' : typeof value}`);
    const list = isArray(value) ? value : [value];
    for (const one of list) out.push(readGoYaml(one, replacementType, { strict: false, coerce: true }) as unknown as Replacement);
  }
  return out;
}

/** Copies values from one place to others. @throws KustomizeError where a file of replacements cannot be read */
export function replacementTransformer(entries: readonly Replacement[], context: TransformerContext): Transformer {
  const replacements = loadAll(entries, context);
  return {
    name: 'ReplacementTransformer',
    detail: 'replacements',
    transform(map) {
      for (const replacement of replacements) applyOne(map, replacement, context);
    },
  };
}

function idsOf(resource: Resource): readonly ResId[] {
  return [resource.id, ...resource.previousIds];
}

function applyOne(map: ResMap, replacement: Replacement, context: TransformerContext): void {
  if ((replacement.sourceValue === undefined && replacement.source === undefined) || replacement.targets === undefined) {
    throw failure('replacements must specify a source and at least one target');
  }
  const value = sourceValue(map, replacement);
  for (const target of replacement.targets) {
    if (target.select === undefined) throw failure('target must specify resources to select');
    const paths = (target.fieldPaths ?? []).length === 0 ? [DEFAULT_FIELD] : (target.fieldPaths as readonly string[]);
    const picks = wrap('error creating target selector', () => ({
      select: compileSelector(target.select ?? {}),
      reject: (target.reject ?? []).map((r) => ({ raw: r, compiled: compileSelector(r) })),
    }));
    let hits = 0;
    for (const resource of map.resources) {
      const { labels, annotations } = resource;
      if (!picks.select.labels(labels) || !picks.select.annotations(annotations)) continue;
      const rejectedByLabels = picks.reject.some(
        ({ raw, compiled }) =>
          ((raw.labelSelector ?? '') !== '' || (raw.annotationSelector ?? '') !== '') &&
          compiled.labels(labels) &&
          compiled.annotations(annotations),
      );
      if (rejectedByLabels) continue;
      const ids = idsOf(resource);
      const rejectedById = picks.reject.some(
        ({ compiled }) =>
          !compiled.matchesAnyId && ids.some((id) => compiled.gvk(id) && compiled.name(id.name) && compiled.namespace(id.namespace)),
      );
      if (rejectedById) continue;
      if (!ids.some((id) => picks.select.gvk(id) && picks.select.name(id.name) && picks.select.namespace(id.namespace))) continue;
      hits++;
      for (const path of paths) copyTo(resource, value, { path, options: target.options });
    }
    if (hits === 0) {
      context.warn?.({
        severity: 'warning',
        code: 'REPLACEMENT_NO_TARGET',
        message: `the target ${JSON.stringify(target.select)} of a replacement matches no resource`,
        line: 1,
        column: 1,
      });
    }
  }
}

function wrap<T>(prefix: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw prefixed(prefix, error);
  }
}

function sourceValue(map: ResMap, replacement: Replacement): KValue {
  const { source, sourceValue: literal } = replacement;
  if (literal !== undefined && source !== undefined) throw failure('value and resource selectors are mutually exclusive');
  if (literal !== undefined) return literal;
  const selector = source ?? {};
  const id: ResId = {
    group: selector.group ?? '',
    version: selector.version ?? '',
    kind: selector.kind ?? '',
    name: selector.name ?? '',
    namespace: selector.namespace ?? '',
  };
  const found = map.resources.filter((resource) => idsOf(resource).some((one) => idSelected(one, id)));
  const [only] = found;
  const fieldPath = selector.fieldPath ?? '';
  const text = [idText(id), fieldPath, optionsText(selector.options)].filter((part) => part !== '').join(':');
  if (found.length > 1) throw failure(`multiple matches for selector ${text}`);
  if (only === undefined) throw failure(`nothing selected by ${text}`);
  const path = fieldPath === '' ? DEFAULT_FIELD : fieldPath;
  const value = wrap('error looking up replacement source', () => lookup(only.object, splitFieldPath(path)));
  if (value === undefined || isEmpty(value)) throw failure(`fieldPath \`${path}\` is missing for replacement source ${idText(id)}`);
  return refine(value, selector.options);
}

function optionsText(options: FieldOptions | undefined): string {
  if (options === undefined || ((options.delimiter ?? '') === '' && options.create !== true)) return '';
  return `${options.delimiter ?? ''}(${options.index ?? 0}), create=${String(options.create === true)}`;
}

function refine(value: KValue, options: FieldOptions | undefined): KValue {
  const delimiter = options?.delimiter ?? '';
  if (delimiter === '') return value;
  if (!isScalar(value)) throw failure('delimiter option can only be used with scalar nodes');
  const parts = rawText(value).split(delimiter);
  const index = options?.index ?? 0;
  if (index >= parts.length || index < 0) throw failure(`options.index ${index} is out of bounds for value ${rawText(value)}`);
  return parts[index] as string;
}

function createKind(value: KValue, options: FieldOptions | undefined): CreateKind {
  if (options?.create !== true) return undefined;
  return isSeq(value) ? 'seq' : isMap(value) ? 'map' : 'scalar';
}

interface Place {
  readonly path: string;
  readonly options: FieldOptions | undefined;
}

function copyTo(resource: Resource, value: KValue, place: Place): void {
  const steps = splitFieldPath(place.path);
  const create = createKind(value, place.options);
  const inside = changeInsideText(resource.object, steps, { value, create });
  if (inside !== undefined) {
    resource.object = inside;
    return;
  }
  const what = `unable to find ${create === undefined ? '' : 'or create '}field ${JSON.stringify(place.path)} in replacement target`;
  let result: ReturnType<typeof changeMatches>;
  let failed: unknown;
  let misfit: KyamlScalar | undefined;
  try {
    result = changeMatches(resource.object, {
      steps,
      create,
      change: (target) => {
        try {
          const next = put(target, value, place.options);
          if (next instanceof KyamlScalar && isMisfit(next)) misfit = next;
          return next;
        } catch (error) {
          failed = error;
          throw error;
        }
      },
    });
  } catch (error) {
    if (error === failed) throw error;
    throw prefixed(what, error);
  }
  if (result.matches === 0) throw failure(what);
  resource.object = result.value as KObject;
  if (misfit !== undefined) resource.state = { ...resource.state, misfit };
}

/** Whether a scalar's text is not what its tag says: a word where a number stood. */
function isMisfit(scalar: KyamlScalar): boolean {
  const plain = readKyamlScalar(scalarText(scalar));
  return !isScalar(plain) || scalarTag(plain) !== scalarTag(scalar);
}

/** The new value of a target: a scalar keeps its type and takes only the text. */
function put(target: KValue, value: KValue, options: FieldOptions | undefined): KValue {
  const delimiter = options?.delimiter ?? '';
  let incoming = value;
  if (delimiter !== '') {
    if (!isScalar(target)) throw failure('delimiter option can only be used with scalar nodes');
    const parts = rawText(target).split(delimiter);
    const text = isScalar(value) && !isNullish(value) ? rawText(value) : '';
    const index = options?.index ?? 0;
    if (index < 0) parts.unshift(text);
    else if (index >= parts.length) parts.push(text);
    else parts[index] = text;
    incoming = parts.join(delimiter);
  }
  if (!isScalar(target)) return incoming;
  const text = isScalar(incoming) ? rawText(incoming) : '';
  return target === MADE_SCALAR ? readKyamlScalar(text) : retextTagged(target, text);
}
