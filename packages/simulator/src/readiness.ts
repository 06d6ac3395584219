import { canonicalJson, deepEqual, formatDuration, getObject, type JsonObject } from '@flux-ts/base';
import { generationOf, isTerminating, typeOf } from '@flux-ts/kube';
import { plainCondition, type ConditionText } from './conditions.ts';
import { shortHash } from './hash.ts';
import { SIMULATOR } from './kinds.ts';
import { objectsAt } from './read.ts';
import type { ReadinessRule } from './rules/rules.ts';
import { isLostRace, timeOf, type Again, type World } from './world.ts';

const READY: ConditionText = { type: 'Ready', status: 'True', reason: 'Simulated', message: 'Ready, as a rule of the simulator has it' };

/** Gives an object of a custom kind the status that a rule has for it: first that it is on its way, then that it is there. */
export async function reconcileCustom(world: World, object: JsonObject): Promise<Again> {
  const rule = world.rules.readinessOf(object);
  if (rule === undefined || isTerminating(object)) return undefined;
  const { subresources } = await world.client.mapper.resourceFor(typeOf(object));
  const own = subresources.includes('status');
  // without a status of its own every write is a new generation, the simulator's too
  const state = own ? String(generationOf(object)) : shortHash(canonicalJson({ ...object, metadata: null, status: null }));
  const left = world.pace.left(object, { lane: 'readiness', step: state, delayMs: rule.afterMs });
  const next = left > 0 ? onItsWay(rule) : { ...rule.status, conditions: conditionsOf(rule) as unknown as readonly JsonObject[] };
  const step = `${state} ${left > 0 ? 'waits' : 'ready'}`;
  // what its schema does not know is dropped on the way: a status is written once for a generation, not until it is equal
  if (world.pace.every(object, { lane: 'written', step, delayMs: Number.POSITIVE_INFINITY }) === 0)
    await write(world, object, { own, status: complete(world, object, { own, status: next }) });
  return left > 0 ? { againInMs: left } : undefined;
}

interface Written {
  /** Whether the kind has a status of its own. */
  readonly own: boolean;
  readonly status: JsonObject;
}

function conditionsOf(rule: ReadinessRule): readonly ConditionText[] {
  const own = objectsAt(rule.status, ['conditions']) as unknown as readonly ConditionText[];
  const given = own.length > 0 || 'conditions' in rule.status ? own : [READY];
  return given.map((c) => ({ ...c, reason: c.reason ?? 'Simulated', message: c.message ?? `simulated by rule ${rule.place}` }));
}

function onItsWay(rule: ReadinessRule): JsonObject {
  const message = `simulated by rule ${rule.place}: ready after ${formatDuration(rule.afterMs)}`;
  const conditions = conditionsOf(rule)
    .slice(0, 1)
    .map(({ type, status }) => ({ type, status: status === 'False' ? 'True' : 'False', reason: 'Progressing', message }));
  return { conditions };
}

/** Fills in what a controller writes beside its own: the generation that it saw, and the times of conditions. */
function complete(world: World, object: JsonObject, { own, status }: Written): JsonObject {
  const generation = own ? generationOf(object) : 0;
  const observed = generation > 0 ? { observedGeneration: generation } : {};
  const conditions = objectsAt(status, ['conditions']).map((next) => ({
    ...plainCondition(object, next as unknown as ConditionText, timeOf(world)),
    ...observed,
  }));
  return { ...observed, ...status, ...(conditions.length > 0 ? { conditions } : {}) };
}

async function write(world: World, object: JsonObject, { own, status }: Written): Promise<void> {
  const next = { ...getObject(object, ['status']), ...status };
  if (deepEqual(getObject(object, ['status']) ?? {}, next)) return;
  const body = { ...object, status: next };
  const options = { fieldManager: SIMULATOR };
  try {
    world.cache.seen(await (own ? world.client.updateStatus(body, options) : world.client.update(body, options)));
  } catch (error) {
    if (!isLostRace(error)) throw error;
    world.pace.forget(object, 'written'); // written again with the event that follows
  }
}
