import { getArray, getObject, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { annotationsOf, finalizersOf, isKubeError, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { controlledBy } from '../read.ts';
import { create, inNamespaceOf, isClosing, type World } from '../world.ts';

/** How a Pod is named and what is laid over its template. */
export interface PodShape {
  readonly name?: string;
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** Another template than the owner's present one. */
  readonly template?: JsonObject;
  /** The words of the owner's events; default: a ReplicaSet's. */
  readonly words?: { readonly made: (name: string) => string; readonly failed: (why: string) => string };
}

const WORDS = { made: (name: string) => `Created pod: ${name}`, failed: (why: string) => `Error creating: ${why}` };

/** What became of the making of a Pod. */
export type Made = { readonly pod: JsonObject | undefined } | { readonly failure: string };

/** Makes a Pod from its owner's template, and tells of it in an event. A Pod that stood there already is no failure. */
export async function makePod(world: World, owner: JsonObject, shape: PodShape): Promise<Made> {
  const template = shape.template ?? getObject(owner, ['spec', 'template']) ?? {};
  const annotations = { ...annotationsOf(template), ...shape.annotations };
  const finalizers = [...finalizersOf(template), ...(shape.finalizers ?? [])];
  const pod: JsonObject = {
    ...KIND.pod,
    metadata: {
      ...(shape.name === undefined ? { generateName: shape.generateName ?? `${nameOf(owner)}-` } : { name: shape.name }),
      namespace: namespaceOf(owner),
      labels: { ...labelsOf(template), ...shape.labels },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ownerReferences: [controlledBy(owner)],
    } satisfies JsonObject as JsonValue,
    spec: { ...getObject(template, ['spec']), ...shape.spec },
  };
  const words = shape.words ?? WORDS;
  try {
    const missing = missingAccount(world, pod);
    if (missing === undefined) {
      const made = await create(world, pod);
      if (made !== undefined) world.say(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: words.made(nameOf(made)) });
      return { pod: made };
    }
    return refused(world, owner, words.failed(missing), missing);
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return refused(world, owner, words.failed(error.message), error.message);
  }
}

function refused(world: World, owner: JsonObject, message: string, failure: string): Made {
  if (!isClosing(world, namespaceOf(owner))) world.say(owner, { type: 'Warning', reason: 'FailedCreate', message });
  return { failure };
}

/** The API would say it too; said here with the name that upstream's admission sees: without its generated end. */
function missingAccount(world: World, pod: JsonObject): string | undefined {
  const account = getString(pod, ['spec', 'serviceAccountName']) ?? getString(pod, ['spec', 'serviceAccount']) ?? 'default';
  if (world.cache.get(KIND.serviceAccount, inNamespaceOf(pod, account)) !== undefined) return undefined;
  const name = getString(pod, ['metadata', 'name']) ?? getString(pod, ['metadata', 'generateName']) ?? '';
  return `pods "${name}" is forbidden: error looking up service account ${namespaceOf(pod)}/${account}: serviceaccount "${account}" not found`;
}

/** The environment of a container with another variable. */
export function withVariable(container: JsonObject, variable: JsonObject): JsonObject {
  const env = (getArray(container, ['env']) ?? []).filter((entry) => getString(entry, ['name']) !== variable['name']);
  return { ...container, env: [...env, variable] };
}
