import { deepEqual, formatDuration, getObject, type JsonObject } from '@flux-ts/base';
import { generationOf, isTerminating, typeOf } from '@flux-ts/kube';
import { plainCondition, type ConditionText } from './conditions.ts';
import { SIMULATOR } from './kinds.ts';
import { objectsAt } from './read.ts';
import type { ReadinessRule } from './rules/rules.ts';
import { isLostRace, timeOf, type Again, type World } from './world.ts';

const READY: ConditionText = { type: 'Ready', status: 'True', reason: 'Simulated', message: 'Ready, as a rule of the simulator has it' };

/** Gives an object of a custom kind the status that a rule has for it: first that it is on its way, then that it is there. */
export async function reconcileCustom(world: World, object: JsonObject): Promise<Again> {
  const rule = world.rules.readinessOf(object);
  if (rule === undefined || isTerminating(object)) return undefined;
  const generation = String(generationOf(object));
  const left = world.pace.left(object, { lane: 'readiness', step: generation, delayMs: rule.afterMs });
  const status = left > 0 ? onItsWay(world, object, rule) : arrived(world, object, rule);
  const step = `${generation} ${left > 0 ? 'waits' : 'ready'}`;
  // what its schema does not know is dropped on the way: a status is written once for a generation, not until it is equal
  if (world.pace.every(object, { lane: 'written', step, delayMs: Number.POSITIVE_INFINITY }) === 0) await write(world, object, status);
  return left > 0 ? { againInMs: left } : undefined;
}

function conditionsOf(rule: ReadinessRule): readonly ConditionText[] {
  const own = objectsAt(rule.status, ['conditions']) as unknown as readonly ConditionText[];
  const given = own.length > 0 || 'conditions' in rule.status ? own : [READY];
  return given.map((c) => ({ ...c, reason: c.reason ?? 'Simulated', message: c.message ?? `simulated by rule ${rule.place}` }));
}

function arrived(world: World, object: JsonObject, rule: ReadinessRule): JsonObject {
  return complete(world, object, { ...rule.status, conditions: conditionsOf(rule) as unknown as readonly JsonObject[] });
}

function onItsWay(world: World, object: JsonObject, rule: ReadinessRule): JsonObject {
  const message = `simulated by rule ${rule.place}: ready after ${formatDuration(rule.afterMs)}`;
  const conditions = conditionsOf(rule)
    .slice(0, 1)
    .map(({ type, status }) => ({ type, status: status === 'False' ? 'True' : 'False', reason: 'Progressing', message }));
  return complete(world, object, { conditions });
}

/** Fills in what a controller writes beside its own: the generation that it saw, and the times of conditions. */
function complete(world: World, object: JsonObject, status: JsonObject): JsonObject {
  const generation = generationOf(object);
  const conditions = objectsAt(status, ['conditions']).map((next) => ({
    ...plainCondition(object, next as unknown as ConditionText, timeOf(world)),
    ...(generation > 0 ? { observedGeneration: generation } : {}),
  }));
  return { ...(generation > 0 ? { observedGeneration: generation } : {}), ...status, ...(conditions.length > 0 ? { conditions } : {}) };
}

async function write(world: World, object: JsonObject, status: JsonObject): Promise<void> {
  const next = { ...getObject(object, ['status']), ...status };
  if (deepEqual(getObject(object, ['status']) ?? {}, next)) return;
  const body = { ...object, status: next };
  try {
    world.cache.seen(await writeTo(world, body));
  } catch (error) {
    if (!isLostRace(error)) throw error;
    world.pace.forget(object, 'written'); // written again with the event that follows
  }
}

/** A kind without a status of its own carries it like any other field. */
async function writeTo(world: World, body: JsonObject): Promise<JsonObject> {
  const { subresources } = await world.client.mapper.resourceFor(typeOf(body));
  const own = subresources.includes('status');
  return own ? world.client.updateStatus(body, { fieldManager: SIMULATOR }) : world.client.update(body, { fieldManager: SIMULATOR });
}
