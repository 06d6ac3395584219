import { define } from '@flux-ts/base';
import { AliasGuard, EXCESSIVE_ALIASING } from './alias-guard.ts';
import { decodeBase64, goUtf8 } from './base64.ts';
import { YamlError, type YamlErrorCode } from './errors.ts';
import { formatFloat } from './go-number.ts';
import { goQuote } from './go-syntax.ts';
import { kyamlLeaf, type KyamlLeaf, type KyamlValue } from './kyaml-value.ts';
import type { YamlNode } from './node.ts';
import { resolveTagged, resolveV3, type ScalarTag } from './resolve.ts';

/** How nodes become values. */
export interface DecodeV3Options {
  readonly file: string | undefined;
  /** Box scalars whose text does not follow from their value. */
  readonly box: boolean;
  /**
   * `yaml`: keys that are no strings become strings as Go prints them. `json`: they are refused below the top, as
   * Go's JSON encoder refuses a map[interface{}]interface{}.
   */
  readonly keys: 'yaml' | 'json';
}

type Target = Record<string, KyamlValue>;

/** Decodes a node as yaml.v3 does into interface{}: merge keys are applied, keys that occur twice are errors. */
export function decodeV3(node: YamlNode, options: DecodeV3Options): KyamlValue {
  const decoder = new Decoder(options);
  const value = decoder.value(node, true);
  decoder.check();
  return value;
}

class Decoder {
  readonly #options: DecodeV3Options;
  readonly #guard = new AliasGuard();
  readonly #open = new Set<YamlNode>();
  readonly #repeated: { readonly problem: string; readonly node: YamlNode }[] = [];

  constructor(options: DecodeV3Options) {
    this.#options = options;
  }

  check(): void {
    const [first] = this.#repeated;
    if (first === undefined) return;
    this.#fail('YAML_DUPLICATE_KEY', `unmarshal errors:\n${this.#repeated.map((r) => `  ${r.problem}`).join('\n')}`, first.node);
  }

  #throw(code: YamlErrorCode, problem: string, place: { readonly lead: string; readonly node: YamlNode }): never {
    const { node } = place;
    const mark = { pos: node.start, index: node.start, line: Math.max(node.line - 1, 0), column: Math.max(node.column - 1, 0) };
    throw new YamlError({ code, problem, message: place.lead + problem, file: this.#options.file, mark });
  }

  #fail(code: YamlErrorCode, problem: string, node: YamlNode): never {
    this.#throw(code, problem, { lead: 'yaml: ', node });
  }

  value(node: YamlNode, top: boolean): KyamlValue {
    if (!this.#guard.count()) this.#fail('YAML_ALIAS', EXCESSIVE_ALIASING, node);
    switch (node.kind) {
      case 'document':
        return this.value(node.content[0] as YamlNode, top);
      case 'alias':
        return this.#followed(node, (target) => this.value(target, top));
      case 'scalar':
        return this.#leaf(node);
      case 'sequence':
        return node.content.map((item) => this.value(item, false));
      default: {
        const out: Target = {};
        this.#mapping(node, out, top);
        return out;
      }
    }
  }

  #followed<T>(node: YamlNode, decode: (target: YamlNode) => T): T {
    if (this.#open.has(node)) this.#fail('YAML_ALIAS', `anchor '${node.text}' value contains itself`, node);
    this.#open.add(node);
    this.#guard.depth++;
    const value = decode(node.alias as YamlNode);
    this.#guard.depth--;
    this.#open.delete(node);
    return value;
  }

  #leaf(node: YamlNode): KyamlLeaf {
    const { tag, value } = this.#scalar(node);
    return this.#options.box ? kyamlLeaf(node.text, tag, value) : value;
  }

