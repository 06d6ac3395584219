import { Composer } from './composer.ts';
import { Emitter } from './emitter.ts';
import { newNode, type YamlNode } from './node.ts';
import { readLimits } from './options.ts';
import { readSource } from './source.ts';

const LIMITS = readLimits({ maxScalarBytes: Number.POSITIVE_INFINITY, maxDocumentBytes: Number.POSITIVE_INFINITY });

/**
 * What a `>` scalar becomes when yaml.v3 prints it and reads it again: it writes an empty line too many before a line
 * that starts with a blank and before the line breaks at the end.
 */
export function foldedAgain(text: string): string {
  const end = text.length - 1;
  const lineBreak = text.indexOf('\n');
  if ((lineBreak < 0 || (lineBreak === end && end > 0)) && !text.startsWith(' ')) return text;
  const node = newNode('scalar', 'folded');
  node.text = text;
  const list = newNode('sequence', 'block');
  list.content.push(node);
  const emitter = new Emitter({ indent: 2, compactSequences: true });
  emitter.document(list);
  const document = new Composer(readSource(emitter.text), 'v3', LIMITS).next() as YamlNode;
  return document.content[0]?.content[0]?.text ?? text;
}
