import { getObject, getString, type JsonObject } from '@flux-ts/base';
import { isNotFound, namespaceOf, specOf } from '@flux-ts/kube';
import { composeValues } from '@flux-ts/render';
import { TYPES } from '../../shared/deps.ts';
import { specList } from '../../shared/spec.ts';
import { failureOf } from '../outcome.ts';
import type { HelmRun } from '../run.ts';

/** Composes the values of a HelmRelease from the objects that it names and its own. @throws HelmFailure ValuesError */
export async function readValues(run: HelmRun): Promise<JsonObject> {
  const { object, cell, context } = run;
  const namespace = namespaceOf(object);
  const found = new Map<string, { readonly data: JsonObject }>();
  try {
    for (const reference of specList(object, 'valuesFrom')) {
      const kind = getString(reference, ['kind']) === 'Secret' ? 'Secret' : 'ConfigMap';
      const name = getString(reference, ['name']) ?? '';
      try {
        const source = await cell.client.get(TYPES[kind], { namespace, name }, { signal: context.signal });
        found.set(`${kind}/${name}`, { data: kind === 'Secret' ? decoded(source) : (getObject(source, ['data']) ?? {}) });
      } catch (error) {
        if (!isNotFound(error)) throw error; // absence is the composer's to judge
      }
    }
    const valuesFrom = specList(object, 'valuesFrom');
    const values = getObject(specOf(object), ['values']);
    return composeValues({ valuesFrom, namespace, ...(values === undefined ? {} : { values }) }, (kind: string, name: string) =>
      found.get(`${kind}/${name}`),
    ).values;
  } catch (error) {
    context.signal.throwIfAborted();
    throw failureOf('values', error);
  }
}

function decoded(secret: JsonObject): JsonObject {
  const data = getObject(secret, ['data']) ?? {};
  return Object.fromEntries(
    Object.entries(data).map(([k, v]) => [k, typeof v === 'string' ? Buffer.from(v, 'base64').toString('utf8') : v]),
  );
}
