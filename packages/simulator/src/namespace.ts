import { formatTime, getObject, type JsonObject } from '@flux-ts/base';
import { finalizersOf, isTerminating, keyOf, nameOf, typeOf, uidOf, type ApiResource } from '@flux-ts/kube';
import { plainCondition, type ConditionText } from './conditions.ts';
import { textsAt } from './read.ts';
import { tolerant, writeStatus, type Again, type World } from './world.ts';

const RETRY_MS = [200, 15_000] as const;

/** Empties a namespace that is being deleted, says what keeps it, and lets it go when nothing is left in it. */
export async function reconcileNamespace(world: World, namespace: JsonObject): Promise<Again> {
  if (!isTerminating(namespace)) return undefined;
  const left = new Map<string, number>();
  const kept = new Map<string, number>();
  for (const resource of await world.client.mapper.all()) {
    if (!isContent(resource)) continue;
    const type = { apiVersion: resource.apiVersion, kind: resource.kind };
    const { items } = await world.client.list(type, { namespace: nameOf(namespace) });
    for (const item of items) {
      if (!isTerminating(item))
        await tolerant(world.client.delete(typeOf(item), keyOf(item), { uid: uidOf(item), propagation: 'Background' }));
      for (const finalizer of finalizersOf(item)) kept.set(finalizer, (kept.get(finalizer) ?? 0) + 1);
    }
    if (items.length > 0)
      left.set(resource.group === '' ? `${resource.resource}.` : `${resource.resource}.${resource.group}`, items.length);
  }
  if (left.size === 0) return release(world, namespace);
  await writeStatus(world, namespace, { phase: 'Terminating', conditions: conditions(world, namespace, { left, kept }) });
  const since = world.clock.now() - Date.parse(String(getObject(namespace, ['metadata'])?.['deletionTimestamp']));
  return { againInMs: Math.min(RETRY_MS[1], Math.max(RETRY_MS[0], since / 4)) };
}

function isContent(resource: ApiResource): boolean {
  return resource.namespaced && resource.verbs.includes('list') && resource.verbs.includes('delete') && resource.group !== 'events.k8s.io';
}

interface Remains {
  readonly left: ReadonlyMap<string, number>;
  readonly kept: ReadonlyMap<string, number>;
}

function conditions(world: World, namespace: JsonObject, { left, kept }: Remains): readonly JsonObject[] {
  const now = formatTime(world.clock.now());
  const told = (next: ConditionText): JsonObject => plainCondition(namespace, next, now);
  const listed = (map: ReadonlyMap<string, number>, what: string): string =>
    [...map].map(([name, n]) => `${name} ${what} ${n} resource instances`).join(', ');
  return [
    told({
      type: 'NamespaceDeletionDiscoveryFailure',
      status: 'False',
      reason: 'ResourcesDiscovered',
      message: 'All resources successfully discovered',
    }),
    told({
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      status: 'False',
      reason: 'ParsedGroupVersions',
      message: 'All legacy kube types successfully parsed',
    }),
    told({
      type: 'NamespaceDeletionContentFailure',
      status: 'False',
      reason: 'ContentDeleted',
      message: 'All content successfully deleted, may be waiting on finalization',
    }),
    told({
      type: 'NamespaceContentRemaining',
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${listed(left, 'has')}`,
    }),
    told(
      kept.size === 0
        ? {
            type: 'NamespaceFinalizersRemaining',
            status: 'False',
            reason: 'ContentHasNoFinalizers',
            message: 'All content-preserving finalizers finished',
          }
        : {
            type: 'NamespaceFinalizersRemaining',
            status: 'True',
            reason: 'SomeFinalizersRemain',
            message: `Some content in the namespace has finalizers remaining: ${listed(kept, 'in')}`,
          },
    ),
  ];
}

async function release(world: World, namespace: JsonObject): Promise<Again> {
  const spec = getObject(namespace, ['spec']) ?? {};
  const body: JsonObject = {
    ...namespace,
    spec: { ...spec, finalizers: textsAt(spec, ['finalizers']).filter((name) => name !== 'kubernetes') },
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(nameOf(namespace))}/finalize`;
  const done = await tolerant(world.client.send({ method: 'PUT', path, body }));
  return done === undefined ? { againInMs: RETRY_MS[0] } : undefined;
}
