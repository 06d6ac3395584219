import { getObject, type JsonObject } from '@flux-ts/base';
import {
  isTerminating,
  keyOf,
  keyText,
  labelsOf,
  namespaceOf,
  resourceVersionOf,
  typeOf,
  uidOf,
  type ObjectKey,
  type TypeRef,
} from '@flux-ts/kube';
import { KIND, kindName } from './kinds.ts';
import { controllerOf } from './read.ts';

/** Words under which objects of a kind are found again, in their namespace. */
type Terms = (object: JsonObject) => readonly string[];

function pairs(map: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(map).map(([key, value]) => `${key}=${String(value)}`);
}

const labels: Terms = (object) => pairs(labelsOf(object));

const TERMS: ReadonlyMap<string, Terms> = new Map<string, Terms>([
  [kindName(KIND.pod), labels],
  [kindName(KIND.replicaSet), labels],
  [kindName(KIND.endpointSlice), labels],
  // one pair of its selector is enough: a Pod that it chooses carries it
  [kindName(KIND.service), (object) => pairs(getObject(object, ['spec', 'selector']) ?? {}).slice(0, 1)],
]);

class Index {
  readonly #sets = new Map<string, Map<string, JsonObject>>();

  put(word: string, key: string, object: JsonObject): void {
    let set = this.#sets.get(word);
    if (set === undefined) this.#sets.set(word, (set = new Map()));
    set.set(key, object);
  }

  drop(word: string, key: string): void {
    const set = this.#sets.get(word);
    set?.delete(key);
    if (set?.size === 0) this.#sets.delete(word);
  }

  get(word: string): readonly JsonObject[] {
    const set = this.#sets.get(word);
    return set === undefined ? [] : [...set.values()];
  }
}

class Kind {
  readonly objects = new Map<string, JsonObject>();
  readonly index = new Index();
  readonly #terms: Terms | undefined;

  constructor(name: string) {
    this.#terms = TERMS.get(name);
  }

  words(object: JsonObject): readonly string[] {
    const namespace = namespaceOf(object);
    const owner = controllerOf(object);
    return [
      `namespace ${namespace}`,
      ...(owner === undefined ? [] : [`owner ${String(owner['uid'])}`]),
      ...(this.#terms?.(object) ?? []).map((term) => `term ${namespace} ${term}`),
    ];
  }

  put(key: string, object: JsonObject): void {
    const old = this.objects.get(key);
    this.objects.set(key, object);
    const words = this.words(object);
    if (old !== undefined) for (const word of this.words(old)) if (!words.includes(word)) this.index.drop(word, key);
    for (const word of words) this.index.put(word, key, object);
  }

  drop(key: string): void {
    const old = this.objects.get(key);
    if (old === undefined) return;
    this.objects.delete(key);
    for (const word of this.words(old)) this.index.drop(word, key);
  }
}

/**
 * The cluster as the simulator knows it: what its watches brought, and what it wrote itself, at once, so that a step never
 * acts on a state before its own last one. Objects are found by key, namespace, controller and (some kinds) label.
 */
export class ClusterCache {
  readonly #kinds = new Map<string, Kind>();

  #of(type: TypeRef): Kind {
    const name = kindName(type);
    let kind = this.#kinds.get(name);
    if (kind === undefined) this.#kinds.set(name, (kind = new Kind(name)));
    return kind;
  }

  /** Takes an object as it stands now; an older version than the known one is passed over. */
  seen(object: JsonObject): void {
    const kind = this.#of(typeOf(object));
    const key = keyText(keyOf(object));
    const known = kind.objects.get(key);
    if (known !== undefined && Number(resourceVersionOf(object)) < Number(resourceVersionOf(known))) return;
    kind.put(key, object);
  }

  /** Forgets an object that is gone, unless another one of its name is there already. */
  gone(object: JsonObject): void {
    const kind = this.#of(typeOf(object));
    const key = keyText(keyOf(object));
    const known = kind.objects.get(key);
    if (known !== undefined && uidOf(known) === uidOf(object)) kind.drop(key);
  }

  /** Marks an object that was just asked to go, until its watch tells what became of it. */
  leaving(object: JsonObject, time: string): void {
    const known = this.get(typeOf(object), keyOf(object));
    if (known === undefined || uidOf(known) !== uidOf(object) || isTerminating(known)) return;
    const metadata = { ...getObject(known, ['metadata']), deletionTimestamp: time };
    this.#of(typeOf(object)).put(keyText(keyOf(object)), { ...known, metadata });
  }

  /** An object, or undefined. */
  get(type: TypeRef, key: ObjectKey): JsonObject | undefined {
    return this.#of(type).objects.get(keyText(key));
  }

  /** All objects of a kind, or those of one namespace. */
  list(type: TypeRef, namespace?: string): readonly JsonObject[] {
    const kind = this.#of(type);
    return namespace === undefined ? [...kind.objects.values()] : kind.index.get(`namespace ${namespace}`);
  }

  /** The objects of a kind that an owner controls. */
  controlled(type: TypeRef, owner: JsonObject): readonly JsonObject[] {
    return this.#of(type).index.get(`owner ${uidOf(owner)}`);
  }

  /** The objects of a kind in a namespace that have a label (Services: whose selector may ask for it). */
  labelled(type: TypeRef, namespace: string, pair: readonly [key: string, value: string]): readonly JsonObject[] {
    return this.#of(type).index.get(`term ${namespace} ${pair[0]}=${pair[1]}`);
  }
}
