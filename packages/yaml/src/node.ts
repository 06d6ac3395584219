import type { ScalarStyle } from './tokens.ts';

/** What a node is, as yaml.v3 names it. */
export type NodeKind = 'document' | 'mapping' | 'sequence' | 'scalar' | 'alias';

/** How a node is written: a scalar's style, or `block`/`flow` for a collection. */
export type NodeStyle = ScalarStyle | 'block' | 'flow';

/**
 * A node of a YAML text as yaml.v3 gives it: comments, styles, order, anchors and places are kept.
 * Like yaml.Node it may be changed and printed again; nothing shares it but who holds it.
 */
export interface YamlNode {
  kind: NodeKind;
  style: NodeStyle;
  /** Short tag (`!!str`, `!!int`, `!custom`); for an untagged scalar the one that its text resolves to. */
  tag: string;
  /** Whether the tag stands in the text. */
  tagged: boolean;
  /** A scalar's text, an alias's name. */
  text: string;
  anchor: string;
  /** What an alias points to. */
  alias: YamlNode | undefined;
  /** A document's node, a sequence's items; a mapping's keys and values in turn. */
  content: YamlNode[];
  headComment: string;
  lineComment: string;
  footComment: string;
  /** Line and column count from 1; 0 for a node that was made, not read. */
  line: number;
  column: number;
  /** The node's range in the source text, in UTF-16 units; a scalar's own: quotes are inside, anchor and tag are not. */
  start: number;
  end: number;
}

/** Makes a node with nothing in it. */
export function newNode(kind: NodeKind, style: NodeStyle): YamlNode {
  return {
    kind,
    style,
    tag: '',
    tagged: false,
    text: '',
    anchor: '',
    alias: undefined,
    content: [],
    headComment: '',
    lineComment: '',
    footComment: '',
    line: 0,
    column: 0,
    start: 0,
    end: 0,
  };
}
