// Long because everything that is compiled shares the scope of variables and the table of functions.
import { idealConstant } from './arguments.ts';
import { compileCall, type Command } from './compile-call.ts';
import { evaluateField, evaluatePath, isInherited, openMap, type CallArguments, type Expression } from './fields.ts';
import {
  nodeText,
  type BranchNode,
  type CommandNode,
  type ListNode,
  type OperandNode,
  type PipeNode,
  type StatementNode,
} from './nodes.ts';
import { compileRange } from './range.ts';
import { fail, type Statement } from './state.ts';
import { printable } from './print.ts';
import { truth } from './truth.ts';
import type { FunctionTable, GoFunc, MaybeValue } from './model.ts';
import { typeName } from './values.ts';

/** A variable that is in scope, and those declared before it. */
interface Variable {
  readonly name: string;
  readonly slot: number;
  readonly before: Variable | undefined;
}

/** What reflect's `Value.String` gives: the text of strings, else the type. */
function reflectText(value: MaybeValue): string {
  return typeof value === 'string' ? value : value === undefined ? '<invalid Value>' : `<${typeName(value)} Value>`;
}

/** Turns the tree of one template into closures. */
export class Compiler {
  readonly #functions: FunctionTable;
  #scope: Variable | undefined = { name: '$', slot: 0, before: undefined };
  #slots = 1;

  constructor(functions: FunctionTable) {
    this.#functions = functions;
  }

  /** How many variables what was compiled so far has. */
  get slots(): number {
    return this.#slots;
  }

