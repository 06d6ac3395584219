import { failure } from '../errors.ts';
import type { SortOptions } from '../kustomization.ts';
import { ORDER_FIRST, ORDER_LAST, gvkEquals, gvkSortText, gvkText, kindRanks, type ResId } from '../res-id.ts';
import { ResMap } from '../res-map.ts';
import type { Resource } from '../resource.ts';

/** Sorts the resources as `sortOptions` says. @throws KustomizeError where the options contradict each other */
export function sortResources(map: ResMap, options: SortOptions): void {
  const order = options.order ?? '';
  if (order !== 'fifo' && order !== 'legacy') throw failure("the field 'sortOptions.order' must be one of [fifo, legacy]");
  if (order === 'fifo') {
    if (options.legacySortOptions !== undefined) {
      throw failure("the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'");
    }
    return;
  }
  const legacy = options.legacySortOptions;
  const ranks = kindRanks(
    legacy === undefined ? ORDER_FIRST : (legacy.orderFirst ?? []),
    legacy === undefined ? ORDER_LAST : (legacy.orderLast ?? []),
  );
  const keyed = map.resources.map((resource) => ({ resource, id: resource.id, key: sortKey(resource.id) }));
  keyed.sort((a, b) => {
    if (gvkEquals(a.id, b.id)) return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    const rank = (ranks.get(a.id.kind) ?? 0) - (ranks.get(b.id.kind) ?? 0);
    if (rank !== 0) return rank;
    const x = gvkSortText(a.id);
    const y = gvkSortText(b.id);
    const less = x < y ? -1 : x > y ? 1 : 0;
    const coreNamespace = a.id.kind === 'Namespace' && b.id.kind === 'Namespace' && (a.id.group === '' || b.id.group === '');
    return coreNamespace ? -less : less;
  });
  map.replaceAll(keyed.map(({ resource }): Resource => resource));
}

function sortKey(id: ResId): string {
  return `${gvkText(id)}|${id.namespace || '~X'}|${id.name || '~N'}`;
}
