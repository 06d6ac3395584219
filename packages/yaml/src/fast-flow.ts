import { define, type JsonObject } from '@flux-ts/base';
import { quoted } from './fast-scalars.ts';
import { bail, isMark, plainValue, type FastState } from './fast-state.ts';

/** Deeper flow collections are left to the faithful reader. */
const MAX_DEPTH = 100;

/** Moves over spaces and line breaks; comments and tabs are left to the faithful reader. */
function space<V>(state: FastState<V>): number {
  const { text } = state;
  let p = state.pos;
  let c = text.charCodeAt(p);
  while (c === 32 || c === 10) {
    p++;
    if (c === 10) {
      state.lineStart = p;
      if (isMark(text, p)) bail();
    }
    c = text.charCodeAt(p);
  }
  if (c === 9 || c === 35) bail();
  state.pos = p;
  return c;
}

/** Characters that may not begin a plain scalar in a flow collection: blanks and indicators. */
function canBegin(c: number, next: number): boolean {
  switch (c) {
    case 45:
      return !(next === 32 || next === 10 || next === 9 || next === 0);
    case 9:
    case 33:
    case 34:
    case 35:
    case 37:
    case 38:
    case 39:
    case 42:
    case 44:
    case 58:
    case 62:
    case 63:
    case 64:
    case 91:
    case 93:
    case 96:
    case 123:
    case 124:
    case 125:
      return false;
    default:
      return c !== 0;
  }
}

/** Finds the end of a plain scalar on its line. */
function plainEnd<V>(state: FastState<V>): number {
  const { text } = state;
  let p = state.pos;
  if (!canBegin(text.charCodeAt(p), text.charCodeAt(p + 1))) bail();
  let end = p;
  for (;;) {
    const c = text.charCodeAt(p);
    if (c === 44 || c === 91 || c === 93 || c === 123 || c === 125 || c === 10) break;
    if (c === 63 || c === 9 || c === 0) bail();
    if (c === 58) {
      const next = text.charCodeAt(p + 1);
      if (next === 32 || next === 10 || next === 9) break;
    } else if (c === 35 && p > end) bail();
    p++;
    if (c !== 32) end = p;
  }
  state.pos = p;
  return end;
}

/** Reads a value inside a flow collection. */
function flowValue<V>(state: FastState<V>): V {
  const { text } = state;
  const start = state.pos;
  const c = text.charCodeAt(start);
  if (c === 91 || c === 123) return flow(state);
  if (c === 34 || c === 39) return quoted(state, c) as V;
  const end = plainEnd(state);
  return state.profile.inFlow(plainValue(state, start, end));
}

function flowKey<V>(state: FastState<V>): string {
  const { text, lineStart } = state;
  const start = state.pos;
  const c = text.charCodeAt(start);
  let key: string | undefined;
  if (c === 34 || c === 39) key = quoted(state, c);
  else {
    const end = plainEnd(state);
    key = end - start > 40 ? state.profile.key(text.slice(start, end), false) : state.interner.key(state.interner.id(text, start, end));
  }
  // a simple key stands on one line, with its colon, and is short
  while (text.charCodeAt(state.pos) === 32) state.pos++;
  if (key === undefined || state.lineStart !== lineStart || text.charCodeAt(state.pos) !== 58 || state.pos - start > 1000) bail();
  state.pos++;
  return key;
}

function flowMapping<V>(state: FastState<V>): V {
  const out: Record<string, V> = {};
  for (let c = space(state); c !== 125;) {
    const key = flowKey(state);
    c = space(state);
    if (c === 44 || c === 125) bail();
    if (state.profile.unique && (Object.hasOwn(out, key) || key === '<<')) bail();
    const value = flowValue(state);
    if (key === '__proto__') define(out as Record<string, never>, key, value as never);
    else out[key] = value;
    c = space(state);
    if (c === 44) {
      state.pos++;
      c = space(state);
    } else if (c !== 125) bail();
  }
  state.pos++;
  return out as V & JsonObject;
}

function flowSequence<V>(state: FastState<V>): V {
  const out: V[] = [];
  for (let c = space(state); c !== 93;) {
    out.push(flowValue(state));
    c = space(state);
    if (c === 44) {
      state.pos++;
      c = space(state);
    } else if (c !== 93) bail();
  }
  state.pos++;
  return out as V;
}

/** Reads a flow collection; ends behind its bracket. */
export function flow<V>(state: FastState<V>): V {
  if (++state.depth > MAX_DEPTH) bail();
  const open = state.text.charCodeAt(state.pos++);
  const value = open === 123 ? flowMapping(state) : flowSequence(state);
  state.depth--;
  return value;
}
