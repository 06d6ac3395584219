import { getArray, getObject, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';

/** One rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

const EMPTY: readonly never[] = [];

/**
 * One node of an OpenAPI v3 schema, read on demand: what a large schema does not need is never looked at.
 * `undefined` of a limit means that there is none.
 */
export class SchemaNode {
  readonly raw: JsonObject;
  readonly #properties = new Map<string, SchemaNode | undefined>();
  #propertyNames: readonly string[] | undefined;
  #items: SchemaNode | undefined | null = null;
  #additional: SchemaNode | undefined | null = null;

  constructor(raw: JsonObject) {
    this.raw = raw;
  }

  /** The declared type; empty where there is none. */
  get type(): string {
    const type = this.raw['type'];
    return typeof type === 'string' ? type : '';
  }

  get format(): string {
    const format = this.raw['format'];
    return typeof format === 'string' ? format : '';
  }

  get nullable(): boolean {
    return this.raw['nullable'] === true;
  }

  get intOrString(): boolean {
    return this.raw['x-kubernetes-int-or-string'] === true;
  }

  get preserveUnknownFields(): boolean {
    return this.raw['x-kubernetes-preserve-unknown-fields'] === true;
  }

  get embeddedResource(): boolean {
    return this.raw['x-kubernetes-embedded-resource'] === true;
  }

  get listType(): string | undefined {
    const type = this.raw['x-kubernetes-list-type'];
    return typeof type === 'string' ? type : undefined;
  }

  get listMapKeys(): readonly string[] {
    return (getArray(this.raw, ['x-kubernetes-list-map-keys']) ?? EMPTY) as readonly string[];
  }

  get mapType(): string | undefined {
    const type = this.raw['x-kubernetes-map-type'];
    return typeof type === 'string' ? type : undefined;
  }

  /** The default; `undefined` where there is none (upstream takes `null` for none, too). */
  get default(): JsonValue | undefined {
    const value = this.raw['default'];
    return value === null ? undefined : value;
  }

  get rules(): readonly ValidationRule[] {
    return (getArray(this.raw, ['x-kubernetes-validations']) ?? EMPTY) as unknown as readonly ValidationRule[];
  }

  get required(): readonly string[] {
    return (getArray(this.raw, ['required']) ?? EMPTY) as readonly string[];
  }

  get enum(): readonly JsonValue[] {
    return getArray(this.raw, ['enum']) ?? EMPTY;
  }

  /** The declared properties, sorted; none where the schema declares none. */
  get propertyNames(): readonly string[] {
    this.#propertyNames ??= Object.keys(getObject(this.raw, ['properties']) ?? {}).sort();
    return this.#propertyNames;
  }

  get hasProperties(): boolean {
    return isObject(this.raw['properties']);
  }

  property(name: string): SchemaNode | undefined {
    if (this.#properties.has(name)) return this.#properties.get(name);
    const properties = this.raw['properties'];
    const raw = isObject(properties) ? own(properties, name) : undefined;
    const node = isObject(raw) ? new SchemaNode(raw) : undefined;
    // only declared names are kept: a map's keys come from users
    if (node !== undefined) this.#properties.set(name, node);
    return node;
  }

  get items(): SchemaNode | undefined {
    if (this.#items === null) {
      const raw = this.raw['items'];
      this.#items = isObject(raw) ? new SchemaNode(raw) : undefined;
    }
    return this.#items;
  }

  /** The schema of values whose keys are no properties. */
  get additional(): SchemaNode | undefined {
    if (this.#additional === null) {
      const raw = this.raw['additionalProperties'];
      this.#additional = isObject(raw) ? new SchemaNode(raw) : undefined;
    }
    return this.#additional;
  }

  /** `additionalProperties` is there at all: a schema, or true, or (as upstream has it) false. */
  get allowsAdditional(): boolean {
    const raw = this.raw['additionalProperties'];
    return raw !== undefined && raw !== null;
  }

  /** The schema of a key: its property, else that of additional values. */
  field(name: string): SchemaNode | undefined {
    return this.property(name) ?? this.additional;
  }

  number(keyword: string): number | undefined {
    const value = this.raw[keyword];
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
  }

  /** The sub-schema of `not`. */
  get negated(): SchemaNode | undefined {
    const raw = this.raw['not'];
    return isObject(raw) ? new SchemaNode(raw) : undefined;
  }

  /** The sub-schemas of `allOf`, `anyOf` or `oneOf`. */
  branches(keyword: 'allOf' | 'anyOf' | 'oneOf'): readonly SchemaNode[] {
    const raw = this.raw[keyword];
    return isArray(raw) ? raw.filter(isObject).map((branch) => new SchemaNode(branch)) : EMPTY;
  }
}
