import { compareBytes, type Clock, type Random } from '@flux-ts/base';
import {
  Budget,
  BudgetError,
  goInt,
  GoNamedMap,
  namedMap,
  TemplateCache,
  TemplateError,
  TemplateSet,
  type BudgetLimits,
  type FunctionTable,
  type TemplateMap,
} from '@flux-ts/gotemplate';
import { Lru } from '@flux-ts/base';
import { basePath, childPath } from '../chart/paths.ts';
import { fileText, isLibrary, type Chart, type ChartFile } from '../chart/model.ts';
import { RenderError } from '../errors.ts';
import type { SchemaCache } from '../schema/validate-values.ts';
import type { ValuesSchema } from '../schema/validate.ts';
import type { HelmMajor } from '../values/coalesce.ts';
import { tableAt, type Table } from '../values/tables.ts';
import { capabilitiesValue, type Capabilities } from './capabilities.ts';
import { chartValue } from './chart-value.ts';
import { executionError, parseError } from './exec-error.ts';
import { FilesValue } from './files-value.ts';
import type { DocumentCache } from './manifests.ts';
import { helmFunctions, withoutNoValue, type Lookup, type RenderEnv } from './functions.ts';

/** What renders keep between them, by content: compiled templates, schemas, documents that were read. One a process. */
export class HelmCaches {
  readonly templates: TemplateCache;
  readonly schemas: SchemaCache;
  readonly documents: DocumentCache;
  readonly #texts = new WeakMap<Uint8Array, string>();
  readonly #tables = new WeakMap<Clock, WeakMap<Random, Map<HelmMajor, FunctionTable>>>();

  /** @param options.maxBytes about how much text to keep (default 64 MiB) */
  constructor(options: { readonly maxBytes?: number } = {}) {
    const limit = options.maxBytes ?? 64 * 1024 * 1024;
    this.templates = new TemplateCache(limit);
    this.schemas = new Lru<string, ValuesSchema>(limit);
    this.documents = new Lru(limit);
  }

  /** The text of a file, decoded once: equal strings of one file are the same string, whose hash is known. */
  text(file: ChartFile): string {
    let text = this.#texts.get(file.data);
    if (text === undefined) this.#texts.set(file.data, (text = fileText(file)));
    return text;
  }

  /** The table of functions; the same object for the same clock and chance, so that compiled templates are shared. */
  functions(env: { readonly clock: Clock; readonly random: Random; readonly helmVersion: HelmMajor }): FunctionTable {
    let byRandom = this.#tables.get(env.clock);
    if (byRandom === undefined) this.#tables.set(env.clock, (byRandom = new WeakMap()));
    let byVersion = byRandom.get(env.random);
    if (byVersion === undefined) byRandom.set(env.random, (byVersion = new Map()));
    let table = byVersion.get(env.helmVersion);
    if (table === undefined) byVersion.set(env.helmVersion, (table = helmFunctions(env)));
    return table;
  }
}

/** The release that `.Release` speaks of. */
export interface ReleaseInfo {
  readonly name: string;
  readonly namespace: string;
  /** Default 1. */
  readonly revision?: number;
  /** Default: the opposite of `isUpgrade`. */
  readonly isInstall?: boolean;
  /** Default false. */
  readonly isUpgrade?: boolean;
  /** Default `Helm`. */
  readonly service?: string;
}

/** What the templates of a chart are executed with. */
export interface EngineInput {
  /** With its dependencies processed. */
  readonly chart: Chart;
  /** Coalesced; templates may change it. */
  readonly values: Table;
  readonly release: ReleaseInfo;
  readonly capabilities: Capabilities;
  readonly lookup: Lookup | undefined;
  readonly helmVersion: HelmMajor;
  readonly caches: HelmCaches;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: BudgetLimits;
  readonly lint: boolean;
  readonly strict: boolean;
  readonly warn: ((message: string) => void) | undefined;
}

interface Scope {
  readonly data: TemplateMap;
  readonly basePath: string;
}

interface Template {
  readonly text: string;
  readonly scope: Scope;
}

