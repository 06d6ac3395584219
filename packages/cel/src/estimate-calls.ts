import type { Expr } from './ast.ts';
import { either, exactly, NOTHING, ONE, product, scaled, sum, UNBOUNDED, UNKNOWN, type Range } from './estimate-range.ts';
import type { Overload } from './functions.ts';
import type { CelType } from './types.ts';

/** An argument of a call, as estimates see it. */
export interface Argument {
  readonly expr: Expr;
  readonly type: CelType;
  /** The way to it from a variable; empty where there is none. */
  readonly path: readonly string[];
  readonly size: Range | undefined;
}

/** A call whose cost is asked for. */
export interface EstimatedCall {
  readonly fn: string;
  readonly overload: Overload;
  readonly target: Argument | undefined;
  readonly args: readonly Argument[];
  /** The size of what a path leads to. */
  readonly sizeAt: (path: readonly string[]) => number | undefined;
}

/** What a call costs without its arguments, and how large its answer is where that is known. */
export interface CallEstimate {
  readonly cost: Range;
  readonly size?: Range | undefined;
}

type Rule = (call: EstimatedCall) => CallEstimate | undefined;

const TRAVERSAL = 0.1;
const REGEX = 0.25;
const LIST_BASE = 10;
const FORMAT_REGEX = 128;
const FORMAT_NAME = 64;

function sizeOf(argument: Argument | undefined): Range {
  return argument?.size ?? UNKNOWN;
}

function wholeNumber(argument: Argument | undefined): number | undefined {
  return argument?.expr.kind === 'const' && typeof argument.expr.value === 'bigint' ? Number(argument.expr.value) : undefined;
}

const one: Rule = () => ({ cost: ONE });

const overList: Rule = ({ target, sizeAt }) => {
  if (target === undefined) return undefined;
  const item = target.type.params[0];
  if (item === undefined) return { cost: scaled(sizeOf(target), TRAVERSAL) };
  const textual = item.kind === 'string' || item.kind === 'bytes';
  const known = target.path.length === 0 ? undefined : sizeAt([...target.path, '@items']);
  const size = known === undefined ? UNKNOWN : { min: 0, max: known };
  return { cost: product(sizeOf(target), textual ? sum(ONE, scaled(size, TRAVERSAL)) : ONE) };
};

const traverseArgument: Rule = ({ args }) => {
  if (args.length !== 1) return undefined;
  const size = sizeOf(args[0]);
  return { cost: scaled(size, TRAVERSAL), size };
};

const traverseTarget: Rule = ({ target }) =>
  target === undefined ? undefined : { cost: scaled(sizeOf(target), TRAVERSAL), size: sizeOf(target) };

/** Only of methods: as functions these have no rule of their own. */
const parseArgument: Rule = ({ target, args }) => (target === undefined ? undefined : { cost: scaled(sizeOf(args[0]), TRAVERSAL) });

const parseTwice: Rule = ({ target, args }) =>
  target === undefined || args.length === 0 ? undefined : { cost: scaled(sizeOf(args[0]), 2 * TRAVERSAL) };

const replace: Rule = ({ target, args }) => {
  if (target === undefined || args.length < 2) return undefined;
  const text = sizeOf(target);
  const from = sizeOf(args[0]);
  const to = sizeOf(args[1]);
  const longest =
    from.min === 0 ? (text.max + 1) * to.max + text.max : to.max <= from.min ? text.max : Math.ceil(text.max / from.min) * to.max;
  const shortest =
    from.max === 0 ? (text.min + 1) * to.min + text.min : from.max <= to.min ? text.min : Math.ceil(text.min / from.max) * to.min;
  const size = { min: Math.min(shortest, UNBOUNDED), max: Math.min(longest, UNBOUNDED) };
  return { cost: scaled(text, 2 * TRAVERSAL), size };
};

const split: Rule = ({ target, args }) => {
  if (target === undefined) return undefined;
  const text = sizeOf(target);
  return { cost: scaled(text, 2 * TRAVERSAL), size: { min: 0, max: wholeNumber(args[1]) ?? text.max } };
};

