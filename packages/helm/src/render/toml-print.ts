import { isArray, isObject, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { formatGo, GoError } from '@flux-ts/gotemplate';

/** A value whose integers are bigint and whose other numbers are float64, so that both print as Go prints them. */
type TomlValue = JsonValue;

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

function quote(text: string): string {
  let out = '"';
  for (const ch of text) {
    const code = ch.codePointAt(0) as number;
    if (ESCAPES[ch] !== undefined) out += ESCAPES[ch];
    else if (code < 0x20 || code === 0x7f) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += ch;
  }
  return `${out}"`;
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key);
}

function float(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : '+inf';
  const text = formatGo('%v', [value]);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A list that prints as `[[tables]]`: not empty, and nothing but objects. */
function isTableList(value: TomlValue): value is readonly JsonObject[] {
  return isArray(value) && value.length > 0 && value.every(isObject);
}

function inline(value: TomlValue): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return float(value);
  if (value === null) throw new GoError('toml: cannot encode array with nil element');
  if (isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isObject(value)) {
    const pairs = sortedKeys(value).filter((key) => value[key] !== null);
    return `{${pairs.map((key) => `${keyText(key)} = ${inline(value[key] as JsonValue)}`).join(', ')}}`;
  }
  return String(value);
}

class Printer {
  out = '';

  #newline(): void {
    if (this.out !== '') this.out += '\n';
  }

  table(path: readonly string[], table: JsonObject): void {
    const indent = '  '.repeat(Math.max(0, path.length - 1));
    if (path.length === 1) this.#newline();
    if (path.length > 0) this.out += `${indent}[${path.map(keyText).join('.')}]\n`;
    this.#entries(path, table);
  }

  #entries(path: readonly string[], table: JsonObject): void {
    const indent = '  '.repeat(path.length);
    const keys = sortedKeys(table).filter((key) => table[key] !== null);
    const isTable = (key: string): boolean => isObject(table[key]) || isTableList(table[key] as JsonValue);
    for (const key of keys) if (!isTable(key)) this.out += `${indent}${keyText(key)} = ${inline(table[key] as JsonValue)}\n`;
    for (const key of keys) {
      const value = table[key] as JsonValue;
      if (isTableList(value)) this.#list([...path, key], value);
      else if (isObject(value)) this.table([...path, key], value);
    }
  }

  #list(path: readonly string[], items: readonly JsonObject[]): void {
    const indent = '  '.repeat(path.length - 1);
    for (const item of items) {
      this.#newline();
      this.out += `${indent}[[${path.map(keyText).join('.')}]]\n`;
      this.#entries(path, item);
    }
  }
}

/**
 * Prints a value as TOML in the layout of Helm's encoder: plain keys first, then tables, indented, null left out.
 * @param value integers are bigint, floats are numbers @throws GoError for what TOML has no form for
 */
export function printToml(value: TomlValue): string {
  if (!isObject(value)) throw new GoError('toml: top-level values must be Go maps or structs');
  const printer = new Printer();
  printer.table([], value);
  return printer.out;
}
