import { goJson, isArray, type JsonValue } from '@flux-ts/base';
import { nodeValue, parseNodes, printNodes, type YamlNode } from '@flux-ts/yaml';
import { isListStep, lookup, splitListStep, type CreateKind } from './path-matcher.ts';
import { goRegexp } from './selectors.ts';
import { isMap, isNullish, isScalar, isSeq, rawText, withField, type KObject, type KValue } from './value.ts';

// A field path may go on inside a scalar whose text is YAML or JSON itself: the text is read, changed and printed again.

/**
 * Changes a value inside the text of a scalar on the path.
 * @returns the new object, or undefined where no scalar on the path holds a document with that field
 */
export function changeInsideText(
  object: KObject,
  steps: readonly string[],
  how: { readonly value: KValue; readonly create: CreateKind },
): KObject | undefined {
  for (let i = 1; i < steps.length; i++) {
    const scalar = tryLookup(object, steps.slice(0, i));
    if (scalar === undefined || !isScalar(scalar) || isNullish(scalar)) continue;
    const text = rawText(scalar);
    const next = changeText(text, steps.slice(i), how);
    return next === undefined ? undefined : (replaceAt(object, steps.slice(0, i), next) as KObject);
  }
  return undefined;
}

function tryLookup(object: KObject, steps: readonly string[]): KValue | undefined {
  try {
    return lookup(object, steps);
  } catch {
    return undefined;
  }
}

function changeText(
  text: string,
  steps: readonly string[],
  how: { readonly value: KValue; readonly create: CreateKind },
): string | undefined {
  let document: YamlNode | undefined;
  try {
    document = parseNodes(text)[0];
  } catch {
    return undefined;
  }
  const root = document?.content[0];
  if (document === undefined || root === undefined) return undefined;
  try {
    const targets = matchNodes(root, steps, how.create);
    if (targets.length === 0) return undefined;
    for (const target of targets) setNode(target, how.value);
  } catch {
    return undefined;
  }
  const first = text.trim()[0];
  if (first !== '{' && first !== '[') return printNodes([document]).trim();
  const value = nodeValue(root);
  return text.includes('\n') && text.includes('  ') ? prettyJson(value) : goJson(value);
}

function prettyJson(value: JsonValue): string {
  const print = (v: JsonValue, indent: string): string => {
    const inner = `${indent}  `;
    if (isArray(v)) return v.length === 0 ? '[]' : `[\n${v.map((item) => inner + print(item, inner)).join(',\n')}\n${indent}]`;
    if (typeof v !== 'object' || v === null) return goJson(v);
    const keys = Object.keys(v).sort();
    if (keys.length === 0) return '{}';
    return `{\n${keys.map((key) => `${inner}${goJson(key)}: ${print((v as { readonly [k: string]: JsonValue })[key] as JsonValue, inner)}`).join(',\n')}\n${indent}}`;
  };
  return print(value, '');
}

function fieldNode(node: YamlNode, name: string): YamlNode | undefined {
  for (let i = 0; i + 1 < node.content.length; i += 2) if (node.content[i]?.text === name) return node.content[i + 1];
  return undefined;
}

function newNode(kind: 'scalar' | 'mapping' | 'sequence', text = ''): YamlNode {
  const sample = parseNodes(kind === 'mapping' ? 'a: b' : kind === 'sequence' ? '- a' : 'a')[0]?.content[0] as YamlNode;
  sample.content = [];
  sample.text = text;
  if (kind === 'scalar') sample.tag = '';
  return sample;
}

function nextKind(step: string | undefined, create: CreateKind): 'scalar' | 'mapping' | 'sequence' {
  if (step === undefined) return create === 'map' ? 'mapping' : create === 'seq' ? 'sequence' : 'scalar';
  return isListStep(step) || /^\d+$/.test(step) ? 'sequence' : 'mapping';
}

function matchNodes(node: YamlNode, steps: readonly string[], create: CreateKind): YamlNode[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [node];
  if (/^\d+$/.test(step)) {
    const index = Number(step);
    if (node.kind !== 'sequence') throw new TypeError('not a sequence');
    if (index === node.content.length && create !== undefined) node.content.push(newNode(nextKind(rest[0], create)));
    const item = node.content[index];
    if (item === undefined) throw new RangeError('no such element');
    return matchNodes(item, rest, create);
  }
  if (step === '*' || isListStep(step)) {
    if (node.kind !== 'sequence') throw new TypeError('not a sequence');
    if (step === '*') return node.content.flatMap((item) => matchNodes(item, rest, create));
    const [field, pattern] = splitListStep(step);
    const matches = goRegexp(pattern);
    return node.content.flatMap((item) => {
      const own = field === '' ? item : fieldNode(item, field);
      if (own === undefined || !matches(own.text)) return [];
      return field === '' ? [item] : matchNodes(item, rest, create);
    });
  }
  if (node.kind !== 'mapping') throw new TypeError('not a mapping');
  let child = fieldNode(node, step);
  if (child === undefined) {
    if (create === undefined) return [];
    child = newNode(nextKind(rest[0], create));
    node.content.push(newNode('scalar', step), child);
  }
  return matchNodes(child, rest, create);
}

function setNode(node: YamlNode, value: KValue): void {
  if (node.kind === 'scalar') {
    node.text = isScalar(value) ? rawText(value) : '';
    return;
  }
  const made = toNode(value);
  node.kind = made.kind;
  node.style = made.style;
  node.tag = made.tag;
  node.text = made.text;
  node.content = made.content;
}

function toNode(value: KValue): YamlNode {
  if (isSeq(value)) {
    const node = newNode('sequence');
    node.content = value.map(toNode);
    return node;
  }
  if (isMap(value)) {
    const node = newNode('mapping');
    node.content = Object.entries(value).flatMap(([key, item]) => [newNode('scalar', key), toNode(item)]);
    return node;
  }
  return newNode('scalar', rawText(value));
}

/** Puts a text at a place found by {@link lookup}; a scalar keeps its type where that is a string. */
function replaceAt(value: KValue, steps: readonly string[], text: string): KValue {
  const [raw, ...rest] = steps;
  if (raw === undefined) return text;
  const step = raw.trim();
  if (step === '') return replaceAt(value, rest, text);
  if (isSeq(value)) {
    const target = lookup(value, [step]);
    return value.map((item) => (item === target ? replaceAt(item, rest, text) : item));
  }
  const object = value as KObject;
  return withField(object, step, replaceAt(object[step] as KValue, rest, text));
}