const join: Rule = ({ target, args, sizeAt }) => {
  if (target === undefined) return undefined;
  const items = sizeOf(target);
  const known = target.path.length === 0 ? undefined : sizeAt([...target.path, '@items']);
  const texts = product(items, known === undefined ? UNKNOWN : { min: 0, max: known });
  const between = { min: Math.max(0, items.min - 1), max: Math.max(0, items.max - 1) };
  const size = args.length === 0 ? texts : sum(texts, product(sizeOf(args[0]), between));
  return { cost: scaled(size, TRAVERSAL), size };
};

function regex(text: Range, pattern: Range): Range {
  return product(scaled(sum(text, ONE), TRAVERSAL), scaled(pattern, REGEX));
}

const find: Rule = ({ target, args }) =>
  target === undefined || args.length === 0
    ? undefined
    : { cost: regex(sizeOf(target), sizeOf(args[0])), size: { min: 0, max: sizeOf(target).max } };

const ip: Rule = ({ target, args, overload }) => {
  if (target === undefined) return undefined;
  return { cost: args.length === 0 || overload.id === 'cidr_ip' ? ONE : scaled(sizeOf(args[0]), TRAVERSAL) };
};

const ADDRESS: Range = { min: 4, max: 16 };

function contains(network: boolean): Rule {
  return ({ target, args, overload }) => {
    if (target === undefined || args.length === 0) return undefined;
    const compared = scaled(sum(ADDRESS, ADDRESS), TRAVERSAL);
    const masked = network ? sum(scaled(ADDRESS, TRAVERSAL), ONE) : NOTHING;
    return { cost: sum(compared, masked, overload.id.endsWith('_string') ? scaled(sizeOf(args[0]), TRAVERSAL) : NOTHING) };
  };
}

const validate: Rule = ({ target, args }) =>
  target === undefined ? undefined : { cost: scaled(scaled(sizeOf(args[0]), TRAVERSAL), FORMAT_REGEX * REGEX) };

/** Values of Kubernetes' own types that are compared at once. */
const AT_ONCE = new Set(['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver', 'kubernetes.URL']);

const equal: Rule = ({ args }) => {
  const [left, right] = args;
  if (left === undefined || right === undefined || left.type.kind !== 'opaque' || left.type.name !== right.type.name) return undefined;
  if (AT_ONCE.has(left.type.name)) return { cost: ONE };
  return left.type.name === 'kubernetes.NamedFormat' ? { cost: scaled({ min: 1, max: FORMAT_NAME }, TRAVERSAL) } : undefined;
};

function sets(factor: number): Rule {
  return ({ args }) => (args.length === 2 ? { cost: sum(scaled(product(sizeOf(args[0]), sizeOf(args[1])), factor), ONE) } : undefined);
}

function newList(factor: number, size: Range): CallEstimate {
  return { cost: sum(scaled(size, factor), exactly(1 + LIST_BASE)), size };
}

function ofList(rule: (size: Range, call: EstimatedCall) => CallEstimate | undefined): Rule {
  return (call) => (call.target?.type.kind === 'list' ? rule(sizeOf(call.target), call) : undefined);
}

const sorted = (size: Range, by: CelType | undefined): CallEstimate =>
  newList(by?.kind === 'string' || by?.kind === 'bytes' ? 2 + TRAVERSAL : 2, product(size, size));

const slice = ofList((size, { args }) => {
  const length = (wholeNumber(args[1]) ?? size.max) - (wholeNumber(args[0]) ?? 0);
  return newList(1, exactly(Math.max(0, length)));
});

