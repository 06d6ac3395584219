import { define } from '@flux-ts/base';
import { flow } from './fast-flow.ts';
import { blockScalar, plainLine, plainRest, quoted } from './fast-scalars.ts';
import { canBegin, colonFollows, endLine, isAnchorCharacter, isEnd, nextColumn } from './fast-lines.ts';
import { BAIL, bail, type FastState } from './fast-state.ts';
import { Interner, type ScalarProfile } from './intern.ts';

/** Deeper nesting is left to the faithful reader, which keeps no call stack. */
const MAX_DEPTH = 200;
/** More aliases are left to the faithful reader, which counts what they add up to. */
const MAX_ALIASES = 50;
/** Longer keys are near the bound of 1,024 characters on simple keys. */
const MAX_KEY = 1000;

/** Reads a scalar or a flow collection that begins here. @param indent column of the block around it */
function inline<V>(state: FastState<V>, indent: number): V {
  const { text } = state;
  const start = state.pos;
  const c = text.charCodeAt(start);
  let value: V;
  switch (c) {
    case 34:
    case 39:
      value = quoted(state, c) as V;
      break;
    case 91:
    case 123:
      value = flow(state);
      break;
    case 38:
      return anchored(state, indent);
    case 42:
      value = aliased(state);
      break;
    case 124:
      return state.profile.literal(blockScalar(state, indent));
    case 62:
      return state.profile.folded(blockScalar(state, indent));
    default: {
      if (!canBegin(c, text.charCodeAt(start + 1))) bail();
      const end = plainLine(state, start);
      if (text.charCodeAt(state.pos) === 58) bail();
      return plainRest(state, { start, end }, indent);
    }
  }
  endLine(state);
  return value;
}

/** Moves behind the name of an anchor or an alias. */
function anchorName<V>(state: FastState<V>): string {
  const { text } = state;
  const start = state.pos + 1;
  let p = start;
  for (let c = text.charCodeAt(p); isAnchorCharacter(c); c = text.charCodeAt(p)) p++;
  if (p === start || !isEnd(text.charCodeAt(p)) || !state.profile.anchors) bail();
  state.pos = p;
  return text.slice(start, p);
}

/** Reads a scalar with an anchor; other nodes with anchors are left to the faithful reader. */
function anchored<V>(state: FastState<V>, indent: number): V {
  const { text } = state;
  const name = anchorName(state);
  while (text.charCodeAt(state.pos) === 32) state.pos++;
  const c = text.charCodeAt(state.pos);
  if (c === 10 || c === 38 || c === 42 || c === 91 || c === 123) bail();
  const value = inline(state, indent);
  state.anchors ??= new Map();
  state.anchors.set(name, value);
  return value;
}

/** The value of the scalar that an alias stands for. */
function aliased<V>(state: FastState<V>): V {
  const name = anchorName(state);
  const { anchors } = state;
  if (anchors === undefined || !anchors.has(name) || --state.aliases < 0) bail();
  return anchors.get(name) as V;
}

/** Reads the value of a key or an item that does not stand on its line. */
function below<V>(state: FastState<V>, indent: number, dashes: boolean): V {
  const column = nextColumn(state, indent + 2);
  if (column > indent) return node(state, column, indent);
  if (dashes && column === indent && state.text.charCodeAt(state.pos) === 45 && isEnd(state.text.charCodeAt(state.pos + 1))) {
    return sequence(state, column, true);
  }
  return state.profile.nothing;
}

/** Reads the node that begins here. @param indent column of the block around it */
function node<V>(state: FastState<V>, column: number, indent: number): V {
  const { text } = state;
  const start = state.pos;
  const c = text.charCodeAt(start);
  if (c === 45 && isEnd(text.charCodeAt(start + 1))) return sequence(state, column, false);
  if (c === 34 || c === 39) {
    const { lineStart } = state;
    const value = quoted(state, c);
    if (!colonFollows(state)) {
      endLine(state);
      return value as V;
    }
    if (state.lineStart !== lineStart || state.pos - start > MAX_KEY) bail();
    return mapping(state, column, value);
  }
  if (!canBegin(c, text.charCodeAt(start + 1))) return inlineAlone(state, indent);
  const end = plainLine(state, start);
  if (text.charCodeAt(state.pos) !== 58) return plainRest(state, { start, end }, indent);
  return mapping(state, column, plainKey(state, start, end, column === 0 && indent === -1));
}

/** A flow collection or a block scalar where a key could stand too. */
function inlineAlone<V>(state: FastState<V>, indent: number): V {
  const value = inline(state, indent);
  if (colonFollows(state)) bail();
  return value;
}

function plainKey<V>(state: FastState<V>, start: number, end: number, top: boolean): string {
  if (state.pos - start > MAX_KEY) bail();
  const { interner, profile, text } = state;
  const key = top || end - start > 40 ? profile.key(text.slice(start, end), top) : interner.key(interner.id(text, start, end));
  if (key === undefined) bail();
  return key;
}

