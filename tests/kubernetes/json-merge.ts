import { canonicalJson, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { applyMergePatch, createThreeWayJsonMergePatch, filterNulls } from '@flux-ts/merge';

import { readCorpus, runCases, same, yaml, type Case, type Outcome } from './suite.ts';

const object = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : ((yaml(value) ?? {}) as JsonObject));

function check(test: Case): void {
  if (test['op'] === 'filterNull') {
    for (const [key, keep] of [
      ['withNull', true],
      ['withoutNull', false],
    ] as const) {
      same(key, canonicalJson(filterNulls(object(test['original']), keep)), canonicalJson(object(test[key])));
    }
    return;
  }
  const make = (): JsonObject => createThreeWayJsonMergePatch(object(test['original']), object(test['modified']), object(test['current']));
  if (test['expectedError'] !== undefined) {
    try {
      make();
    } catch (error) {
      if ((error as Error).message.includes(String(test['expectedError']))) return;
      throw error;
    }
    throw new Error('did not fail');
  }
  const patch = make();
  same('patch', canonicalJson(patch), canonicalJson(object(test['threeWay'])));
  same('result', canonicalJson(applyMergePatch(object(test['current']), patch)), canonicalJson(object(test['result'])));
}

/** Three-way merge patches of RFC 7386. */
export function jsonMerge(corpus: string): Outcome[] {
  return runCases(readCorpus(corpus, 'jsonmergepatch/jsonmergepatch'), check);
}
