import { isObject, type JsonObject } from '@flux-ts/base';
import { deducedType, typeFromStructural, type TypeSchema } from '@flux-ts/merge';
import { compileSchema, decodeMetadata, type CelCompiler, type FieldError, type StructuralSchema } from '@flux-ts/schema';
import type { Decoded, VersionCodec } from '../registry/resource.ts';
import { badRequest } from '../status.ts';

/** How the objects of one version of a CRD are read and shown. The schema is compiled when it is first needed. */
export class CustomCodec implements VersionCodec {
  readonly apiVersion: string;
  readonly kind: string;
  readonly strategic: undefined = undefined;
  readonly #openApi: JsonObject | undefined;
  readonly #storedApiVersion: string;
  readonly #cel: CelCompiler | undefined;
  readonly #views = new WeakMap<JsonObject, JsonObject>();
  #schema: StructuralSchema | undefined;
  #mergeType: TypeSchema | undefined;

  constructor(init: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly schema: JsonObject | undefined;
    readonly storedApiVersion: string;
    readonly cel: CelCompiler | undefined;
  }) {
    this.apiVersion = init.apiVersion;
    this.kind = init.kind;
    this.#openApi = init.schema;
    this.#storedApiVersion = init.storedApiVersion;
    this.#cel = init.cel;
  }

  get #compiled(): StructuralSchema {
    return (this.#schema ??= compileSchema(
      this.#openApi ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      this.#cel === undefined ? {} : { cel: this.#cel },
    ));
  }

  get mergeType(): TypeSchema {
    return (this.#mergeType ??= this.#openApi === undefined ? deducedType : typeFromStructural(this.#openApi));
  }

  get empty(): JsonObject {
    return { apiVersion: this.apiVersion, kind: this.kind, metadata: {} };
  }

  decode(body: JsonObject): Decoded {
    const metadata = body['metadata'];
    const cleaned = metadata === undefined ? undefined : decodeMetadata(metadata);
    if (cleaned?.problem !== undefined)
      throw badRequest(
        `${this.kind} in version ${JSON.stringify(this.apiVersion.split('/').at(-1))} cannot be handled as a ${this.kind}: ${cleaned.problem}`,
      );
    const typed = cleaned === undefined ? body : { ...body, metadata: cleaned.value };
    const { value, pruned } = this.#compiled.normalize(typed);
    const unknown = (cleaned?.unknown ?? []).map((field) => (field.startsWith('metadata') ? field : `metadata.${field}`));
    return { object: value as JsonObject, unknown: [...unknown, ...pruned] };
  }

  finish(object: JsonObject): JsonObject {
    return this.#compiled.normalize(object).value as JsonObject;
  }

  validate(object: JsonObject, old?: JsonObject): readonly FieldError[] {
    return this.#compiled.validate(object, old === undefined ? {} : { oldValue: old });
  }

  view(stored: JsonObject): JsonObject {
    let view = this.#views.get(stored);
    if (view === undefined) {
      const same = stored['apiVersion'] === this.apiVersion;
      const renamed = same ? stored : { ...stored, apiVersion: this.apiVersion };
      const shown = same ? this.#compiled.applyDefaults(renamed) : this.#compiled.normalize(renamed).value;
      view = isObject(shown) ? shown : renamed;
      this.#views.set(stored, view);
    }
    return view;
  }

  store(object: JsonObject): JsonObject {
    return object['apiVersion'] === this.#storedApiVersion ? object : { ...object, apiVersion: this.#storedApiVersion };
  }
}