/** What Kubernetes and the extensions of the language say of functions. */
const FUNCTIONS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'].map((fn): [string, Rule] => [fn, overList]),
  ...['lowerAscii', 'upperAscii', 'substring', 'trim'].map((fn): [string, Rule] => [fn, traverseTarget]),
  ...['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'].map((fn): [string, Rule] => [fn, parseArgument]),
  ...['masked', 'prefixLength', 'family', 'isUnspecified', 'isLoopback'].map((fn): [string, Rule] => [fn, one]),
  ...['isLinkLocalMulticast', 'isLinkLocalUnicast', 'isGlobalUnicast', 'format.named'].map((fn): [string, Rule] => [fn, one]),
  ...['sign', 'asInteger', 'isInteger', 'asApproximateFloat', 'isGreaterThan', 'isLessThan'].map((fn): [string, Rule] => [fn, one]),
  ...['compareTo', 'add', 'sub', 'major', 'minor', 'patch'].map((fn): [string, Rule] => [fn, one]),
  ...['getScheme', 'getHostname', 'getHost', 'getPort', 'getEscapedPath', 'getQuery'].map((fn): [string, Rule] => [fn, one]),
  ['url', traverseArgument],
  ['replace', replace],
  ['split', split],
  ['join', join],
  ['find', find],
  ['findAll', find],
  ['ip', ip],
  ['ip.isCanonical', parseTwice],
  ['containsIP', contains(false)],
  ['containsCIDR', contains(true)],
  ['validate', validate],
  ['_==_', equal],
  ['sets.contains', sets(1)],
  ['sets.intersects', sets(1)],
  ['sets.equivalent', sets(2)],
  ['slice', slice],
  ['reverse', ofList((size) => newList(1, size))],
  ['distinct', ofList((size) => newList(2, product(size, size)))],
  ['flatten', ofList((size, { args }) => newList(args.length === 0 ? 1 : (wholeNumber(args[0]) ?? UNBOUNDED), size))],
  ['lists.range', ({ args }): CallEstimate => newList(1, exactly(wholeNumber(args[0]) ?? UNBOUNDED))],
  ['sort', ofList((size, { target }) => sorted(size, target?.type.params[0]))],
  ['@sortByAssociatedKeys', ofList((_, { args }) => sorted(sizeOf(args[0]), args[0]?.type.params[0]))],
]);

const startsWith: Rule = ({ args }) => ({ cost: scaled(sizeOf(args[0]), TRAVERSAL) });

const smaller: Rule = ({ args }) => {
  const most = Math.min(sizeOf(args[0]).max, sizeOf(args[1]).max);
  return { cost: scaled({ min: most > 0 ? 1 : 0, max: most }, TRAVERSAL) };
};

const joined: Rule = ({ args, overload }) => {
  const size = sum(sizeOf(args[0]), sizeOf(args[1]));
  return { cost: overload.id === 'add_list' ? ONE : scaled(size, TRAVERSAL), size };
};

/** What the language says of signatures. */
const OVERLOADS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['starts_with_string', startsWith],
  ['ends_with_string', startsWith],
  ['in_list', ({ args }): CallEstimate => ({ cost: sizeOf(args[1]) })],
  ['matches_string', ({ target, args }): CallEstimate => ({ cost: regex(sizeOf(target), sizeOf(args[0])) })],
  [
    'contains_string',
    ({ target, args }): CallEstimate => ({ cost: product(scaled(sizeOf(target), TRAVERSAL), scaled(sizeOf(args[0]), TRAVERSAL)) }),
  ],
  [
    'string_format',
    ({ target, args }): CallEstimate => ({ cost: scaled(sizeOf(target), TRAVERSAL), size: sum(sizeOf(target), sizeOf(args[0])) }),
  ],
  [
    'string_to_bytes',
    ({ args }): CallEstimate => {
      const size = sizeOf(args[0]);
      return { cost: scaled(size, TRAVERSAL), size: either(size, scaled(size, 4)) };
    },
  ],
  [
    'bytes_to_string',
    ({ args }): CallEstimate => {
      const size = sizeOf(args[0]);
      return { cost: scaled(size, TRAVERSAL), size: { min: Math.floor(size.min / 4), max: size.max } };
    },
  ],
  [
    'strings_quote',
    ({ args }): CallEstimate => {
      const size = sizeOf(args[0]);
      return { cost: scaled(size, TRAVERSAL), size: { min: size.min + 2, max: Math.min(size.max * 2 + 2, UNBOUNDED) } };
    },
  ],
  ...['add_string', 'add_bytes', 'add_list'].map((id): [string, Rule] => [id, joined]),
  ...['equals', 'not_equals'].map((id): [string, Rule] => [id, smaller]),
  ...['less', 'less_equals', 'greater', 'greater_equals'].flatMap((id): [string, Rule][] => [
    [`${id}_string`, smaller],
    [`${id}_bytes`, smaller],
  ]),
]);

/** What a call may cost apart from its arguments. */
export function estimateCall(call: EstimatedCall): CallEstimate {
  return FUNCTIONS.get(call.fn)?.(call) ?? OVERLOADS.get(call.overload.id)?.(call) ?? { cost: ONE };
}
