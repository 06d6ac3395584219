import { sortedKeys, type JsonObject } from '@flux-ts/base';
import { elementsAreWrapped, type Expression } from './fields.ts';
import { sprint } from './fmt.ts';
import type { BranchNode, ListNode, PipeNode } from './nodes.ts';
import { fail, type Signal, type State, type Statement } from './state.ts';
import { GoBytes, GoInt, GoNamedInt, goInt, goInt64, goTypeOf } from './values.ts';
import { UINT8 } from './types.ts';
import { GO_TYPE, isPlain, GoObject, type GoValue, type MaybeValue, type TemplateMap, type TemplateValue } from './model.ts';

/** Runs the body once with an element and its index. */
type Round = (s: State, index: MaybeValue, element: MaybeValue) => Signal;

function loopArray(s: State, items: readonly TemplateValue[], round: Round): Signal {
  for (let i = 0; i < items.length; i++) if (round(s, goInt(i), items[i]) === 1) break;
  return 0;
}

function loopEntries(s: State, entries: readonly (readonly [MaybeValue, MaybeValue])[], round: Round): Signal {
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as readonly [MaybeValue, MaybeValue];
    if (round(s, entry[0], entry[1]) === 1) break;
  }
  return 0;
}

function loopInteger(s: State, value: GoInt | GoNamedInt, round: Round): Signal {
  for (let i = 0; i < value.value; i++) if (round(s, undefined, new GoInt(value.type, i)) === 1) break;
  return 0;
}

/** Gives what a value ranges over: entries of index and element, or `undefined` where it cannot be ranged over. */
function entriesOf(value: MaybeValue): (readonly [MaybeValue, MaybeValue])[] | undefined {
  if (value instanceof GoBytes) return [...value.bytes].map((byte, i) => [goInt(i), new GoInt(UINT8, byte)] as const);
  if (value instanceof GoObject) {
    const kind = goTypeOf(value)?.kind;
    if (kind === 'slice') return value.entries().map(([, item], i) => [goInt(i), item] as const);
    return kind === 'map' ? [...value.entries()] : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const kind = isPlain(value) ? 'map' : ((value as GoValue)[GO_TYPE]?.kind ?? 'map');
  return kind === 'map' ? sortedKeys(value as JsonObject).map((key) => [key, (value as TemplateMap)[key]] as const) : undefined;
}

/**
 * Compiles a range: over lists, maps (in the order of their keys), integers; nil is empty.
 * @param later gives what compiles a list when it first executes
 */
export function compileRange(
  node: BranchNode,
  pipeline: (pipe: PipeNode) => Expression,
  later: (list: ListNode) => () => Statement,
  slotOf: (name: string) => number | undefined,
): Statement {
  const { pipe } = node;
  const evaluate = pipeline(pipe);
  const slots = pipe.variables.map((name) => slotOf(name) ?? -1);
  const elementSlot = slots.length > 1 ? slots[1] : slots[0];
  const indexSlot = slots.length > 1 ? slots[0] : undefined;
  const compileBody = later(node.list);
  const compileOtherwise = node.elseList === undefined ? undefined : later(node.elseList);
  let body: Statement | undefined;
  let otherwise: Statement | undefined;
  const round: Round = (s, index, element) => {
    s.budget.step();
    if (s.out.length > s.budget.outputBytes) s.budget.outputExceeded();
    if (elementSlot !== undefined) {
      s.vars[elementSlot] = element;
      s.wrapped ??= [];
      s.wrapped[elementSlot] = s.dotWrapped;
    }
    if (indexSlot !== undefined) s.vars[indexSlot] = index;
    s.dot = element;
    return (body ??= compileBody())(s);
  };
  const loop = (s: State, value: MaybeValue): Signal | undefined => {
    if (value === undefined) return undefined;
    const integer = typeof value === 'bigint' ? goInt64(value) : value;
    if (s.set.rangeIntegers && (integer instanceof GoInt || integer instanceof GoNamedInt)) {
      if (slots.length > 1) return fail(s, `can't use ${sprint([value])} to iterate over more than one variable`);
      if (integer.value <= 0) return undefined;
      s.dotWrapped = false;
      return loopInteger(s, integer, round);
    }
    s.dotWrapped = elementsAreWrapped(value);
    if (Array.isArray(value)) return value.length === 0 ? undefined : loopArray(s, value, round);
    const entries = entriesOf(value);
    if (entries === undefined) return fail(s, `range can't iterate over ${sprint([value])}`);
    return entries.length === 0 ? undefined : loopEntries(s, entries, round);
  };
  return (s) => {
    const value = evaluate(s);
    const { dot, dotWrapped } = s;
    const signal = loop(s, value);
    s.dot = dot;
    s.dotWrapped = dotWrapped;
    if (signal !== undefined) return signal;
    return compileOtherwise === undefined ? 0 : (otherwise ??= compileOtherwise())(s);
  };
}
