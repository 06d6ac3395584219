import type { NameReference } from '../config-types.ts';
import { failure, prefixed } from '../errors.ts';
import { changeAtSpec, compileSpec, type CompiledSpec } from '../field-spec.ts';
import { plainValue, printYaml } from '@flux-ts/yaml';
import { effectiveNamespace, gvkSelected, idText, isClusterScoped, type Gvk } from '../res-id.ts';
import type { ResMap } from '../res-map.ts';
import type { Resource } from '../resource.ts';
import { fieldOf, isMap, isNullish, isScalar, isSeq, rawText, retext, withField, type KObject, type KValue } from '../value.ts';
import { showAnnotations } from './build-annotations.ts';
import type { Transformer } from './transformer.ts';

interface Rule {
  readonly spec: CompiledSpec;
  readonly target: Gvk;
}

/** Resources by every name they had before they got the one they have. */
type Candidates = ReadonlyMap<string, readonly Resource[]>;

function indexNames(map: ResMap): Candidates {
  const index = new Map<string, Resource[]>();
  for (const resource of map.resources) {
    for (const name of new Set(resource.state.previous.map((p) => p.name))) {
      const list = index.get(name);
      if (list === undefined) index.set(name, [resource]);
      else list.push(resource);
    }
  }
  return index;
}

/** Brings the names by which resources refer to each other up to date. */
export function nameReferenceTransformer(references: readonly NameReference[]): Transformer {
  const rules: Rule[] = references.flatMap((reference) =>
    reference.referrers.map((spec) => ({ spec: compileSpec(spec), target: reference })),
  );
  const byKind = new Map<string, readonly Rule[]>();
  const rulesFor = (resource: Resource): readonly Rule[] => {
    const id = resource.originalId;
    const key = `${id.group}|${id.version}|${id.kind}`;
    let found = byKind.get(key);
    if (found === undefined) {
      found = rules.filter((rule) => gvkSelected(id, rule.spec));
      byKind.set(key, found);
    }
    return found;
  };
  return {
    name: 'NameReferenceTransformer',
    detail: 'name references',
    transform(map) {
      const names = indexNames(map);
      if (names.size === 0) {
        for (const referrer of map.resources) checkBindings(referrer);
        return;
      }
      for (const referrer of map.resources) {
        const reach = new Reach(referrer);
        for (const rule of rulesFor(referrer)) reach.apply(rule, names);
      }
    },
  };
}

/** Refuses role bindings whose subjects name a namespace that is no text, as kustomize does on the way. */
function checkBindings(referrer: Resource): void {
  boundNamespaces(referrer);
}

function boundNamespaces(referrer: Resource): ReadonlySet<string> {
  const namespaces = new Set<string>();
  if (rawText(fieldOf(referrer.object, 'kind')) !== 'RoleBinding' || isClusterScoped(referrer.id)) return namespaces;
  const subjects = fieldOf(referrer.object, 'subjects');
  if (!isSeq(subjects)) return namespaces;
  for (const subject of subjects) {
    const namespace = fieldOf(subject, 'namespace');
    if (namespace === undefined || fieldOf(subject, 'kind') !== 'ServiceAccount') continue;
    if (typeof namespace !== 'string') throw failure(`Invalid Input: namespace is blank for resource "${idText(referrer.id)}"\n`);
    namespaces.add(namespace);
  }
  return namespaces;
}

/** What one resource can refer to, and the changes to its references. */
class Reach {
  readonly #referrer: Resource;
  readonly #clusterScoped: boolean;
  readonly #namespace: string;
  readonly #bound: ReadonlySet<string>;

  constructor(referrer: Resource) {
    this.#referrer = referrer;
    this.#clusterScoped = isClusterScoped(referrer.id);
    this.#namespace = effectiveNamespace(referrer.id);
    this.#bound = boundNamespaces(referrer);
  }

  apply(rule: Rule, names: Candidates): void {
    const referrer = this.#referrer;
    try {
      referrer.object = changeAtSpec(referrer.object, rule.spec, {
        create: undefined,
        change: (value) => this.#change(value, rule, names),
      });
    } catch (error) {
      throw prefixed(`updating name reference in '${rule.spec.path}' field of '${idText(referrer.id)}'`, error);
    }
  }

