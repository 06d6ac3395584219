import { Lru } from '@flux-ts/base';
import { Budget } from './budget.ts';
import { Compiler } from './compile.ts';
import { BudgetError } from './errors.ts';
import type { ListNode } from './nodes.ts';
import { parseTemplate, type Tree } from './parser.ts';
import { State, missingTemplate, type Executable, type ExecutingSet, type RunState, type Statement } from './state.ts';
import type { FunctionTable, MaybeValue } from './model.ts';

/** What a template does, compiled when it first executes; texts that are equal share it under all their names. */
class Body {
  readonly isEmpty: boolean;
  /** How many variables it has. */
  slots = 1;
  readonly #functions: FunctionTable;
  #root: ListNode | undefined;
  #statement: Statement | undefined;

  constructor(tree: Tree, functions: FunctionTable) {
    this.isEmpty = tree.isEmpty;
    this.#root = tree.root;
    this.#functions = functions;
  }

  get statement(): Statement {
    if (this.#statement === undefined) {
      const compiler = new Compiler(this.#functions);
      this.#statement = compiler.list(this.#root as ListNode);
      this.slots = compiler.slots;
      this.#root = undefined;
    }
    return this.#statement;
  }
}

/** One template: a text or one of its defines. */
export class CompiledTemplate implements Executable {
  readonly name: string;
  /** The name that the text was parsed under: what errors give as the place. */
  readonly parseName: string;
  readonly text: string;
  readonly #body: Body;

  /** @internal made by `TemplateSet.parse` */
  constructor(init: { name: string; parseName: string; text: string; body: Body }) {
    this.name = init.name;
    this.parseName = init.parseName;
    this.text = init.text;
    this.#body = init.body;
  }

  /** It has nothing but white space; it does not replace another of its name. */
  get isEmpty(): boolean {
    return this.#body.isEmpty;
  }

  /** The compiled form. */
  get statement(): Statement {
    return this.#body.statement;
  }

  /** How many variables it has. */
  get slots(): number {
    return this.#body.slots;
  }
}

/** The templates of one text: its own has no name, the defines have theirs. */
type ParsedText = readonly { readonly name: string | undefined; readonly body: Body }[];

/** Measured: the text, its tree and what was compiled of it. */
const BYTES_A_CHARACTER = 14;

/** Keeps parsed and compiled texts, bounded by about the memory that they take. Sets with the same table of functions share them. */
export class TemplateCache {
  readonly #lru: Lru<string, WeakMap<FunctionTable, ParsedText>>;

  /** @param limitBytes about how much memory they may take */
  constructor(limitBytes = 128 * 1024 * 1024) {
    this.#lru = new Lru(limitBytes);
  }

  /** The templates of a text, parsed now where they are not there yet. @throws TemplateError */
  get(name: string, text: string, functions: FunctionTable): readonly CompiledTemplate[] {
    let tables = this.#lru.get(text);
    let parsed = tables?.get(functions);
    if (parsed === undefined || parsed.some((part) => part.name === name)) {
      parsed = parseText(name, text, functions);
      // a define with the name of its file merges with it: that text means something else under other names
      if (parsed.every((part) => part.name !== undefined)) return named(parsed, name, text);
      if (tables === undefined) this.#lru.set(text, (tables = new WeakMap()), text.length * BYTES_A_CHARACTER + 512);
      tables.set(functions, parsed);
    }
    return named(parsed, name, text);
  }
}

function parseText(name: string, text: string, functions: FunctionTable): ParsedText {
  const trees = guardStack(() => parseTemplate(name, text, (fn) => functions.has(fn)));
  return [...trees.values()].map((tree) => ({ name: tree.isMain ? undefined : tree.name, body: new Body(tree, functions) }));
}

function named(parsed: ParsedText, parseName: string, text: string): CompiledTemplate[] {
  return parsed.map((part) => new CompiledTemplate({ name: part.name ?? parseName, parseName, text, body: part.body }));
}

function guardStack<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      throw new BudgetError({ code: 'TEMPLATE_DEPTH', message: 'the template is nested too deep', cause: error });
    }
    if (error instanceof RangeError && /string length/.test(error.message)) {
      throw new BudgetError({ code: 'TEMPLATE_OUTPUT', message: 'the template makes a text that is too long', cause: error });
    }
    throw error;
  }
}

