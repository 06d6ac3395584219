import { errorMessage, isObject, own, type JsonObject, type Lru } from '@flux-ts/base';
import { parseGoJson, typeName, type TemplateValue } from '@flux-ts/gotemplate';
import type { Chart } from '../chart/model.ts';
import { valuesError } from '../errors.ts';
import { ValuesSchema } from './validate.ts';

/** Compiled schemas by their text. */
export type SchemaCache = Lru<string, ValuesSchema>;

function compiled(schema: Uint8Array, cache: SchemaCache | undefined): ValuesSchema {
  const text = Buffer.from(schema.buffer, schema.byteOffset, schema.byteLength).toString('utf8');
  const known = cache?.get(text);
  if (known !== undefined) return known;
  const made = new ValuesSchema(parseGoJson(text), text);
  cache?.set(text, made, text.length * 3);
  return made;
}

function problems(chart: Chart, values: JsonObject, cache: SchemaCache | undefined): string {
  let out = '';
  if (chart.schema !== undefined) {
    let found: string | undefined;
    try {
      found = compiled(chart.schema, cache).check(values);
      if (found !== undefined) found += '\n';
    } catch (error) {
      found = errorMessage(error);
    }
    if (found !== undefined) out += `${chart.metadata.name}:\n${found}`;
  }
  for (const child of chart.subcharts) {
    const name = child.metadata.name;
    const section = own(values, name);
    if (section === undefined || section === null) continue;
    if (isObject(section)) out += problems(child, section, cache);
    else out += `${name}:\ninvalid type for values: expected object (map), got ${typeName(section as TemplateValue)}\n`;
  }
  return out;
}

/**
 * Checks coalesced values against the schemas of a chart and its subcharts.
 * Differs: references to other documents are never fetched; they fail the check where they are reached.
 * @throws ValuesError VALUES_SCHEMA with Helm's text: every reason of every chart
 */
export function validateValues(chart: Chart, values: JsonObject, cache?: SchemaCache): void {
  const found = problems(chart, values, cache);
  if (found !== '') {
    throw valuesError('VALUES_SCHEMA', `values don't meet the specifications of the schema(s) in the following chart(s):\n${found}`);
  }
}
