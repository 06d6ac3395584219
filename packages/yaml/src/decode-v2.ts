import { define, isArray, isObject, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { AliasGuard, EXCESSIVE_ALIASING } from './alias-guard.ts';
import { decodeBase64, goUtf8 } from './base64.ts';
import { shortTag } from './composer.ts';
import { CONVERT_LEAD, YamlError, type YamlErrorCode } from './errors.ts';
import { fitsInt64, formatFloat32 } from './go-number.ts';
import { GoBytes, GoFloat, GoMap, goQuote, goSyntax, goSyntaxTop, type GoValue } from './go-syntax.ts';
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

interface GoKey {
  readonly text: string | undefined;
  readonly id: string;
  readonly syntax: () => string;
}

class Decoder {
  readonly #options: DecodeOptions;
  readonly #guard = new AliasGuard();
  readonly #open = new Set<YamlNode>();
  readonly #repeated: { readonly problem: string; readonly node: YamlNode }[] = [];
  /** What sigs.k8s.io/yaml refuses when it converts: keys that JSON cannot have, by the mapping that they are in. */
  readonly #badKeys = new Map<JsonValue, { readonly key: YamlNode; readonly value: YamlNode }>();
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
    if (this.#badKeys.size > 0) this.#checkKeys(value);
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

  #checkKeys(value: JsonValue): void {
    const bad = this.#badKeys.get(value);
    if (bad !== undefined) this.#failKey(bad.key, bad.value);
    if (isArray(value)) for (const item of value) this.#checkKeys(item);
    else if (isObject(value)) for (const item of Object.values(value)) this.#checkKeys(item as JsonValue);
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
        this.#eachMerged(valueNode, (source) => this.#mergeOne(source, out, seen));
        continue;
      }
      const name = this.#key(key);
      const value = this.#value(valueNode);
      if (seen !== undefined) {
        if (seen.has(name.id)) {
          this.#repeated.push({ problem: `line ${valueNode.line}: key ${name.syntax()} already set in map`, node: key });
          continue;
        }
        seen.add(name.id);
      }
      if (name.text === undefined) this.#badKeys.set(out, { key, value: valueNode });
      else define(out, name.text, value);
    }
  }

  /** A key: its text in JSON (undefined where JSON cannot have it), what tells it from other keys, and how Go prints it. */
  #key(node: YamlNode): GoKey {
    this.#count(node);
    if (node.kind === 'alias') return this.#followed(node, (target) => this.#key(target));
    if (node.kind !== 'scalar') this.#fail('YAML_TYPE', `invalid map key: ${goSyntax(this.#goValue(node))}`, node);
    const { tag, value } = this.#scalar(node);
    if (typeof value === 'string') return { text: value, id: `s${value}`, syntax: () => goQuote(value) };
    if (value === null || (typeof value === 'bigint' && !fitsInt64(value))) {
      return { text: undefined, id: String(value), syntax: () => goSyntaxTop(value) };
    }
    if (typeof value === 'number' && tag === '!!float') {
      return { text: formatFloat32(value), id: `f${value}`, syntax: () => goSyntax(new GoFloat(value)) };
    }
    return { text: String(value), id: `${typeof value === 'boolean' ? 'b' : 'i'}${String(value)}`, syntax: () => String(value) };
  }

  /** Applies the mappings of a merge: the last of a list first. */
  #eachMerged(node: YamlNode, apply: (source: YamlNode) => void): void {
    const sources = node.kind === 'sequence' ? [...node.content].reverse() : [node];
    for (const source of sources) {
      const target = source.kind === 'alias' ? (source.alias as YamlNode) : source;
      if (target.kind !== 'mapping') this.#failMerge(source);
      apply(source);
    }
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
    if (node.kind === 'alias') return this.#followed(node, (target) => this.#goValue(target));
    if (node.kind === 'sequence') return node.content.map((item) => this.#goValue(item));
    if (node.kind === 'mapping') {
      const map = new GoMap();
      this.#goEntries(node, map);
      return map;
    }
    const { tag, value } = this.#scalar(node);
    if (tag === '!!binary') return new GoBytes(decodeBase64(node.text) as Buffer);
    return tag === '!!float' && typeof value === 'number' ? new GoFloat(value) : value;
  }

  #goEntries(node: YamlNode, map: GoMap): void {
    if (node.kind === 'alias') {
      this.#followed(node, (target) => this.#goEntries(target, map));
      return;
    }
    for (let i = 0; i < node.content.length; i += 2) {
      const keyNode = node.content[i] as YamlNode;
      const valueNode = node.content[i + 1] as YamlNode;
      if (isMerge(keyNode)) {
        this.#eachMerged(valueNode, (source) => this.#goEntries(source, map));
        continue;
      }
      const key = this.#goValue(keyNode);
      if (key instanceof GoMap || Array.isArray(key)) this.#fail('YAML_TYPE', `invalid map key: ${goSyntax(key)}`, keyNode);
      const value = this.#goValue(valueNode);
      const id = `${typeof key}${goSyntax(key)}`;
      if (!this.#options.strict || !map.entries.has(id)) map.entries.set(id, { key, value });
    }
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
