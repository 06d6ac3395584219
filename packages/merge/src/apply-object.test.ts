import type { JsonObject } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';

import {
  applyObject,
  compileType,
  keepTimesIfUnchanged,
  typesFromDefinitions,
  updateObject,
  type ApplyInput,
  type ApplyOutcome,
  type ObjectTypes,
} from './index.ts';
import { typeFromStructural } from './type-structural.ts';

const type = typeFromStructural({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        paused: { type: 'boolean' },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: {
            type: 'object',
            properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } },
          },
        },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
});
const types: ObjectTypes = { type: (apiVersion) => (apiVersion === 'x/v1' ? type : undefined) };
const object = (spec: JsonObject, extra: JsonObject = {}): JsonObject => ({
  apiVersion: 'x/v1',
  kind: 'X',
  metadata: { name: 'a', namespace: 'n', ...extra },
  spec,
});
const at = (second: number): string => `2026-01-01T00:00:0${second}Z`;

function apply(input: Partial<ApplyInput> & { live: JsonObject | undefined; config: JsonObject }): ApplyOutcome {
  return applyObject({ manager: 'one', time: at(1), types, ...input });
}

function applied(outcome: ApplyOutcome): JsonObject {
  if (outcome.kind !== 'applied') throw new Error(outcome.message);
  return outcome.object;
}

