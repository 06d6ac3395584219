import { Composer } from './composer.ts';
import { Emitter } from './emitter.ts';
import { newNode, type YamlNode } from './node.ts';
import type { ReadLimits } from './options.ts';
import { readSource } from './source.ts';

/** More nodes than this are not copied: a text full of aliases. */
const MAX_COPIES = 200_000;

interface Budget {
  left: number;
}

/** Copies a node with what its aliases point to in their place; undefined where that would be too much, or endless. */
function withoutAliases(node: YamlNode, budget: Budget): YamlNode | undefined {
  if (--budget.left < 0) return undefined;
  if (node.kind === 'alias') return withoutAliases(node.alias as YamlNode, budget);
  const content: YamlNode[] = [];
  for (const child of node.content) {
    const copy = withoutAliases(child, budget);
    if (copy === undefined) return undefined;
    content.push(copy);
  }
  return { ...node, anchor: '', content };
}

/**
 * Prints a document and reads it again, as kustomize does before it takes the values: what yaml.v3 does not print as it
 * was read (comments in flow collections, line breaks kept before a comment) changes the values or is an error.
 * Undefined where the document is too large to copy.
 * @throws YamlError where yaml.v3 cannot read what it has printed
 */
export function reprinted(document: YamlNode, limits: ReadLimits): YamlNode | undefined {
  let copy: YamlNode | undefined;
  try {
    copy = withoutAliases(document, { left: MAX_COPIES });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (copy === undefined) return undefined;
  const emitter = new Emitter({ indent: 2, compactSequences: true });
  emitter.document(copy);
  return new Composer(readSource(emitter.text), 'v3', limits).next();
}

function hasComment(node: YamlNode): boolean {
  return node.headComment !== '' || node.lineComment !== '' || node.footComment !== '';
}

/** A block scalar that begins with a tab is printed without the mark that its indentation needs. */
export function startsWithTab(text: string): boolean {
  return /^[\n ]*\t/.test(text);
}

/** Whether yaml.v3 may print a document so that it is read differently: see {@link reprinted}. */
export function changesInPrint(document: YamlNode): boolean {
  let comments = false;
  let kept = false;
  const stack: { readonly node: YamlNode; readonly flow: boolean }[] = [{ node: document, flow: false }];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node } = entry;
    const commented = hasComment(node);
    comments ||= commented;
    const flow = entry.flow || node.style === 'flow';
    if (flow && commented) return true;
    const block = node.style === 'literal' || node.style === 'folded';
    if (block && startsWithTab(node.text)) return true;
    kept ||= block && (node.text.endsWith('\n\n') || node.text === '\n' || /[\u2028\u2029]$/.test(node.text));
    if (comments && kept) return true;
    for (const child of node.content) stack.push({ node: child, flow });
  }
  return false;
}

/** What a `>` scalar becomes when yaml.v3 prints it and reads it again. */
export function foldedAgain(text: string, limits: ReadLimits): string {
  const end = text.length - 1;
  const lineBreak = text.indexOf('\n');
  if ((lineBreak < 0 || (lineBreak === end && end > 0)) && !text.startsWith(' ')) return text;
  const node = newNode('scalar', 'folded');
  node.text = text;
  const list = newNode('sequence', 'block');
  list.content.push(node);
  return reprinted(list, limits)?.content[0]?.content[0]?.text ?? text;
}
