import { goQuote } from './quote.ts';
import { trimSpace } from './text.ts';

/** A number of a template's text with every Go type that it may have. */
export interface NumberNode {
  readonly kind: 'number';
  readonly pos: number;
  readonly text: string;
  /** Set where it has an integral value within int64. */
  readonly int: number | bigint | undefined;
  /** Set where it has an integral value within uint64. */
  readonly uint: number | bigint | undefined;
  readonly float: number | undefined;
  readonly complex: readonly [number, number] | undefined;
}

/** What can stand as the argument of a command. `pos` is the offset in the text. */
export type OperandNode =
  | NumberNode
  | { readonly kind: 'bool'; readonly pos: number; readonly value: boolean }
  | { readonly kind: 'string'; readonly pos: number; readonly quoted: string; readonly value: string }
  | { readonly kind: 'dot'; readonly pos: number }
  | { readonly kind: 'nil'; readonly pos: number }
  | { readonly kind: 'identifier'; readonly pos: number; readonly name: string }
  | { readonly kind: 'field'; readonly pos: number; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly pos: number; readonly path: readonly string[] }
  | { readonly kind: 'chain'; readonly pos: number; readonly node: OperandNode; readonly path: readonly string[] }
  | PipeNode;

/** One command of a pipeline: a function or a value and its arguments. */
export interface CommandNode {
  readonly kind: 'command';
  readonly pos: number;
  readonly args: readonly OperandNode[];
}

/** A pipeline with the variables that it declares or assigns. */
export interface PipeNode {
  readonly kind: 'pipe';
  readonly pos: number;
  readonly assign: boolean;
  readonly variables: readonly string[];
  readonly commands: readonly CommandNode[];
}

/** A branch: if, with and range. */
export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range';
  readonly pos: number;
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

/** A call of a template. */
export interface TemplateNode {
  readonly kind: 'template';
  readonly pos: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

/** What stands in a list: text and actions. */
export type StatementNode =
  | { readonly kind: 'text'; readonly pos: number; readonly text: string }
  | { readonly kind: 'action'; readonly pos: number; readonly pipe: PipeNode }
  | { readonly kind: 'break' | 'continue' | 'end' | 'else'; readonly pos: number }
  | BranchNode
  | TemplateNode;

/** A list of statements. */
export interface ListNode {
  readonly kind: 'list';
  readonly pos: number;
  readonly nodes: readonly StatementNode[];
}

/** Every node of a template's tree. */
export type Node = OperandNode | CommandNode | StatementNode | ListNode;

function pipeText(pipe: PipeNode): string {
  const names = pipe.variables.length === 0 ? '' : `${pipe.variables.join(', ')}${pipe.assign ? ' = ' : ' := '}`;
  return names + pipe.commands.map(nodeText).join(' | ');
}

function nested(node: OperandNode): string {
  return node.kind === 'pipe' ? `(${pipeText(node)})` : nodeText(node);
}

/** Prints a node as Go does in its error messages. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case 'number':
      return node.text;
    case 'bool':
      return String(node.value);
    case 'string':
      return node.quoted;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'identifier':
      return node.name;
    case 'field':
      return `.${node.path.join('.')}`;
    case 'variable':
      return node.path.join('.');
    case 'chain':
      return `${nested(node.node)}.${node.path.join('.')}`;
    case 'pipe':
      return pipeText(node);
    case 'command':
      return node.args.map(nested).join(' ');
    case 'text':
      return node.text;
    case 'action':
      return `{{${pipeText(node.pipe)}}}`;
    case 'template':
      return `{{template ${goQuote(node.name)}${node.pipe === undefined ? '' : ` ${pipeText(node.pipe)}`}}}`;
    case 'list':
      return node.nodes.map(nodeText).join('');
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.elseList === undefined ? '' : `{{else}}${nodeText(node.elseList)}`;
      return `{{${node.kind} ${pipeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
    }
    default:
      return `{{${node.kind}}}`;
  }
}

/** Tells whether a list has nothing but white space, so that it does not replace a template of the same name. */
export function isEmptyList(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === 'text' && trimSpace(node.text) === '');
}
