import type { Diagnostic } from '@flux-ts/base';
import type { Loader } from '../loader.ts';
import type { MergeSchemas } from '../merge-schema.ts';
import type { Origin } from '../origin.ts';
import type { ResMap } from '../res-map.ts';
import { readObjects } from '../read-resources.ts';

/** One step that changes the resources of a layer. */
export interface Transformer {
  /** kustomize's name of the step (`PatchTransformer`), for origins and explanations. */
  readonly name: string;
  /** More about it for people: the patch file, the prefix. */
  readonly detail?: string;
  /** What is noted on the resources where `buildMetadata` asks for it. */
  readonly origin?: Origin;
  transform(map: ResMap): void;
}

/** What making a transformer needs. */
export interface TransformerContext {
  readonly loader: Loader;
  readonly schemas: () => MergeSchemas;
  /** Takes warnings; undefined where none are wanted. */
  readonly warn: ((diagnostic: Diagnostic) => void) | undefined;
  /** Reads the objects of a text, through the build's cache. */
  readonly read: typeof readObjects;
}