  #change(value: KValue, rule: Rule, names: Candidates): KValue {
    if (isNullish(value)) return value;
    if (isScalar(value)) return this.#scalar(value, rule, names);
    if (isMap(value)) return this.#mapping(value, rule, names);
    let out: KValue[] | undefined;
    value.forEach((item, i) => {
      if (isNullish(item)) return;
      if (isSeq(item)) throw failure('a sequence is expected to be either a string or a map of string');
      const next = isMap(item) ? this.#mapping(item, rule, names) : this.#scalar(item, rule, names);
      if (next === item) return;
      out ??= [...value];
      out[i] = next;
    });
    return out ?? value;
  }

  #scalar(value: KValue, rule: Rule, names: Candidates): KValue {
    const old = rawText(value);
    const all = names.get(old);
    if (all === undefined) return value;
    const found = this.#select(all, rule, (a, b) => a.name === b.name);
    return found === undefined || found.name === old ? value : retext(value, found.name);
  }

  #mapping(value: KObject, rule: Rule, names: Candidates): KValue {
    const name = fieldOf(value, 'name');
    if (name === undefined) throw failure("path config error; no 'name' field in node");
    const old = rawText(name);
    const all = names.get(old);
    if (all === undefined) return value;
    const namespace = fieldOf(value, 'namespace');
    const candidates = namespace === undefined ? all : this.#inNamespace(all, rawText(namespace));
    const found = this.#select(candidates, rule, (a, b) => a.name === b.name && a.namespace === b.namespace);
    if (found === undefined || (found.name === old && found.namespace === '')) return value;
    const renamed = withField(value, 'name', retext(name, found.name));
    return found.namespace === '' ? renamed : withField(renamed, 'namespace', retext(namespace, found.namespace));
  }

  /** Those whose first namespace is the one; where nothing has, those whose namespace is it now. */
  #inNamespace(all: readonly Resource[], namespace: string): readonly Resource[] {
    const first = all.filter((r) => effectiveNamespace(r.originalId) === namespace);
    return first.length > 0 ? first : all.filter((r) => effectiveNamespace(r.id) === namespace);
  }

  /** Whether this one can refer to another at all. */
  #reaches(other: Resource): boolean {
    if (this.#clusterScoped) return true;
    const { id } = other;
    return isClusterScoped(id) || effectiveNamespace(id) === this.#namespace || this.#bound.has(other.namespace);
  }

  #select(all: readonly Resource[], rule: Rule, same: (a: Resource, b: Resource) => boolean): Resource | undefined {
    let candidates = all.filter((r) => this.#reaches(r) && r.previousIds.some((id) => gvkSelected(id, rule.target)));
    if (candidates.length === 0) return undefined;
    if (rule.spec.path.endsWith('roleRef/name')) {
      const role = fieldOf(this.#referrer.object, 'roleRef');
      const group = fieldOf(role, 'apiGroup');
      const kind = fieldOf(role, 'kind');
      if (!isNullish(group) && !isNullish(kind)) {
        const wanted = { group: rawText(group), version: '', kind: rawText(kind) };
        candidates = candidates.filter((r) => r.previousIds.some((id) => gvkSelected(id, wanted)));
      }
    }
    if (!this.#clusterScoped) {
      candidates = candidates.filter(
        (r) => isClusterScoped(r.id) || r.id.kind === 'ServiceAccount' || effectiveNamespace(r.id) === this.#namespace,
      );
    }
    if (candidates.length <= 1) return candidates[0];
    candidates = candidates.filter((r) => affixesAgree(r, this.#referrer, true));
    if (candidates.length > 1) candidates = candidates.filter((r) => affixesAgree(r, this.#referrer, false));
    const [first] = candidates;
    if (first === undefined || candidates.every((r) => same(first, r))) return first;
    throw failure(
      `found multiple possible referrals: ${candidates.map((r) => idText(r.id)).join(', ')}\n${details(this.#referrer, candidates)}`,
    );
  }
}

function details(referrer: Resource, candidates: readonly Resource[]): string {
  const shown = candidates.map((r, i) => `--- possible referral ${i}:\n${printYaml(plainValue(showAnnotations(r)))}\n`).join('');
  return `\n**** Too many possible referral targets to referrer:\n${printYaml(plainValue(showAnnotations(referrer)))}\n${shown}`;
}

function sameEnding(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === 0) return long.length === 0;
  const from = long.length - short.length;
  return short.every((text, i) => long[from + i] === text);
}

function affixesAgree(a: Resource, b: Resource, emptyAgrees: boolean): boolean {
  const agree = (x: readonly string[], y: readonly string[]): boolean =>
    (emptyAgrees && (x.length === 0 || y.length === 0)) || sameEnding(x, y);
  return agree(a.state.prefixes, b.state.prefixes) && agree(a.state.suffixes, b.state.suffixes);
}
