import type { JsonObject } from '@flux-ts/base';
import type { FieldError } from '@flux-ts/schema';
import type { Core, ResourceContext } from '../core.ts';

/** What the rules of a kind may look at. */
export interface StrategyInput {
  readonly core: Core;
  readonly context: ResourceContext;
  /** Nothing may be reserved for good. */
  readonly dryRun: boolean;
}

/** What one built-in kind does beyond the common way of a write. Objects are canonical and defaulted. */
export interface Strategy {
  /** metadata.generation counts changes of the spec. */
  readonly generation?: boolean;
  /** The status that a new object has; default: none, as the canonical form prints it. Absent key: kept as sent. */
  readonly keepStatusOnCreate?: boolean;
  /** PUT of what does not exist creates it. */
  readonly createOnUpdate?: boolean;
  /** DELETE answers the object, not a Status. */
  readonly returnsDeleted?: boolean;
  /** How names must be; default `subdomain`. */
  readonly names?: 'subdomain' | 'label' | 'label1035' | 'path' | 'any';
  prepareCreate?(object: JsonObject, input: StrategyInput): JsonObject;
  prepareUpdate?(next: JsonObject, old: JsonObject, input: StrategyInput): JsonObject;
  validateCreate?(object: JsonObject, input: StrategyInput): readonly FieldError[];
  validateUpdate?(next: JsonObject, old: JsonObject, input: StrategyInput): readonly FieldError[];
  /** After the object is gone. */
  afterDelete?(old: JsonObject, core: Core): void;
  /** After a create or an update was stored. */
  afterWrite?(stored: JsonObject, old: JsonObject | undefined, core: Core): void;
}