/** What a set of templates is made with. */
export interface TemplateSetOptions {
  readonly functions: FunctionTable;
  /** What a missing key of a map gives: reflect's invalid value (default), the zero value, or an error. */
  readonly missingKey?: 'default' | 'zero' | 'error';
  readonly cache?: TemplateCache;
  /** Whether `range` counts up to an integer (Go 1.24 and later). Default true. */
  readonly rangeIntegers?: boolean;
  /** The name that errors about missing templates give the set. Default: empty. */
  readonly name?: string;
}

/** How a template is executed. */
export interface ExecuteOptions {
  /** Default: a budget of its own with default limits. */
  readonly budget?: Budget;
  /** Handed to functions as `ctx.env`. */
  readonly env?: unknown;
}

/** Templates that know one another by name. */
export class TemplateSet implements ExecutingSet {
  readonly functions: FunctionTable;
  readonly missingKey: 'default' | 'zero' | 'error';
  readonly rangeIntegers: boolean;
  readonly name: string;
  readonly #cache: TemplateCache | undefined;
  #templates: Map<string, CompiledTemplate>;
  /** The map is another set's too: copy it before writing. */
  #shared = false;

  constructor(options: TemplateSetOptions) {
    this.functions = options.functions;
    this.missingKey = options.missingKey ?? 'default';
    this.rangeIntegers = options.rangeIntegers ?? true;
    this.name = options.name ?? '';
    this.#cache = options.cache;
    this.#templates = new Map();
  }

  /**
   * Parses a text and adds its templates: its own, named `name`, and every define; later ones of a name win unless they are empty.
   * @throws TemplateError TEMPLATE_PARSE
   */
  parse(name: string, text: string): void {
    const parsed = this.#cache?.get(name, text, this.functions) ?? named(parseText(name, text, this.functions), name, text);
    for (const template of parsed) this.add(template.name, template);
  }

  /** Adds a template under a name; an empty one does not replace another. */
  add(name: string, template: CompiledTemplate): void {
    if (template.isEmpty && this.#templates.has(name)) return;
    if (this.#shared) {
      this.#templates = new Map(this.#templates);
      this.#shared = false;
    }
    this.#templates.set(name, template);
  }

  has(name: string): boolean {
    return this.#templates.has(name);
  }

  lookup(name: string): CompiledTemplate | undefined {
    return this.#templates.get(name);
  }

  /** The names of all templates, in the order in which they came. */
  names(): string[] {
    return [...this.#templates.keys()];
  }

  /** A set with the same templates; what either gets from now on, the other does not have. */
  clone(): TemplateSet {
    const { functions, missingKey, rangeIntegers, name } = this;
    const options = { functions, missingKey, rangeIntegers, name };
    const copy = new TemplateSet(this.#cache === undefined ? options : { ...options, cache: this.#cache });
    copy.#assign(this);
    return copy;
  }

  #assign(from: TemplateSet): void {
    this.#templates = from.#templates;
    this.#shared = true;
    from.#shared = true;
  }

  /**
   * Executes a template.
   * `Differs:` templates nested deeper than the stack of the thread has room for (about 600 includes in Node's default 1 MB, 2000 in
   * a worker's 4 MB) end in a BudgetError.
   * @throws TemplateError TEMPLATE_EXEC, TEMPLATE_MISSING; BudgetError; the reason of an aborted signal
   */
  execute(name: string, data: MaybeValue, options: ExecuteOptions = {}): string {
    const template = this.#templates.get(name);
    if (template === undefined) return missingTemplate(name, this.name);
    return guardStack(() =>
      this.runTemplate(template, data ?? undefined, { budget: options.budget ?? new Budget(), depth: 0, env: options.env }),
    );
  }

  /** Executes a template inside another execution. */
  runTemplate(template: CompiledTemplate, data: MaybeValue, state: RunState): string {
    const { statement } = template;
    const s = new State(template, data, { set: this, budget: state.budget, depth: state.depth - 1, env: state.env });
    statement(s);
    return s.out;
  }
}
