import { goQuote } from '@flux-ts/base';
import { displayDoubleG, displayDuration, displayTimestamp } from '../display.ts';
import { evalError } from '../errors.ts';
import { typeNameOf } from '../type-names.ts';
import type { CelType } from '../types.ts';
import { CelBytes, CelDuration, CelList, CelMap, CelTimestamp, CelTypeValue, CelUint, type CelValue } from '../values.ts';

/** How `format` prints: `plain` as the newest version of the library does, `quoted` as Kubernetes' older one (texts inside lists and maps in quotes). */
export type FormatStyle = 'plain' | 'quoted';

interface Clause {
  readonly verb: string;
  readonly precision: number;
}

/** The parts of a format: texts and clauses. @returns a problem's message instead where there is one */
function parseFormat(format: string): readonly (string | Clause)[] | { readonly problem: string } {
  const out: (string | Clause)[] = [];
  let text = '';
  for (let i = 0; i < format.length; i++) {
    const ch = format[i] as string;
    if (ch !== '%') {
      text += ch;
      continue;
    }
    if (i + 1 >= format.length) return { problem: 'unexpected end of string' };
    if (format[i + 1] === '%') {
      text += '%';
      i++;
      continue;
    }
    const match = /^(?:\.(\d+))?([\s\S])/.exec(format.slice(i + 1));
    const verb = match?.[2];
    if (verb === undefined || !/[sdfebxXo]/.test(verb))
      return { problem: `could not parse formatting clause: unrecognized formatting clause "${verb ?? ''}"` };
    if (text !== '') out.push(text);
    text = '';
    out.push({ verb, precision: match === null || match[1] === undefined ? 6 : Number(match[1]) });
    i += match === null ? 0 : match[0].length;
  }
  if (text !== '') out.push(text);
  return out;
}

interface Allowed {
  readonly words: string;
  readonly types: readonly string[];
}

const QUOTED_ALLOWED: Readonly<Record<string, Allowed>> = {
  d: { words: 'decimal clause can only be used on integers', types: ['int', 'uint'] },
  f: { words: 'fixed-point clause can only be used on doubles', types: ['double'] },
  e: { words: 'scientific clause can only be used on doubles', types: ['double'] },
  b: { words: 'only integers and bools can be formatted as binary', types: ['int', 'uint', 'bool'] },
  x: { words: 'only integers, byte buffers, and strings can be formatted as hex', types: ['int', 'uint', 'string', 'bytes'] },
  X: { words: 'only integers, byte buffers, and strings can be formatted as hex', types: ['int', 'uint', 'string', 'bytes'] },
  o: { words: 'octal clause can only be used on integers', types: ['int', 'uint'] },
};

const PLAIN_ALLOWED: Readonly<Record<string, Allowed>> = {
  d: { words: 'decimal clause can only be used on ints, uints, and doubles', types: ['int', 'uint', 'double'] },
  f: { words: 'fixed-point clause can only be used on ints, uints, and doubles', types: ['int', 'uint', 'double'] },
  e: { words: 'scientific clause can only be used on ints, uints, and doubles', types: ['int', 'uint', 'double'] },
  b: { words: 'binary clause can only be used on ints, uints, and bools', types: ['int', 'uint', 'bool'] },
  x: { words: 'only ints, uints, bytes, and strings can be formatted as hex', types: ['int', 'uint', 'string', 'bytes'] },
  X: { words: 'only ints, uints, bytes, and strings can be formatted as hex', types: ['int', 'uint', 'string', 'bytes'] },
  o: { words: 'octal clause can only be used on ints and uints', types: ['int', 'uint'] },
};

function allowedFor(verb: string, style: FormatStyle): Allowed | undefined {
  return verb === 's'
    ? {
        words: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
        types: PRINTED,
      }
    : (style === 'quoted' ? QUOTED_ALLOWED : PLAIN_ALLOWED)[verb];
}

const PRINTED: readonly string[] = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'null_type',
  'timestamp',
  'duration',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
  'list',
  'map',
  'type',
];

/** What is wrong with a format before it is run, and with which of its arguments. */
export function checkFormat(
  format: string,
  types: readonly CelType[],
  style: FormatStyle,
): { readonly message: string; readonly argument?: number } | undefined {
  const parts = parseFormat(format);
  if ('problem' in parts) return { message: parts.problem };
  let index = 0;
  for (const part of parts) {
    if (typeof part === 'string') continue;
    const type = types[index];
    if (type === undefined) return { message: `index ${index} out of range` };
    const allowed = allowedFor(part.verb, style);
    // Kubernetes' version takes texts for the words of infinity and not-a-number
    const word = style === 'quoted' && (part.verb === 'e' || part.verb === 'f') && type.kind === 'string';
    const loose = type.kind === 'dyn' || type.kind === 'param';
    const name = type.kind === 'null' ? 'null_type' : type.name;
    if (!loose && !word && allowed !== undefined && !allowed.types.includes(name))
      return { message: `error during formatting: ${allowed.words}, was given ${name}`, argument: index };
    index++;
  }
  return index < types.length
    ? { message: `too many arguments supplied to string.format (expected ${index}, got ${types.length})` }
    : undefined;
}

function plainNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const text = String(value);
  if (!text.includes('e')) return text;
  const [mantissa, exponent] = text.split('e') as [string, string];
  const shift = Number(exponent);
  const digits = mantissa.replace(/[-.]/g, '');
  const sign = mantissa.startsWith('-') ? '-' : '';
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${digits}`;
  return sign + digits.padEnd(shift + 1, '0');
}

/** Prints any value as `%s` does. */
function print(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return plainNumber(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelBytes) return Buffer.from(value.bytes).toString('utf8');
  if (value instanceof CelDuration) return displayDuration(value.nanos);
  if (value instanceof CelTimestamp) return displayTimestamp(new CelTimestamp(value.nanos));
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelList) return `[${Array.from(value, print).join(', ')}]`;
  if (value instanceof CelMap) {
    const entries = value.keys().map((key): [string, string] => [print(key), print(value.get(key))]);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([k, v]) => `${k}: ${v}`)
      .join(', ')}}`;
  }
  throw evalError(
    `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeNameOf(value)}`,
  );
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** An exponent the way Kubernetes' version writes it: 1.5×10⁰³. */
function superscript(text: string): string {
  const [mantissa, exponent] = text.split('e') as [string, string];
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
  return `${mantissa}×10${exponent.startsWith('-') ? '⁻' : ''}${Array.from(digits, (d) => SUPERSCRIPTS[Number(d)]).join('')}`;
}

/** Prints a value that stands alone, in Kubernetes' version. */
function printOuter(value: CelValue): string {
  if (typeof value === 'number') return Number.isFinite(value) ? displayDoubleG(value) : plainNumber(value);
  if (value instanceof CelTimestamp) return displayTimestamp(value);
  return value instanceof CelList || value instanceof CelMap ? printQuoted(value) : print(value);
}

function printKey(key: CelValue): string {
  const name = typeNameOf(key);
  if (!['string', 'bool', 'int', 'uint'].includes(name))
    throw evalError(`error during formatting: no formatting function for map key of type ${name}`);
  return printQuoted(key);
}

/** Prints a value inside a list or map, in Kubernetes' version. */
function printQuoted(value: CelValue): string {
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value.toFixed(6) : goQuote(plainNumber(value));
  if (value instanceof CelBytes) return `b${goQuote(Buffer.from(value.bytes).toString('utf8'))}`;
  if (value instanceof CelDuration) return `duration(${goQuote(print(value))})`;
  if (value instanceof CelTimestamp) return `timestamp(${goQuote(displayTimestamp(value))})`;
  if (value instanceof CelList) return `[${Array.from(value, printQuoted).join(', ')}]`;
  if (!(value instanceof CelMap)) return print(value);
  const entries = value.keys().map((key): [string, string] => [printKey(key), printQuoted(value.get(key))]);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([k, v]) => `${k}:${v}`)
    .join(', ')}}`;
}

function integerOf(value: CelValue): bigint | undefined {
  return typeof value === 'bigint' ? value : value instanceof CelUint ? value.value : undefined;
}

function hex(value: CelValue): string {
  const integer = integerOf(value);
  if (integer !== undefined) return integer.toString(16);
  return Buffer.from(value instanceof CelBytes ? value.bytes : (value as string)).toString('hex');
}

function clause({ verb, precision }: Clause, value: CelValue, style: FormatStyle): string {
  const allowed = allowedFor(verb, style) as Allowed;
  if (!allowed.types.includes(typeNameOf(value)))
    throw evalError(`error during formatting: ${allowed.words}, was given ${typeNameOf(value)}`);
  if (verb === 's') return style === 'quoted' ? printOuter(value) : print(value);
  const integer = integerOf(value);
  if (verb === 'd') return integer === undefined ? plainNumber(value as number) : String(integer);
  if (verb === 'x') return hex(value);
  if (verb === 'X') return hex(value).toUpperCase();
  if (verb === 'o') return (integer as bigint).toString(8);
  if (verb === 'b') return typeof value === 'boolean' ? (value ? '1' : '0') : (integer as bigint).toString(2);
  const number = integer === undefined ? (value as number) : Number(integer);
  if (!Number.isFinite(number)) return plainNumber(number);
  if (style === 'quoted' && verb === 'e') return superscript(number.toExponential(Math.max(6, Math.min(precision, 100))));
  return verb === 'f'
    ? number.toFixed(Math.min(precision, 100))
    : number.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Puts values into a format. @throws CelError with cel-go's text */
export function formatString(format: string, args: CelList, style: FormatStyle): string {
  const parts = parseFormat(format);
  if ('problem' in parts) throw evalError(parts.problem);
  let index = 0;
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if (index >= args.size) throw evalError(`index ${index} out of range`);
      return clause(part, args.at(index++), style);
    })
    .join('');
}
