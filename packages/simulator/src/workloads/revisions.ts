import { getObject, getString, type JsonObject } from '@flux-ts/base';
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { templateHash } from '../hash.ts';
import { KIND } from '../kinds.ts';
import { controlledBy, numberAt } from '../read.ts';
import { create, patch, remove, type World } from '../world.ts';

/** The Pod label with the revision that it was made of. */
export const REVISION_LABEL = 'controller-revision-hash';

/** The ControllerRevisions of a StatefulSet or DaemonSet. */
export interface Revisions {
  /** The one of the present template. */
  readonly update: JsonObject;
  /** All of them, the oldest first. */
  readonly all: readonly JsonObject[];
}

/**
 * Keeps the history of a workload's templates; a template that comes back takes the newest number.
 * @param hashLabel the label of the revision that carries its hash
 */
export async function keepRevisions(world: World, owner: JsonObject, hashLabel: string): Promise<Revisions | undefined> {
  const known = [...world.cache.controlled(KIND.revision, owner)].sort((a, b) => numberOf(a) - numberOf(b));
  const hash = templateHash(owner);
  const newest = known.at(-1);
  const found = known.find((revision) => labelsOf(revision)[hashLabel] === hash);
  if (found !== undefined) {
    if (found === newest) return { update: found, all: known };
    const raised = (await patch(world, found, { revision: numberOf(newest as JsonObject) + 1 })) ?? found;
    return { update: raised, all: [...known.filter((revision) => revision !== found), raised] };
  }
  const template = getObject(owner, ['spec', 'template']) ?? {};
  const annotations = annotationsOf(owner);
  const made = await create(world, {
    ...KIND.revision,
    metadata: {
      name: `${nameOf(owner)}-${hash}`,
      namespace: namespaceOf(owner),
      labels: { ...labelsOf(template), [hashLabel]: hash },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: [controlledBy(owner)],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision: (newest === undefined ? 0 : numberOf(newest)) + 1,
  });
  return made === undefined ? undefined : { update: made, all: [...known, made] };
}

function numberOf(revision: JsonObject): number {
  return numberAt(revision, ['revision'], 0);
}

/** The Pod template of a revision. */
export function templateOf(revision: JsonObject | undefined): JsonObject | undefined {
  const template = getObject(revision, ['data', 'spec', 'template']);
  if (template === undefined) return undefined;
  const { $patch: _, ...rest } = template as { $patch?: string } & JsonObject;
  return rest;
}

/** Deletes the oldest revisions beyond revisionHistoryLimit that no Pod and no status speaks of. */
export async function pruneRevisions(world: World, owner: JsonObject, inUse: ReadonlySet<string>): Promise<void> {
  const all = [...world.cache.controlled(KIND.revision, owner)].sort((a, b) => numberOf(a) - numberOf(b));
  const idle = all.filter(
    (revision) => !inUse.has(nameOf(revision)) && getString(revision, ['metadata', 'deletionTimestamp']) === undefined,
  );
  const keep = numberAt(owner, ['spec', 'revisionHistoryLimit'], 10);
  for (const revision of idle.slice(0, Math.max(0, idle.length - keep))) await remove(world, revision);
}
