import type { JsonObject } from '@flux-ts/base';
import { canonicalise } from './canonical.ts';
import { decodeMessage } from './decode-protobuf.ts';
import { goDecode, type DecodeReport } from './go-decode.ts';
import { KnownParts } from './known-parts.ts';
import { strategicTypes, type StrategicTypes } from './strategic-types.ts';
import type { TypeInfo, TypeTable } from './type-table.ts';

/** What Go knows of one kind of object: reading, checking and printing it. */
export class KindCodec {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: TypeInfo;
  /** Parts of objects of this kind that were decoded, defaulted and canonicalised: {@link KnownParts.add} is for who did all three. */
  readonly known: KnownParts = new KnownParts();
  readonly #table: TypeTable;
  #strategic: StrategicTypes | undefined;

  /** @param names the kind's names, @param type its type in the table */
  constructor(table: TypeTable, names: { readonly apiVersion: string; readonly kind: string }, type: TypeInfo) {
    this.#table = table;
    this.apiVersion = names.apiVersion;
    this.kind = names.kind;
    this.type = type;
  }

  /** The type's name for server-side apply and OpenAPI: `io.k8s.api.apps.v1.Deployment`. */
  get typeName(): string {
    return this.type.name;
  }

  /** The facts for strategic merge patches. */
  get strategic(): StrategicTypes {
    return (this.#strategic ??= strategicTypes(this.#table, this.type));
  }

  /** The object as a round trip through its Go type prints it; the same object where it is in that form already. */
  canonicalise(object: JsonObject): JsonObject {
    return canonicalise(this.#table, this.type, object, { root: this.kind !== '', known: this.known });
  }

  /** Unknown fields, and why Go cannot read the object at all. */
  decode(object: JsonObject): DecodeReport {
    return goDecode(this.#table, { type: this.type, value: object }, { isKind: this.kind !== '', known: this.known });
  }

  /** Paths of fields that the type does not have, in the order of the document: `spec.containers[0].foo`. */
  unknownFields(object: JsonObject): readonly string[] {
    return this.decode(object).unknownFields;
  }

  /** What Go's decoder says of the first value of a wrong type; undefined where the object can be read. */
  check(object: JsonObject): string | undefined {
    return this.decode(object).problem;
  }

  /**
   * Reads the kind's protobuf message (what lies inside the envelope).
   * @throws ProtobufError
   */
  decodeProtobuf(message: Uint8Array): JsonObject {
    const object = { kind: this.kind, apiVersion: this.apiVersion, ...decodeMessage(this.#table, this.type, message) };
    return canonicalise(this.#table, this.type, object, { hidden: true, root: true });
  }
}
