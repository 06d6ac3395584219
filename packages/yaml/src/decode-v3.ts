import { define, isArray, isObject, sortedKeys } from '@flux-ts/base';
import { AliasGuard, EXCESSIVE_ALIASING } from './alias-guard.ts';
import { YamlError, type YamlErrorCode } from './errors.ts';
import { formatFloat } from './go-number.ts';
import { GoMap, goQuote, goSyntax, type GoValue } from './go-syntax.ts';
import { decodeScalarV3, goValueV3, isMerge, isStringMap, type ScalarV3 } from './go-value-v3.ts';
import { inFlow, kyamlFolded } from './profiles.ts';
import { kyamlLeaf, KyamlScalar, type KyamlLeaf, type KyamlValue } from './kyaml-value.ts';
import type { YamlNode } from './node.ts';

/** How nodes become values. */
export interface DecodeV3Options {
  readonly file: string | undefined;
  /**
   * As kustomize does it: scalars are boxed where their text says more than their value, and what Go's JSON encoder
   * refuses (keys that are no strings below the top, NaN, infinities) is an error. Otherwise keys become strings as Go prints them.
   */
  readonly kyaml: boolean;
  /** The node has been printed and read again already. */
  readonly reprinted?: boolean;
}

type Target = Record<string, KyamlValue>;

/** Decodes a node as yaml.v3 does into interface{}: merge keys are applied, keys that occur twice are errors. */
export function decodeV3(node: YamlNode, options: DecodeV3Options): KyamlValue {
  const decoder = new Decoder(options);
  const value = decoder.value(node, true);
  decoder.check(value);
  return value;
}

/** Differs: Go lists every pair of repeated keys, however many there are. */
const MAX_ISSUES = 1000;

interface KeyRules {
  /** Keys become strings, as in a map[string]interface{}. */
  readonly stringKeys: boolean;
  /** Keys that a merge must not set again. */
  readonly merged?: Set<string>;
}

class Decoder {
  readonly #options: DecodeV3Options;
  readonly #guard = new AliasGuard();
  readonly #open = new Set<YamlNode>();
  readonly #issues: { readonly code: YamlErrorCode; readonly problem: string; readonly node: YamlNode }[] = [];
  readonly #oddMaps = new Map<KyamlValue, YamlNode>();
  #unfitFound = false;
  /** Flow collections around the node: printed and read again by kyaml, nothing in them becomes an empty string. */
  #flow = 0;

  constructor(options: DecodeV3Options) {
    this.#options = options;
  }

  /** Raises what Go finds after decoding. */
  check(value: KyamlValue): void {
    const [first] = this.#issues;
    if (first === undefined) {
      if (this.#unfitFound) this.#checkJson(value);
      return;
    }
    this.#fail(first.code, `unmarshal errors:\n${this.#issues.map((r) => `  ${r.problem}`).join('\n')}`, first.node);
  }

  /** Finds, in key order, the first value that encoding/json refuses. */
  #checkJson(value: KyamlValue): void {
    const number = value instanceof KyamlScalar ? value.value : value;
    if (typeof number === 'number' && !Number.isFinite(number)) {
      const name = Number.isNaN(number) ? 'NaN' : number > 0 ? '+Inf' : '-Inf';
      throw this.#jsonError(`unsupported value: ${name}`, undefined);
    }
    const odd = this.#oddMaps.get(value);
    if (odd !== undefined) throw this.#jsonError('unsupported type: map[interface {}]interface {}', odd);
    if (isArray(value)) for (const item of value) this.#checkJson(item);
    else if (isObject(value) && !(value instanceof KyamlScalar))
      for (const key of sortedKeys(value)) this.#checkJson(value[key] as KyamlValue);
  }

