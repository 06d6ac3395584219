import { decodeBase64, goUtf8 } from './base64.ts';
import { YamlError } from './errors.ts';
import { GoBytes, GoFloat, GoMap, GoSyntax, goSyntax, timeSyntax, type GoValue } from './go-syntax.ts';
import type { YamlNode } from './node.ts';
import { resolveTagged, resolveV3, type ScalarTag } from './resolve.ts';

/** A scalar as yaml.v3 decodes it; a timestamp's value is its RFC 3339 text. */
export interface ScalarV3 {
  readonly tag: ScalarTag;
  readonly value: null | boolean | number | bigint | string;
}

function fail(problem: string, node: YamlNode, file: string | undefined): never {
  const mark = { pos: node.start, index: node.start, line: Math.max(node.line - 1, 0), column: Math.max(node.column - 1, 0) };
  throw new YamlError({ code: 'YAML_TYPE', problem, message: `yaml: ${problem}`, file, mark });
}

/** Decodes a scalar node. @throws YamlError where its text is not of its tag's type */
export function decodeScalarV3(node: YamlNode, file: string | undefined): ScalarV3 {
  if (!node.tagged) {
    if (node.style !== 'plain' || node.tag === '!!str') return { tag: '!!str', value: node.text };
    return resolveV3(node.text);
  }
  try {
    const got = resolveTagged(node.tag, node.text, true);
    if (got.tag !== '!!binary') return { tag: got.tag ?? '!!str', value: got.value };
  } catch (error) {
    if (error instanceof YamlError) fail(error.diagnostics[0]?.message ?? '', node, file);
    throw error;
  }
  const bytes = decodeBase64(node.text);
  if (bytes === undefined) fail('!!binary value contains invalid base64 data', node, file);
  return { tag: '!!binary', value: goUtf8(bytes) };
}

/** Whether yaml.v3 makes a map[string]interface{} of a mapping. */
export function isStringMap(node: YamlNode): boolean {
  for (let i = 0; i < node.content.length; i += 2) {
    const key = node.content[i] as YamlNode;
    const { tag } = key.kind === 'alias' ? (key.alias as YamlNode) : key;
    if (tag !== '!!str' && tag !== '!!merge') return false;
  }
  return true;
}

/** Whether a key merges other mappings into its own. */
export function isMerge(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.text === '<<' && (node.tag === '' || node.tag === '!' || node.tag === '!!merge');
}

/** How nodes are decoded. */
export interface GoValueOptions {
  readonly file: string | undefined;
}

function hasRepeated(node: YamlNode): boolean {
  const keys = node.content.filter((_, i) => i % 2 === 0).map((key) => `${key.kind}:${key.text}`);
  return new Set(keys).size < keys.length;
}

/** A node as Go's decoder holds it, only for error texts; undefined for a mapping with repeated keys, which Go drops. */
export function goValueV3(node: YamlNode, options: GoValueOptions): GoValue | undefined {
  if (node.kind === 'alias') return goValueV3(node.alias as YamlNode, options);
  if (node.kind === 'sequence') return node.content.map((item) => goValueV3(item, options)).filter((item) => item !== undefined);
  if (node.kind === 'scalar') {
    const { tag, value } = decodeScalarV3(node, options.file);
    if (tag === '!!binary') return new GoBytes(decodeBase64(node.text) as Buffer);
    if (tag === '!!timestamp') return new GoSyntax(timeSyntax(String(value)));
    return tag === '!!float' && typeof value === 'number' ? new GoFloat(value) : value;
  }
  if (hasRepeated(node)) return undefined;
  const map = new GoMap(isStringMap(node) ? 'string' : 'interface {}');
  addEntries(node, map, { ...options, before: new Set() });
  return map;
}

function addEntries(node: YamlNode, map: GoMap, options: GoValueOptions & { readonly before: ReadonlySet<string> }): void {
  let merge: YamlNode | undefined;
  for (let i = 0; i < node.content.length; i += 2) {
    const keyNode = node.content[i] as YamlNode;
    const valueNode = node.content[i + 1] as YamlNode;
    if (isMerge(keyNode)) {
      merge = valueNode;
      continue;
    }
    const stringKey = map.keyType === 'string' && keyNode.kind === 'scalar' && keyNode.tag !== '!!binary';
    const key = stringKey ? (keyNode.tag === '!!null' ? undefined : keyNode.text) : goValueV3(keyNode, options);
    const value = goValueV3(valueNode, options);
    if (key === undefined || value === undefined) continue;
    const id = `${typeof key}${goSyntax(key)}`;
    if (!options.before.has(id)) map.entries.set(id, { key, value });
  }
  const before = new Set(map.entries.keys());
  for (const source of merge === undefined ? [] : merge.kind === 'sequence' ? merge.content : [merge]) {
    addEntries(source.kind === 'alias' ? (source.alias as YamlNode) : source, map, { ...options, before });
  }
}
