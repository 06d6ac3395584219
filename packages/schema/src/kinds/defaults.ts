import { isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { formatQuantity, parseQuantity, QuantityError, roundUpQuantity } from '../quantity.ts';
import { Draft } from './draft.ts';
import { CORE_DEFAULTS } from './defaults-core.ts';
import { OTHER_DEFAULTS } from './defaults-other.ts';
import { WORKLOAD_DEFAULTS } from './defaults-workloads.ts';
import type { KnownParts } from './known-parts.ts';
import { SPECIAL_TYPES } from './special-types.ts';
import type { FieldType, TypeInfo, TypeTable } from './type-table.ts';

const DEFAULTS: ReadonlyMap<string, (draft: Draft) => void> = new Map([...CORE_DEFAULTS, ...WORKLOAD_DEFAULTS, ...OTHER_DEFAULTS]);

/** Fills in the API server's defaults, type by type from the top down. One per table: it remembers which types have any. */
export class Defaulter {
  readonly #table: TypeTable;
  readonly #relevant = new Map<string, boolean>();

  constructor(table: TypeTable) {
    this.#table = table;
  }

  /** The object with its defaults; the same object where nothing was missing. */
  apply(type: TypeInfo, object: JsonObject, known?: KnownParts): JsonObject {
    return this.#isRelevant(type.name) ? this.#struct(type, object, known) : object;
  }

  /** @param known values of fields that have their defaults already */
  #struct(type: TypeInfo, object: JsonObject, known?: KnownParts): JsonObject {
    const draft = new Draft(object);
    DEFAULTS.get(type.name)?.(draft);
    for (const field of type.fields) {
      if (field.hidden) continue;
      if (field.default !== undefined) {
        if (field.pointer) draft.fill([field.name], field.default as JsonValue);
        else if (field.default !== '' && field.default !== 0 && field.default !== false)
          draft.fillZero([field.name], field.default as JsonValue);
      }
      const value = draft.value[field.name] ?? undefined;
      if (value !== undefined) {
        if (typeof value !== 'object' || known?.has(field.name, value) === true) continue;
        const next = this.#value(field.type, value);
        if (next !== value) draft.set([field.name], next);
      } else if (
        !field.pointer &&
        field.type.kind === 'message' &&
        !SPECIAL_TYPES.has(field.type.name) &&
        this.#isRelevant(field.type.name)
      ) {
        // a struct that Go always has gets its defaults even where nothing was given
        const next = this.#struct(this.#table.get(field.type.name), {});
        if (Object.keys(next).length > 0) draft.set([field.name], next);
      }
    }
    return draft.value;
  }

  #value(type: FieldType, value: JsonValue): JsonValue {
    if (type.kind === 'message') {
      return isObject(value) && this.#isRelevant(type.name) ? this.#struct(this.#table.get(type.name), value) : value;
    }
    if (type.kind === 'list' && isArray(value)) {
      if (type.element.kind !== 'message' || !this.#isRelevant(type.element.name)) return value;
      const next = value.map((item) => this.#value(type.element, item));
      return next.some((item, i) => item !== value[i]) ? next : value;
    }
    if (type.kind === 'map' && isObject(value) && isQuantity(type.element)) return roundResources(value);
    return value;
  }

  /** Whether a type or anything below it has defaults. */
  #isRelevant(name: string): boolean {
    const known = this.#relevant.get(name);
    if (known !== undefined) return known;
    this.#relevant.set(name, false); // a type that leads back to itself adds nothing new
    const type = SPECIAL_TYPES.has(name) ? undefined : this.#table.find(name);
    const relevant =
      type !== undefined &&
      (DEFAULTS.has(name) ||
        type.fields.some((field) => {
          const element = field.type.kind === 'list' || field.type.kind === 'map' ? field.type.element : field.type;
          if (
            (field.default !== undefined && (field.pointer || field.default !== '')) ||
            (field.type.kind === 'map' && isQuantity(element))
          )
            return true;
          return element.kind === 'message' && field.type.kind !== 'map' && this.#isRelevant(element.name);
        }));
    this.#relevant.set(name, relevant);
    return relevant;
  }
}

function isQuantity(type: FieldType): boolean {
  return type.kind === 'message' && type.name === 'io.k8s.apimachinery.pkg.api.resource.Quantity';
}

/** Amounts of resources are kept to a thousandth. */
function roundResources(resources: JsonObject): JsonObject {
  let out = resources;
  for (const [key, value] of Object.entries(resources)) {
    if (typeof value !== 'string' || !/[nu]$|\.|e-/.test(value)) continue;
    try {
      const rounded = roundUpQuantity(parseQuantity(value), -3);
      if (!rounded.exact) out = { ...out, [key]: formatQuantity(rounded.quantity) };
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
    }
  }
  return out;
}