  #scalar(node: YamlNode): { readonly tag: ScalarTag; readonly value: null | boolean | number | bigint | string } {
    if (!node.tagged) {
      if (node.style !== 'plain' || node.tag === '!!str') return { tag: '!!str', value: node.text };
      return resolveV3(node.text);
    }
    try {
      const got = resolveTagged(node.tag, node.text, true);
      if (got.tag !== '!!binary') return { tag: got.tag ?? '!!str', value: got.value };
    } catch (error) {
      if (error instanceof YamlError) this.#fail(error.code, error.diagnostics[0]?.message ?? '', node);
      throw error;
    }
    const bytes = decodeBase64(node.text);
    if (bytes === undefined) this.#fail('YAML_TYPE', '!!binary value contains invalid base64 data', node);
    return { tag: '!!binary', value: goUtf8(bytes) };
  }

  #findRepeated(node: YamlNode): boolean {
    const { content } = node;
    const first = new Map<string, YamlNode>();
    let found = false;
    for (let i = 0; i < content.length; i += 2) {
      const key = content[i] as YamlNode;
      const id = `${key.kind}:${key.text}`;
      const before = first.get(id);
      if (before === undefined) {
        first.set(id, key);
        continue;
      }
      found = true;
      // go-yaml compares each key with every later one
      for (let j = 0; j < i; j += 2) {
        const other = content[j] as YamlNode;
        if (other.kind === key.kind && other.text === key.text) {
          const problem = `line ${key.line}: mapping key ${goQuote(key.text)} already defined at line ${other.line}`;
          this.#repeated.push({ problem, node: key });
        }
      }
    }
    return found;
  }

  #mapping(node: YamlNode, out: Target, top: boolean, merged?: Set<string>): void {
    if (this.#findRepeated(node)) return;
    const { content } = node;
    if (this.#options.keys === 'json' && !top) this.#refuseOddKeys(node);
    let merge: YamlNode | undefined;
    const own = new Set<string>();
    for (let i = 0; i < content.length; i += 2) {
      const key = content[i] as YamlNode;
      if (isMerge(key)) {
        merge = content[i + 1] as YamlNode;
        continue;
      }
      const name = this.#key(key);
      own.add(name);
      if (merged?.has(name) === true) continue;
      merged?.add(name);
      define(out as Record<string, never>, name, this.value(content[i + 1] as YamlNode, false) as never);
    }
    if (merge !== undefined) this.#merge(merge, out, merged ?? own);
  }

  #refuseOddKeys(node: YamlNode): void {
    for (let i = 0; i < node.content.length; i += 2) {
      let key = node.content[i] as YamlNode;
      if (key.kind === 'alias') key = key.alias as YamlNode;
      if (key.tag !== '!!str' && key.tag !== '!!merge') {
        this.#throw('YAML_TYPE', 'json: unsupported type: map[interface {}]interface {}', { lead: '', node: key });
      }
    }
  }

  #key(node: YamlNode): string {
    if (!this.#guard.count()) this.#fail('YAML_ALIAS', EXCESSIVE_ALIASING, node);
    if (node.kind === 'alias') return this.#followed(node, (target) => this.#key(target));
    if (node.kind !== 'scalar') this.#fail('YAML_TYPE', 'invalid map key', node);
    if (this.#options.keys === 'json') return node.text;
    const { tag, value } = this.#scalar(node);
    if (typeof value === 'number' && tag === '!!float') return formatFloat(value);
    return String(value);
  }

  #merge(node: YamlNode, out: Target, merged: Set<string>): void {
    const sources = node.kind === 'sequence' ? node.content : [node];
    for (const source of sources) {
      const target = source.kind === 'alias' ? (source.alias as YamlNode) : source;
      if (target.kind !== 'mapping') this.#fail('YAML_TYPE', 'map merge requires map or sequence of maps as the value', source);
      if (!this.#guard.count()) this.#fail('YAML_ALIAS', EXCESSIVE_ALIASING, source);
      if (source.kind === 'alias') this.#followed(source, (inner) => this.#mapping(inner, out, false, merged));
      else this.#mapping(source, out, false, merged);
    }
  }
}

function isMerge(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.text === '<<' && (node.tag === '' || node.tag === '!' || node.tag === '!!merge');
}
