import { printYaml, plainValue } from '@flux-ts/yaml';
import { readObjects } from './read-resources.ts';
import { ResMap } from './res-map.ts';
import { Resource } from './resource.ts';
import { annotationsTransformer, labelTransformer } from './transformers/labels.ts';

/**
 * Sets labels and annotations on every object of a stream of documents and prints it as kustomize does.
 * @throws KustomizeError where the stream cannot be read or holds an object twice
 */
export function labelManifests(
  text: string,
  metadata: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> },
): string {
  const map = new ResMap(readObjects(text).map((object) => new Resource(object)));
  const at = (path: string): { group: string; version: string; kind: string; path: string; create: boolean } => ({
    group: '',
    version: '',
    kind: '',
    path,
    create: true,
  });
  if (metadata.labels !== undefined) labelTransformer(metadata.labels, [at('metadata/labels')]).transform(map);
  if (metadata.annotations !== undefined) annotationsTransformer(metadata.annotations, [at('metadata/annotations')]).transform(map);
  return map.resources.map((resource) => printYaml(plainValue(resource.object))).join('---\n');
}
