import type { Diagnostic, FileSystem, JsonObject } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';
import { BuildCache } from './cache.ts';
import type { HelmOptions, InflateChart } from './generators/helm.ts';
import { Loader, type FetchedBase, type LoadContext, type LoadRestrictor, type RemoteRequest } from './loader.ts';
import { finishObject, plainObject } from './output.ts';
import type { Origin } from './origin.ts';
import { FileSystemView, ReadRecorder, type ReadSet } from './reads.ts';
import { resIdOf, type ResId } from './res-id.ts';
import { SchemaState } from './schema-state.ts';
import { Target, emptyAccumulator, type StepObserver } from './target.ts';
import { labelTransformer } from './transformers/labels.ts';
import { nameReferenceTransformer } from './transformers/name-references.ts';
import { hashTransformer } from './transformers/names.ts';
import { sortResources } from './transformers/sort-order.ts';
import { varTransformer } from './transformers/vars.ts';
import type { Transformer } from './transformers/transformer.ts';
import type { ResMap } from './res-map.ts';
import type { Resource } from './resource.ts';
import { checkIdentity } from './read-resources.ts';

/** How a kustomization is built. */
export interface BuildOptions {
  /** Whether files may lie outside the kustomization that names them. Default LoadRestrictionsRootOnly. */
  readonly loadRestrictor?: LoadRestrictor;
  /** `legacy` sorts as the `kustomize build` command does by default. Default none. A kustomization's own sortOptions win. */
  readonly reorder?: 'legacy' | 'none';
  /** Whether helmCharts may be used; default false. */
  readonly enableHelm?: boolean;
  /** Renders charts; without it helmCharts are an error. */
  readonly inflateChart?: InflateChart;
  readonly helmKubeVersion?: string;
  readonly helmApiVersions?: readonly string[];
  /** Fetches remote bases and files; without it they are an error. */
  readonly fetchRemote?: (request: RemoteRequest) => FetchedBase | Uint8Array;
  /** Parsed files and finished directories, shared between builds. */
  readonly cache?: BuildCache;
  /** Collects warnings about patches and replacements that match or change nothing. Default false. */
  readonly lint?: boolean;
  /** Puts `app.kubernetes.io/managed-by` on everything. */
  readonly addManagedByLabel?: boolean;
  /** The largest file that is read; default 64 MiB. */
  readonly maxFileBytes?: number;
  /** The most kustomizations one inside the other; default 64. */
  readonly maxDepth?: number;
  /** Whether a schema under `openapi.path` is added to the builtin one (as Flux has it) instead of standing alone. Default false. */
  readonly keepBuiltinSchema?: boolean;
  /** Looks at each step; see `explain`. */
  readonly observe?: StepObserver;
  /** Is shown the resources as they are in the end. */
  readonly finished?: (resources: readonly Resource[]) => void;
}

/** One resource of the output. */
export interface KResource {
  readonly object: JsonObject;
  readonly id: ResId;
  readonly origin?: Origin;
}

/** What a build gives. */
export interface BuildResult {
  readonly resources: readonly KResource[];
  /** The text that `kustomize build` prints. */
  toYaml(): string;
  readonly diagnostics: readonly Diagnostic[];
  /** kustomize's own warnings about old fields, for stderr. */
  readonly warnings: readonly string[];
  /** Everything that was looked at. */
  readonly reads: ReadSet;
}

/** The version that kustomize writes into its managed-by label. */
const VERSION = 'kustomize-v5.8.1';

/**
 * Builds a kustomization as kustomize 5.8.1 does. Pure: everything comes from the file system and the options.
 * @param path the directory of the kustomization, absolute in the file system
 * @throws KustomizeError with kustomize's text
 */
export function build(fs: FileSystem, path: string, options: BuildOptions = {}): BuildResult {
  const cache = options.cache ?? new BuildCache();
  const context = loadContext(fs, options);
  const variant = variantOf(options, cache);
  const looked = options.observe !== undefined || options.finished !== undefined;
  const key = [path, variant, options.reorder ?? 'none', options.addManagedByLabel === true].join('\u0000');
  const known = looked ? undefined : (cache.result(key) as BuildResult | undefined);
  if (known !== undefined && context.view.unchanged(known.reads)) {
    cache.countReuse();
    return known;
  }
  const result = buildNow({ path, options, cache, context, variant });
  if (!looked && options.cache !== undefined && !result.reads.external) cache.keepResult(key, result);
  return result;
}

