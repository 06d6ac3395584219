import { brotliDecompressSync } from 'node:zlib';

/** How a field's value is written: a scalar, a message (a struct), a list or a map with string keys. */
export type FieldType =
  | { readonly kind: 'string' | 'bool' | 'int32' | 'int64' | 'double' | 'bytes' }
  | { readonly kind: 'message'; readonly name: string }
  | { readonly kind: 'list' | 'map'; readonly element: FieldType };

/** A field of a Go struct. */
export interface FieldInfo {
  /** The JSON name. */
  readonly name: string;
  /** The protobuf number, 0 where there is none. */
  readonly number: number;
  readonly type: FieldType;
  /** An empty value is not written. */
  readonly omitEmpty: boolean;
  /** A zero value is not written. */
  readonly omitZero: boolean;
  /** A pointer: written when set, zero or not. */
  readonly pointer: boolean;
  /** Known to the wire format, but not part of this version's API. */
  readonly hidden: boolean;
  /** How a list or map merges: `s` a set, `m` a map by `listKeys`, `a` atomic, `g` by field even where the type is atomic. */
  readonly list: 's' | 'm' | 'a' | 'g' | undefined;
  readonly listKeys: readonly string[];
  readonly strategies: readonly string[];
  readonly mergeKey: string;
  /** The names of the inlined structs that it lies in, each with a dot: Go's decoder mentions them. */
  readonly through: string;
  /** The schema's default; a default of a list's key counts in server-side apply. */
  readonly default: unknown;
}

/** A Go struct. */
export interface TypeInfo {
  /** The OpenAPI name, `io.k8s.api.apps.v1.Deployment`. */
  readonly name: string;
  /** In the order of the struct; fields of inlined structs stand in their place. */
  readonly fields: readonly FieldInfo[];
  readonly byName: ReadonlyMap<string, FieldInfo>;
  /** By protobuf number; an inlined struct is one entry. */
  readonly byNumber: ReadonlyMap<number, FieldInfo | TypeInfo>;
  /** The map merges as a whole. */
  readonly atomic: boolean;
  /** A list that stands for itself: its elements' type. */
  readonly wrapper: FieldType | undefined;
  /** Whether objects of the type carry apiVersion and kind. */
  readonly hasTypeMeta: boolean;
}

/** A resource, or a subresource as `resource/sub`. */
export interface ResourceRow {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
}

type Row = readonly [string, number, string, string, (string | null)?, (string | null)?, (string | null)?, (string | null)?];
interface RawType {
  readonly f: readonly Row[];
  readonly a?: 1;
  readonly w?: string;
  readonly k?: 1;
}

const SCALARS: Readonly<Record<string, FieldType>> = {
  s: { kind: 'string' },
  b: { kind: 'bool' },
  i: { kind: 'int32' },
  l: { kind: 'int64' },
  d: { kind: 'double' },
  y: { kind: 'bytes' },
};

/** Reads a packed JSON value. @param data brotli in base64 */
export function unpack<T>(data: string): T {
  return JSON.parse(brotliDecompressSync(Buffer.from(data, 'base64')).toString()) as T;
}

/** The types of all built-in kinds, read package by package when they are needed. */
export class TypeTable {
  readonly resources: readonly ResourceRow[];
  /** `group/version/Kind` to the type's name; the core group is `v1/Pod`. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly #sections: Readonly<Record<string, string>>;
  readonly #parsed = new Map<string, Readonly<Record<string, RawType>>>();
  readonly #types = new Map<string, TypeInfo>();

  /** @param data the generated table */
  constructor(data: string) {
    const table = unpack<{ types: Record<string, string>; resources: ResourceRow[]; kinds: Record<string, string> }>(data);
    this.#sections = table.types;
    this.resources = table.resources;
    this.kinds = table.kinds;
  }

  /** A type by its OpenAPI name; undefined where there is none. */
  find(name: string): TypeInfo | undefined {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const dot = name.lastIndexOf('.');
    const raw = this.#section(name.slice(0, dot))?.[name.slice(dot + 1)];
    if (raw === undefined) return undefined;
    const type = this.#read(name, raw);
    this.#types.set(name, type);
    return type;
  }

  /** A type by name that must be there. */
  get(name: string): TypeInfo {
    const type = this.find(name);
    if (type === undefined) throw new TypeError(`the type table has no ${name}`);
    return type;
  }

  #section(pkg: string): Readonly<Record<string, RawType>> | undefined {
    const known = this.#parsed.get(pkg);
    if (known !== undefined) return known;
    const text = Object.hasOwn(this.#sections, pkg) ? this.#sections[pkg] : undefined;
    if (text === undefined) return undefined;
    const section = JSON.parse(text) as Readonly<Record<string, RawType>>;
    this.#parsed.set(pkg, section);
    return section;
  }

  #read(name: string, raw: RawType): TypeInfo {
    const pkg = name.slice(0, name.lastIndexOf('.'));
    const fields: FieldInfo[] = [];
    const byNumber = new Map<number, FieldInfo | TypeInfo>();
    for (const row of raw.f) {
      const field = readField(row, pkg);
      if (field.name === '' && field.type.kind === 'message') {
        const inlined = this.get(field.type.name);
        const short = `${inlined.name.slice(inlined.name.lastIndexOf('.') + 1)}.`;
        fields.push(...inlined.fields.map((inner) => ({ ...inner, through: short + inner.through })));
        byNumber.set(field.number, inlined);
      } else {
        fields.push(field);
        if (field.number > 0) byNumber.set(field.number, field);
      }
    }
    const byName = new Map(fields.map((field) => [field.name, field]));
    return {
      name,
      fields,
      byName,
      byNumber,
      atomic: raw.a === 1,
      wrapper: raw.w === undefined ? undefined : readType(raw.w, pkg),
      hasTypeMeta: raw.k === 1,
    };
  }
}

function readField(row: Row, pkg: string): FieldInfo {
  const [name, number, type, flags, list, strategy, mergeKey, value] = row;
  return {
    name,
    number,
    type: readType(type, pkg),
    omitEmpty: flags.includes('o'),
    omitZero: flags.includes('z'),
    pointer: flags.includes('p'),
    hidden: flags.includes('h'),
    list: list === undefined || list === null ? undefined : (list[0] as 's' | 'm' | 'a' | 'g'),
    listKeys: list?.startsWith('m') === true ? list.slice(1).split(',') : [],
    strategies: strategy === undefined || strategy === null || strategy === '' ? [] : strategy.split(','),
    mergeKey: mergeKey ?? '',
    through: '',
    default: value === undefined || value === null ? undefined : JSON.parse(value),
  };
}

function readType(text: string, pkg: string): FieldType {
  if (text.startsWith('[]')) return { kind: 'list', element: readType(text.slice(2), pkg) };
  if (text.startsWith('{}')) return { kind: 'map', element: readType(text.slice(2), pkg) };
  return SCALARS[text] ?? { kind: 'message', name: text.startsWith('.') ? pkg + text : text };
}
