import { sortedKeys, type JsonObject } from '@flux-ts/base';
import {
  formatFloatVerb,
  formatHex,
  formatInteger,
  formatQuoted,
  formatQuotedRune,
  formatRune,
  formatText,
  formatUnicode,
  noFlags,
  pad,
  type Flags,
} from './fmt-flags.ts';
import { formatFloatValue } from './floats.ts';
import { bytesToText } from './text.ts';
import type { GoType } from './types.ts';
import { GoBytes, GoComplex, GoInt, GoNamedInt, goTypeOf, isNilSlice } from './values.ts';
import { GO_TYPE, GoObject, type GoValue, type MaybeValue, type TemplateMap, type TemplateValue } from './model.ts';

/** Writes one value with a verb and flags. */
class Printer {
  readonly f: Flags;
  /** Inside the text of a bad verb: String and Error are not called. */
  #erroring = false;

  constructor(f: Flags) {
    this.f = f;
  }

  /** Prints an argument, as `printArg` of Go's fmt. */
  argument(value: MaybeValue, verb: string): string {
    if (value === null || value === undefined) return verb === 'v' || verb === 'T' ? pad(this.f, '<nil>') : this.#badVerb(value, verb);
    if (verb === 'T') return formatText(this.f, goTypeOf(value)?.name ?? '<nil>');
    if (verb === 'p') return this.#pointer(value);
    if (verb === 'w') return this.#badVerb(value, verb); // only Errorf wraps
    return this.#value(value, verb, 0);
  }