/** Reads a mapping from the colon of its first key on. */
function mapping<V>(state: FastState<V>, column: number, firstKey: string): V {
  if (++state.depth > MAX_DEPTH) bail();
  const { text } = state;
  const { unique } = state.profile;
  const top = column === 0 && state.depth === 1;
  const out: Record<string, V> = {};
  let key = firstKey;
  for (;;) {
    if (unique && (Object.hasOwn(out, key) || key === '<<')) bail();
    let p = state.pos + 1;
    let c = text.charCodeAt(p);
    while (c === 32) c = text.charCodeAt(++p);
    state.pos = p;
    let value: V;
    if (c === 10 || c === 35 || c === 0) value = below(state, column, true);
    else value = inline(state, column);
    if (key === '__proto__') define(out as Record<string, never>, key, value as never);
    else out[key] = value;
    const next = nextColumn(state, column);
    if (next !== column) {
      if (next > column) bail();
      break;
    }
    const start = state.pos;
    c = text.charCodeAt(start);
    if (c === 34 || c === 39) {
      const { lineStart } = state;
      key = quoted(state, c);
      if (!colonFollows(state) || state.lineStart !== lineStart || state.pos - start > MAX_KEY) bail();
    } else {
      if (!canBegin(c, text.charCodeAt(start + 1))) bail();
      const end = plainLine(state, start);
      if (text.charCodeAt(state.pos) !== 58) bail();
      key = plainKey(state, start, end, top);
    }
  }
  state.depth--;
  return out as V;
}

/** Reads a sequence from its first dash on. @param dashed its dashes stand in the column of the mapping around it */
function sequence<V>(state: FastState<V>, column: number, dashed: boolean): V {
  if (++state.depth > MAX_DEPTH) bail();
  const { text } = state;
  const out: V[] = [];
  for (;;) {
    let p = state.pos + 1;
    let c = text.charCodeAt(p);
    while (c === 32) c = text.charCodeAt(++p);
    if (c === 9) bail();
    state.pos = p;
    if (c === 10 || c === 35 || c === 0) out.push(below(state, column, false));
    else out.push(node(state, p - state.lineStart, column));
    const next = nextColumn(state, column);
    if (next > column) bail();
    if (next < column) break;
    if (text.charCodeAt(state.pos) !== 45 || !isEnd(text.charCodeAt(state.pos + 1))) {
      if (dashed) break;
      bail();
    }
  }
  state.depth--;
  return out as V;
}

/** A document read fast, and where the text goes on. */
export interface FastResult<V> {
  readonly value: V;
  /** Whether there was anything but comments. */
  readonly found: boolean;
  readonly end: number;
  /** Whether the value may hold bigints. */
  readonly big: boolean;
}

// LF, tab, printable ASCII and what YAML 1.1 and 1.2 agree on beyond it; breaks of YAML 1.1 and marks are left out
const EASY = /^[\t\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffc\u{10000}-\u{10ffff}]*$/u;

/** The depth of nesting that the reader goes to; a lower bound of the caller is left to the faithful reader. */
export const FAST_DEPTH: number = MAX_DEPTH;

/** Reads documents of the usual shape; what it accepts it reads exactly as the faithful reader does. */
export class FastReader<V> {
  readonly #profile: ScalarProfile<V>;
  readonly #interner: Interner<V>;

  constructor(profile: ScalarProfile<V>) {
    this.#profile = profile;
    this.#interner = new Interner(profile);
  }

  /** Makes a text ready; undefined where it holds characters that only the faithful reader knows. */
  prepare(text: string): string | undefined {
    const unix = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
    return EASY.test(unix) ? unix : undefined;
  }

  /** Reads the first document of a prepared text; undefined where it must be left to the faithful reader. */
  first(text: string, maxScalar: number, maxAliases: number): FastResult<V> | undefined {
    const state: FastState<V> = {
      // behind the end stand characters that no prepared text holds: V8 reads beyond a string slowly
      text: `${text}\0\0\0\0`,
      length: text.length,
      profile: this.#profile,
      interner: this.#interner,
      maxScalar,
      pos: 0,
      lineStart: 0,
      depth: 0,
      hash: -1,
      breaks: 0,
      anchors: undefined,
      aliases: Math.min(maxAliases, MAX_ALIASES),
      big: false,
    };
    try {
      return document(state);
    } catch (error) {
      if (error === BAIL) return undefined;
      throw error;
    }
  }
}

function document<V>(state: FastState<V>): FastResult<V> {
  const { text, length } = state;
  let column = nextColumn(state, 0);
  let marked = false;
  if (column < 0 && state.pos < length) {
    if (text.charCodeAt(state.pos) === 46) bail();
    marked = true;
    state.pos += 3;
    endLine(state);
    column = nextColumn(state, 0);
  }
  if (column < 0) return { value: state.profile.nothing, found: marked, end: state.pos, big: false };
  const value = node(state, column, -1);
  if (nextColumn(state, 0) >= 0) bail();
  return { value, found: true, end: state.pos, big: state.big };
}
