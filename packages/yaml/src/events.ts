import type { Mark } from './errors.ts';
import type { ScalarStyle } from './tokens.ts';

/** What the parser makes of tokens. */
export type EventKind =
  | 'stream-start'
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'alias'
  | 'scalar'
  | 'sequence-start'
  | 'sequence-end'
  | 'mapping-start'
  | 'mapping-end'
  | 'tail-comment';

/** One event. Comments are empty in the v2 profile. */
export interface ParseEvent {
  readonly kind: EventKind;
  readonly start: Mark;
  readonly end: Mark;
  /** Where a scalar's own text starts, behind its anchor and tag. */
  contentStart: number;
  anchor: string;
  tag: string;
  value: string;
  style: ScalarStyle;
  flow: boolean;
  /** Plain and untagged (or tagged `!`): its type is read from its text. */
  implicit: boolean;
  head: string;
  line: string;
  foot: string;
}

/** Makes an event with nothing but its place. */
export function newEvent(kind: EventKind, start: Mark, end: Mark): ParseEvent {
  return {
    kind,
    start,
    end,
    contentStart: start.pos,
    anchor: '',
    tag: '',
    value: '',
    style: 'plain',
    flow: false,
    implicit: false,
    head: '',
    line: '',
    foot: '',
  };
}
