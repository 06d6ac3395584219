import { CelBytes, CelList, CelMap, CelOpaque, CelOptional, type CelValue } from './values.ts';

/** A call that was made, with what it gave; `overload` where only one signature could be meant. */
export interface Call {
  readonly fn: string;
  readonly overload: string | undefined;
  readonly args: readonly CelValue[];
  readonly result: CelValue | undefined;
}

const TRAVERSAL = 0.1;
const REGEX = 0.25;

function size(value: CelValue | undefined): number {
  if (typeof value === 'string') return Array.from(value).length;
  if (value instanceof CelBytes) return value.bytes.length;
  if (value instanceof CelList || value instanceof CelMap) return value.size;
  return value instanceof CelOptional && value.value !== undefined ? size(value.value) : 1;
}

/** What it costs to look at all of a value once. */
function traversal(value: CelValue | undefined): number {
  if (typeof value === 'string') return Math.floor(Buffer.byteLength(value) * TRAVERSAL);
  if (value instanceof CelBytes) return Math.floor(value.bytes.length * TRAVERSAL);
  if (value instanceof CelList) return Array.from(value).reduce<number>((sum, item) => sum + traversal(item), 0);
  if (value instanceof CelMap) return value.keys().reduce<number>((sum, key) => sum + traversal(key) + traversal(value.get(key)), 0);
  return 1;
}

function part(value: CelValue | undefined, factor = TRAVERSAL): number {
  return Math.ceil(size(value) * factor);
}

function regex(text: CelValue | undefined, pattern: CelValue | undefined): number {
  return Math.ceil((1 + size(text)) * TRAVERSAL) * part(pattern, REGEX);
}

type Rule = (call: Call) => number | undefined;

const one: Rule = () => 1;
const first: Rule = ({ args }) => part(args[0]);
const firstTwice: Rule = ({ args }) => part(args[0], 2 * TRAVERSAL);
const through: Rule = ({ args }) => traversal(args[0]);
const sets: Rule = ({ args, fn }) => 1 + size(args[0]) * size(args[1]) * (fn === 'sets.equivalent' ? 2 : 1);
const newList: Rule = ({ result }) => 11 + (result === undefined ? 1 : size(result));

/** Comparing every item with every other. */
function selfCompare(list: CelValue | undefined): number {
  if (!(list instanceof CelList)) return 1;
  const textual = list.size > 0 && (typeof list.at(0) === 'string' || list.at(0) instanceof CelBytes);
  return 11 + Math.floor((textual ? 2 + TRAVERSAL : 2) * list.size * list.size);
}

/** The sizes that Kubernetes takes for the patterns of named formats; 30 where nothing is said. */
const FORMAT_SIZES: Readonly<Record<string, number>> = {
  dns1123Subdomain: 60,
  dns1123SubdomainPrefix: 60,
  qualifiedName: 60,
  labelValue: 40,
  uri: 1103,
  uuid: 72,
  byte: 84,
  date: 80,
  datetime: 80,
};

/** What Kubernetes' own estimator says of functions. */
const FUNCTIONS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'].map((fn): [string, Rule] => [fn, through]),
  ...['url', 'lowerAscii', 'upperAscii', 'substring', 'trim', 'cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'].map(
    (fn): [string, Rule] => [fn, first],
  ),
  ...['replace', 'split', 'ip.isCanonical'].map((fn): [string, Rule] => [fn, firstTwice]),
  ...[
    'masked',
    'prefixLength',
    'family',
    'isUnspecified',
    'isLoopback',
    'isLinkLocalMulticast',
    'isLinkLocalUnicast',
    'isGlobalUnicast',
    'format.named',
  ].map((fn): [string, Rule] => [fn, one]),
  ...[
    'sign',
    'asInteger',
    'isInteger',
    'asApproximateFloat',
    'isGreaterThan',
    'isLessThan',
    'compareTo',
    'add',
    'sub',
    'major',
    'minor',
    'patch',
  ].map((fn): [string, Rule] => [fn, one]),
  ...['getScheme', 'getHostname', 'getHost', 'getPort', 'getEscapedPath', 'getQuery'].map((fn): [string, Rule] => [fn, one]),
  ...['sets.contains', 'sets.equivalent', 'sets.intersects'].map((fn): [string, Rule] => [fn, sets]),
  ...['slice', 'reverse', 'lists.range'].map((fn): [string, Rule] => [
    fn,
    (call): number | undefined => (typeof call.result === 'string' ? undefined : newList(call)),
  ]),
  ['flatten', ({ args }) => 11 + (typeof args[1] === 'bigint' ? Number(args[1]) : 1) * size(args[0])],
  ['distinct', ({ args }) => selfCompare(args[0])],
  ['sort', ({ args }) => selfCompare(args[0])],
  ['@sortByAssociatedKeys', ({ args }) => selfCompare(args[1])],
  ['join', ({ result }) => (result === undefined ? 1 : part(result, 2 * TRAVERSAL))],
  ['find', ({ args }) => regex(args[0], args[1])],
  ['findAll', ({ args }) => regex(args[0], args[1])],
  ['ip', ({ args, overload }) => (overload === 'cidr_ip' ? 1 : part(args[0]))],
  [
    'containsIP',
    ({ args, overload }) => Math.ceil(2 * cidrSize(args[0]) * TRAVERSAL) + (overload === 'cidr_contains_ip_string' ? part(args[1]) : 0),
  ],
  [
    'containsCIDR',
    ({ args, overload }) =>
      Math.ceil(2 * cidrSize(args[0]) * TRAVERSAL) +
      Math.ceil(cidrSize(args[0]) * TRAVERSAL) +
      1 +
      (overload === 'cidr_contains_cidr_string' ? part(args[1]) : 0),
  ],
  [
    'validate',
    ({ args }) =>
      args[0] instanceof CelOpaque
        ? Math.ceil((1 + size(args[1])) * TRAVERSAL) * Math.ceil((FORMAT_SIZES[args[0].identity] ?? 30) * REGEX)
        : undefined,
  ],
  ['_==_', ({ args }) => (args[0] instanceof CelOpaque ? 1 : undefined)],
]);

function cidrSize(value: CelValue | undefined): number {
  return value instanceof CelOpaque && value.identity.includes(':') ? 16 : 4;
}

/** What the language itself says of signatures. */
const OVERLOADS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...['starts_with_string', 'ends_with_string', 'string_to_bytes', 'bytes_to_string', 'strings_quote', 'string_format'].map(
    (id): [string, Rule] => [id, first],
  ),
  ['in_list', ({ args }) => size(args[1])],
  ...['add_string', 'add_bytes'].map((id): [string, Rule] => [id, ({ args }) => Math.ceil((size(args[0]) + size(args[1])) * TRAVERSAL)]),
  ...['matches_string'].map((id): [string, Rule] => [id, ({ args }) => regex(args[0], args[1])]),
  ['contains_string', ({ args }) => part(args[0]) * part(args[1])],
]);

function smaller({ args }: Call): number {
  return Math.ceil(Math.min(size(args[0]), size(args[1])) * TRAVERSAL);
}

/** What a call costs, in CEL units. */
export function callCost(call: Call): number {
  const special = FUNCTIONS.get(call.fn)?.(call);
  if (special !== undefined) return special;
  const { overload } = call;
  if (call.fn === '_==_' || call.fn === '_!=_' || (overload !== undefined && /^(less|greater)(_equals)?_(string|bytes)$/.test(overload)))
    return smaller(call);
  return (overload === undefined ? undefined : OVERLOADS.get(overload)?.(call)) ?? 1;
}
