import { isArray, isObject, own, type JsonValue } from '@flux-ts/base';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly Step[]; readonly operator: string; readonly value: JsonValue | undefined };

/** A JSONPath as CRDs write it for columns, ready to be used. */
export type JsonPath = readonly Step[];

/** Reads a simple JSONPath (`.status.conditions[?(@.type=="Ready")].status`). @returns undefined for what it cannot read */
export function parseJsonPath(text: string): JsonPath | undefined {
  const reader = { text: text.startsWith('$') ? text.slice(1) : text, at: 0 };
  const steps = readSteps(reader, '');
  return reader.at === reader.text.length ? steps : undefined;
}

function readSteps(reader: { readonly text: string; at: number }, stop: string): Step[] | undefined {
  const steps: Step[] = [];
  while (reader.at < reader.text.length && !stop.includes(reader.text[reader.at] as string)) {
    const rest = reader.text.slice(reader.at);
    const field = /^\.((?:\\.|[^.[\]\\=!<>()\s])+)/.exec(rest);
    const quoted = /^\[\s*(?:'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)")\s*\]/.exec(rest);
    const index = /^\[\s*(-?\d+)\s*\]/.exec(rest);
    const all = /^\[\s*\*\s*\]|^\.\*/.exec(rest);
    if (all !== null) steps.push({ kind: 'all' });
    else if (quoted !== null) steps.push({ kind: 'field', name: (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/g, '$1') });
    else if (index !== null) steps.push({ kind: 'index', index: Number(index[1]) });
    else if (field !== null) steps.push({ kind: 'field', name: (field[1] as string).replace(/\\(.)/g, '$1') });
    else if (rest.startsWith('[?(@')) {
      const filter = readFilter(reader);
      if (filter === undefined) return undefined;
      steps.push(filter);
      continue;
    } else return undefined;
    reader.at += (all ?? quoted ?? index ?? field)?.[0].length ?? 0;
  }
  return steps;
}

function readFilter(reader: { readonly text: string; at: number }): Step | undefined {
  reader.at += '[?(@'.length;
  const path = readSteps(reader, ' =!<>)');
  if (path === undefined) return undefined;
  const rest = reader.text.slice(reader.at);
  const tail = /^\s*(?:(==|!=|<=|>=|<|>)\s*("(?:\\.|[^"])*"|'(?:\\.|[^'])*'|[^)\s]+)\s*)?\)\]/.exec(rest);
  if (tail === null) return undefined;
  reader.at += tail[0].length;
  return { kind: 'filter', path, operator: tail[1] ?? 'exists', value: tail[2] === undefined ? undefined : literal(tail[2]) };
}

function literal(text: string): JsonValue {
  if (text.startsWith("'") || text.startsWith('"')) return text.slice(1, -1).replace(/\\(.)/g, '$1');
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** All values that a path finds, in order. */
export function findJsonPath(path: JsonPath, root: JsonValue): JsonValue[] {
  let found: JsonValue[] = [root];
  for (const step of path) found = found.flatMap((value) => [...follow(step, value)]);
  return found;
}

function* follow(step: Step, value: JsonValue): Iterable<JsonValue> {
  if (step.kind === 'field') {
    const child = isObject(value) ? own(value, step.name) : undefined;
    if (child !== undefined) yield child;
  } else if (step.kind === 'index') {
    const child = isArray(value) ? value.at(step.index) : undefined;
    if (child !== undefined) yield child;
  } else if (step.kind === 'all') {
    if (isArray(value)) yield* value;
    else if (isObject(value)) yield* Object.values(value);
  } else if (isArray(value)) {
    for (const item of value) if (holds(step, item)) yield item;
  }
}

function holds(step: Extract<Step, { kind: 'filter' }>, item: JsonValue): boolean {
  const [found] = findJsonPath(step.path, item);
  if (step.operator === 'exists') return found !== undefined;
  if (found === undefined || step.value === undefined) return false;
  if (step.operator === '==') return found === step.value;
  if (step.operator === '!=') return found !== step.value;
  const [a, b] = [Number(found), Number(step.value)];
  return step.operator === '<' ? a < b : step.operator === '<=' ? a <= b : step.operator === '>' ? a > b : a >= b;
}
