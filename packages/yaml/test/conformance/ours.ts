import { goJson, parseJson, type JsonValue } from '@flux-ts/base';
import {
  nodeValue,
  parseKyaml,
  parseNode,
  parseNodes,
  parseYaml,
  parseYamlDocuments,
  parseYamlStrict,
  plainValue,
  printNodes,
  printYaml,
  printYamlV2,
  printYamlV3,
  YamlError,
  type KyamlValue,
  type NodeKind,
  type YamlNode,
} from '@flux-ts/yaml';
import type { Answer, Kind, NodeDump, Question } from './oracle.ts';

const KINDS: Readonly<Record<NodeKind, number>> = { document: 1, sequence: 2, mapping: 4, scalar: 8, alias: 16 };
const STYLES: Readonly<Record<string, number>> = { double: 2, single: 4, literal: 8, folded: 16, flow: 32 };

function dump(node: YamlNode): NodeDump {
  const style = (STYLES[node.style] ?? 0) + (node.tagged ? 1 : 0);
  return {
    k: KINDS[node.kind],
    ...(style === 0 ? {} : { s: style }),
    ...(node.tag === '' ? {} : { t: node.tag }),
    ...(node.text === '' ? {} : { v: node.text }),
    ...(node.anchor === '' ? {} : { a: node.anchor }),
    ...(node.headComment === '' ? {} : { h: node.headComment }),
    ...(node.lineComment === '' ? {} : { l: node.lineComment }),
    ...(node.footComment === '' ? {} : { f: node.footComment }),
    ...(node.line === 0 ? {} : { r: node.line }),
    ...(node.column === 0 ? {} : { c: node.column }),
    ...(node.content.length === 0 ? {} : { n: node.content.map(dump) }),
  };
}

function part<K extends string>(key: K, text: string): { readonly [P in K]?: string } {
  return (text === '' ? {} : { [key]: text }) as { readonly [P in K]?: string };
}

/** kustomize takes the items of a list apart where it is the only document. */
function unwrap(values: readonly KyamlValue[]): JsonValue[] {
  const plain = values.map(plainValue);
  const [only] = plain;
  if (plain.length === 1 && typeof only === 'object' && only !== null && !Array.isArray(only)) {
    const list = only as { readonly kind?: JsonValue; readonly items?: JsonValue; readonly functionConfig?: JsonValue };
    if ((list.kind === 'List' || list.kind === 'ResourceList') && ('items' in list || 'functionConfig' in list)) {
      return Array.isArray(list.items) ? (list.items as JsonValue[]) : [];
    }
  }
  return plain.filter((value) => value !== null);
}

function answerTo({ kind, text }: Question): Answer {
  const limits = { maxDepth: 10_000 };
  switch (kind) {
    case 's':
    case 'S': {
      const value = (kind === 's' ? parseYaml : parseYamlStrict)(text, limits);
      return { json: goJson(value), ...part('text', printYaml(value)) };
    }
    case 'j':
      return part('text', printYaml(parseJson(text.toString())));
    case '2': {
      const value = JSON.parse(text.toString()) as JsonValue;
      return { ...part('text', printYamlV2(value, { numbers: 'float64' })), ...part('text2', printYamlV2(value, { keyOrder: 'bytes' })) };
    }
    case 'p': {
      const value = JSON.parse(text.toString()) as JsonValue;
      return { ...part('text', printYamlV3(value, { indent: 2 })), ...part('text2', printYamlV3(value)) };
    }
    case 'n': {
      const nodes = parseNodes(text, limits);
      return {
        ...part('text', printNodes(nodes)),
        ...part('text2', printNodes(nodes, { sequenceIndent: 'wide' })),
        ...(nodes.length === 0 ? {} : { nodes: nodes.map(dump) }),
      };
    }
    case 'v': {
      const node = parseNode(text, limits);
      const json = node === undefined ? 'null' : goJson(nodeValue(node));
      const odd = /(?<=[[:,]|^)(?:NaN|-?Infinity)(?=[\],}]|$)/.exec(json)?.[0];
      return odd === undefined ? { json } : { err: `json: unsupported value: ${odd.replace('Infinity', 'Inf').replace(/^I/, '+I')}` };
    }
    case 'k': {
      const docs = unwrap(parseKyaml(text, limits)).map((value) => goJson(value));
      return docs.length === 0 ? {} : { docs };
    }
    case 'd': {
      const docs = parseYamlDocuments(text, limits).map((d) => goJson(d.value));
      return docs.length === 0 ? {} : { docs };
    }
  }
}

/** Go writes a replacement character as it is or escaped, by where it comes from: as it is. */
export function canonical(answer: Answer, kind?: Kind): string {
  // kustomize decodes a text that it has printed itself: the lines it names are those of that text
  if (kind === 'k' && answer.err?.startsWith('yaml: unmarshal errors') === true)
    return JSON.stringify({ err: answer.err.replace(/line \d+/g, 'line N') });
  return JSON.stringify(answer).replaceAll('\\\\ufffd', '\ufffd');
}

/** Our answer to a question, in the shape of the Go program's. */
export function ourAnswer(question: Question): Answer {
  try {
    return answerTo(question);
  } catch (error) {
    if (!(error instanceof YamlError)) return { err: `CRASH ${error instanceof Error ? (error.stack ?? '') : String(error)}` };
    if (question.kind === 'd') return { err: error.detail };
    const malformed =
      question.kind === 'k' && (error.code === 'YAML_SYNTAX' || error.code === 'YAML_ENCODING' || error.message.includes('unknown anchor'));
    return { err: malformed && error.message.startsWith('yaml: ') ? `MalformedYAMLError: ${error.message}` : error.message };
  }
}

/** Whether a node holds an alias to itself: kustomize overflows its stack on such a text. */
function holdsItself(text: Buffer): boolean {
  const open = new Set<YamlNode>();
  const visit = (node: YamlNode): boolean => {
    if (open.has(node)) return true;
    open.add(node);
    const found = node.alias === undefined ? node.content.some(visit) : visit(node.alias);
    open.delete(node);
    return found;
  };
  try {
    return parseNodes(text, { maxDepth: 10_000 }).some(visit);
  } catch {
    return text.includes('&') && text.includes('*');
  }
}

/** Whether every document is an object, as kustomize wants it; what is no YAML is fine. */
function objectsOnly(text: Buffer): boolean {
  const pieces = text
    .toString()
    .replaceAll('\r\n', '\n')
    .split(/(?<=\n)---.*\n/);
  return pieces.every((piece) => {
    try {
      const root = parseNode(piece, { maxDepth: 10_000 })?.content[0];
      return root === undefined || root.kind === 'mapping' || root.tag === '!!null';
    } catch {
      return true;
    }
  });
}

/** Whether kustomize can be asked: it takes objects only, and no text that would kill it. */
export function askable({ kind, text }: Question): boolean {
  return kind !== 'k' || (objectsOnly(text) && !holdsItself(text));
}