  /** Compiles a list of statements into one. */
  list(list: ListNode): Statement {
    // by index here and below: most of this runs once, and V8 optimises destructuring only in code that runs often
    const { nodes } = list;
    const statements = nodes.map((node) => this.#statement(node));
    const first = statements[0];
    if (first === undefined) return () => 0;
    if (statements.length === 1) return first;
    return (s) => {
      for (let i = 0; i < statements.length; i++) {
        const signal = (statements[i] as Statement)(s);
        if (signal !== 0) return signal;
      }
      return 0;
    };
  }

  #statement(node: StatementNode): Statement {
    switch (node.kind) {
      case 'text': {
        const { text } = node;
        return (s) => {
          s.out += text;
          return 0;
        };
      }
      case 'action':
        return this.#action(node.pipe, node);
      case 'if':
        return this.#scoped(() => this.#if(node));
      case 'with':
        return this.#scoped(() => this.#with(node));
      case 'range':
        return this.#scoped(() =>
          compileRange(
            node,
            (pipe) => this.pipeline(pipe),
            (list) => this.#later(list),
            (name) => this.#slot(name),
          ),
        );
      case 'template':
        return this.#template(node.name, node.pipe, node);
      case 'break':
        return () => 1;
      default:
        return () => 2;
    }
  }

  #scoped<T>(compile: () => T): T {
    const scope = this.#scope;
    const result = compile();
    this.#scope = scope;
    return result;
  }

  /** Compiles a list when it first executes, with the variables that are in scope now: much of a chart never does. */
  #later(list: ListNode): () => Statement {
    const scope = this.#scope;
    return () =>
      this.#scoped(() => {
        this.#scope = scope;
        return this.list(list);
      });
  }

  #slot(name: string): number | undefined {
    for (let at = this.#scope; at !== undefined; at = at.before) if (at.name === name) return at.slot;
    return undefined;
  }

  #action(pipe: PipeNode, node: StatementNode): Statement {
    const evaluate = this.pipeline(pipe);
    if (pipe.variables.length > 0) {
      return (s) => {
        evaluate(s);
        return 0;
      };
    }
    return (s) => {
      const value = evaluate(s);
      if (typeof value === 'string') {
        s.out += value;
        if (value.length > 4096 && s.out.length > s.budget.outputBytes) s.budget.outputExceeded();
      } else {
        const text = printable(value);
        if (text === undefined) {
          s.node = node;
          fail(s, `can't print ${nodeText(node)} of type func`);
        }
        s.out += text as string;
      }
      return 0;
    };
  }

  #if(node: BranchNode): Statement {
    const test = this.pipeline(node.pipe);
    const compileThen = this.#later(node.list);
    const compileOtherwise = node.elseList === undefined ? undefined : this.#later(node.elseList);
    let then: Statement | undefined;
    let otherwise: Statement | undefined;
    return (s) => {
      if (truth(test(s))) return (then ??= compileThen())(s);
      return compileOtherwise === undefined ? 0 : (otherwise ??= compileOtherwise())(s);
    };
  }

  #with(node: BranchNode): Statement {
    const test = this.pipeline(node.pipe);
    const compileThen = this.#later(node.list);
    const compileOtherwise = node.elseList === undefined ? undefined : this.#later(node.elseList);
    let then: Statement | undefined;
    let otherwise: Statement | undefined;
    return (s) => {
      const value = test(s);
      if (!truth(value)) return compileOtherwise === undefined ? 0 : (otherwise ??= compileOtherwise())(s);
      const { dot, dotWrapped } = s;
      s.dot = value;
      s.dotWrapped = false;
      const signal = (then ??= compileThen())(s);
      s.dot = dot;
      s.dotWrapped = dotWrapped;
      return signal;
    };
  }

  #template(name: string, pipe: PipeNode | undefined, node: StatementNode): Statement {
    const evaluate = pipe === undefined ? undefined : this.pipeline(pipe);
    return (s) => {
      s.node = node;
      const template = s.set.lookup(name);
      if (template === undefined) return fail(s, `template "${name}" not defined`);
      s.out += s.run(template, evaluate === undefined ? undefined : evaluate(s));
      if (s.out.length > s.budget.outputBytes) s.budget.outputExceeded();
      return 0;
    };
  }

  // ---- expressions

  /** Compiles a pipeline: its commands, and the variables that take its value. */
  pipeline(pipe: PipeNode): Expression {
    const value = this.#commands(pipe.commands);
    if (pipe.variables.length === 0) return value;
    const slots = pipe.variables.map((name) => {
      if (pipe.assign) return this.#slot(name);
      const slot = this.#slots++;
      this.#scope = { name, slot, before: this.#scope };
      return slot;
    });
    const unknown = pipe.variables[slots.indexOf(undefined)];
    return (s) => {
      const result = value(s);
      if (unknown !== undefined) fail(s, `undefined variable: ${unknown}`);
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i] as number;
        s.vars[slot] = result;
        if (s.wrapped !== undefined) s.wrapped[slot] = false;
      }
      return result;
    };
  }

  /** Between commands a nil interface becomes reflect's invalid value. What calls give has been made so already. */
  #commands(commands: readonly CommandNode[]): Expression {
    const one = this.#command(commands[0] as CommandNode, false);
    const calls = commands[0]?.args[0]?.kind === 'identifier';
    if (commands.length === 1) return calls ? one : (s) => one(s) ?? undefined;
    const second = this.#command(commands[1] as CommandNode, true);
    if (commands.length === 2) return calls ? (s) => second(s, one(s)) : (s) => second(s, one(s) ?? undefined) ?? undefined;
    const rest: Command[] = [];
    for (let i = 2; i < commands.length; i++) rest.push(this.#command(commands[i] as CommandNode, true));
    return (s) => {
      let value = second(s, one(s) ?? undefined);
      for (let i = 0; i < rest.length; i++) value = (rest[i] as Command)(s, value ?? undefined);
      return value ?? undefined;
    };
  }

  #command(command: CommandNode, hasFinal: boolean): Command {
    const word = command.args[0] as OperandNode;
    const args = command.args.slice(1);
    if (word.kind === 'identifier') {
      const fn = this.#function(word.name, command);
      return compileCall({ fn, node: command, identifier: word, args, hasFinal }, (node) => this.operand(node));
    }
    const given = args.length > 0 || hasFinal;
    if (given && (word.kind === 'field' || word.kind === 'chain' || (word.kind === 'variable' && word.path.length > 1))) {
      return this.#methodCall(word, args, hasFinal);
    }
    if (given) {
      const message = `can't give argument to non-function ${nodeText(word)}`;
      return (s) => {
        if (word.kind !== 'pipe') s.node = word;
        return fail(s, message);
      };
    }
    if (word.kind === 'nil') {
      return (s) => {
        s.node = word;
        return fail(s, 'nil is not a command');
      };
    }
    return this.operand(word);
  }

  #function(name: string, command: CommandNode): GoFunc {
    const fn = this.#functions.get(name) as GoFunc;
    if (fn.special !== 'call') return fn;
    const callee = command.args[1];
    const source = callee === undefined ? undefined : nodeText(callee);
    return { ...fn, call: (args, ctx) => fn.call([source ?? reflectText(args[0]), ...args], ctx) };
  }

  #methodCall(word: OperandNode, args: readonly OperandNode[], hasFinal: boolean): Command {
    const path = 'path' in word ? word.path : [];
    const start = this.#receiver(word);
    const head = path.slice(word.kind === 'variable' ? 1 : 0, -1);
    const name = path.at(-1) as string;
    const callArguments: CallArguments = {
      nodes: args,
      expressions: args.map((arg) =>
        arg.kind === 'nil' || arg.kind === 'bool' || arg.kind === 'string' || arg.kind === 'number' ? () => null : this.operand(arg),
      ),
      hasFinal,
    };
    return (s, final) => {
      const from = start(s);
      const wrapped = s.receiverWrapped;
      const receiver = evaluatePath(s, from, head, { node: word, wrapped });
      const access = { name, node: word, wrapped: head.length === 0 ? wrapped : true, args: callArguments, final };
      return evaluateField(s, receiver, access);
    };
  }

  /** Compiles what stands before the fields of an operand; `receiverWrapped` says how Go would have it. */
  #receiver(word: OperandNode): Expression {
    if (word.kind === 'field') {
      return (s) => {
        s.node = word;
        s.receiverWrapped = s.dotWrapped;
        return s.dot;
      };
    }
    if (word.kind === 'variable') {
      const value = this.#variable(word.path[0] as string, word);
      const slot = this.#slot(word.path[0] as string) ?? 0;
      return (s) => {
        s.receiverWrapped = s.wrapped?.[slot] === true;
        return value(s);
      };
    }
    if (word.kind !== 'chain') return this.operand(word);
    const inner = word.node;
    if (inner.kind === 'nil') {
      return (s) => {
        s.node = word;
        return fail(s, `indirection through explicit nil in ${nodeText(word)}`);
      };
    }
    const value = this.operand(inner);
    return (s) => {
      const result = value(s);
      s.receiverWrapped = false;
      return result;
    };
  }

  /** Compiles an operand with no arguments of its own. */
  operand(node: OperandNode): Expression {
    switch (node.kind) {
      case 'dot':
        return (s) => {
          s.node = node;
          return s.dot;
        };
      case 'field':
        return this.#field(node, node.path);
      case 'variable':
        return node.path.length === 1 ? this.#variable(node.path[0] as string, node) : this.#path(node, node.path.slice(1));
      case 'chain':
        return this.#path(node, node.path);
      case 'pipe':
        return this.pipeline(node);
      case 'identifier':
        return compileCall({ fn: this.#functions.get(node.name) as GoFunc, node, identifier: node, args: [], hasFinal: false }, (n) =>
          this.operand(n),
        );
      case 'number': {
        const value = idealConstant(node);
        return (s) => {
          s.node = node;
          return value === undefined ? fail(s, `${node.text} overflows int`) : value;
        };
      }
      case 'nil':
        return (s) => {
          s.node = node;
          return fail(s, 'nil is not a command');
        };
      default: {
        const { value } = node;
        return (s) => {
          s.node = node;
          return value;
        };
      }
    }
  }

  #variable(name: string, node: OperandNode): Expression {
    const slot = this.#slot(name);
    if (slot === undefined) {
      return (s) => {
        s.node = node;
        return fail(s, `undefined variable: ${name}`);
      };
    }
    return (s) => {
      s.node = node;
      return s.vars[slot];
    };
  }

  #field(node: OperandNode, path: readonly string[]): Expression {
    const name = path[0] as string;
    if (path.length > 1 || isInherited(name)) {
      return (s) => {
        s.node = node;
        return evaluatePath(s, s.dot, path, { node, wrapped: s.dotWrapped });
      };
    }
    return (s) => {
      s.node = node;
      const { dot } = s;
      const value = openMap(dot)?.[name];
      if (value !== undefined) return value;
      return evaluateField(s, dot, { name, node, wrapped: s.dotWrapped });
    };
  }

  #path(node: OperandNode, path: readonly string[]): Expression {
    const start = this.#receiver(node);
    return (s) => {
      const receiver = start(s);
      return evaluatePath(s, receiver, path, { node, wrapped: s.receiverWrapped });
    };
  }
}
