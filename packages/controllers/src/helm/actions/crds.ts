import { errorMessage, isObject, type JsonObject } from '@flux-ts/base';
import type { CrdFile } from '@flux-ts/helm';
import { keyOf, refOf, typeOf, waitForReady, withMetadata } from '@flux-ts/kube';
import { parseYamlDocuments } from '@flux-ts/yaml';
import { FIELD_MANAGER } from '../run.ts';
import { ActionError, type ActionContext } from './context.ts';

/** What to do with the files in a chart's crds folder. */
export type CrdPolicy = 'Skip' | 'Create' | 'CreateReplace';

const WAIT_MS = 60_000;

/** Creates (or replaces) the CustomResourceDefinitions of a chart and waits until they are served. @throws ActionError */
export async function applyCrds(
  context: ActionContext,
  input: { readonly files: readonly CrdFile[]; readonly policy: CrdPolicy; readonly labels: Readonly<Record<string, string>> },
): Promise<void> {
  if (input.policy === 'Skip') return;
  const objects = input.files
    .flatMap((file) => parseYamlDocuments(file.data).map((d) => d.value))
    .filter(isObject)
    .map((o) => withMetadata(o, { labels: input.labels }));
  const written: JsonObject[] = [];
  for (const object of objects) {
    try {
      const live = await context.client.find(typeOf(object), keyOf(object), { signal: context.signal });
      if (live !== undefined && input.policy === 'Create') continue;
      await context.client.apply(object, { fieldManager: FIELD_MANAGER, force: true, signal: context.signal });
      written.push(object);
    } catch (error) {
      context.signal.throwIfAborted();
      throw new ActionError({
        code: 'ACTION_FAILED',
        message: `failed to apply CustomResourceDefinitions: ${errorMessage(error)}`,
        cause: error,
      });
    }
  }
  if (written.length === 0) return;
  await waitForReady(context, written.map(refOf), { timeoutMs: Math.min(WAIT_MS, context.timeoutMs), signal: context.signal });
  context.client.mapper.reset();
}
