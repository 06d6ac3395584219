import type { Cursor } from './cursor.ts';
import type { Comment, Token } from './tokens.ts';

/** What the scanning of scalars and comments needs of the scanner. */
export interface ScanState {
  readonly cursor: Cursor;
  /** Column of the innermost block collection; -1 outside. */
  readonly indent: number;
  readonly flowLevel: number;
  simpleKeyAllowed: boolean;
  readonly comments: Comment[];
  /** A token counted from the end of the queue (1 = last), taken ones included; undefined where there is none. */
  lastToken(back: number): Token | undefined;
  /** Moves to the end of the line. */
  skipComment(): void;
}
