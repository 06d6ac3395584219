import { getObject, getString, type JsonObject } from '@flux-ts/base';
import { isNotFound, namespaceOf, specOf } from '@flux-ts/kube';
import { composeValues, type ValuesReference } from '@flux-ts/render';
import { TYPES } from '../../shared/deps.ts';
import { specList } from '../../shared/spec.ts';
import { failureOf } from '../outcome.ts';
import type { HelmRun } from '../run.ts';

/** Composes the values of a HelmRelease from the objects that it names and its own. @throws HelmFailure ValuesError */
export async function readValues(run: HelmRun): Promise<JsonObject> {
  const { object, cell, context } = run;
  const namespace = namespaceOf(object);
  const found = new Map<string, Readonly<Record<string, string>>>();
  try {
    for (const reference of specList(object, 'valuesFrom')) {
      const kind = getString(reference, ['kind']) === 'Secret' ? 'Secret' : 'ConfigMap';
      const name = getString(reference, ['name']) ?? '';
      try {
        const source = await cell.client.get(TYPES[kind], { namespace, name }, { signal: context.signal });
        found.set(`${kind}/${name}`, textsOf(source, kind === 'Secret'));
      } catch (error) {
        if (!isNotFound(error)) throw error; // absence is the composer's to judge
      }
    }
    const values = getObject(specOf(object), ['values']);
    const valuesFrom = specList(object, 'valuesFrom').map(referenceOf);
    return composeValues({ valuesFrom, namespace, ...(values === undefined ? {} : { values }) }, (kind, name) =>
      found.get(`${kind}/${name}`),
    ).values;
  } catch (error) {
    context.signal.throwIfAborted();
    throw failureOf('values', error);
  }
}

function referenceOf(value: JsonObject): ValuesReference {
  const text = (field: string): Record<string, string> => {
    const found = getString(value, [field]);
    return found === undefined ? {} : { [field]: found };
  };
  return {
    kind: getString(value, ['kind']) ?? '',
    name: getString(value, ['name']) ?? '',
    ...text('valuesKey'),
    ...text('targetPath'),
    optional: value['optional'] === true,
    literal: value['literal'] === true,
  };
}

function textsOf(object: JsonObject, encoded: boolean): Readonly<Record<string, string>> {
  const entries = Object.entries(getObject(object, ['data']) ?? {}).filter((e): e is [string, string] => typeof e[1] === 'string');
  return Object.fromEntries(encoded ? entries.map(([k, v]) => [k, Buffer.from(v, 'base64').toString('utf8')]) : entries);
}
