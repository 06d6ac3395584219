import { codeFrame, didYouMean, isObject, type FluxError, type JsonObject, type JsonValue } from '@flux-ts/base';
import { TemplateError, type TemplateFrame } from '@flux-ts/gotemplate';
import { childPath } from './chart/paths.ts';
import { fileText, type Chart } from './chart/model.ts';
import { RenderError } from './errors.ts';
import { defaultSources, type ValuesSource } from './values/provenance.ts';
import { processDependencies } from './values/dependencies.ts';
import { mergeValues } from './values/read.ts';
import { coalesceValues } from './values/coalesce.ts';

/** What an explanation looks at. */
export interface ExplainContext {
  readonly chart: Chart;
  /** The user's values, in the order in which they were laid over one another. */
  readonly layers: readonly ValuesSource[];
}

interface Located {
  readonly text: string;
  /** The names of the subcharts on the way to the file. */
  readonly section: readonly string[];
}

function findTemplate(chart: Chart, path: string, at: string, section: readonly string[] = []): Located | undefined {
  for (const file of chart.templates) if (`${at}/${file.name}` === path) return { text: fileText(file), section };
  for (const child of chart.subcharts) {
    const found = findTemplate(child, path, childPath(at, child), [...section, child.metadata.name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function keysAt(values: JsonObject, path: readonly string[]): string[] {
  let at: JsonValue | undefined = values;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isObject(at) ? Object.keys(at) : [];
}

/** How far a path leads into values: the number of steps that are there. */
function reach(values: JsonObject, path: readonly string[]): number {
  let at: JsonValue | undefined = values;
  for (const [i, key] of path.entries()) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return i;
    at = at[key];
  }
  return path.length;
}

/** What the layers say about a path of values that the failing expression uses and that leads nowhere. */
function missingPath(path: readonly string[], all: JsonObject, sources: readonly ValuesSource[]): string | undefined {
  const found = reach(all, path);
  if (found === path.length) return undefined;
  const whole = `.Values.${path.slice(0, found + 1).join('.')}`;
  const near = didYouMean(path[found] as string, keysAt(all, path.slice(0, found)));
  const lines = [`${whole} is not set${near === undefined ? '' : `; did you mean .Values.${[...path.slice(0, found), near].join('.')}?`}`];
  for (const source of sources) {
    const steps = reach(source.values, path);
    const has = steps === 0 ? `has no key ${path[0]}` : `has ${path.slice(0, steps).join('.')}, but no ${path[steps]} in it`;
    lines.push(`  ${source.name} ${steps === path.length ? `sets it, but something takes it away` : has}`);
  }
  return lines.join('\n');
}

function valuesPaths(node: string): string[][] {
  return [...node.matchAll(/(?:^|[^\w.])(?:\$\w*)?\.Values((?:\.\w+)+)/g)].map((m) => (m[1] as string).slice(1).split('.'));
}

function stack(frames: readonly TemplateFrame[]): string {
  return frames
    .map((f) => `  at ${f.template === f.parseName ? '' : `${f.template} `}(${f.parseName}:${f.line}:${f.column + 1})`)
    .join('\n');
}

function explainExecution(error: TemplateError, context: ExplainContext): string | undefined {
  const frames = error.frames;
  const inner = frames.at(-1);
  if (inner === undefined) return undefined;
  const root = context.chart.metadata.name;
  const out: string[] = [];
  const located = findTemplate(context.chart, inner.parseName, root) ?? findTemplate(context.chart, frames[0]?.parseName ?? '', root);
  const shown = [...frames].reverse().find((f) => findTemplate(context.chart, f.parseName, root) !== undefined);
  if (shown !== undefined) {
    const text = findTemplate(context.chart, shown.parseName, root)?.text ?? '';
    out.push(`${shown.parseName}:${shown.line}:${shown.column + 1}`, codeFrame(text, { line: shown.line, column: shown.column + 1 }));
  }
  if (frames.length > 1) out.push('called from (innermost first):', stack([...frames].reverse().slice(1)));
  const user = context.layers.reduce<JsonObject>((all, layer) => mergeValues(all, layer.values), {});
  const chart = processDependencies(context.chart, user);
  const all = coalesceValues(chart, user);
  const section = located?.section ?? [];
  const sources = [...[...context.layers].reverse(), ...defaultSources(chart)];
  for (const path of valuesPaths(inner.node)) {
    const said = missingPath([...section, ...path], all, sources);
    if (said !== undefined) out.push(said);
  }
  return out.join('\n');
}

function explainYaml(error: RenderError): string | undefined {
  const line = Number(/line (\d+)/.exec(error.message)?.[1] ?? Number.NaN);
  const document = error.document;
  if (document === undefined || Number.isNaN(line)) return undefined;
  return `the rendered document of ${error.template ?? 'the template'}:\n${codeFrame(document, { line, column: 1 }, 3)}`;
}

/**
 * Says more about an error than Helm does: the place with its lines, the stack of includes, which layer of values misses
 * which key, and what may have been meant; for YAML errors the rendered lines.
 * @returns undefined where there is nothing to add
 */
export function explainRenderError(error: FluxError, context: ExplainContext): string | undefined {
  if (!(error instanceof RenderError)) return undefined;
  if (error.code === 'RENDER_YAML') return explainYaml(error);
  const cause = error.cause;
  if (error.code === 'RENDER_EXEC' && cause instanceof TemplateError) return explainExecution(cause, context);
  const found = error.template === undefined ? undefined : findTemplate(context.chart, error.template, context.chart.metadata.name);
  const line = Number(/at \(.*?:(\d+)/.exec(error.message)?.[1] ?? Number.NaN);
  return found === undefined || Number.isNaN(line) ? undefined : codeFrame(found.text, { line, column: 1 });
}
