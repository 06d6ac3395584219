import { define, FluxError, formatDuration, formatTime, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { FieldInfo, FieldType, TypeInfo, TypeTable } from './type-table.ts';

/** Bytes that are no message of the expected type. */
export class ProtobufError extends FluxError<'PROTOBUF_INVALID'> {}

/** An object as it lies in a request body. */
export interface ProtobufEnvelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object's own message. */
  readonly message: Uint8Array;
  readonly contentEncoding: string;
  readonly contentType: string;
}

const MAGIC = Buffer.from('k8s\0');
const MAX_DEPTH = 200;
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const CRD = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions';

function fail(message: string): never {
  throw new ProtobufError({ code: 'PROTOBUF_INVALID', message });
}

/** Reads the envelope of a body of type `application/vnd.kubernetes.protobuf`. @throws ProtobufError */
export function decodeEnvelope(bytes: Uint8Array): ProtobufEnvelope {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 4 || !buffer.subarray(0, 4).equals(MAGIC)) {
    fail(`provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]`);
  }
  const unknown = readMessage(buffer.subarray(4));
  const meta = readMessage(unknown.bytes(1) ?? Buffer.alloc(0));
  const text = (message: Wire, number: number): string => message.bytes(number)?.toString() ?? '';
  return {
    apiVersion: text(meta, 1),
    kind: text(meta, 2),
    message: unknown.bytes(2) ?? Buffer.alloc(0),
    contentEncoding: text(unknown, 3),
    contentType: text(unknown, 4),
  };
}

/** Reads a message of a type into what its JSON would say, before {@link canonicalise} adds what Go always prints. @throws ProtobufError */
export function decodeMessage(table: TypeTable, type: TypeInfo, bytes: Uint8Array): JsonObject {
  return new Decoder(table).struct(type, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}

type WireValue = bigint | Buffer;

class Wire {
  readonly fields: [number, number, WireValue][] = [];

  bytes(number: number): Buffer | undefined {
    const found = this.fields.findLast(([at]) => at === number)?.[2];
    return typeof found === 'bigint' ? undefined : found;
  }

  integer(number: number): bigint | undefined {
    const found = this.fields.findLast(([at]) => at === number)?.[2];
    return typeof found === 'bigint' ? found : undefined;
  }
}

function readMessage(buffer: Buffer): Wire {
  const out = new Wire();
  let at = 0;
  const varint = (): bigint => {
    // nearly all are one byte
    let byte = buffer[at++];
    if (byte === undefined) return fail('unexpected EOF');
    if (byte < 0x80) return BigInt(byte);
    let value = BigInt(byte & 0x7f);
    for (let shift = 7n; shift < 70n; shift += 7n) {
      byte = buffer[at++];
      if (byte === undefined) return fail('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return fail('proto: integer overflow');
  };
  const take = (size: number): Buffer => {
    if (size < 0 || at + size > buffer.length) return fail('unexpected EOF');
    at += size;
    return buffer.subarray(at - size, at);
  };
  while (at < buffer.length) {
    const key = varint();
    const number = Number(key >> 3n);
    const wire = Number(key & 7n);
    if (number <= 0) fail(`proto: illegal tag ${number} (wire type ${key})`);
    switch (wire) {
      case 0:
        out.fields.push([number, wire, varint()]);
        break;
      case 1:
        out.fields.push([number, wire, take(8)]);
        break;
      case 2:
        out.fields.push([number, wire, take(Number(varint()))]);
        break;
      case 5:
        out.fields.push([number, wire, take(4)]);
        break;
      default:
        fail(`proto: illegal wireType ${wire}`);
    }
  }
  return out;
}

class Decoder {
  readonly #table: TypeTable;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  struct(type: TypeInfo, buffer: Buffer, depth: number): JsonObject {
    const out: Record<string, JsonValue> = {};
    this.#into(out, type, { buffer, depth });
    return out;
  }

  #into(out: Record<string, JsonValue>, type: TypeInfo, { buffer, depth }: { buffer: Buffer; depth: number }): void {
    if (depth > MAX_DEPTH) fail('proto: message is nested too deep');
    const wire = readMessage(buffer);
    for (const [number, wireType, value] of wire.fields) {
      const field = type.byNumber.get(number);
      if (field === undefined) continue;
      if ('fields' in field) this.#into(out, field, { buffer: bytesOf(value), depth: depth + 1 });
      else this.#field(out, field, { value, wireType, depth });
    }
  }

  #field(
    out: Record<string, JsonValue>,
    field: FieldInfo,
    { value, wireType, depth }: { value: WireValue; wireType: number; depth: number },
  ): void {
    const { type, name } = field;
    if (type.kind === 'list') {
      const list = (out[name] ??= []) as JsonValue[];
      if (wireType === 2 && isPackable(type.element)) list.push(...unpackScalars(type.element, bytesOf(value)));
      else list.push(this.#value(type.element, value, depth));
    } else if (type.kind === 'map') {
      const entry = readMessage(bytesOf(value));
      const item = entry.fields.findLast(([number]) => number === 2)?.[2];
      const map = (out[name] ??= {}) as Record<string, JsonValue>;
      define(map, entry.bytes(1)?.toString() ?? '', item === undefined ? zeroOf(type.element) : this.#value(type.element, item, depth));
    } else {
      out[name] = this.#value(type, value, depth);
    }
  }

  #value(type: FieldType, value: WireValue, depth: number): JsonValue {
    switch (type.kind) {
      case 'string':
        return bytesOf(value).toString();
      case 'bytes':
        return bytesOf(value).toString('base64');
      case 'bool':
        return integerOf(value) !== 0n;
      case 'int32':
        return Number(BigInt.asIntN(32, integerOf(value)));
      case 'int64':
        return safe(BigInt.asIntN(64, integerOf(value)));
      case 'double': {
        const bytes = bytesOf(value);
        return bytes.length === 8 ? bytes.readDoubleLE() : fail('proto: wrong wireType for a double');
      }
      case 'message':
        return this.#message(type.name, bytesOf(value), depth + 1);
      default:
        return fail('proto: a list of lists');
    }
  }

  #message(name: string, buffer: Buffer, depth: number): JsonValue {
    const short = name.slice(name.lastIndexOf('.') + 1);
    switch (name) {
      case `${META}.Time`:
      case `${META}.MicroTime`:
        return decodeTime(readMessage(buffer), short === 'MicroTime');
      case `${META}.Duration`:
        return formatDuration(Number(BigInt.asIntN(64, readMessage(buffer).integer(1) ?? 0n)) / 1e6);
      case 'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
        const wire = readMessage(buffer);
        return wire.integer(1) === 1n ? (wire.bytes(3)?.toString() ?? '') : Number(BigInt.asIntN(32, wire.integer(2) ?? 0n));
      }
      case 'io.k8s.apimachinery.pkg.api.resource.Quantity':
        return readMessage(buffer).bytes(1)?.toString() ?? '0';
      case `${META}.FieldsV1`:
      case 'io.k8s.apimachinery.pkg.runtime.RawExtension':
        return decodeRaw(readMessage(buffer));
      default:
        return name.startsWith(CRD) ? this.#schemaMessage(name, short, { buffer, depth }) : this.#plain(name, buffer, depth);
    }
  }

  #plain(name: string, buffer: Buffer, depth: number): JsonValue {
    const type = this.#table.get(name);
    if (type.wrapper === undefined) return this.struct(type, buffer, depth);
    const element = type.wrapper;
    return readMessage(buffer)
      .fields.filter(([number]) => number === 1)
      .map(([, , value]) => this.#value(element, value, depth));
  }

  /** The unions in the schemas of custom resource definitions. */
  #schemaMessage(name: string, short: string, { buffer, depth }: { buffer: Buffer; depth: number }): JsonValue {
    if (short === 'JSON') return decodeRaw(readMessage(buffer));
    const union = /^JSONSchemaPropsOr(\w+)$/.exec(short)?.[1];
    if (union === undefined) return this.#plain(name, buffer, depth);
    const wire = readMessage(buffer);
    const props = this.#table.get(name.replace(/Or\w+$/, ''));
    const schema = (value: WireValue): JsonValue => this.struct(props, bytesOf(value), depth + 1);
    const all = (number: number): WireValue[] => wire.fields.filter(([at]) => at === number).map(([, , value]) => value);
    if (union === 'Bool') {
      const found = wire.bytes(2);
      return found === undefined ? (wire.integer(1) ?? 0n) !== 0n : schema(found);
    }
    const single = wire.bytes(1);
    if (single !== undefined) return schema(single);
    return all(2).map((value) => (union === 'Array' ? schema(value) : bytesOf(value).toString()));
  }
}

