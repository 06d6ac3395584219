import { YamlError } from './errors.ts';
import type { YamlNode } from './node.ts';

function fail(problem: string, node: YamlNode, file: string | undefined): never {
  const mark = { pos: node.start, index: node.start, line: node.line - 1, column: node.column - 1 };
  throw new YamlError({ code: 'YAML_TYPE', problem, message: problem, file, mark });
}

/** The mappings that a merge key names, the ones that count less first. */
function mergeSources(node: YamlNode, file: string | undefined): YamlNode[] {
  switch (node.kind) {
    case 'mapping':
      return [node];
    case 'alias':
      if (node.alias?.kind !== 'mapping') fail('invalid map merge: received alias for a non-map value', node, file);
      return [node.alias];
    case 'sequence': {
      const sources: YamlNode[] = [];
      for (const item of node.content) {
        if (item.kind === 'sequence') fail('invalid map merge: received a nested sequence', item, file);
        sources.unshift(...mergeSources(item, file));
      }
      return sources;
    }
    default:
      return fail('map merge requires map or sequence of maps as the value', node, file);
  }
}

function findMerge(mapping: YamlNode, file: string | undefined): number {
  let found = -1;
  for (let i = 0; i < mapping.content.length; i += 2) {
    const key = mapping.content[i] as YamlNode;
    if (key.tag !== '!!merge') continue;
    if (found >= 0) fail('duplicate merge key', key, file);
    found = i;
  }
  return found;
}

/** The name under which kyaml looks for a key again; it does not know nulls by their text. */
function nameOf(key: YamlNode): string {
  return key.tag === '!!null' ? '' : key.text;
}

/** Sets a mapping's pairs in another as kyaml does: in the place of a key with the same text, else at the end. */
function setPairs(target: YamlNode[], source: readonly YamlNode[]): void {
  for (let i = 0; i < source.length; i += 2) {
    const { text } = source[i] as YamlNode;
    // of keys with the same text kyaml finds the first, each time
    let from = 0;
    while ((source[from] as YamlNode).text !== text) from += 2;
    const key = source[from] as YamlNode;
    const name = nameOf(key);
    let at = 0;
    while (at < target.length && (target[at] as YamlNode).text !== name) at += 2;
    if (at < target.length) target.splice(at, 2, key, source[from + 1] as YamlNode);
    else target.push(key, source[from + 1] as YamlNode);
  }
}

function hasNamedNull(mapping: YamlNode): boolean {
  for (let i = 0; i < mapping.content.length; i += 2) {
    const key = mapping.content[i] as YamlNode;
    if (key.tag === '!!null' && key.text !== '') return true;
  }
  return false;
}

/** Puts the pairs that a merge key names into a mapping. Whatever key is written `<<` goes, also one in quotes. */
function applyMerge(node: YamlNode, file: string | undefined): void {
  const merge = findMerge(node, file);
  const named = node.content.findIndex((key, i) => i % 2 === 0 && key.text === '<<');
  if (merge < 0 && named < 0 && !hasNamedNull(node)) return;
  const sources = merge < 0 ? [] : mergeSources(node.content[merge + 1] as YamlNode, file);
  const own = [...node.content];
  if (named >= 0) own.splice(named, 2);
  const content = [...own];
  for (const source of sources) if (source !== node) setPairs(content, source.content);
  setPairs(content, own);
  node.content = content;
}

/**
 * Puts what merge keys (`<<`) name in their place, in the node itself and everything below, as kyaml does when it reads.
 * Aliases stay. As in kyaml, a key `~` or `null` then stands twice, which decoding refuses.
 * @throws YamlError with kyaml's text
 */
export function applyMerges(root: YamlNode, file?: string): void {
  const stack: YamlNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === 'mapping') applyMerge(node, file);
    for (let i = node.content.length - 1; i >= 0; i--) stack.push(node.content[i] as YamlNode);
  }
}
