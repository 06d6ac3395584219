import { getObject, getPath, getString, type JsonObject } from '@flux-ts/base';
import { nameOf, namespaceOf, uidOf } from '@flux-ts/kube';
import { shortHash } from '../hash.ts';
import { numberAt, objectsAt } from '../read.ts';

/** Tells whether an init container stays while the others run. */
export function isSidecar(container: JsonObject): boolean {
  return container['restartPolicy'] === 'Always';
}

/** Names as Go prints a list: `[a b]`. */
export function nameList(names: readonly string[]): string {
  return `[${names.join(' ')}]`;
}

/** A Pod as a kubelet's texts name it: `web_default(uid)`. */
export function podText(pod: JsonObject): string {
  return `${nameOf(pod)}_${namespaceOf(pod)}(${uidOf(pod)})`;
}

/** The status of a container as it stands. */
export function statusOf(pod: JsonObject, list: 'containerStatuses' | 'initContainerStatuses', name: string): JsonObject | undefined {
  return objectsAt(pod, ['status', list]).find((status) => status['name'] === name);
}

/** How a container is. */
export interface ContainerStanding {
  readonly state: JsonObject;
  readonly ready: boolean;
  readonly restarts?: number;
  readonly lastState?: JsonObject;
}

/** The status of a container. What is not running really has an id that says so. */
export function containerStatus(pod: JsonObject, container: JsonObject, at: ContainerStanding): JsonObject {
  const image = getString(container, ['image']) ?? '';
  const restarts = at.restarts ?? 0;
  const everRan = at.state['waiting'] === undefined || at.lastState?.['terminated'] !== undefined;
  const id = `simulated://${shortHash(`${uidOf(pod)}/${String(container['name'])}/${restarts}`, 12)}`;
  const withId = (state: JsonObject): JsonObject => {
    const terminated = getObject(state, ['terminated']);
    return terminated === undefined ? state : { terminated: { ...terminated, containerID: getString(terminated, ['containerID']) ?? id } };
  };
  return {
    name: container['name'] ?? '',
    state: withId(at.state),
    lastState: withId(at.lastState ?? {}),
    ready: at.ready,
    restartCount: restarts,
    image,
    imageID: everRan ? `simulated://${image}` : '',
    ...(everRan ? { containerID: id } : {}),
    started: at.state['running'] !== undefined,
  };
}

/** A container that waits. */
export function waiting(reason: string, message?: string): JsonObject {
  return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
}

/** How often a container was started again. */
export function restartsOf(status: JsonObject | undefined): number {
  return numberAt(status, ['restartCount'], 0);
}

/** Tells whether a container runs. */
export function isRunning(status: JsonObject | undefined): boolean {
  return getPath(status, ['state', 'running']) !== undefined;
}

/** The field that events about a container point to. */
export function fieldOf(container: JsonObject, list: 'containers' | 'initContainers'): string {
  return `spec.${list}{${String(container['name'])}}`;
}
