import { deepEqual, formatTime, getArray, getObject, isObject, type JsonObject } from '@flux-ts/base';
import type { StrategyInput } from '../strategies/strategy.ts';
import { metadataOf, metaString } from '../write/metadata.ts';

/**
 * What becomes of a CRD that this cluster brings itself when a manifest of another release is applied: versions are only added,
 * everything else stays. The skip is told in a warning and an Event.
 */
export function addVersions(next: JsonObject, old: JsonObject, input: StrategyInput): JsonObject {
  const kept = getObject(old, ['spec']) ?? {};
  const versions = (getArray(kept, ['versions']) ?? []).filter(isObject);
  const known = new Set(versions.map((v) => v['name']));
  const added = (getArray(next, ['spec', 'versions']) ?? []).filter(isObject).filter((v) => !known.has(v['name']));
  const spec = added.length === 0 ? kept : { ...kept, versions: [...versions, ...added.map((v) => ({ ...v, storage: false }))] };
  if (!deepEqual(spec, next['spec'])) {
    const name = metaString(old, 'name');
    const message = `this cluster keeps its own definition of ${name}; versions are only ever added to it`;
    input.context.warnings.push(message);
    if (!input.dryRun) tell(old, message, input);
  }
  return { ...next, spec };
}

/** One Event for each definition, counted up. */
function tell(crd: JsonObject, message: string, { core }: StrategyInput): void {
  const name = `${metaString(crd, 'name')}.kept`;
  const where = { table: '/events', namespace: 'default', name };
  const now = formatTime(core.clock.now());
  const known = core.store.get(where)?.object;
  core.store.put(where, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: known === undefined ? { name, namespace: 'default', uid: core.random.uuid(), creationTimestamp: now } : metadataOf(known),
    involvedObject: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: metaString(crd, 'name'),
      uid: metaString(crd, 'uid'),
    },
    reason: 'DefinitionKept',
    message,
    source: { component: 'apiserver' },
    firstTimestamp: known?.['firstTimestamp'] ?? now,
    lastTimestamp: now,
    count: Number(known?.['count'] ?? 0) + 1,
    type: 'Warning',
    eventTime: null,
    reportingComponent: 'apiserver',
    reportingInstance: '',
  });
}
