import { getObject, type JsonObject } from '@flux-ts/base';
import { isTerminating, labelsOf, namespaceOf, type TypeRef } from '@flux-ts/kube';
import { labelSelectorFrom } from '@flux-ts/schema';
import { controlledBy, controllerOf, objectsAt } from '../read.ts';
import { patch, type World } from '../world.ts';

/** The objects that an owner controls, after it has taken over those of nobody that its selector chooses. */
export async function claimed(world: World, type: TypeRef, owner: JsonObject): Promise<readonly JsonObject[]> {
  const own = world.cache.controlled(type, owner);
  const chosen = getObject(owner, ['spec', 'selector']);
  const [pair] = Object.entries(getObject(chosen, ['matchLabels']) ?? {});
  if (chosen === undefined || pair === undefined || isTerminating(owner)) return own;
  const free = world.cache
    .labelled(type, namespaceOf(owner), [pair[0], String(pair[1])])
    .filter((object) => controllerOf(object) === undefined && !isTerminating(object));
  if (free.length === 0) return own;
  const selector = labelSelectorFrom(chosen);
  for (const object of free) {
    if (!selector.matches(labelsOf(object))) continue;
    const ownerReferences = [...objectsAt(object, ['metadata', 'ownerReferences']), controlledBy(owner)];
    await patch(world, object, { metadata: { ownerReferences } });
  }
  return world.cache.controlled(type, owner);
}