describe('apply', () => {
  const first = applied(apply({ live: undefined, config: object({ replicas: 1, ports: [{ port: 80 }] }) }));

  test('tracks the applied fields, key defaults filled in, when it creates', () => {
    expect(first).toEqual(
      object(
        { replicas: 1, ports: [{ port: 80 }] },
        {
          managedFields: [
            {
              manager: 'one',
              operation: 'Apply',
              apiVersion: 'x/v1',
              time: at(1),
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } }, 'f:replicas': {} } },
            },
          ],
        },
      ),
    );
  });

  test('changes nothing, times included, when the same is applied again', () => {
    const again = apply({ live: first, config: object({ replicas: 1, ports: [{ port: 80 }] }), time: at(5) });
    expect(again).toMatchObject({ kind: 'applied', changed: false });
    expect(keepTimesIfUnchanged(first, applied(again))).toBe(first);
  });

  test('takes away what the manager no longer applies', () => {
    expect(applied(apply({ live: first, config: object({ ports: [{ port: 80 }] }) }))['spec']).toEqual({ ports: [{ port: 80 }] });
  });

  test('reports the fields of others, and takes them when forced', () => {
    const config = object({ replicas: 2 });
    const refused = apply({ live: first, config, manager: 'two' });
    expect(refused).toEqual({
      kind: 'conflict',
      conflicts: [
        { manager: 'one', operation: 'Apply', apiVersion: '', subresource: '', field: '.spec.replicas', message: 'conflict with "one"' },
      ],
      message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
    });
    const forced = applied(apply({ live: first, config, manager: 'two', force: true }));
    expect(forced['spec']).toEqual({ replicas: 2, ports: [{ port: 80 }] });
  });

  test('names updaters with their version in the list of several conflicts', () => {
    const updated = updateObject({
      live: first,
      next: object({ replicas: 5, paused: true, ports: [{ port: 80 }] }),
      manager: 'hand',
      time: at(2),
      types,
    });
    const refused = apply({ live: updated, config: object({ replicas: 2, paused: false }), manager: 'two' });
    expect(refused.kind === 'conflict' && refused.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "hand" using x/v1:\n- .spec.paused\n- .spec.replicas',
    );
  });

  test.each([
    {
      name: 'an unknown field',
      config: object({ foo: 1 }),
      code: 'INVALID_TYPE',
      message: 'failed to create typed patch object (n/a; x/v1, Kind=X): .spec.foo: field not declared in schema',
    },
    {
      name: 'managed fields',
      config: object({}, { managedFields: [] }),
      code: 'BAD_REQUEST',
      message: 'metadata.managedFields must be nil',
    },
    {
      name: 'a duplicate item',
      config: object({ ports: [{ port: 80 }, { port: 80, protocol: 'TCP' }] }),
      code: 'INVALID_TYPE',
      message: 'failed to create typed patch object (n/a; x/v1, Kind=X): .spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
    },
  ])('refuses $name in the configuration', ({ config, code, message }) => {
    expect(() => apply({ live: first, config })).toThrow(expect.objectContaining({ code, message }));
  });

  test('lets kubectl take over what it applied from the client before', () => {
    const config = object({ replicas: 1 });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(config) };
    const created = updateObject({
      live: undefined,
      next: object({ replicas: 1 }, { annotations }),
      manager: 'kubectl-client-side-apply',
      time: at(1),
      types,
    });
    const changed = object({ replicas: 3 });
    expect(apply({ live: created, config: changed, manager: 'other' }).kind).toBe('conflict');
    const out = applied(apply({ live: created, config: changed, manager: 'kubectl' }));
    expect(out['spec']).toEqual({ replicas: 3 });
    expect((out['metadata'] as JsonObject)['annotations']).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(changed)}\n`,
    });
  });

  test('gives an object that nobody tracked to before-first-apply', () => {
    const live = object({ replicas: 1, paused: true }, { uid: 'u' });
    const managers = (applied(apply({ live, config: object({ replicas: 1 }) }))['metadata'] as { managedFields: { manager: string }[] })
      .managedFields;
    expect(managers.map(({ manager }) => manager)).toEqual(['one', 'before-first-apply']);
  });
});

describe('update', () => {
  const created = updateObject({ live: undefined, next: object({ replicas: 1 }), manager: 'hand', time: at(1), types });

  test('tracks what a create sets', () => {
    expect((created['metadata'] as JsonObject)['managedFields']).toMatchObject([
      { manager: 'hand', operation: 'Update', fieldsV1: { 'f:spec': { '.': {}, 'f:replicas': {} } } },
    ]);
  });

  test('moves a changed field to its writer', () => {
    const next = updateObject({ live: created, next: object({ replicas: 2 }, { uid: 'u' }), manager: 'foot', time: at(2), types });
    expect((next['metadata'] as JsonObject)['managedFields']).toMatchObject([
      { manager: 'hand', fieldsV1: { 'f:spec': {} } },
      { manager: 'foot', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]);
  });

  test.each([{ sent: [] }, { sent: [{}] }])('forgets everybody when managedFields is set to $sent', ({ sent }) => {
    const live = { ...created, metadata: { ...(created['metadata'] as JsonObject), uid: 'u' } };
    expect(
      updateObject({ live, next: object({ replicas: 2 }, { uid: 'u', managedFields: sent }), manager: 'hand', time: at(2), types })[
        'metadata'
      ],
    ).not.toHaveProperty('managedFields');
  });

  test('merges the oldest updaters into one when there are more than ten', () => {
    const free: ObjectTypes = { type: () => typeFromStructural({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }) };
    let live = updateObject({ live: undefined, next: object({}), manager: 'm', time: at(1), types: free });
    for (let i = 0; i < 14; i++) {
      const next = object({ ...(live['spec'] as JsonObject), [`f${i}`]: i });
      live = updateObject({ live, next, manager: `m${i}`, time: at(i % 10), types: free });
    }
    const managers = ((live['metadata'] as JsonObject)['managedFields'] as readonly JsonObject[]).map(({ manager }) => manager);
    expect(managers).toHaveLength(10);
    expect(managers).toContain('ancient-changes');
  });
});

test('a type by name comes from definitions in the form of structured merge', () => {
  const source = typesFromDefinitions({ types: [{ name: 't', map: { fields: [{ name: 'a', type: { scalar: 'string' } }] } }] });
  expect(compileType(source, 't')).toBe(compileType(source, 't'));
  expect(() => compileType(source, 'u')).toThrow('no type found matching: u');
});
