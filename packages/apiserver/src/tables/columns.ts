import type { JsonObject, JsonValue } from '@flux-ts/base';

/** A column of a table. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0: always shown; more: only in wide output. */
  readonly priority: number;
}

/** How the objects of one kind become rows. */
export interface KindTable {
  readonly columns: readonly Column[];
  /** @param nowMs for ages */
  cells(object: JsonObject, nowMs: number): JsonValue[];
}

/** A column of the usual form. */
export function column(
  name: string,
  options: { readonly type?: string; readonly format?: string; readonly wide?: boolean; readonly description?: string } = {},
): Column {
  return {
    name,
    type: options.type ?? 'string',
    format: options.format ?? (name === 'Name' ? 'name' : ''),
    description: options.description ?? (name === 'Name' ? NAME_DESCRIPTION : ''),
    priority: options.wide === true ? 1 : 0,
  };
}

const NAME_DESCRIPTION =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically.';
