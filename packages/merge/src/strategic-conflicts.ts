import { deepEqual, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { sortScalars, withoutRepeats } from './strategic-lists.ts';
import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  goText,
  holdsMaps,
  lookup,
  mergeKeyOf,
  RETAIN_KEYS,
  SET_ORDER,
  type StrategicSchema,
  type Strategy,
} from './strategic-schema.ts';

const PLAIN: Strategy = { action: '', retainKeys: false, mergeKey: '', schema: undefined };

/** Tells whether two strategic patches change one field in different ways. @throws PatchError */
export function strategicConflict(left: JsonObject, right: JsonObject, schema: StrategicSchema | undefined): boolean {
  return conflict(left, right, { ...PLAIN, schema });
}

function conflict(left: JsonValue, right: JsonValue, strategy: Strategy): boolean {
  if (isObject(left)) {
    if (!isObject(right)) return true;
    const mine = own(left, DIRECTIVE);
    const theirs = own(right, DIRECTIVE);
    // a directive is about the whole map: only the same one on both sides agrees
    if (mine !== theirs) return true;
    if (strategy.action === 'replace') return false;
    return Object.keys(left).some((key) => {
      const other = own(right, key);
      if (other === undefined || key === DIRECTIVE || key === RETAIN_KEYS) return false;
      if (key.startsWith(SET_ORDER) || key.startsWith(DELETE_FROM_LIST)) return !deepEqual(left[key], other);
      return conflict(left[key] as JsonValue, other, lookup(strategy.schema, key));
    });
  }
  if (!isArray(left)) return !deepEqual(left, right);
  return !isArray(right) || listConflict(left, right, strategy);
}

function listConflict(left: readonly JsonValue[], right: readonly JsonValue[], { action, mergeKey, schema }: Strategy): boolean {
  const maps = holdsMaps(left, right);
  const item: Strategy = { ...PLAIN, schema };
  if (action === 'merge') {
    // merging lists of scalars cannot contradict each other
    if (!maps) return false;
    const byKey = new Map(right.map((other) => [goText(mergeKeyOf(other, mergeKey)), other]));
    return left.some((mine) => {
      const other = byKey.get(goText(mergeKeyOf(mine, mergeKey)));
      return other !== undefined && conflict(mine, other, item);
    });
  }
  if (left.length !== right.length) return true;
  const mine = maps ? left : sortScalars(withoutRepeats(left));
  const theirs = maps ? right : sortScalars(withoutRepeats(right));
  return mine.some((value, i) => theirs[i] === undefined || conflict(value, theirs[i], item));
}
