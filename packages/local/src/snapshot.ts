import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FluxError, getArray, getPath, isObject, parseJson, stringifyJson, type JsonObject } from '@flux-ts/base';
import type { KubeClient } from '@flux-ts/kube';
import { writeAtomically } from './state.ts';

/** A snapshot file that cannot be used. */
export class SnapshotError extends FluxError<'SNAPSHOT_FILE'> {}

const FORMAT = 'flux-ts.dev/cluster-snapshot/v1';

/** Reads every object of a cluster, CustomResourceDefinitions and namespaces first. */
export async function takeSnapshot(client: KubeClient): Promise<readonly JsonObject[]> {
  const objects: JsonObject[] = [];
  for (const resource of await client.mapper.all()) {
    // events are one store with two views; the core one is kept
    if (!resource.verbs.includes('list') || !resource.verbs.includes('create') || resource.group === 'events.k8s.io') continue;
    objects.push(...(await client.list({ apiVersion: resource.apiVersion, kind: resource.kind })).items);
  }
  const first = ['CustomResourceDefinition', 'Namespace'];
  const rank = (object: JsonObject): number => (first.indexOf(String(object['kind'])) + first.length + 1) % (first.length + 1);
  return objects.sort((a, b) => rank(a) - rank(b));
}

/** Writes a snapshot file: gzipped JSON with a format mark. */
export function writeSnapshot(path: string, objects: readonly JsonObject[]): void {
  writeAtomically(path, gzipSync(stringifyJson({ format: FORMAT, objects })));
}

/** Reads a snapshot file. @throws SnapshotError where it is none */
export function readSnapshot(path: string): readonly JsonObject[] {
  try {
    const document = parseJson(gunzipSync(readFileSync(path)).toString());
    const objects = getArray(document, ['objects']);
    if (getPath(document, ['format']) === FORMAT && objects !== undefined) return objects.filter(isObject);
  } catch (error) {
    throw new SnapshotError({
      code: 'SNAPSHOT_FILE',
      message: `${path}: not a cluster snapshot: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
  throw new SnapshotError({ code: 'SNAPSHOT_FILE', message: `${path}: not a cluster snapshot (made by "flux cluster snapshot save")` });
}
