import { getString, type JsonObject } from '@flux-ts/base';
import type { ResourceContext } from '../core.ts';
import { badRequest, internalError, notImplemented } from '../status.ts';
import { metaString } from '../write/metadata.ts';
import type { PodDialer } from './pod-dialer.ts';

/** A Pod whose ports can be reached. */
export interface ForwardTarget {
  readonly kind: 'pod';
  readonly pod: JsonObject;
  readonly dialer: PodDialer;
}

/**
 * Whether connections can be forwarded to a Pod, as the API server and kubelet find out.
 * @throws ApiError NotImplemented for a simulated Pod, BadRequest or InternalError for one that does not run
 */
export function forwardTarget({ core, info }: ResourceContext, pod: JsonObject): ForwardTarget {
  const dialer = core.pods;
  if (dialer === undefined || !dialer.runs(pod)) throw notImplemented(simulated(info.subresource));
  const name = metaString(pod, 'name');
  if ((getString(pod, ['spec', 'nodeName']) ?? '') === '') throw badRequest(`pod ${name} does not have a host assigned`);
  if (getString(pod, ['status', 'phase']) !== 'Running')
    throw internalError(`error forwarding ports: pod not found ("${name}_${metaString(pod, 'namespace')}")`);
  return { kind: 'pod', pod, dialer };
}

/** Why a command cannot run in a container, or a port of it be reached. */
export function noContainer({ core, info }: ResourceContext, pod: JsonObject): string {
  if (core.pods?.runs(pod) !== true) return simulated(info.subresource);
  return `${info.subresource} is not served: this Pod runs inside the cluster's own process, it has no container`;
}

function simulated(subresource: string): string {
  return `${subresource} is not served: this Pod is simulated, no container runs`;
}