  #jsonError(text: string, node: YamlNode | undefined): YamlError {
    const mark = node === undefined ? undefined : { pos: node.start, index: node.start, line: node.line - 1, column: node.column - 1 };
    return new YamlError({ code: 'YAML_TYPE', problem: `json: ${text}`, message: `json: ${text}`, file: this.#options.file, mark });
  }

  #fail(code: YamlErrorCode, problem: string, node: YamlNode): never {
    const mark = { pos: node.start, index: node.start, line: Math.max(node.line - 1, 0), column: Math.max(node.column - 1, 0) };
    throw new YamlError({ code, problem, message: `yaml: ${problem}`, file: this.#options.file, mark });
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
      default:
        return this.#collection(node, top);
    }
  }

  #collection(node: YamlNode, top: boolean): KyamlValue {
    if (node.style === 'flow') this.#flow++;
    let value: KyamlValue;
    if (node.kind === 'sequence') value = node.content.map((item) => this.value(item, false));
    else {
      const out: Target = {};
      const odd = this.#options.kyaml && !top ? this.#oddKey(node) : undefined;
      if (odd !== undefined) {
        this.#oddMaps.set(out, odd);
        this.#unfitFound = true;
      }
      this.#mapping(node, out, { stringKeys: this.#options.kyaml ? odd === undefined : isStringMap(node) });
      value = out;
    }
    if (node.style === 'flow') this.#flow--;
    return value;
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
    if (!this.#options.kyaml) return value;
    // kustomize prints nodes and reads them again at its end
    if (node.text === '' && tag === '!!null' && this.#flow > 0) return new KyamlScalar('', '!!null', '');
    if (node.style === 'folded' && typeof value === 'string' && tag === '!!str' && this.#options.reprinted !== true)
      return kyamlFolded(value);
    if (typeof value === 'number' && !Number.isFinite(value)) this.#unfitFound = true;
    const leaf = kyamlLeaf(node.text, tag, value);
    return this.#flow > 0 && leaf instanceof KyamlScalar ? inFlow(leaf) : leaf;
  }

  #scalar(node: YamlNode): ScalarV3 {
    return decodeScalarV3(node, this.#options.file);
  }

  #findRepeated(node: YamlNode): boolean {
    const places = new Map<string, YamlNode[]>();
    for (let i = 0; i < node.content.length; i += 2) {
      const key = node.content[i] as YamlNode;
      const id = `${key.kind}:${key.text}`;
      const same = places.get(id);
      if (same === undefined) places.set(id, [key]);
      else same.push(key);
    }
    if (places.size * 2 === node.content.length) return false;
    // go-yaml compares each key with every later one, in this order
    const next = new Map<string, number>();
    for (let i = 0; i < node.content.length && this.#issues.length < MAX_ISSUES; i += 2) {
      const key = node.content[i] as YamlNode;
      const id = `${key.kind}:${key.text}`;
      const from = (next.get(id) ?? 0) + 1;
      next.set(id, from);
      for (const later of (places.get(id) as YamlNode[]).slice(from, from + MAX_ISSUES)) {
        const problem = `line ${later.line}: mapping key ${goQuote(later.text)} already defined at line ${key.line}`;
        this.#issues.push({ code: 'YAML_DUPLICATE_KEY', problem, node: later });
      }
    }
    return true;
  }

  #mapping(node: YamlNode, out: Target, how: KeyRules): void {
    if (this.#findRepeated(node)) return;
    const { content } = node;
    const { merged } = how;
    let merge: YamlNode | undefined;
    const own = new Set<string>();
    for (let i = 0; i < content.length; i += 2) {
      const key = content[i] as YamlNode;
      if (isMerge(key)) {
        merge = content[i + 1] as YamlNode;
        continue;
      }
      const name = this.#key(key, how);
      if (name === undefined) continue;
      own.add(name);
      if (merged?.has(name) === true) continue;
      merged?.add(name);
      define(out as Record<string, never>, name, this.value(content[i + 1] as YamlNode, false) as never);
    }
    if (merge !== undefined) this.#merge(merge, out, { stringKeys: how.stringKeys, merged: merged ?? own });
  }

  /** A key that makes a map[interface{}]interface{} of a mapping. Keys without a text are read again as empty strings. */
  #oddKey(node: YamlNode): YamlNode | undefined {
    for (let i = 0; i < node.content.length; i += 2) {
      const written = node.content[i] as YamlNode;
      const key = written.kind === 'alias' ? (written.alias as YamlNode) : written;
      if (key.kind !== 'scalar' || (key.tag !== '!!str' && key.tag !== '!!merge' && key.text !== '')) return key;
    }
    return undefined;
  }

  /** A key's text; undefined where Go leaves the pair out (and, but for null, names the reason in the end). */
  #key(node: YamlNode, how: KeyRules): string | undefined {
    if (!this.#guard.count()) this.#fail('YAML_ALIAS', EXCESSIVE_ALIASING, node);
    if (node.kind === 'alias') return this.#followed(node, (target) => this.#key(target, how));
    if (node.kind !== 'scalar') return this.#collectionKey(node, how);
    const { tag, value } = this.#scalar(node);
    if (this.#options.kyaml && node.text === '' && !node.tagged) return '';
    if (how.stringKeys) return value === null ? undefined : tag === '!!binary' ? String(value) : node.text;
    return typeof value === 'number' && tag === '!!float' ? formatFloat(value) : String(value);
  }

  #collectionKey(node: YamlNode, how: KeyRules): undefined {
    if (node.kind === 'mapping' && this.#findRepeated(node)) return undefined;
    if (how.stringKeys) {
      const text = node.tag === '!!map' || node.tag === '!!seq' ? '' : ' ``';
      const problem = `line ${node.line}: cannot unmarshal ${node.tag}${text} into string`;
      this.#issues.push({ code: 'YAML_TYPE', problem, node });
      return undefined;
    }
    this.#collection(node, false);
    const value = goValueV3(node, this.#options) as GoValue;
    if (how.merged === undefined) this.#fail('YAML_TYPE', `invalid map key: ${goSyntax(value)}`, node);
    const type = value instanceof GoMap ? `map[${value.keyType}]interface {}` : '[]interface {}';
    this.#fail('YAML_TYPE', `runtime error: hash of unhashable type ${type}`, node);
  }

  #merge(node: YamlNode, out: Target, how: { readonly stringKeys: boolean; readonly merged: Set<string> }): void {
    const sources = node.kind === 'sequence' ? node.content : [node];
    for (const source of sources) {
      const target = source.kind === 'alias' ? (source.alias as YamlNode) : source;
      if (target.kind !== 'mapping') this.#fail('YAML_TYPE', 'map merge requires map or sequence of maps as the value', source);
      if (!this.#guard.count()) this.#fail('YAML_ALIAS', EXCESSIVE_ALIASING, source);
      if (source.kind === 'alias') this.#followed(source, (inner) => this.#mapping(inner, out, how));
      else this.#mapping(source, out, how);
    }
  }
}
