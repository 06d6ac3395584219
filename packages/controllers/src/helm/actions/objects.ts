import { errorMessage, type JsonObject, type JsonValue } from '@flux-ts/base';
import { sortByKind, uninstallOrder } from '@flux-ts/helm';
import {
  annotationsOf,
  isNoMatch,
  isNotFound,
  keyOf,
  labelsOf,
  nameOf,
  namespaceOf,
  refOf,
  subjectOf,
  typeOf,
  waitForReady,
  waitForTermination,
  withMetadata,
  type ObjectRef,
} from '@flux-ts/kube';
import { FIELD_MANAGER } from '../run.ts';
import { ActionError, type ActionContext, type ActionOptions } from './context.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const RELEASE_NAME = 'meta.helm.sh/release-name';
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';
const RESOURCE_POLICY = 'helm.sh/resource-policy';

/** Gives an object the release's namespace where its kind has one and it names none; cluster-scoped kinds lose theirs. */
export async function placed(context: ActionContext, object: JsonObject): Promise<JsonObject> {
  const resource = await context.client.mapper.resourceFor(typeOf(object));
  const metadata = object['metadata'] as Record<string, JsonValue>;
  if (!resource.namespaced) {
    if (metadata['namespace'] === undefined) return object;
    const { namespace: _, ...rest } = metadata;
    return { ...object, metadata: rest };
  }
  return namespaceOf(object) === '' ? { ...object, metadata: { ...metadata, namespace: context.target.namespace } } : object;
}

/** Adds what Helm writes onto every object of a release. */
export function owned(context: ActionContext, object: JsonObject): JsonObject {
  return withMetadata(object, {
    labels: { [MANAGED_BY]: 'Helm' },
    annotations: { [RELEASE_NAME]: context.target.name, [RELEASE_NAMESPACE]: context.target.namespace },
  });
}

async function checkOwnership(context: ActionContext, object: JsonObject): Promise<boolean> {
  const live = await context.client.find(typeOf(object), keyOf(object), { signal: context.signal });
  if (live === undefined) return false;
  const annotations = annotationsOf(live);
  const problems: string[] = [];
  if (labelsOf(live)[MANAGED_BY] !== 'Helm') problems.push(`label validation error: missing key "${MANAGED_BY}": must be set to "Helm"`);
  if (annotations[RELEASE_NAME] !== context.target.name) {
    problems.push(`annotation validation error: missing key "${RELEASE_NAME}": must be set to "${context.target.name}"`);
  }
  if (annotations[RELEASE_NAMESPACE] !== context.target.namespace) {
    problems.push(`annotation validation error: missing key "${RELEASE_NAMESPACE}": must be set to "${context.target.namespace}"`);
  }
  if (problems.length === 0) return true;
  const what = `${typeOf(object).kind} "${nameOf(object)}" in namespace "${namespaceOf(object)}"`;
  const message = `Unable to continue with install: ${what} exists and cannot be imported into the current release: invalid ownership metadata; ${problems.join('; ')}`;
  throw new ActionError({ code: 'ACTION_FAILED', message: message.replace('Unable', 'unable') });
}

/** Applies one object as this controller. */
async function applyOne(context: ActionContext, object: JsonObject, options: ActionOptions): Promise<void> {
  const { client, signal } = context;
  if (options.serverSideApply) {
    await client.apply(object, { fieldManager: FIELD_MANAGER, force: true, signal });
    return;
  }
  const live = await client.find(typeOf(object), keyOf(object), { signal });
  if (live === undefined) await client.create(object, { fieldManager: FIELD_MANAGER, signal });
  else await client.patch(typeOf(object), keyOf(object), { kind: 'merge', patch: object }, { fieldManager: FIELD_MANAGER, signal });
}

