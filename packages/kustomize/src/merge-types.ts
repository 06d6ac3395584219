import type { MergeSchema, MergeSchemas } from './merge-schema.ts';
import type { KValue } from './value.ts';

/** What merging gives: the value (undefined: gone) and whether it grew out of the destination (else it is the patch's own). */
export interface Merged {
  readonly value: KValue | undefined;
  readonly fromDest: boolean;
}

/** How a merge is run: the schemas, and whether new list items come first (patches) or last (values files). */
export interface MergeContext {
  readonly schemas: MergeSchemas;
  readonly prepend: boolean;
}

/** Where a merge stands. */
export interface MergeAt {
  readonly context: MergeContext;
  /** What is known of the place; undefined: nothing. */
  readonly schema: MergeSchema | undefined;
}

/** Merges two values at one place. */
export type MergeFunction = (dest: KValue | undefined, patch: KValue | undefined, at: MergeAt) => Merged;
