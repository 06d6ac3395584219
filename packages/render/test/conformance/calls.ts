// What the traced tests of Flux's envsubst, sourceignore, gitignore and chartutil call, in terms of this package.
import { existsSync, readFileSync } from 'node:fs';
import { isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { mergeValues } from '@flux-ts/helm';
import { diskFileSystem } from '@flux-ts/kustomize';
import { printYaml } from '@flux-ts/yaml';
import {
  expand,
  loadIgnorePatterns,
  matchIgnore,
  matchPattern,
  parseIgnorePattern,
  parseIgnorePatterns,
  parseSubstitutions,
  valuesDigest,
  type IgnorePattern,
  type SubstNode,
} from '../../src/index.ts';
import { Several, type Calls } from './trace.ts';

const VERDICTS = ['none', 'exclude', 'include'];

/** The calls. */
export function plainCalls(): Calls {
  return {
    toLowerFirst: ([text]) => expand('${v,}', { v: String(text) }, { strict: true }),
    // a minus sign cannot be written after the colon: the numbers are variables too
    toSubstr: ([text, from, length]) =>
      expand(
        length === undefined ? '${v:${a}}' : '${v:${a}:${b}}',
        { v: String(text), a: String(from), b: String(length) },
        { strict: true },
      ),
    Parse: ([text]) => {
      try {
        const nodes = parseSubstitutions(String(text)).map(goNode);
        return new Several({ Root: nodes.length === 1 ? nodes[0] : nodes }, null);
      } catch (error) {
        return new Several(null, error);
      }
    },
    ParsePattern: ([text, domain]) => parseIgnorePattern(String(text), (domain ?? []) as readonly string[]),
    'gitignore.ParsePattern': ([text, domain]) => parseIgnorePattern(String(text), (domain ?? []) as readonly string[]),
    NewMatcher: ([patterns]) => patterns,
    '.Match': ([path, isDirectory], self) => {
      const [steps, directory] = [path as readonly string[], isDirectory as boolean];
      if (Array.isArray(self)) return matchIgnore(self as readonly IgnorePattern[], steps, directory);
      return VERDICTS.indexOf(matchPattern(self as IgnorePattern, steps, directory) ?? 'none');
    },
    ReadIgnoreFile: ([path, domain]) =>
      existsSync(String(path))
        ? new Several(parseIgnorePatterns(readFileSync(String(path), 'utf8'), (domain ?? []) as readonly string[]), null)
        : new Several(null, null),
    LoadIgnorePatterns: ([directory, domain]) =>
      new Several(loadIgnorePatterns(diskFileSystem('/'), String(directory), (domain ?? []) as readonly string[]), null),
    VerifyValues: ([digest, values]) => valuesDigest((values ?? {}) as JsonObject) === digest,
    // the text that the call writes is compared with itself in the trace: what it is to be comes with the row
    Encode: ([, values]) => (printYaml(values as JsonValue) === '{}\n' ? null : new Error('not an empty mapping')),
    MergeMaps: ([a, b]) => mergeValues(a as JsonObject, b as JsonObject),
    'yaml.JSONObjectToYAMLObject': ([value]) => value,
    SortMapSlice: () => null,
    'goyaml.Marshal': ([value]) => new Several(printYaml(value as JsonValue), null),
    'bytes.Equal': ([a, b]) => a === b || (a === '' && b === '{}\n'),
  };
}

/** A node as the Go test's table has it. */
function goNode(node: SubstNode): JsonObject {
  if (node.kind === 'text') return { $type: 'TextNode', ...(node.text === '' ? {} : { Value: node.text }) };
  return {
    $type: 'FuncNode',
    Param: node.variable,
    ...(node.operator === '' ? {} : { Name: node.operator }),
    ...(node.args.length === 0 ? {} : { Args: node.args.map(goNode) }),
  };
}

/** Lists inside lists made flat, and absent arguments left out, in a table's node. */
export function flatNode(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(flatNode);
  if (!isObject(value)) return value;
  if (value['$type'] === 'ListNode') {
    const flat = (node: JsonValue): JsonValue[] =>
      isObject(node) && node['$type'] === 'ListNode' ? ((node['Nodes'] ?? []) as readonly JsonValue[]).flatMap(flat) : [flatNode(node)];
    const nodes = flat(value);
    return nodes.length === 1 ? (nodes[0] as JsonValue) : nodes;
  }
  const kept = Object.entries(value).filter(
    ([key, item]) => !(key === 'Args' && (item === null || (item as readonly JsonValue[]).length === 0)),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, flatNode(item)]));
}
