import { parseType, splitTypes, type CelType } from './types.ts';
import type { CelValue } from './values.ts';

/** One signature of a function. */
export interface Overload {
  readonly id: string;
  readonly args: readonly CelType[];
  readonly result: CelType;
  /** The first argument stands before the dot. */
  readonly member: boolean;
  /** The names of type parameters in it. */
  readonly params: readonly string[];
}

/** Runs a function; `undefined` where it has no meaning for the arguments. */
export type Implementation = (args: readonly CelValue[]) => CelValue | undefined;

/** What a call costs beyond its arguments, in CEL units; `undefined`: as the language's own rules say. */
export type CallCost = (args: readonly CelValue[], result: CelValue | undefined) => number | undefined;

/** A function with all its signatures. */
export interface FunctionDecl {
  readonly name: string;
  readonly overloads: readonly Overload[];
  readonly run: Implementation;
}

/** A set of functions and types that an environment can have. */
export interface Library {
  /** One signature a line: `id: name(args) -> result`, or `id: type::name(args) -> result` for methods. */
  readonly signatures: string;
  readonly implementations: Readonly<Record<string, Implementation>>;
  /** Names that stand for types. */
  readonly types?: readonly string[];
}

function paramsOf(type: CelType): string[] {
  return type.kind === 'param' ? [type.name] : type.params.flatMap(paramsOf);
}

function parseSignature(line: string): { readonly name: string; readonly overload: Overload } {
  const match = /^(\S+): (?:(.+?)::)?(\S+?)\((.*)\) -> (.+)$/.exec(line.trim());
  if (match === null) throw new SyntaxError(`not a signature: ${line}`);
  const [, id, target, name, args, result] = match as unknown as [string, string, string | undefined, string, string, string];
  const types = [...(target === undefined ? [] : [target]), ...splitTypes(args)].map(parseType);
  const resultType = parseType(result);
  return {
    name,
    overload: {
      id,
      args: types,
      result: resultType,
      member: target !== undefined,
      params: [...new Set([...types, resultType].flatMap(paramsOf))],
    },
  };
}

/** Joins libraries to one table of functions; a function may have signatures in several of them. */
export function functionTable(libraries: readonly Library[]): ReadonlyMap<string, FunctionDecl> {
  const table = new Map<string, { name: string; overloads: Overload[]; runs: Implementation[] }>();
  for (const library of libraries) {
    for (const line of library.signatures.split('\n')) {
      if (line.trim() === '') continue;
      const { name, overload } = parseSignature(line);
      const entry = table.get(name) ?? { name, overloads: [], runs: [] };
      table.set(name, entry);
      entry.overloads.push(overload);
      const run = library.implementations[name];
      if (run !== undefined && !entry.runs.includes(run)) entry.runs.push(run);
    }
  }
  return new Map(
    [...table].map(([name, { overloads, runs }]) => {
      const run: Implementation = runs.length === 1 ? (runs[0] as Implementation) : (args) => firstAnswer(runs, args);
      return [name, { name, overloads, run }];
    }),
  );
}

function firstAnswer(runs: readonly Implementation[], args: readonly CelValue[]): CelValue | undefined {
  for (const run of runs) {
    const answer = run(args);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
