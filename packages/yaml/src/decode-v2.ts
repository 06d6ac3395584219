import { define, isArray, isObject, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { AliasGuard, EXCESSIVE_ALIASING } from './alias-guard.ts';
import { decodeBase64, goUtf8 } from './base64.ts';
import { shortTag } from './composer.ts';
import { CONVERT_LEAD, YamlError, type YamlErrorCode } from './errors.ts';
import { fitsInt64, formatFloat32 } from './go-number.ts';
import { GoFloat, GoMap, goQuote, goSyntax, goSyntaxTop, type GoValue } from './go-syntax.ts';
import type { YamlNode } from './node.ts';
import type { ReadLimits } from './options.ts';
import { resolveTagged, resolveV2, type Resolved } from './resolve.ts';

/** How {@link decodeV2} treats what is allowed but doubtful. */
export interface DecodeOptions {
  readonly limits: ReadLimits;
  /** Refuse keys that occur twice in a mapping. */
  readonly strict: boolean;
}

/** Decodes a document as sigs.k8s.io/yaml does: go-yaml v2 into interface{}, keys to strings, then JSON. */
export function decodeV2(document: YamlNode, options: DecodeOptions): JsonValue {
  const decoder = new Decoder(options);
  const value = decoder.document(document);
  decoder.check(value);
  return value;
}

class Decoder {
  readonly #options: DecodeOptions;
  readonly #guard = new AliasGuard();
  readonly #open = new Set<YamlNode>();
  readonly #repeated: { readonly problem: string; readonly node: YamlNode }[] = [];
  /** What sigs.k8s.io/yaml refuses when it converts: the first key that JSON cannot have. */
  #badKey: { readonly key: YamlNode; readonly value: YamlNode } | undefined;
  #nonFinite = false;

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  document(node: YamlNode): JsonValue {
    this.#count(node);
    return this.#value(node.content[0] as YamlNode);
  }

  /** Raises what Go finds after decoding: repeated keys, then keys and numbers that JSON cannot have. */
  check(value: JsonValue): void {
    const [first] = this.#repeated;
    if (first !== undefined) {
      const lines = this.#repeated.map((r) => `  ${r.problem}`).join('\n');
      this.#fail('YAML_DUPLICATE_KEY', `unmarshal errors:\n${lines}`, first.node);
    }
    if (this.#badKey !== undefined) this.#failKey(this.#badKey.key, this.#badKey.value);
    if (!this.#nonFinite) return;
    const found = findNonFinite(value);
    if (found !== undefined) this.#throw('YAML_TYPE', `json: unsupported value: ${found}`, undefined);
  }

  #throw(code: YamlErrorCode, text: string, node: YamlNode | undefined): never {
    const mark = node === undefined ? undefined : { pos: node.start, index: node.start, line: node.line - 1, column: node.column - 1 };
    const problem = text.replace(/^yaml: /, '');
    throw new YamlError({ code, problem, message: CONVERT_LEAD + text, file: this.#options.limits.file, mark });
  }

  #fail(code: YamlErrorCode, problem: string, node: YamlNode): never {
    this.#throw(code, `yaml: ${problem}`, node);
  }

  #failKey(key: YamlNode, valueNode: YamlNode): never {
    const keyValue = this.#goValue(key);
    const type = keyValue === null ? '%!s(<nil>)' : 'uint64';
    const value = this.#goValue(valueNode);
    this.#throw('YAML_TYPE', `unsupported map key of type: ${type}, key: ${goSyntaxTop(keyValue)}, value: ${goSyntaxTop(value)}`, key);
  }

  #count(node: YamlNode): void {
    if (!this.#guard.count()) this.#fail('YAML_ALIAS', EXCESSIVE_ALIASING, node);
  }

  /** Decodes what an alias points to. */
  #followed<T>(node: YamlNode, decode: (target: YamlNode) => T): T {
    if (this.#open.has(node)) this.#fail('YAML_ALIAS', `anchor '${node.text}' value contains itself`, node);
    this.#open.add(node);
    this.#guard.depth++;
    const value = decode(node.alias as YamlNode);
    this.#guard.depth--;
    this.#open.delete(node);
    return value;
  }

  #value(node: YamlNode): JsonValue {
    this.#count(node);
    switch (node.kind) {
      case 'alias':
        return this.#followed(node, (target) => this.#value(target));
      case 'scalar': {
        const { value } = this.#scalar(node);
        if (typeof value === 'number' && !Number.isFinite(value)) this.#nonFinite = true;
        return value;
      }
      case 'sequence':
        return node.content.map((item) => this.#value(item));
      default: {
        const out: Record<string, JsonValue> = {};
        this.#mapping(node, out, this.#options.strict ? new Set() : undefined);
        return out;
      }
    }
  }

  #scalar(node: YamlNode): Resolved {
    if (node.tag === '') return node.style === 'plain' ? stringTime(resolveV2(node.text), node.text) : { tag: '!!str', value: node.text };
    let got: ReturnType<typeof resolveTagged>;
    try {
      got = resolveTagged(shortTag(node.tag), node.text, false);
    } catch (error) {
      if (error instanceof YamlError) this.#throw(error.code, error.message, node);
      throw error;
    }
    if (got.tag !== '!!binary') return stringTime({ tag: got.tag ?? '!!str', value: got.value }, node.text);
    const bytes = decodeBase64(node.text);
    if (bytes === undefined) this.#fail('YAML_TYPE', '!!binary value contains invalid base64 data', node);
    return { tag: '!!binary', value: goUtf8(bytes) };
  }

  #mapping(node: YamlNode, out: Record<string, JsonValue>, seen: Set<string> | undefined): void {
    const { content } = node;
    for (let i = 0; i < content.length; i += 2) {
      const key = content[i] as YamlNode;
      const valueNode = content[i + 1] as YamlNode;
      if (isMerge(key)) {
        this.#merge(valueNode, out, seen);
        continue;
      }
      const name = this.#key(key, valueNode);
      const value = this.#value(valueNode);
      if (name === undefined) continue;
      if (seen !== undefined) {
        if (seen.has(name.id)) {
          this.#repeated.push({ problem: `line ${valueNode.line}: key ${name.syntax()} already set in map`, node: key });
          continue;
        }
        seen.add(name.id);
      }
      define(out, name.text, value);
    }
  }

  /** A key as JSON has it; undefined (and remembered) where JSON cannot have it. */
  #key(node: YamlNode, valueNode: YamlNode): { readonly text: string; readonly id: string; readonly syntax: () => string } | undefined {
    this.#count(node);
    if (node.kind === 'alias') return this.#followed(node, (target) => this.#key(target, valueNode));
    if (node.kind !== 'scalar') this.#fail('YAML_TYPE', `invalid map key: ${goSyntax(this.#goValue(node))}`, node);
    const { tag, value } = this.#scalar(node);
    if (typeof value === 'string') return { text: value, id: `s${value}`, syntax: () => goQuote(value) };
    if (value === null || (typeof value === 'bigint' && !fitsInt64(value))) {
      this.#badKey ??= { key: node, value: valueNode };
      return undefined;
    }
    if (typeof value === 'number' && tag === '!!float') {
      return { text: formatFloat32(value), id: `f${value}`, syntax: () => goSyntax(new GoFloat(value)) };
    }
    return { text: String(value), id: `${typeof value === 'boolean' ? 'b' : 'i'}${String(value)}`, syntax: () => String(value) };
  }

  #merge(node: YamlNode, out: Record<string, JsonValue>, seen: Set<string> | undefined): void {
    const target = node.kind === 'alias' ? (node.alias as YamlNode) : node;
    if (target.kind === 'mapping') this.#mergeOne(node, out, seen);
    else if (node.kind === 'sequence') {
      for (const item of [...node.content].reverse()) {
        const inner = item.kind === 'alias' ? (item.alias as YamlNode) : item;
        if (inner.kind !== 'mapping') this.#failMerge(item);
        this.#mergeOne(item, out, seen);
      }
    } else this.#failMerge(node);
  }

  #failMerge(node: YamlNode): never {
    this.#fail('YAML_TYPE', 'map merge requires map or sequence of maps as the value', node);
  }

  #mergeOne(node: YamlNode, out: Record<string, JsonValue>, seen: Set<string> | undefined): void {
    this.#count(node);
    if (node.kind === 'alias') this.#followed(node, (target) => this.#mergeOne(target, out, seen));
    else this.#mapping(node, out, seen);
  }

  /** A node as Go's decoder holds it; only for error texts. */
  #goValue(node: YamlNode): GoValue {
    if (node.kind === 'alias') return this.#goValue(node.alias as YamlNode);
    if (node.kind === 'sequence') return node.content.map((item) => this.#goValue(item));
    if (node.kind === 'mapping') {
      const map = new GoMap();
      for (let i = 0; i < node.content.length; i += 2) {
        const key = this.#goValue(node.content[i] as YamlNode);
        map.entries.set(`${typeof key}${goSyntax(key)}`, { key, value: this.#goValue(node.content[i + 1] as YamlNode) });
      }
      return map;
    }
    const { tag, value } = this.#scalar(node);
    return tag === '!!float' && typeof value === 'number' ? new GoFloat(value) : value;
  }
}

/** Into interface{} go-yaml v2 decodes a timestamp as its text. */
function stringTime(resolved: Resolved, text: string): Resolved {
  return resolved.tag === '!!timestamp' ? { tag: '!!str', value: text } : resolved;
}

function isMerge(node: YamlNode): boolean {
  if (node.kind !== 'scalar' || node.text !== '<<') return false;
  return (node.tag === '' && node.style === 'plain') || node.tag === '!' || node.tag === 'tag:yaml.org,2002:merge';
}

/** The first number in key order that JSON cannot have, as Go names it. */
function findNonFinite(value: JsonValue): string | undefined {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return undefined;
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  }
  if (isArray(value)) {
    for (const item of value) {
      const found = findNonFinite(item);
      if (found !== undefined) return found;
    }
  } else if (isObject(value)) {
    for (const key of sortedKeys(value)) {
      const found = findNonFinite((value as JsonObject)[key] as JsonValue);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