/** The objects of a release as they are written: placed, owned, in order. */
export async function prepareObjects(context: ActionContext, objects: readonly JsonObject[]): Promise<JsonObject[]> {
  const out: JsonObject[] = [];
  for (const object of sortByKind(objects, (o) => typeOf(o).kind)) {
    try {
      out.push(owned(context, await placed(context, object)));
    } catch (error) {
      const message = `unable to build kubernetes objects from release manifest: resource mapping not found for name: "${nameOf(object)}" namespace: "${namespaceOf(object)}" from "": ${errorMessage(error)}`;
      throw new ActionError({
        code: 'ACTION_FAILED',
        message: isNoMatch(error) ? `${message}\nensure CRDs are installed first` : errorMessage(error),
        cause: error,
      });
    }
  }
  return out;
}

/** Applies objects in order. @returns those that did not exist before @throws ActionError */
export async function applyObjects(
  context: ActionContext,
  objects: readonly JsonObject[],
  options: ActionOptions,
): Promise<readonly JsonObject[]> {
  const created: JsonObject[] = [];
  for (const object of objects) {
    context.signal.throwIfAborted();
    const existed = options.disableTakeOwnership
      ? await checkOwnership(context, object)
      : (await context.client.find(typeOf(object), keyOf(object), { signal: context.signal })) !== undefined;
    try {
      await applyOne(context, object, options);
    } catch (error) {
      context.signal.throwIfAborted();
      throw new ActionError({ code: 'ACTION_FAILED', message: errorMessage(error), cause: error });
    }
    if (!existed) created.push(object);
  }
  return created;
}

/** Whether an object asks to be kept when its release goes. */
export function isKept(object: JsonObject): boolean {
  return annotationsOf(object)[RESOURCE_POLICY]?.trim().toLowerCase() === 'keep';
}

/** Deletes objects, in Helm's order; absent ones and those to keep are passed over. @returns those that were deleted */
export async function deleteObjects(
  context: ActionContext,
  objects: readonly JsonObject[],
  propagation: 'Background' | 'Foreground' | 'Orphan' = 'Background',
): Promise<readonly JsonObject[]> {
  const deleted: JsonObject[] = [];
  for (const object of sortByKind(objects, (o) => typeOf(o).kind, uninstallOrder)) {
    context.signal.throwIfAborted();
    if (isKept(object)) {
      context.log.push(`[${subjectOf(object)}] is kept due to the resource policy`);
      continue;
    }
    try {
      const at = await placed(context, object);
      await context.client.delete(typeOf(at), keyOf(at), { propagation, signal: context.signal });
      deleted.push(at);
    } catch (error) {
      if (isNotFound(error) || isNoMatch(error)) continue;
      throw new ActionError({ code: 'ACTION_FAILED', message: `${subjectOf(object)}: ${errorMessage(error)}`, cause: error });
    }
  }
  return deleted;
}

/** Waits until objects are ready. @throws ApplyError with the objects that are not; the signal's reason */
export async function waitForObjects(context: ActionContext, objects: readonly JsonObject[], options: ActionOptions): Promise<void> {
  if (options.disableWait) return;
  const refs = objects
    .map((o): ObjectRef => refOf(o))
    .filter((r) => !(options.disableWaitForJobs && r.kind === 'Job' && r.group === 'batch'));
  await waitForReady(context, refs, { timeoutMs: context.timeoutMs, reader: context.reader, signal: context.signal });
}

/** Waits until objects are gone. */
export async function waitForDeletion(context: ActionContext, objects: readonly JsonObject[]): Promise<void> {
  await waitForTermination(context, objects, { timeoutMs: context.timeoutMs, intervalMs: 2000, signal: context.signal });
}

/** The objects of an old manifest that a new one no longer has. */
export function removedObjects(before: readonly JsonObject[], now: readonly JsonObject[], namespace: string): readonly JsonObject[] {
  const idOf = (o: JsonObject): string => {
    const ref = refOf(o);
    return `${ref.group}/${ref.kind}/${ref.namespace === '' ? namespace : ref.namespace}/${ref.name}`;
  };
  const kept = new Set(now.map(idOf));
  return before.filter((o) => !kept.has(idOf(o)));
}
