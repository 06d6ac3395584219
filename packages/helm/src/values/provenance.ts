import { isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { Chart } from '../chart/model.ts';

/** A source of values with a name for people: a file, a flag, a Secret, a chart. */
export interface ValuesSource {
  readonly name: string;
  readonly values: JsonObject;
}

/** Where a value comes from. */
export interface ValueOrigin {
  readonly path: readonly string[];
  readonly value: JsonValue;
  /** The source that set it: the last of the user's that has it, else the chart nearest to the root that has it as a default. */
  readonly source: string;
  /** Sources below that one which have it too, nearest first. */
  readonly overrides: readonly string[];
}

function at(values: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value = values;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The defaults of a chart and of its subcharts, the latter below their names; the root's first. */
export function defaultSources(chart: Chart, prefix: readonly string[] = []): ValuesSource[] {
  const name = [...prefix, chart.metadata.name].join('/');
  const nested = (prefix.length === 0 ? [] : [...prefix.slice(1), chart.metadata.name]).reduceRight<JsonObject>(
    (inner, key) => ({ [key]: inner }),
    chart.values,
  );
  const own = { name: `values.yaml of ${name}`, values: nested };
  return [own, ...chart.subcharts.flatMap((child) => defaultSources(child, [...prefix, chart.metadata.name]))];
}

/**
 * Tells for each leaf of coalesced values which source set it.
 * @param values coalesced @param sources the user's, in the order in which they were laid over one another
 * @param chart with its dependencies processed; its defaults lie below everything
 */
export function valuesProvenance(values: JsonObject, sources: readonly ValuesSource[], chart: Chart): ValueOrigin[] {
  const order = [...[...sources].reverse(), ...defaultSources(chart)];
  const out: ValueOrigin[] = [];
  const visit = (value: JsonValue, path: readonly string[]): void => {
    if (isObject(value) && Object.keys(value).length > 0) {
      for (const key of Object.keys(value).sort()) visit(value[key] as JsonValue, [...path, key]);
      return;
    }
    const holders = order.filter((source) => at(source.values, path) !== undefined);
    // a subchart's global is the parent's
    const global = path.lastIndexOf('global');
    const inherited = global > 0 ? order.filter((source) => at(source.values, path.slice(global)) !== undefined) : [];
    const [first, ...rest] = [...new Set([...holders, ...inherited])];
    out.push({ path, value, source: first?.name ?? 'made by Helm', overrides: rest.map((source) => source.name) });
  };
  visit(values, []);
  return out;
}
