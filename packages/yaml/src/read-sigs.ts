import { define, isArray, isObject, type JsonValue } from '@flux-ts/base';
import { Composer } from './composer.ts';
import { decodeV2 } from './decode-v2.ts';
import { FAST_DEPTH, FastReader, type FastResult } from './fast-reader.ts';
import { SIGS_PROFILE, STRICT_PROFILE } from './profiles.ts';
import { CONVERT_LEAD, YamlError } from './errors.ts';
import { readLimits, type ReadLimits, type YamlReadOptions } from './options.ts';
import { readSource } from './source.ts';

/** Refuses a text that is longer than the bound. */
export function checkSize(input: string | Uint8Array, limits: ReadLimits): void {
  if (input.length <= limits.maxDocumentBytes) return;
  const problem = `document longer than ${limits.maxDocumentBytes} bytes`;
  throw new YamlError({ code: 'YAML_LIMIT', problem, message: `yaml: ${problem}`, file: limits.file, mark: undefined });
}

/** Gives go-yaml's error the lead that sigs.k8s.io/yaml puts before it. */
export function withLead(error: unknown): unknown {
  if (!(error instanceof YamlError) || error.message.startsWith(CONVERT_LEAD)) return error;
  const [diagnostic] = error.diagnostics;
  const mark = diagnostic === undefined ? undefined : { pos: 0, index: 0, line: diagnostic.line - 1, column: diagnostic.column - 1 };
  const problem = diagnostic?.message ?? error.message;
  return new YamlError({ code: error.code, problem, message: CONVERT_LEAD + error.message, file: diagnostic?.file, mark });
}

// they hold texts and what these mean: content, bounded
const FAST = new FastReader(SIGS_PROFILE);
const FAST_STRICT = new FastReader(STRICT_PROFILE);

/** Reads a text of the usual shape; undefined where it must be read faithfully. */
export function readFast(input: string | Uint8Array, limits: ReadLimits, strict: boolean): FastResult<JsonValue> | undefined {
  if (limits.maxDepth < FAST_DEPTH) return undefined;
  const reader = strict ? FAST_STRICT : FAST;
  const text = reader.prepare(asText(input));
  return text === undefined ? undefined : reader.first(text, limits.maxScalarBytes, limits.maxAliases);
}

/** Decodes bytes as UTF-8; bad ones become U+FFFD, which only the faithful reader looks into. */
export function asText(input: string | Uint8Array): string {
  return typeof input === 'string' ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('utf8');
}

/** How values come out. */
type Mode = 'exact' | 'strict' | 'floats';

function read(input: string | Uint8Array, options: YamlReadOptions | undefined, mode: Mode): JsonValue {
  const strict = mode === 'strict';
  const limits = readLimits(options);
  try {
    checkSize(input, limits);
    const fast = readFast(input, limits, strict);
    if (fast !== undefined) return fast.big && mode === 'floats' ? toFloats(fast.value) : fast.value;
    const document = new Composer(readSource(input), 'v2', limits).next();
    const value = document === undefined ? null : decodeV2(document, { limits, strict });
    return mode === 'floats' ? toFloats(value) : value;
  } catch (error) {
    throw withLead(error);
  }
}

/**
 * Reads the first document of a YAML text as `sigs.k8s.io/yaml.Unmarshal` into `interface{}` does: YAML 1.1 words,
 * keys to strings, the last of repeated keys wins. An empty text is null. Integers beyond 2^53 - 1 are bigint.
 * Differs: Go rounds those to float64.
 * @throws YamlError with Go's text
 */
export function parseYaml(input: string | Uint8Array, options?: YamlReadOptions): JsonValue {
  return read(input, options, 'exact');
}

/** As {@link parseYaml}; keys that occur twice in a mapping are errors, as in `UnmarshalStrict`. */
export function parseYamlStrict(input: string | Uint8Array, options?: YamlReadOptions): JsonValue {
  return read(input, options, 'strict');
}

/** As {@link parseYaml}; every number is Go's float64: integers beyond 2^53 lose precision, as `sigs.k8s.io/yaml` has them. */
export function parseYamlFloats(input: string | Uint8Array, options?: YamlReadOptions): JsonValue {
  return read(input, options, 'floats');
}

function toFloats(value: JsonValue): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (isArray(value)) return value.map(toFloats);
  if (!isObject(value)) return value;
  const out: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) define(out, key, toFloats(value[key] as JsonValue));
  return out;
}

/** Reads a text of our own making with the wide bounds that Go has. @throws YamlError without the lead of a conversion */
export function readAsSigs(text: string): JsonValue {
  const limits = readLimits({ maxDepth: 10_000, maxDocumentBytes: Number.POSITIVE_INFINITY, maxScalarBytes: Number.POSITIVE_INFINITY });
  const document = new Composer(readSource(text), 'v2', limits).next();
  return document === undefined ? null : decodeV2(document, { limits, strict: false });
}
