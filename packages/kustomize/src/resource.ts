import { define } from '@flux-ts/base';
import type { KyamlScalar } from '@flux-ts/yaml';
import { failure } from './errors.ts';
import type { Origin } from './origin.ts';
import { effectiveNamespace, gvkOf, idKey, metaText, resIdOf, type Gvk, type ResId } from './res-id.ts';
import { fieldOf, isEmpty, isMap, isNullish, rawText, retext, withField, withoutField, type KObject, type KValue } from './value.ts';

/** How a generated resource meets one that is already there. */
export type Behavior = 'unspecified' | 'create' | 'replace' | 'merge';

/** A name that a resource had before. */
export interface PreviousId {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** What goes with a resource besides its content. */
export interface ResourceState {
  /** The names it had, oldest first. */
  readonly previous: readonly PreviousId[];
  /** Whether any of the previous identities holds a comma. */
  readonly commas: boolean;
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
  readonly behavior: Behavior;
  readonly needsHash: boolean;
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
  /** Names of the vars that take their value from it. */
  readonly vars: readonly string[];
  readonly helmGenerated: boolean;
  /** A scalar that a replacement put where its text does not fit; it cannot be printed. */
  readonly misfit: KyamlScalar | undefined;
  readonly origin: Origin | undefined;
  readonly transformations: readonly Origin[];
}

const FRESH: ResourceState = {
  previous: [],
  commas: false,
  prefixes: [],
  suffixes: [],
  behavior: 'unspecified',
  needsHash: false,
  allowNameChange: false,
  allowKindChange: false,
  vars: [],
  helmGenerated: false,
  misfit: undefined,
  origin: undefined,
  transformations: [],
};

/**
 * One resource on its way through a build. The content and the state are replaced, never changed in place,
 * so that copies share them.
 */
export class Resource {
  #object: KObject | undefined;
  #id: ResId | undefined;
  #key: string | undefined;
  state: ResourceState;
  /** What an observer hangs on a resource; copies share it. */
  trace: object | undefined;

  constructor(object: KObject, state: ResourceState = FRESH) {
    this.#object = object;
    this.state = state;
  }

  /** The content; an empty mapping where a patch deleted it. */
  get object(): KObject {
    return this.#object ?? {};
  }

  set object(value: KObject) {
    if (value === this.#object) return;
    if (this.#id !== undefined && !sameIdentity(this.#object, value)) this.#forget();
    this.#object = value;
  }

  #forget(): void {
    this.#id = undefined;
    this.#key = undefined;
  }

  /** Takes the content away: the resource is dropped at the end of the step. */
  clear(): void {
    this.#object = undefined;
    this.#forget();
  }

  /** Whether there is no content. */
  get isEmpty(): boolean {
    return this.#object === undefined || isEmpty(this.#object);
  }

  /** A copy that can go its own way. */
  copy(): Resource {
    const copy = new Resource(this.object, this.state);
    copy.trace = this.trace;
    if (this.#object === undefined) copy.clear();
    else {
      copy.#id = this.#id;
      copy.#key = this.#key;
    }
    return copy;
  }

  /** The identity as it is now. */
  get id(): ResId {
    this.#id ??= resIdOf(this.object);
    return this.#id;
  }

  /** One string for the identity as it is now. */
  get key(): string {
    this.#key ??= idKey(this.id);
    return this.#key;
  }

  /** The identities it had, oldest first; group and version are today's. */
  get previousIds(): readonly ResId[] {
    this.#checkPrevious();
    const { group, version } = this.id;
    return this.state.previous.map((p) => ({ group, version, ...p }));
  }

  /** The identity it started with. */
  get originalId(): ResId {
    this.#checkPrevious();
    const first = this.state.previous[0];
    return first === undefined ? this.id : { group: this.id.group, version: this.id.version, ...first };
  }

  /** kustomize keeps the identities in comma-separated lists, so commas in them (encrypted texts have some) break it. */
  #checkPrevious(): void {
    if (!this.state.commas) return;
    const count = (field: keyof PreviousId): number =>
      this.state.previous
        .map((id) => id[field])
        .join(',')
        .split(',').length;
    if (count('name') === count('namespace') && count('name') === count('kind')) return;
    throw failure('number of previous names, number of previous namespaces, number of previous kinds not equal', 'KUSTOMIZE_PANIC');
  }

  /** Group, version and kind as they are now. */
  get gvk(): Gvk {
    return gvkOf(this.object);
  }

  get name(): string {
    return metaText(this.object, 'name');
  }

  get namespace(): string {
    return metaText(this.object, 'namespace');
  }

  /** Labels as texts. */
  get labels(): Readonly<Record<string, string>> {
    return texts(fieldOf(fieldOf(this.object, 'metadata'), 'labels'));
  }

  /** Annotations as texts. */
  get annotations(): Readonly<Record<string, string>> {
    return texts(fieldOf(fieldOf(this.object, 'metadata'), 'annotations'));
  }

  set name(value: string) {
    this.#setMeta('name', retext(fieldOf(fieldOf(this.object, 'metadata'), 'name'), value));
  }

  set namespace(value: string) {
    this.#setMeta('namespace', value === '' ? undefined : retext(fieldOf(fieldOf(this.object, 'metadata'), 'namespace'), value));
  }

  set kind(value: string) {
    this.object = withField(this.object, 'kind', retext(fieldOf(this.object, 'kind'), value));
  }

  set labels(value: Readonly<Record<string, string>>) {
    this.#setMeta('labels', Object.keys(value).length === 0 ? undefined : value);
  }

  set annotations(value: Readonly<Record<string, string>>) {
    this.#setMeta('annotations', Object.keys(value).length === 0 ? undefined : value);
  }

  /** Sets one annotation. */
  annotate(key: string, value: string): void {
    this.annotations = { ...this.annotations, [key]: value };
  }

  #setMeta(field: string, value: KValue | undefined): void {
    const metadata = fieldOf(this.object, 'metadata');
    const before: KObject = isMap(metadata) ? metadata : {};
    const after = value === undefined ? withoutField(before, field) : withField(before, field, value);
    if (after !== before || !isMap(metadata)) this.object = withField(this.object, 'metadata', after);
  }

  /** Notes the identity as it is now among the previous ones. */
  storePreviousId(): void {
    const id = this.id;
    const added: PreviousId = { kind: id.kind, name: id.name, namespace: effectiveNamespace(id) };
    const commas = this.state.commas || Object.values(added).some((text: string) => text.includes(','));
    this.state = { ...this.state, commas, previous: [...this.state.previous, added] };
  }
}

/** Whether what identities are made of has stayed as it was. */
function sameIdentity(a: KObject | undefined, b: KObject): boolean {
  if (fieldOf(a, 'apiVersion') !== fieldOf(b, 'apiVersion') || fieldOf(a, 'kind') !== fieldOf(b, 'kind')) return false;
  const [before, after] = [fieldOf(a, 'metadata'), fieldOf(b, 'metadata')];
  if (before === after) return true;
  return fieldOf(before, 'name') === fieldOf(after, 'name') && fieldOf(before, 'namespace') === fieldOf(after, 'namespace');
}

function texts(value: KValue | undefined): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  if (!isMap(value)) return out;
  for (const key of Object.keys(value)) define(out as never, key, isNullish(value[key]) ? nullText(value[key]) : rawText(value[key]));
  return out;
}

function nullText(value: KValue | undefined): string {
  return value === undefined ? '' : rawText(value);
}
