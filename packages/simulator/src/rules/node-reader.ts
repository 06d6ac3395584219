import { didYouMean, errorMessage, isObject, parseDuration, type Diagnostic, type JsonObject } from '@flux-ts/base';
import { parseLabelSelector, type LabelSelector } from '@flux-ts/schema';
import { nodeValue, type YamlNode } from '@flux-ts/yaml';

/** What is wrong at a node, and what to do. */
export interface Complaint {
  readonly message: string;
  readonly hint?: string;
}

/** Reads the nodes of a file strictly and collects what is wrong with their places, instead of ending at the first mistake. */
export class NodeReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes note of a mistake. */
  complain(node: YamlNode, complaint: Complaint): undefined {
    const place = { file: this.#file, line: Math.max(1, node.line), column: Math.max(1, node.column) };
    this.diagnostics.push({ severity: 'error', code: 'SIMULATOR_RULES', ...place, ...complaint });
    return undefined;
  }

  /** The fields of a mapping; unknown and repeated ones are mistakes. */
  fields(node: YamlNode, path: string, known: readonly string[]): ReadonlyMap<string, YamlNode> {
    const out = new Map<string, YamlNode>();
    const mapping = resolve(node);
    if (mapping.kind !== 'mapping') {
      this.complain(node, {
        message: `${path}: an object is needed, not ${describe(mapping)}`,
        hint: `write its fields: ${known.join(', ')}`,
      });
      return out;
    }
    for (let i = 0; i + 1 < mapping.content.length; i += 2) {
      const key = mapping.content[i] as YamlNode;
      const at = path === '' ? key.text : `${path}.${key.text}`;
      if (!known.includes(key.text)) {
        const near = didYouMean(key.text, known);
        const hint = near === undefined ? `the fields are ${known.join(', ')}` : `did you mean "${near}"?`;
        this.complain(key, { message: `${at}: unknown field`, hint });
      } else if (out.has(key.text)) this.complain(key, { message: `${at}: is there twice`, hint: 'keep one of them' });
      else out.set(key.text, mapping.content[i + 1] as YamlNode);
    }
    return out;
  }

  /** The items of a list. */
  items(node: YamlNode | undefined, path: string): readonly YamlNode[] {
    if (node === undefined) return [];
    const list = resolve(node);
    if (list.kind === 'sequence') return list.content;
    this.complain(node, { message: `${path}: a list is needed, not ${describe(list)}`, hint: 'begin each item with "- "' });
    return [];
  }

  /** A text that is not empty. */
  text(node: YamlNode | undefined, path: string): string | undefined {
    if (node === undefined) return undefined;
    const scalar = resolve(node);
    if (scalar.kind === 'scalar' && scalar.tag === '!!str' && scalar.text !== '') return scalar.text;
    return this.complain(node, { message: `${path}: a text is needed, not ${describe(scalar)}`, hint: 'put it in quotes' });
  }

  /** One of some words. */
  word<T extends string>(node: YamlNode | undefined, path: string, words: readonly T[]): T | undefined {
    const text = this.text(node, path);
    if (text === undefined || node === undefined) return undefined;
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const near = didYouMean(text, words);
    const hint = near === undefined ? `use one of ${words.join(', ')}` : `did you mean "${near}"? There are ${words.join(', ')}`;
    return this.complain(node, { message: `${path}: "${text}" is unknown`, hint });
  }

  /** A Go duration in milliseconds. */
  duration(node: YamlNode | undefined, path: string): number | undefined {
    if (node === undefined) return undefined;
    const hint = 'write a duration as Go does, e.g. 500ms, 5s, 1m30s';
    const { text } = resolve(node);
    try {
      const durationMs = parseDuration(text);
      if (durationMs >= 0) return durationMs;
      return this.complain(node, { message: `${path}: ${text} is negative`, hint });
    } catch (error) {
      return this.complain(node, { message: `${path}: ${errorMessage(error)}`, hint });
    }
  }

  /** A number within bounds. */
  number(
    node: YamlNode | undefined,
    path: string,
    bounds: { readonly least: number; readonly most?: number; readonly whole?: boolean },
  ): number | undefined {
    if (node === undefined) return undefined;
    const value = nodeValue(resolve(node));
    const { least, most = Number.MAX_SAFE_INTEGER, whole = false } = bounds;
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    const range = bounds.most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
    return this.complain(node, {
      message: `${path}: ${describe(resolve(node))} is not a ${whole ? 'whole ' : ''}number ${range}`,
      hint: `write a number ${range}`,
    });
  }

  /** A label selector as kubectl writes it. */
  selector(node: YamlNode | undefined, path: string): LabelSelector | undefined {
    const text = this.text(node, path);
    if (text === undefined || node === undefined) return undefined;
    try {
      return parseLabelSelector(text);
    } catch (error) {
      return this.complain(node, {
        message: `${path}: ${errorMessage(error)}`,
        hint: 'write a selector as for kubectl get -l, e.g. app=web,tier!=cache',
      });
    }
  }

  /** A free object. */
  object(node: YamlNode | undefined, path: string): JsonObject | undefined {
    if (node === undefined) return undefined;
    const value = nodeValue(resolve(node));
    return isObject(value) ? value : this.complain(node, { message: `${path}: an object is needed, not ${describe(resolve(node))}` });
  }
}

function resolve(node: YamlNode): YamlNode {
  return node.kind === 'alias' && node.alias !== undefined ? node.alias : node;
}

function describe(node: YamlNode): string {
  if (node.kind === 'scalar') return node.tag === '!!null' ? 'nothing' : node.tag === '!!str' ? `the text "${node.text}"` : node.text;
  return node.kind === 'sequence' ? 'a list' : 'an object';
}
