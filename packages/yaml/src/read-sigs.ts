import type { JsonValue } from '@flux-ts/base';
import { Composer } from './composer.ts';
import { decodeV2 } from './decode-v2.ts';
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

function read(input: string | Uint8Array, options: YamlReadOptions | undefined, strict: boolean): JsonValue {
  const limits = readLimits(options);
  try {
    checkSize(input, limits);
    const document = new Composer(readSource(input), 'v2', limits).next();
    return document === undefined ? null : decodeV2(document, { limits, strict });
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
  return read(input, options, false);
}

/** As {@link parseYaml}; keys that occur twice in a mapping are errors, as in `UnmarshalStrict`. */
export function parseYamlStrict(input: string | Uint8Array, options?: YamlReadOptions): JsonValue {
  return read(input, options, true);
}

/** Reads a text of our own making with the wide bounds that Go has. @throws YamlError without the lead of a conversion */
export function readAsSigs(text: string): JsonValue {
  const limits = readLimits({ maxDepth: 10_000, maxDocumentBytes: Number.POSITIVE_INFINITY, maxScalarBytes: Number.POSITIVE_INFINITY });
  const document = new Composer(readSource(text), 'v2', limits).next();
  return document === undefined ? null : decodeV2(document, { limits, strict: false });
}
