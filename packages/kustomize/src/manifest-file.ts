import { isObject, type FileSystem, type JsonObject, type JsonValue } from '@flux-ts/base';
import { BuildCache } from './cache.ts';
import { readGo } from './go-struct.ts';
import { kustomizationType } from './kustomization-schema.ts';
import { readObjects } from './read-resources.ts';
import { fingerprintOf } from './reads.ts';
import type { KObject } from './value.ts';

/** Reads the objects of a manifest file, through a cache that builds share. @throws KustomizeError in kustomize's words */
export function readManifest(fs: FileSystem, path: string, cache: BuildCache = new BuildCache()): readonly KObject[] {
  const stat = fs.stat(path);
  const parsed = cache.file(`${path}\u0000${fingerprintOf(fs, path) ?? ''}`, stat?.sizeBytes ?? 0, () => {
    try {
      return { objects: readObjects(Buffer.from(fs.read(path)).toString('utf8'), path) };
    } catch (error) {
      return { error };
    }
  });
  if (parsed.objects === undefined) throw parsed.error as Error;
  return parsed.objects;
}

/** Reads a kustomization as Flux does: unknown fields are dropped, numbers become text where text is wanted. @throws KustomizeError */
export function decodeKustomization(value: JsonValue): JsonObject {
  const read = readGo(value, kustomizationType, { strict: false, coerce: true });
  return isObject(read) ? (read as JsonObject) : {};
}
