import { setMaxListeners } from 'node:events';
import { getArray, getPath, getString, isObject, type Clock, type JsonObject, type Logger } from '@flux-ts/base';
import { computeStatus, Informer, isTerminating, nameOf, namespaceOf, typeOf, type KubeClient, type TypeRef } from '@flux-ts/kube';

const SETTLED_MS = 1500;

/** The kinds whose readiness makes a fleet ready; the order is that of the report. */
const KINDS: readonly TypeRef[] = [
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'Bucket' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmRepository' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmChart' },
  { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' },
];

/** How one object of a fleet stands. */
export interface Standing {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  /** It will not become ready by waiting. */
  readonly stalled: boolean;
  /** It waits for another one, which is the cause. */
  readonly waits: boolean;
  readonly message: string;
  readonly suspended: boolean;
  /** Applied, where the object applies a revision. */
  readonly revision: string | undefined;
}

/** Watches a fleet's objects; tells of each change and when all of it is ready. */
export interface FleetMonitor {
  standings(): readonly Standing[];
  /**
   * Resolves with true when everything is ready at the revision of the fleet's repository and stays so for a moment;
   * with false when the signal aborts first.
   */
  untilReady(signal: AbortSignal, head?: () => string): Promise<boolean>;
}

function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return (getArray(object, ['status', 'conditions']) ?? []).filter(isObject).find((c) => c['type'] === type);
}

function standingOf(object: JsonObject, nowMs: number): Standing {
  const ready = conditionOf(object, 'Ready');
  const message = String(ready?.['message'] ?? 'waiting to be reconciled');
  const isStatic = object['kind'] === 'HelmRepository' && getString(object, ['spec', 'type']) === 'oci';
  const status = computeStatus(object, { nowMs });
  return {
    kind: typeOf(object).kind,
    namespace: namespaceOf(object),
    name: nameOf(object),
    ready: status.status === 'Current' && (isStatic || ready?.['status'] === 'True'),
    stalled: conditionOf(object, 'Stalled')?.['status'] === 'True',
    waits: ready?.['reason'] === 'DependencyNotReady' || ready?.['reason'] === 'SourceNotReady' || ready === undefined,
    message: isStatic ? 'Helm repository is ready' : message,
    suspended: getPath(object, ['spec', 'suspend']) === true,
    revision: getString(object, ['status', 'lastAppliedRevision']),
  };
}

/** Starts to watch. `tell` is called for each object whose standing has changed. */
export function monitorFleet(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly tell: (standing: Standing) => void;
}): FleetMonitor {
  const { client, clock, log, signal, tell } = options;
  setMaxListeners(0, signal); // one listener for each kind
  const told = new Map<string, string>();
  const informers = KINDS.map((type) => new Informer({ client, type, clock, log }));
  let wake: () => void = () => undefined;
  for (const informer of informers) {
    informer.subscribe((event) => {
      if (event.type !== 'deleted' && !isTerminating(event.object)) tellOnce(event.object, clock.now(), { told, tell });
      wake();
    });
    informer.start(signal).catch((error: unknown) => log.error('monitor stopped', { error: String(error) }));
  }
  const standings = (): readonly Standing[] =>
    informers.flatMap((informer) =>
      informer
        .list()
        .map(standingOf)
        .sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1)),
    );
  const isReady = (head: string | undefined): boolean => {
    const repository = informers[0]?.list('flux-system').find((object) => nameOf(object) === 'flux-system');
    const revision = getString(repository, ['status', 'artifact', 'revision']);
    if (revision === undefined || (head !== undefined && !revision.endsWith(head))) return false;
    const own =
      informers[5]
        ?.list()
        .filter(
          (object) =>
            getString(object, ['spec', 'sourceRef', 'name']) === 'flux-system' &&
            getString(object, ['spec', 'sourceRef', 'kind']) === 'GitRepository',
        ) ?? [];
    const current = own.every(
      (object) => getPath(object, ['spec', 'suspend']) === true || getString(object, ['status', 'lastAppliedRevision']) === revision,
    );
    const all = standings().filter((standing) => !standing.suspended);
    return own.length > 0 && current && all.every((standing) => standing.ready);
  };
  const untilReady = async (until: AbortSignal, head?: () => string): Promise<boolean> => {
    await Promise.race([Promise.all(informers.map((informer) => informer.synced)), aborted(until)]);
    let since: number | undefined;
    while (!until.aborted) {
      const ready = isReady(head?.());
      since = ready ? (since ?? clock.now()) : undefined;
      if (since !== undefined && clock.now() - since >= SETTLED_MS) return true;
      await new Promise<void>((resolve) => {
        const goOn = (): void => {
          cancel();
          until.removeEventListener('abort', goOn); // one round leaves nothing behind
          resolve();
        };
        const cancel = clock.schedule(ready ? 250 : 2000, goOn);
        wake = ready ? () => undefined : goOn;
        until.addEventListener('abort', goOn, { once: true });
      });
    }
    return false;
  };
  return { standings, untilReady };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function tellOnce(
  object: JsonObject,
  nowMs: number,
  to: { readonly told: Map<string, string>; readonly tell: (standing: Standing) => void },
): void {
  const { told, tell } = to;
  const standing = standingOf(object, nowMs);
  const key = `${standing.kind}/${standing.namespace}/${standing.name}`;
  const text = `${standing.ready} ${standing.message}`;
  if (told.get(key) === text) return;
  told.set(key, text);
  tell(standing);
}

/** The objects that are not ready and whose cause is not another one: what to look at first. */
export function rootCauses(standings: readonly Standing[]): readonly Standing[] {
  const unready = standings.filter((standing) => !standing.ready && !standing.suspended);
  const causes = unready.filter(
    (standing) => !standing.waits && !/timeout waiting for: \[(HelmRelease|Kustomization)\//.test(standing.message),
  );
  return causes.length > 0 ? causes : unready;
}
