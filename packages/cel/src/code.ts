import { CelError, evalError, noSuchOverload } from './errors.ts';
import type { Frame } from './frame.ts';
import { typeNameOf } from './type-names.ts';
import { CelList, CelMap, CelOptional, equals, type CelValue } from './values.ts';

/** A compiled node. */
export interface Code {
  readonly run: (frame: Frame) => CelValue;
  /** The value of a literal, or of a list, map or conversion of literals. */
  readonly constant?: { readonly value: CelValue };
  /**
   * Of names, selections on them and choices between them: what the base costs. In some places upstream
   * counts only the steps and not the base; there it is taken back.
   */
  readonly base?: number;
}

/** The code of a value that is known. */
export function constant(value: CelValue): Code {
  return { run: () => value, constant: { value } };
}

function isRecoverable(error: unknown): error is CelError {
  return error instanceof CelError && error.code === 'CEL_EVALUATE';
}

/** Runs a branch of a choice; its base is not counted. */
export function choose(frame: Frame, branch: Code): CelValue {
  frame.spend(-(branch.base ?? 0));
  return branch.run(frame);
}

/** The other side of an optional is looked at only where it is needed. */
export function orElse(frame: Frame, [first, second]: readonly [Code, Code], fn: 'or' | 'orValue'): CelValue {
  const value = first.run(frame);
  // what is no optional is taken as it is
  if (!(value instanceof CelOptional)) return value;
  if (value.value !== undefined) return fn === 'or' ? value : value.value;
  return second.run(frame);
}

/** Runs something; an error of the expression becomes its answer, a spent limit does not. */
export function attempt(run: () => CelValue): CelValue | CelError {
  try {
    return run();
  } catch (error) {
    if (isRecoverable(error)) return error;
    throw error;
  }
}

/** What a loop goes through: items, or keys, or both with their positions. An item may be an error: it matters where it is used. */
export function iterate(range: CelValue, both: boolean): Iterable<readonly [CelValue | CelError, CelValue | CelError | undefined]> {
  if (range instanceof CelList) {
    return Array.from({ length: range.size }, (_, i) => {
      const item = attempt(() => range.at(i));
      return both ? [BigInt(i), item] : [item, undefined];
    });
  }
  if (range instanceof CelMap) return range.keys().map((key) => [key, both ? attempt(() => range.get(key)) : undefined]);
  throw evalError(
    both ? `unsupported comprehension range type: ${goTypeName(range)}` : `got '${goTypeName(range)}', expected iterable type`,
  );
}

function goTypeName(value: CelValue): string {
  const name = typeNameOf(value).replace('google.protobuf.', '').replace('null_type', 'null');
  return `types.${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** `&&` and `||`: an error on one side does not matter where the other side decides. */
export function logical(frame: Frame, terms: readonly Code[], deciding: boolean): boolean {
  let problem: CelError | undefined;
  for (const term of terms) {
    const value = attempt(() => term.run(frame));
    if (value === deciding) return deciding;
    if (typeof value !== 'boolean') problem ??= value instanceof CelError ? value : noSuchOverload();
  }
  if (problem !== undefined) throw problem;
  return !deciding;
}

/** Whether a loop goes on: an error does not stop it. */
export function notStrictlyFalse(frame: Frame, arg: Code): boolean {
  const value = attempt(() => arg.run(frame));
  frame.spend(1);
  return value !== false;
}

/** Whether a list that is written down can be searched at no cost. */
export function isSetOfScalars(value: CelValue): value is CelList {
  return value instanceof CelList && value.toArray().every((item) => item === null || typeof item !== 'object');
}

/** A search in a list that is written down. */
export function membership(value: Code, list: CelList): Code {
  const items = list.toArray();
  // upstream does not even look
  if (items.length === 0) return constant(false);
  return {
    run: (frame) => {
      const wanted = value.run(frame);
      return items.some((item) => equals(item, wanted));
    },
  };
}