/** Everything about the options that changes what a directory comes to. */
function variantOf(options: BuildOptions, cache: BuildCache): string {
  return JSON.stringify([
    options.loadRestrictor === 'LoadRestrictionsNone',
    options.keepBuiltinSchema === true,
    options.lint === true,
    options.maxFileBytes ?? 0,
    options.maxDepth ?? 0,
    options.enableHelm === true ? [cache.numberOf(options.inflateChart), options.helmKubeVersion ?? '', options.helmApiVersions ?? []] : 0,
  ]);
}

interface BuildJob {
  readonly path: string;
  readonly options: BuildOptions;
  readonly cache: BuildCache;
  readonly context: LoadContext;
  readonly variant: string;
}

function buildNow({ path, options, cache, context, variant }: BuildJob): BuildResult {
  const reads = new ReadRecorder();
  const diagnostics: Diagnostic[] = [];
  const warnings: string[] = [];
  const loader = Loader.at(path, context, reads);
  const target = Target.root(loader, {
    cache,
    variant,
    schema: new SchemaState(options.keepBuiltinSchema === true),
    helm: helmOptions(options),
    warn: options.lint === true ? (diagnostic) => void diagnostics.push(diagnostic) : undefined,
    warnings,
    diagnostics,
    maxDepth: options.maxDepth ?? 64,
    observe: options.observe,
  });
  const acc = target.accumulate(emptyAccumulator());
  const run = (step: Transformer): void => {
    if (options.observe === undefined) step.transform(acc.map);
    else
      options.observe.around({ name: step.name, detail: step.detail ?? '', where: `${loader.root}/${target.fileName}` }, acc.map, () =>
        step.transform(acc.map),
      );
  };
  run(hashTransformer());
  run(nameReferenceTransformer(acc.config.nameReference));
  run(varTransformer(acc.vars, acc.config.varReference));
  dropLocal(acc.map);
  const { kustomization } = target;
  if (kustomization.sortOptions !== undefined) sortResources(acc.map, kustomization.sortOptions);
  else if (options.reorder === 'legacy') sortResources(acc.map, { order: 'legacy' });
  const metadata = kustomization.buildMetadata ?? [];
  if (options.addManagedByLabel === true || metadata.includes('managedByLabel')) {
    run(
      labelTransformer({ 'app.kubernetes.io/managed-by': VERSION }, [
        { group: '', version: '', kind: '', path: 'metadata/labels', create: true },
      ]),
    );
  }
  const output = { origins: metadata.includes('originAnnotations'), transformations: metadata.includes('transformerAnnotations') };
  options.finished?.(acc.map.resources);
  const resources = acc.map.resources.map((resource): KResource => {
    const object = plainObject(finishObject(resource, output));
    return { object, id: resIdOf(object), ...(resource.state.origin === undefined ? {} : { origin: resource.state.origin }) };
  });
  let yaml: string | undefined;
  const toYaml = (): string => (yaml ??= resources.map((r) => printYaml(r.object)).join('---\n'));
  return { resources, toYaml, diagnostics, warnings, reads };
}

function helmOptions(options: BuildOptions): HelmOptions {
  return {
    enabled: options.enableHelm === true,
    inflateChart: options.inflateChart,
    ...(options.helmKubeVersion === undefined || options.helmKubeVersion === '' ? {} : { kubeVersion: options.helmKubeVersion }),
    ...(options.helmApiVersions === undefined || options.helmApiVersions.length === 0 ? {} : { apiVersions: options.helmApiVersions }),
  };
}

function loadContext(fs: FileSystem, options: BuildOptions): LoadContext {
  return {
    view: new FileSystemView(fs),
    restrictor: options.loadRestrictor ?? 'LoadRestrictionsRootOnly',
    maxFileBytes: options.maxFileBytes ?? 64 * 1024 * 1024,
    fetchRemote: options.fetchRemote,
    contextFor: (other) => loadContext(other, options),
  };
}

/** Drops what is marked as configuration for local use. */
function dropLocal(map: ResMap): void {
  const kept = map.resources.filter((resource) => {
    if (resource.isEmpty) return false;
    checkIdentity(resource.object);
    const mark = resource.annotations['config.kubernetes.io/local-config'];
    return mark === undefined || mark === 'false';
  });
  if (kept.length !== map.size) map.replaceAll(kept);
}
