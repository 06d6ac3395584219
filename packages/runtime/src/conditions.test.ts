import { expect, test } from 'vitest';
import type { JsonObject } from '@flux-ts/base';
import { conditionJson, getCondition, isReady, readConditions, removeCondition, setCondition } from './conditions.ts';

const T0 = Date.UTC(2026, 0, 1);

test('the time of a condition moves only with its status, reason or message; its generation always does', () => {
  const first = setCondition([], { type: 'Ready', status: 'True', reason: 'r', message: 'm', observedGeneration: 1 }, T0);
  const same = setCondition(first, { type: 'Ready', status: 'True', reason: 'r', message: 'm', observedGeneration: 2 }, T0 + 60_000);
  expect(getCondition(same, 'Ready')).toMatchObject({ lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 2 });
  const other = setCondition(same, { type: 'Ready', status: 'True', reason: 'r', message: 'n', observedGeneration: 2 }, T0 + 60_000);
  expect(getCondition(other, 'Ready')?.lastTransitionTime).toBe('2026-01-01T00:01:00Z');
});

test('conditions stand in the order that people look for: stalled, reconciling, ready, then by name', () => {
  const types = ['Released', 'Ready', 'ArtifactInStorage', 'Reconciling', 'Stalled'];
  const all = types.reduce(
    (list: ReturnType<typeof readConditions>, type) => setCondition(list, { type, status: 'True', reason: 'r', message: '' }, T0),
    [],
  );
  expect(all.map((c) => c.type)).toEqual(['Stalled', 'Reconciling', 'Ready', 'ArtifactInStorage', 'Released']);
  expect(removeCondition(all, 'Ready').map((c) => c.type)).not.toContain('Ready');
});

test('conditions go to JSON and back; a status that is none is Unknown', () => {
  const object: JsonObject = {
    status: {
      conditions: [
        { type: 'Ready', status: 'True', reason: 'r', message: 'm', lastTransitionTime: 't' },
        { type: 'X', status: 'maybe' },
      ],
    },
  };
  const read = readConditions(object);
  expect(conditionJson(read[0] as (typeof read)[number])).toEqual({
    type: 'Ready',
    status: 'True',
    reason: 'r',
    message: 'm',
    lastTransitionTime: 't',
  });
  expect(read[1]?.status).toBe('Unknown');
  expect([isReady(object), isReady({})]).toEqual([true, false]);
});
