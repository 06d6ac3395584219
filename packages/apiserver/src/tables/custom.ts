import { isArray, isObject, parseTime, stringifyJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { PrinterColumn } from '../registry/resource.ts';
import { column, type KindTable } from './columns.ts';
import { findJsonPath, parseJsonPath } from './json-path.ts';
import { age, humanDuration, text } from './text.ts';

/** The table of a custom resource: its name and the columns of its CRD; name and age where it has none. */
export function customTable(columns: readonly PrinterColumn[]): KindTable {
  if (columns.length === 0) {
    return { columns: [column('Name'), column('Age', { type: 'date' })], cells: (o, now) => [text(o, ['metadata', 'name']), age(o, now)] };
  }
  const paths = columns.map((c) => parseJsonPath(c.jsonPath) ?? []);
  return {
    columns: [
      column('Name'),
      ...columns.map((c) => ({
        name: c.name,
        type: c.type,
        format: c.format,
        description: c.description === '' ? `Custom resource definition column (in JSONPath format): ${c.jsonPath}` : c.description,
        priority: c.priority,
      })),
    ],
    cells: (object, nowMs) => [
      text(object, ['metadata', 'name']),
      ...columns.map((c, i) => cell(c, findJsonPath(paths[i] ?? [], object)[0], nowMs)),
    ],
  };
}

function cell(definition: PrinterColumn, value: JsonValue | undefined, nowMs: number): JsonValue {
  if (value === undefined || value === null) return null;
  switch (definition.type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date': {
      if (typeof value !== 'string') return null;
      const at = parseTime(value);
      return at === undefined ? '<invalid>' : humanDuration(nowMs - at);
    }
    default:
      return printed(value);
  }
}

function printed(value: JsonValue): string {
  if (isObject(value as JsonObject) || isArray(value)) return stringifyJson(value);
  return String(value);
}