function collect(
  chart: Chart,
  path: string,
  values: Table,
  context: { readonly input: EngineInput; readonly shared: TemplateMap; readonly out: Map<string, Template> },
): TemplateMap {
  const { input, shared, out } = context;
  const name = input.helmVersion === 4 ? 'common.Values' : 'chartutil.Values';
  const subcharts: TemplateMap = {};
  const data = namedMap(name, {
    Chart: chartValue(chart, chart === input.chart, input.helmVersion),
    Files: new FilesValue(chart.files),
    Release: shared['Release'] as TemplateMap,
    Capabilities: shared['Capabilities'] as TemplateMap,
    Values: new GoNamedMap(name, values as TemplateMap),
    Subcharts: subcharts,
  });
  for (const child of chart.subcharts) {
    const section = tableAt(values, child.metadata.name) ?? {};
    subcharts[child.metadata.name] = collect(child, childPath(basePath(chart, path, input.helmVersion), child), section, context);
  }
  const scope: Scope = { data, basePath: `${path}/templates` };
  const library = isLibrary(chart);
  for (const file of chart.templates) {
    if (library && !file.name.slice(file.name.lastIndexOf('/') + 1).startsWith('_')) continue;
    out.set(`${path}/${file.name}`, { text: input.caches.text(file), scope });
  }
  return data;
}

/** The order in which files are parsed and executed: deepest first, then by name backwards. */
function templateOrder(paths: Iterable<string>): string[] {
  const keyed = Array.from(paths, (path) => ({ path, depth: path.split('/').length }));
  keyed.sort((a, b) => b.depth - a.depth || compareBytes(b.path, a.path));
  return keyed.map(({ path }) => path);
}

/**
 * Executes the templates of a chart and its subcharts. Deeper files are parsed first, so that parents may override what
 * subcharts define.
 * @returns the output of every file but partials, by path
 * @throws RenderError RENDER_PARSE, RENDER_EXEC or RENDER_BUDGET
 */
export function executeTemplates(input: EngineInput): Map<string, string> {
  const { release, helmVersion, caches } = input;
  const shared: TemplateMap = {
    Release: {
      Name: release.name,
      Namespace: release.namespace,
      IsUpgrade: release.isUpgrade ?? false,
      IsInstall: release.isInstall ?? !(release.isUpgrade ?? false),
      Revision: goInt(release.revision ?? 1),
      Service: release.service ?? 'Helm',
    },
    Capabilities: capabilitiesValue(input.capabilities, helmVersion),
  };
  const templates = new Map<string, Template>();
  collect(input.chart, input.chart.metadata.name, input.values, { input, shared, out: templates });
  const order = templateOrder(templates.keys());
  const functions = caches.functions(input);
  const missingKey = input.strict ? 'error' : 'zero';
  const set = new TemplateSet({ functions, missingKey, name: 'gotpl', cache: caches.templates, rangeIntegers: helmVersion === 4 });
  let at = '';
  try {
    for (at of order) set.parse(at, (templates.get(at) as Template).text);
    const env: RenderEnv = {
      lookup: input.lint ? undefined : input.lookup,
      cache: caches.templates,
      lint: input.lint,
      warn: input.warn,
      included: new Map(),
    };
    const budget = new Budget(input.budget);
    const out = new Map<string, string>();
    for (at of order) {
      if (at.slice(at.lastIndexOf('/') + 1).startsWith('_')) continue;
      const { data, basePath } = (templates.get(at) as Template).scope;
      data['Template'] = namedMap(helmVersion === 4 ? 'common.Values' : 'chartutil.Values', { Name: at, BasePath: basePath });
      out.set(at, withoutNoValue(set.execute(at, data, { budget, env })));
    }
    return out;
  } catch (error) {
    if (error instanceof TemplateError)
      throw error.code === 'TEMPLATE_PARSE' ? parseError(at, error) : executionError(at, error, helmVersion);
    if (error instanceof BudgetError) {
      throw new RenderError({
        code: 'RENDER_BUDGET',
        message: `rendering ${at} was stopped: ${error.message}`,
        template: at,
        cause: error,
      });
    }
    throw error;
  }
}