  #pointer(value: TemplateValue): string {
    const kind = goTypeOf(value)?.kind;
    return kind === 'map' || kind === 'slice' || kind === 'ptr' || kind === 'func'
      ? pad(this.f, '0xc000000000')
      : this.#badVerb(value, 'p');
  }

  #badVerb(value: MaybeValue, verb: string): string {
    if (value === null || value === undefined) return `%!${verb}(<nil>)`;
    const before = this.#erroring;
    this.#erroring = true;
    const text = `%!${verb}(${goTypeOf(value)?.name ?? ''}=${this.argument(value, 'v')})`;
    this.#erroring = before;
    return text;
  }

  #value(value: MaybeValue, verb: string, depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.#text(value, verb, value);
      case 'boolean':
        return verb === 't' || verb === 'v' ? pad(this.f, String(value)) : this.#badVerb(value, verb);
      case 'number':
        return this.#float(value, verb);
      case 'bigint':
        return this.#integer(value, value, verb);
      case 'undefined':
        return '<nil>';
      default:
        return value === null ? (this.f.sharpV ? 'interface {}(nil)' : '<nil>') : this.#object(value as GoValue, verb, depth);
    }
  }

  #object(value: GoValue | TemplateMap | TemplateValue[], verb: string, depth: number): string {
    if (Array.isArray(value)) return this.#slice(value, goTypeOf(value) as GoType, verb, depth);
    const type = (value as GoValue)[GO_TYPE];
    if (type === undefined || (type.kind === 'map' && !(value instanceof GoObject))) {
      const map = value as TemplateMap;
      return this.#entries(
        sortedKeys(map as JsonObject).map((key) => [key, map[key] as TemplateValue]),
        goTypeOf(map) as GoType,
        verb,
        depth,
      );
    }
    if (value instanceof GoInt) return this.#integer(value, value.value, verb);
    if (value instanceof GoBytes) return this.#bytes(value, verb);
    if (value instanceof GoComplex) return this.#complex(value, verb);
    if (!(value instanceof GoObject)) return pad(this.f, '0xc000000000');
    const source = this.f.sharpV && !this.#erroring ? value.goString() : undefined;
    if (source !== undefined) return formatText(this.f, source);
    const text = this.#erroring || this.f.sharpV || !/[vsxXq]/.test(verb) ? undefined : value.string();
    if (text !== undefined) return this.#text(text, verb, value);
    if (value instanceof GoNamedInt) return this.#integer(value, value.value, verb);
    return this.#goObject(value, type, verb, depth);
  }

  #goObject(value: GoObject, type: GoType, verb: string, depth: number): string {
    if (type.kind === 'ptr') {
      if (depth > 0) return this.f.sharpV ? `(${type.name})(0xc000000000)` : pad(this.f, '0xc000000000');
      return `&${this.#struct(value.entries(), type.target ?? type, verb, depth)}`;
    }
    if (type.kind === 'map') return this.#entries(value.entries(), type, verb, depth);
    if (type.kind === 'slice')
      return this.#slice(
        value.entries().map(([, item]) => item),
        type,
        verb,
        depth,
      );
    return this.#struct(value.entries(), type, verb, depth);
  }

  #text(text: string, verb: string, value: TemplateValue): string {
    switch (verb) {
      case 'v':
        return this.f.sharpV ? formatQuoted(this.f, text) : formatText(this.f, text);
      case 's':
        return formatText(this.f, text);
      case 'q':
        return formatQuoted(this.f, text);
      case 'x':
      case 'X':
        return formatHex(this.f, text, verb);
      default:
        return this.#badVerb(value, verb);
    }
  }

  #float(value: number, verb: string): string {
    switch (verb) {
      case 'v':
        return formatFloatVerb(this.f, value, 'g', -1);
      case 'b':
      case 'g':
      case 'G':
      case 'x':
      case 'X':
        return formatFloatVerb(this.f, value, verb, -1);
      case 'f':
      case 'e':
      case 'E':
        return formatFloatVerb(this.f, value, verb, 6);
      case 'F':
        return formatFloatVerb(this.f, value, 'f', 6);
      default:
        return this.#badVerb(value, verb);
    }
  }

  #integer(value: TemplateValue, whole: number | bigint, verb: string): string {
    const { f } = this;
    const n = BigInt(whole);
    const unsigned = goTypeOf(value)?.kind.startsWith('uint') === true;
    switch (verb) {
      case 'v':
        return f.sharpV && unsigned ? formatInteger({ ...f, sharp: true }, n, 16, 'v') : formatInteger(f, n, 10, verb);
      case 'd':
        return formatInteger(f, n, 10, verb);
      case 'b':
        return formatInteger(f, n, 2, verb);
      case 'o':
      case 'O':
        return formatInteger(f, n, 8, verb);
      case 'x':
      case 'X':
        return formatInteger(f, n, 16, verb);
      case 'c':
        return formatRune(f, n);
      case 'q':
        return formatQuotedRune(f, n);
      case 'U':
        return formatUnicode(f, n);
      default:
        return this.#badVerb(value, verb);
    }
  }

  #bytes(value: GoBytes, verb: string): string {
    if (verb === 's' || verb === 'q') return this.#text(bytesToText(value.bytes), verb, value);
    if (verb === 'x' || verb === 'X') return formatHex(this.f, value.bytes, verb);
    if (verb === 'v' && this.f.sharpV) return `[]byte{${Array.from(value.bytes, (byte) => `0x${byte.toString(16)}`).join(', ')}}`;
    const uint8: GoType = { name: 'uint8', kind: 'uint8' };
    return `[${Array.from(value.bytes, (byte) => this.#integer(new GoInt(uint8, byte), byte, verb)).join(' ')}]`;
  }

  #complex(value: GoComplex, verb: string): string {
    if (!/[vbgGxXfFeE]/.test(verb)) return this.#badVerb(value, verb);
    const plus = this.f.plus;
    const real = this.#float(value.real, verb);
    this.f.plus = true;
    const imaginary = this.#float(value.imaginary, verb);
    this.f.plus = plus;
    return `(${real}${imaginary}i)`;
  }

  #slice(items: readonly TemplateValue[], type: GoType, verb: string, depth: number): string {
    if (this.f.sharpV && isNilSlice(items as TemplateValue[])) return `${type.name}(nil)`;
    const parts = items.map((item) => this.#value(item, verb, depth + 1));
    return this.f.sharpV ? `${type.name}{${parts.join(', ')}}` : `[${parts.join(' ')}]`;
  }

  #entries(entries: readonly (readonly [string, TemplateValue])[], type: GoType, verb: string, depth: number): string {
    const parts = entries.map(([key, item]) => `${this.#value(key, verb, depth + 1)}:${this.#value(item, verb, depth + 1)}`);
    return this.f.sharpV ? `${type.name}{${parts.join(', ')}}` : `map[${parts.join(' ')}]`;
  }

  #struct(entries: readonly (readonly [string, TemplateValue])[], type: GoType, verb: string, depth: number): string {
    const named = this.f.plusV || this.f.sharpV;
    const parts = entries.map(([name, item]) => (named ? `${name}:` : '') + this.#value(item, verb, depth + 1));
    return this.f.sharpV ? `${type.name}{${parts.join(', ')}}` : `{${parts.join(' ')}}`;
  }
}

/** Prints a value as `%v`. */
export function formatValue(value: MaybeValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return formatFloatValue(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (value instanceof GoInt) return String(value.value);
      return new Printer(noFlags()).argument(value, 'v');
  }
}

/** Prints a value with a verb and flags that were read. */
export function formatArgument(f: Flags, value: MaybeValue, verb: string): string {
  return new Printer(f).argument(value, verb);
}

/** `fmt.Sprint`: blanks between operands where neither is a string. */
export function sprint(values: readonly MaybeValue[]): string {
  if (values.length === 1) return formatValue(values[0]);
  let out = '';
  let afterString = true;
  for (const value of values) {
    const isString = goTypeOf(value)?.kind === 'string';
    if (!isString && !afterString) out += ' ';
    out += formatValue(value);
    afterString = isString;
  }
  return out;
}

/** `fmt.Sprintln`: blanks between all operands, a line feed at the end. */
export function sprintln(values: readonly MaybeValue[]): string {
  return `${values.map(formatValue).join(' ')}\n`;
}