function isPackable(type: FieldType): boolean {
  return type.kind === 'int32' || type.kind === 'int64' || type.kind === 'bool';
}

function unpackScalars(type: FieldType, buffer: Buffer): JsonValue[] {
  const out: JsonValue[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of buffer) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    out.push(
      type.kind === 'bool' ? value !== 0n : type.kind === 'int32' ? Number(BigInt.asIntN(32, value)) : safe(BigInt.asIntN(64, value)),
    );
    value = 0n;
    shift = 0n;
  }
  return out;
}

function bytesOf(value: WireValue): Buffer {
  return typeof value === 'bigint' ? fail('proto: wrong wireType') : value;
}

function integerOf(value: WireValue): bigint {
  return typeof value === 'bigint' ? value : fail('proto: wrong wireType');
}

function safe(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function zeroOf(type: FieldType): JsonValue {
  switch (type.kind) {
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    case 'message':
      return type.name.endsWith('.Quantity') ? '0' : {};
    default:
      return 0;
  }
}

function decodeTime(wire: Wire, micro: boolean): JsonValue {
  if (wire.fields.length === 0) return null;
  const seconds = BigInt.asIntN(64, wire.integer(1) ?? 0n);
  const nanos = Number(BigInt.asIntN(32, wire.integer(2) ?? 0n));
  if (seconds > 253402300799n || seconds < -62135596800n) fail('proto: a time out of range');
  const text = formatTime(Number(seconds) * 1000);
  return micro ? `${text.slice(0, 19)}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : text;
}

function decodeRaw(wire: Wire): JsonValue {
  const bytes = wire.bytes(1);
  if (bytes === undefined || bytes.length === 0) return null;
  try {
    return parseJson(bytes.toString());
  } catch (error) {
    throw new ProtobufError({ code: 'PROTOBUF_INVALID', message: `raw JSON inside a message: ${(error as Error).message}`, cause: error });
  }
}
