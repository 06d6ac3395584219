import { canonicalJson } from '@flux-ts/base';
import { plainValue } from '@flux-ts/yaml';
import { failure, prefixed } from '../errors.ts';
import { changeAtSpec, compileSpec, SpecIndex, wrongKind, type FieldSpec } from '../field-spec.ts';
import { idKey, isClusterScoped } from '../res-id.ts';
import type { ResMap } from '../res-map.ts';
import { fieldOf, isEmpty, isMap, isNullish, isScalar, isSeq, rawText, textOf, withField, type KObject, type KValue } from '../value.ts';
import { showAnnotations } from './build-annotations.ts';
import type { Transformer } from './transformer.ts';

/** Which subjects of role bindings get the namespace. */
export type SubjectMode = 'defaultOnly' | 'allServiceAccounts' | 'none';

/** How the namespace is set. */
export interface NamespaceOptions {
  readonly namespace: string;
  readonly specs: readonly FieldSpec[];
  readonly unsetOnly?: boolean;
  readonly subjects?: SubjectMode;
}

const METADATA = compileSpec({ group: '', version: '', kind: '', path: 'metadata/namespace', create: true });

/** A function that sets the namespace of one object. */
export function namespaceSetter(options: NamespaceOptions): (object: KObject) => KObject {
  const wanted = options.specs.filter((spec) => spec.path !== 'metadata/namespace');
  const core = new SpecIndex(wanted);
  const others = new SpecIndex(wanted.filter((spec) => spec.path !== 'metadata/name'));
  const bindings = new SpecIndex(
    wanted.filter((spec) => spec.path !== 'metadata/name' && !(isBinding(spec.kind) && spec.path === 'subjects/namespace')),
  );
  const change = (value: KValue): KValue => {
    if (!isNullish(value) && !isScalar(value)) throw wrongKind('ScalarNode', value);
    if (options.unsetOnly === true && rawText(value) !== '' && !isNullish(value)) return value;
    return options.namespace;
  };
  return (object) => {
    let out = object;
    const apiVersion = textOf(fieldOf(object, 'apiVersion')) ?? '';
    const kind = textOf(fieldOf(object, 'kind')) ?? '';
    const slash = apiVersion.indexOf('/');
    const gvk = { group: slash < 0 ? '' : apiVersion.slice(0, slash), version: slash < 0 ? apiVersion : apiVersion.slice(slash + 1), kind };
    if (!isClusterScoped(gvk)) out = changeAtSpec(out, METADATA, { create: 'scalar', change });
    if (isBinding(kind)) out = setSubjects(out, options.subjects ?? 'defaultOnly', change);
    const index = isBinding(kind) ? bindings : apiVersion === 'v1' ? core : others;
    try {
      return index.change(out, { create: 'scalar', change });
    } catch (error) {
      throw prefixed(
        /got (Mapping|Sequence)Node/.test(String(error))
          ? 'namespace field specs must target scalar nodes'
          : 'namespace transformation failed',
        error,
      );
    }
  };
}

function isBinding(kind: string): boolean {
  return kind === 'RoleBinding' || kind === 'ClusterRoleBinding';
}

function setSubjects(object: KObject, mode: SubjectMode, change: (value: KValue) => KValue): KObject {
  const subjects = fieldOf(object, 'subjects');
  if (mode === 'none' || isNullish(subjects)) return object;
  if (!isSeq(subjects)) throw wrongKind('SequenceNode', subjects);
  const [field, text] = mode === 'defaultOnly' ? ['name', 'default'] : ['kind', 'ServiceAccount'];
  const next = subjects.map((subject) => {
    if (!isMap(subject) || rawText(fieldOf(subject, field as string)) !== text) return subject;
    return withField(subject, 'namespace', change(fieldOf(subject, 'namespace') ?? ''));
  });
  return next.every((subject, i) => subject === subjects[i]) ? object : withField(object, 'subjects', next);
}

/** Sets the namespace of all resources, and of what they say about namespaces. */
export function namespaceTransformer(options: NamespaceOptions): Transformer {
  const set = namespaceSetter(options);
  return {
    name: 'NamespaceTransformer',
    detail: `namespace ${options.namespace}`,
    transform: (map) => setAll(map, options.namespace, set),
  };
}

function setAll(map: ResMap, namespace: string, set: (object: KObject) => KObject): void {
  if (namespace === '') return;
  const count = new Map<string, number>();
  const add = (key: string, by: number): void => void count.set(key, (count.get(key) ?? 0) + by);
  for (const resource of map.resources) add(resource.key, 1);
  for (const resource of map.resources) {
    if (isEmpty(resource.object) || resource.state.helmGenerated) continue;
    add(resource.key, -1);
    resource.storePreviousId();
    resource.object = set(resource.object);
    const key = idKey(resource.id);
    add(key, 1);
    if (count.get(key) !== 1) {
      throw failure(
        `namespace transformation produces ID conflict: [${map
          .idConflict(resource)
          .map((r) => canonicalJson(plainValue(showAnnotations(r))))
          .join(' ')}]`,
      );
    }
  }
}
