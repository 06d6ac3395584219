import { isArray, type JsonObject, type JsonValue } from '@flux-ts/base';
import { Emitter } from './emitter.ts';
import { formatFloat } from './go-number.ts';
import { naturalKeysV3 } from './key-order.ts';
import { newNode, type YamlNode } from './node.ts';
import { resolveV3 } from './resolve.ts';

/** How {@link printNodes} lays nodes out. */
export interface PrintNodesOptions {
  /** Where the lists of a mapping stand: two columns in (`wide`), or at its own column (`compact`, kyaml's default). */
  readonly sequenceIndent?: 'wide' | 'compact';
  /** Spaces a level. Default 2, as kyaml. */
  readonly indent?: number;
}

/** Prints nodes as kyaml does, one document each, `---` between them. Nothing is folded; comments and styles are kept. */
export function printNodes(nodes: readonly YamlNode[], options: PrintNodesOptions = {}): string {
  const emitter = new Emitter({ indent: options.indent ?? 2, compactSequences: options.sequenceIndent !== 'wide' });
  for (const node of nodes) emitter.document(node);
  return emitter.text;
}

/** How {@link printYamlV3} prints plain values. */
export interface PrintV3Options {
  /** Spaces a level. Default 4, as yaml.v3; 2 for Helm's toYamlPretty. */
  readonly indent?: number;
  /** Lists of a mapping at its own column (with `indent: 2`), as kyaml has them. Default false. */
  readonly compactSequences?: boolean;
  /**
   * What a JS number is in Go: `float64` (default; what JSON decodes to: 1000000 is printed as `1e+06`) or `int64`
   * where it is whole. A bigint is always an integer.
   */
  readonly numbers?: 'float64' | 'int64';
}

const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const OLD_BOOL: ReadonlySet<string> = new Set('y Y yes Yes YES on On ON n N no No NO off Off OFF'.split(' '));

function stringNode(text: string): YamlNode {
  const plain = resolveV3(text).tag === '!!str' && !OLD_BOOL.has(text) && !(text.includes(':') && BASE60.test(text));
  const node = newNode('scalar', text.includes('\n') ? 'literal' : plain ? 'plain' : 'double');
  node.text = text.replace(/\p{Surrogate}/gu, '\ufffd');
  return node;
}

function rawNode(text: string): YamlNode {
  const node = newNode('scalar', 'plain');
  node.text = text;
  return node;
}

function toNode(value: JsonValue, options: PrintV3Options): YamlNode {
  if (value === null) return rawNode('null');
  if (typeof value === 'string') return stringNode(value);
  if (typeof value === 'number') {
    return rawNode(
      options.numbers === 'int64' && Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : formatFloat(value),
    );
  }
  if (typeof value !== 'object') return rawNode(String(value));
  if (isArray(value)) {
    const node = newNode('sequence', 'block');
    for (const item of value) node.content.push(toNode(item, options));
    return node;
  }
  const node = newNode('mapping', 'block');
  for (const key of naturalKeysV3(value)) node.content.push(stringNode(key), toNode((value as JsonObject)[key] as JsonValue, options));
  return node;
}

/** Prints a value as yaml.v3's encoder does: keys in its natural order, lists indented, nothing folded. */
export function printYamlV3(value: JsonValue, options: PrintV3Options = {}): string {
  const emitter = new Emitter({ indent: options.indent ?? 4, compactSequences: options.compactSequences ?? false });
  emitter.document(toNode(value, options));
  return emitter.text;
}
