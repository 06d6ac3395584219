import { formatMicroTime, getString, isAbort, parseTime, type Clock, type JsonObject, type Logger } from '@flux-ts/base';
import { isConflict, isKubeError, isNotFound, specOf, type KubeClient } from '@flux-ts/kube';

const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };

/** What a leader election is made of. */
export interface LeaderElectionInit {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  /** Default 35 s, 30 s, 5 s. */
  readonly leaseDurationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
}

/** Tries to take or renew a lease. @returns whether it is held now */
async function tryHold(init: LeaderElectionInit, signal: AbortSignal): Promise<boolean> {
  const { client, clock, identity } = init;
  const durationMs = init.leaseDurationMs ?? 35_000;
  const now = formatMicroTime(clock.now());
  const key = { namespace: init.namespace, name: init.name };
  const spec = { holderIdentity: identity, leaseDurationSeconds: Math.ceil(durationMs / 1000), renewTime: now };
  let lease: JsonObject;
  try {
    lease = await client.get(LEASE, key, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const body = { ...LEASE, metadata: key, spec: { ...spec, acquireTime: now, leaseTransitions: 0 } };
    await client.create(body, { signal });
    return true;
  }
  const holder = getString(specOf(lease), ['holderIdentity']) ?? '';
  const renewed = parseTime(getString(specOf(lease), ['renewTime']) ?? '') ?? 0;
  if (holder !== identity && holder !== '' && renewed + durationMs > clock.now()) return false;
  const transitions = specOf(lease)['leaseTransitions'];
  const taken = holder === identity ? {} : { acquireTime: now, leaseTransitions: (typeof transitions === 'number' ? transitions : 0) + 1 };
  await client.update({ ...lease, spec: { ...specOf(lease), ...spec, ...taken } }, { signal });
  return true;
}

/** Waits for a lease, runs the work while it is held, and gives it back at the end. The work's signal aborts when the lease is lost. */
export async function runAsLeader(
  init: LeaderElectionInit,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const retryMs = init.retryPeriodMs ?? 5000;
  const hold = async (): Promise<boolean> => {
    try {
      return await tryHold(init, signal);
    } catch (error) {
      if (isConflict(error) || isKubeError(error, 'KUBE_ALREADY_EXISTS')) return false;
      if (isAbort(error, signal)) throw error;
      return false;
    }
  };
  while (!(await hold())) await init.clock.sleep(retryMs, signal);
  init.log.info('successfully acquired lease', { lease: `${init.namespace}/${init.name}` });
  const lost = new AbortController();
  const inner = AbortSignal.any([signal, lost.signal]);
  const renew = async (): Promise<void> => {
    let renewedAt = init.clock.now();
    while (!inner.aborted) {
      await init.clock.sleep(retryMs, inner).catch(() => undefined);
      if (inner.aborted) return;
      if (await hold()) renewedAt = init.clock.now();
      else if (init.clock.now() - renewedAt > (init.renewDeadlineMs ?? 30_000)) lost.abort(new Error('leader election lost'));
    }
  };
  const renewing = renew();
  try {
    await work(inner);
  } finally {
    lost.abort(new Error('leader election ended'));
    await renewing.catch(() => undefined);
    await release(init).catch(() => undefined);
  }
}

async function release(init: LeaderElectionInit): Promise<void> {
  const key = { namespace: init.namespace, name: init.name };
  const lease = await init.client.find(LEASE, key);
  if (lease === undefined || getString(specOf(lease), ['holderIdentity']) !== init.identity) return;
  await init.client.update({ ...lease, spec: { ...specOf(lease), holderIdentity: '', leaseDurationSeconds: 1 } });
}
