import { formatDuration, getString, type JsonObject } from '@flux-ts/base';
import type { Trouble } from '../rules/rule-book.ts';
import type { World } from '../world.ts';
import { fieldOf, waiting } from './containers.ts';
import { missingForContainer } from './references.ts';

/** A container that cannot be started: how it waits, and what is said. */
export interface Blocked {
  readonly state: JsonObject;
  readonly events: readonly { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }[];
}

/** A container of a Pod that is about to start. */
export interface Starting {
  readonly pod: JsonObject;
  readonly container: JsonObject;
  readonly list: 'containers' | 'initContainers';
  /** Its status so far. */
  readonly old: JsonObject | undefined;
  /** The failure that is on now, if it is of this container. */
  readonly trouble: Trouble | undefined;
}

// name[:tag][@digest], names in lower case; the host may have a port
const REFERENCE =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?$/;

/** What keeps a container from being created; undefined where nothing does. */
export function blockedBy(world: World, starting: Starting): Blocked | undefined {
  const { pod, container, old, trouble } = starting;
  const image = getString(container, ['image']) ?? '';
  if (!REFERENCE.test(image)) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    return {
      state: waiting('InvalidImageName', message),
      events: [
        { type: 'Warning', reason: 'InspectFailed', message },
        { type: 'Warning', reason: 'Failed', message: 'Error: InvalidImageName' },
      ],
    };
  }
  if (trouble?.fail === 'ImagePullBackOff') return unpulled(image, old, trouble);
  const missing = missingForContainer(world, pod, container);
  if (missing === undefined) return undefined;
  return {
    state: waiting('CreateContainerConfigError', missing),
    events: [pulled(world, container), { type: 'Warning', reason: 'Failed', message: `Error: ${missing}` }],
  };
}

function unpulled(image: string, old: JsonObject | undefined, trouble: Trouble): Blocked {
  const why = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": not found (${trouble.why})`;
  const before = getString(old, ['state', 'waiting', 'reason']);
  if (before !== 'ErrImagePull' && before !== 'ImagePullBackOff')
    return {
      state: waiting('ErrImagePull', why),
      events: [
        { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` },
        { type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${why}` },
        { type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' },
      ],
    };
  return {
    state: waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${why}`),
    events: [
      { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` },
      { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' },
    ],
  };
}

function pulled(world: World, container: JsonObject): Blocked['events'][number] {
  const image = getString(container, ['image']) ?? '';
  const present = world.images.has(image) && container['imagePullPolicy'] !== 'Always';
  world.images.add(image);
  const took = formatDuration(world.startMs);
  const message = present
    ? `Container image "${image}" already present on machine and can be accessed by the pod`
    : `Successfully pulled image "${image}" in ${took} (${took} including waiting)`;
  return { type: 'Normal', reason: 'Pulled', message };
}

/** Says that a container was pulled, created and started. */
export function sayStarted(world: World, { pod, container, list }: Omit<Starting, 'old' | 'trouble'>, real: boolean): void {
  const image = getString(container, ['image']) ?? '';
  const fieldPath = fieldOf(container, list);
  const fresh = !world.images.has(image) || container['imagePullPolicy'] === 'Always';
  if (fresh) world.say(pod, { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"`, fieldPath });
  world.say(pod, { ...pulled(world, container), fieldPath });
  world.say(pod, { type: 'Normal', reason: 'Created', message: 'Container created', fieldPath });
  world.say(pod, {
    type: 'Normal',
    reason: 'Started',
    message: `Container started (${real ? 'runs in this process' : 'simulated'})`,
    fieldPath,
  });
}
