/** One piece of a Go layout: a field of the time, or literal text before it. */
export interface LayoutPiece {
  readonly literal: string;
  /** What the layout has for the field: `2006`, `Jan`, `.000`; empty at the end. */
  readonly field: string;
}

// The reference time's spellings, longest first where one begins another. A blank before 2006 in _2006 is text.
const FIELD =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?![0-9])/g;

/** Splits a layout into its fields and the text before each. */
export function splitLayout(layout: string): LayoutPiece[] {
  const out: LayoutPiece[] = [];
  let from = 0;
  for (const match of layout.matchAll(FIELD)) {
    out.push({ literal: layout.slice(from, match.index), field: match[0] });
    from = match.index + match[0].length;
  }
  if (from < layout.length || out.length === 0) out.push({ literal: layout.slice(from), field: '' });
  return out;
}
