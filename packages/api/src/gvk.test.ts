import { expect, test } from 'vitest';
import { conditionsOf, getCondition, isTrue } from './conditions.ts';
import { formatApiVersion, formatRef, gvkKey, gvkOf, parseApiVersion, refKey, refOf } from './gvk.ts';

test.each([
  ['v1', '', 'v1'],
  ['apps/v1', 'apps', 'v1'],
  ['source.toolkit.fluxcd.io/v1beta2', 'source.toolkit.fluxcd.io', 'v1beta2'],
])('parseApiVersion splits %s, formatApiVersion joins it', (apiVersion, group, version) => {
  expect(parseApiVersion(apiVersion)).toEqual({ group, version });
  expect(formatApiVersion({ group, version })).toBe(apiVersion);
});

test('refOf names an object', () => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', namespace: 'n' } };
  expect(gvkKey(gvkOf(object))).toBe('apps/v1/Deployment');
  expect(refOf(object)).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'n', name: 'a' });
  expect(formatRef(refOf(object))).toBe('Deployment/n/a');
  expect(refKey(refOf(object))).toBe('apps/Deployment/n/a');
  expect(formatRef(refOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }))).toBe('Namespace/n');
});

test('conditions are found by their type', () => {
  const object = {
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: '' }, { type: 'Stalled' }, null],
    },
  };
  expect(conditionsOf(object)).toHaveLength(1);
  expect(getCondition(object, 'Ready')?.reason).toBe('Succeeded');
  expect([isTrue(object, 'Ready'), isTrue(object, 'Stalled'), isTrue({}, 'Ready')]).toEqual([true, false, false]);
});
