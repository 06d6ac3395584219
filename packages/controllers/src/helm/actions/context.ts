import { FluxError, formatMicroTime, type Clock } from '@flux-ts/base';
import type { KubeClient, StatusReader } from '@flux-ts/kube';
import type { ReleaseTarget } from '../run.ts';
import type { ReleaseStorage } from '../storage.ts';

/** Why an action on a release failed. ACTION_NO_RELEASE: there is nothing to act on. */
export class ActionError extends FluxError<'ACTION_FAILED' | 'ACTION_NO_RELEASE' | 'ACTION_HOOK' | 'ACTION_TIMEOUT'> {}

/** What every action needs. */
export interface ActionContext {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly storage: ReleaseStorage;
  readonly target: ReleaseTarget;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Lines for the end of a failure's event. */
  readonly log: string[];
  readonly reader: StatusReader | undefined;
}

/** How resources are written and waited for. */
export interface ActionOptions {
  readonly disableWait: boolean;
  readonly disableWaitForJobs: boolean;
  readonly disableHooks: boolean;
  readonly serverSideApply: boolean;
  /** Do not take over objects that belong to another release, or to none. */
  readonly disableTakeOwnership: boolean;
  readonly cleanupOnFail: boolean;
  readonly force: boolean;
}

/** The time text of now, as Go prints it with the zone UTC. */
export function nowText(clock: Clock): string {
  return formatMicroTime(clock.now())
    .replace(/(\.\d*?)0+Z$/, '$1Z')
    .replace(/\.Z$/, 'Z');
}
