import { errorMessage, FluxError, isArray, isObject, own, parseJson, type JsonValue } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';
import { jsonBlocks, yamlBlocks } from './blocks.ts';
import { interner, newestFirst, readEntry, type IndexEntry } from './index-entry.ts';

/** Why an index cannot be used. */
export class IndexError extends FluxError<'INDEX_INVALID' | 'INDEX_TOO_LARGE'> {}

/** A repository's charts: each one's versions, newest first. */
export interface RepositoryIndex {
  readonly entries: ReadonlyMap<string, readonly IndexEntry[]>;
  /** When it was made, RFC 3339 text. */
  readonly generated?: string;
}

/** Bounds of reading an index. */
export interface ReadIndexOptions {
  /** Default 256 MiB. */
  readonly maxBytes?: number;
  /** The text of one chart's versions. Default 64 MiB. */
  readonly maxChartBytes?: number;
  readonly signal?: AbortSignal;
}

const MIB = 1024 * 1024;

function invalid(message: string, cause?: unknown): IndexError {
  return new IndexError({ code: 'INDEX_INVALID', message, cause });
}

// eslint-disable-next-line typescript/require-await -- made of what is there
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
}

async function* bounded(source: AsyncIterable<Uint8Array>, options: ReadIndexOptions): AsyncGenerator<Uint8Array> {
  const limit = options.maxBytes ?? 256 * MIB;
  let total = 0;
  for await (const chunk of source) {
    options.signal?.throwIfAborted();
    total += chunk.length;
    if (total > limit) throw new IndexError({ code: 'INDEX_TOO_LARGE', message: `the index has more than ${limit} bytes` });
    yield chunk;
  }
}

/** Looks at the first bytes and gives them back with the rest. */
async function peek(
  source: AsyncGenerator<Uint8Array>,
): Promise<{ readonly json: boolean; readonly empty: boolean; readonly all: AsyncIterable<Uint8Array> }> {
  const first: Uint8Array[] = [];
  let mark: string | undefined;
  while (mark === undefined) {
    const next = await source.next();
    if (next.done === true) break;
    first.push(next.value);
    mark = /[^\s\ufeff]/.exec(
      Buffer.from(next.value)
        .toString('latin1')
        .replace(/^\u00ef\u00bb\u00bf/, ''),
    )?.[0];
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* source;
  }
  return { json: mark === '{', empty: mark === undefined, all: all() };
}

function addEntries(entries: Map<string, IndexEntry[]>, value: JsonValue): void {
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) {
    const list = value[name];
    if (!isArray(list)) continue;
    const intern = interner();
    const read = list.map((item) => readEntry(item, intern)).filter((entry) => entry !== undefined);
    const before = entries.get(name);
    entries.set(intern(name), newestFirst(before === undefined ? read : [...before, ...read]));
  }
}

/**
 * Reads a repository's index.yaml (YAML or JSON), a chart at a time: the memory it takes is that of the entries kept.
 * Entries that Helm leaves out (null, no valid version, a name that is a path) are left out.
 * @throws IndexError INDEX_INVALID or INDEX_TOO_LARGE
 */
export async function readIndex(source: Uint8Array | AsyncIterable<Uint8Array>, options: ReadIndexOptions = {}): Promise<RepositoryIndex> {
  const chunks = source instanceof Uint8Array ? pieces(source) : source;
  const { json, empty, all } = await peek(bounded(chunks, options));
  if (empty) throw invalid('empty index.yaml file');
  const entries = new Map<string, IndexEntry[]>();
  let head: JsonValue = null;
  try {
    const limit = options.maxChartBytes ?? 64 * MIB;
    for await (const block of json ? jsonBlocks(all, limit) : yamlBlocks(all, limit)) {
      if (block.kind === 'chart') addEntries(entries, json ? parseJson(`{${block.text}}`) : parseYaml(block.text));
      else head = json ? parseJson(block.text) : parseYaml(block.text);
    }
  } catch (error) {
    if (error instanceof RangeError) throw new IndexError({ code: 'INDEX_TOO_LARGE', message: error.message, cause: error });
    if (error instanceof SyntaxError || (error instanceof FluxError && !(error instanceof IndexError)))
      throw invalid(errorMessage(error), error);
    throw error;
  }
  if (!isObject(head) || !own(head, 'apiVersion')) throw invalid('no API version specified');
  addEntries(entries, own(head, 'entries') ?? null);
  const generated = own(head, 'generated');
  return { entries, ...(typeof generated === 'string' ? { generated } : {}) };
}
