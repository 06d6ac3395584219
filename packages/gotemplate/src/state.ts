import type { Budget } from './budget.ts';
import { TemplateError, type TemplateFrame } from './errors.ts';
import { nodeText, type Node } from './nodes.ts';
import { goQuote } from './quote.ts';
import { byteLength } from './text.ts';
import type { CallContext, MaybeValue, Templates } from './model.ts';

/** What a statement tells the loop around it: 0 go on, 1 break, 2 continue. */
export type Signal = 0 | 1 | 2;

/** A statement, compiled. */
export type Statement = (s: State) => Signal;

/** A template, as its execution sees it. */
export interface Executable {
  readonly name: string;
  /** The name that the text was parsed under: what errors give as the place. */
  readonly parseName: string;
  readonly text: string;
  /** The compiled form. */
  readonly statement: Statement;
  /** How many variables it has, `$` among them. Known once it is compiled. */
  readonly slots: number;
}

/** Where an execution stands: shared by all executions inside it. */
export interface RunState {
  readonly budget: Budget;
  readonly depth: number;
  readonly env: unknown;
}

/** A set of templates, as an execution sees it. */
export interface ExecutingSet extends Templates {
  readonly missingKey: 'default' | 'zero' | 'error';
  readonly rangeIntegers: boolean;
  lookup(name: string): Executable | undefined;
}

/** One execution of one template: what the compiled closures read and write. */
export class State implements CallContext {
  readonly set: ExecutingSet;
  readonly budget: Budget;
  readonly depth: number;
  readonly env: unknown;
  readonly template: Executable;
  /** What has been printed. */
  out = '';
  dot: MaybeValue;
  /** Dot came out of a `[]interface {}` or `map[string]interface {}`: Go's errors then name the interface as its type. */
  dotWrapped = false;
  /** The same of the value whose fields are looked up next. */
  receiverWrapped = false;
  /** The variables; `$` is the first. */
  readonly vars: MaybeValue[];
  /** Which variables of ranges hold wrapped values, by slot. */
  wrapped: boolean[] | undefined = undefined;
  /** The node that Go's executor would be at, for errors. */
  node: Node | undefined;

  /** @param from what the execution takes over; its depth is that of the execution around this one */
  constructor(template: Executable, dot: MaybeValue, from: RunState & { readonly set: ExecutingSet }) {
    this.template = template;
    this.set = from.set;
    this.budget = from.budget;
    this.depth = from.depth + 1;
    this.env = from.env;
    this.dot = dot;
    this.vars = new Array<MaybeValue>(template.slots);
    this.vars[0] = dot;
    this.node = undefined;
    this.budget.step();
    this.budget.depth(this.depth);
  }

  execute(name: string, data: MaybeValue, set?: Templates): string {
    const from =
      set === undefined || set === this.set ? this : { set: set as ExecutingSet, budget: this.budget, depth: this.depth, env: this.env };
    const template = from.set.lookup(name);
    if (template === undefined) return missingTemplate(name, from.set.name);
    const { statement } = template;
    const s = new State(template, data ?? undefined, from);
    statement(s);
    return s.out;
  }

  /** Executes a template of the same set. @returns its output */
  run(template: Executable, data: MaybeValue): string {
    const { statement } = template;
    const s = new State(template, data, this);
    statement(s);
    return s.out;
  }
}

/** Throws what Go says of a template that is not there. */
export function missingTemplate(name: string, set: string): never {
  const reason = `no template ${goQuote(name)} associated with template ${goQuote(set)}`;
  throw new TemplateError({ code: 'TEMPLATE_MISSING', message: `template: ${reason}`, reason });
}

/** Where a node stands, as Go's errors say it. */
function frameOf(template: Executable, node: Node): TemplateFrame {
  const before = template.text.slice(0, node.pos);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++;
  return {
    template: template.name,
    parseName: template.parseName,
    line,
    column: byteLength(before.slice(lineStart)),
    node: nodeText(node),
  };
}

/** Ends an execution with Go's error text at the current node. */
export function fail(s: State, reason: string, cause?: unknown): never {
  const { template, node } = s;
  const code = 'TEMPLATE_EXEC';
  if (node === undefined) throw new TemplateError({ code, message: `template: ${template.name}: ${reason}`, reason, cause });
  const frame = frameOf(template, node);
  const place = `${frame.parseName}:${frame.line}:${frame.column}`;
  const message = `template: ${place}: executing ${goQuote(template.name)} at <${frame.node}>: ${reason}`;
  throw new TemplateError({ code, message, reason, frame, cause });
}
