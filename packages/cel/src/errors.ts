import { FluxError, type Diagnostic } from '@flux-ts/base';

/** One thing that is wrong with a text, at a place in it. */
export interface Issue {
  /** Where, in code points from the start of the text. */
  readonly offset: number;
  readonly message: string;
}

/** A text that is no expression (`CEL_COMPILE`), an expression that fails when it is run (`CEL_EVALUATE`), or one that costs too much (`CEL_COST`). */
export class CelError extends FluxError<'CEL_COMPILE' | 'CEL_EVALUATE' | 'CEL_COST'> {
  /** The places in the text; empty unless the code is `CEL_COMPILE`. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(init: {
    readonly code: 'CEL_COMPILE' | 'CEL_EVALUATE' | 'CEL_COST';
    readonly message: string;
    readonly diagnostics?: readonly Diagnostic[];
    readonly cause?: unknown;
  }) {
    super(init);
    this.diagnostics = init.diagnostics ?? [];
  }
}

/** Makes the error of a run, with cel-go's text. */
export function evalError(message: string): CelError {
  return new CelError({ code: 'CEL_EVALUATE', message });
}

/** The error of an operation that has no meaning for what it was given. */
export function noSuchOverload(what = ''): CelError {
  return evalError(what === '' ? 'no such overload' : `no such overload: ${what}`);
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly snippet: string;
}

function placeOf(text: string, offset: number): Place {
  const before = Array.from(text).slice(0, offset);
  const line = before.filter((ch) => ch === '\n').length + 1;
  const column = before.length - (before.lastIndexOf('\n') + 1) + 1;
  return { line, column, snippet: text.split('\n')[line - 1] ?? '' };
}

const LONGEST_SNIPPET = 16384;

/** Wide characters get wide dots, so that the mark stands under them. */
function isWide(ch: string): boolean {
  return (ch.codePointAt(0) as number) > 0x7f;
}

function display(place: Place, message: string): string {
  const head = `ERROR: <input>:${place.line}:${place.column}: ${message}`;
  if (Buffer.byteLength(place.snippet) > LONGEST_SNIPPET) return head;
  const characters = Array.from(place.snippet.replaceAll('\t', ' '));
  const dots = characters.slice(0, place.column - 1).map((ch) => (isWide(ch) ? '\uff0e' : '.'));
  const mark = isWide(characters[place.column - 1] ?? ' ') ? '\uff3e' : '^';
  return `${head}\n | ${characters.join('')}\n | ${dots.join('')}${mark}`;
}

/** Makes the error of a text that does not compile: all issues, ordered by their places, as cel-go prints them. */
export function compileError(text: string, issues: readonly Issue[]): CelError {
  const placed = issues.map((issue) => ({ issue, place: placeOf(text, issue.offset) }));
  placed.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  return new CelError({
    code: 'CEL_COMPILE',
    message: placed.map(({ issue, place }) => display(place, issue.message)).join('\n'),
    diagnostics: placed.map(({ issue, place }) => ({
      severity: 'error',
      code: 'CEL_COMPILE',
      message: issue.message,
      line: place.line,
      column: place.column,
    })),
  });
}
