// Long because one directory's build is one order of steps over one accumulator: reading, generating, components, transforming.
import { errorMessage, type Diagnostic } from '@flux-ts/base';
import type { BuildCache, Layer } from './cache.ts';
import { KustomizeError, failure, prefixed } from './errors.ts';
import type { HelmOptions } from './generators/helm.ts';
import type { Kustomization } from './kustomization.ts';
import { layerSteps } from './layer-steps.ts';
import { loadKustomization } from './load-kustomization.ts';
import type { Loader } from './loader.ts';
import { appendOrigin, type Origin } from './origin.ts';
import { isBelow } from './paths.ts';
import { generatorFrom, transformerFrom, type Generator } from './plugins.ts';
import { MalformedYamlError, nameFile, readObjects } from './read-resources.ts';
import { ReadRecorder } from './reads.ts';
import { ResMap } from './res-map.ts';
import { Resource } from './resource.ts';
import type { SchemaState } from './schema-state.ts';
import { EMPTY_CONFIG, mergeConfigs } from './transformer-config.ts';
import type { TransformerConfig } from './config-types.ts';
import { loadConfigs } from './config-files.ts';
import type { Transformer, TransformerContext } from './transformers/transformer.ts';
import { markVars, mergeVars, resolveVar, type ResolvedVar } from './transformers/vars.ts';
import { deepEqualValues } from './equal.ts';

/** What the layers of one build share. */
export interface BuildContext {
  readonly cache: BuildCache;
  /** Everything about the options that changes results, for the cache's keys. */
  readonly variant: string;
  readonly schema: SchemaState;
  readonly helm: HelmOptions;
  readonly warn: ((diagnostic: Diagnostic) => void) | undefined;
  readonly warnings: string[];
  readonly diagnostics: Diagnostic[];
  /** The most directories one inside the other. */
  readonly maxDepth: number;
  /** Sees each step with the resources before and after it; undefined where nobody looks. */
  readonly observe: StepObserver | undefined;
}

/** One step of a build, for people. */
export interface BuildStep {
  /** kustomize's name of the transformer or generator. */
  readonly name: string;
  /** The patch file, the prefix and the like. */
  readonly detail: string;
  /** The kustomization file that asks for it. */
  readonly where: string;
}

/** Sees the steps of a build. */
export interface StepObserver {
  /** Runs a step and looks at what it changed. */
  around(step: BuildStep, map: ResMap, run: () => void): void;
  /** A resource was read from a file. */
  loaded(resource: Resource, file: string, index: number): void;
}

/** Resources with the rules that go with them. */
export interface Accumulator {
  readonly map: ResMap;
  config: TransformerConfig;
  vars: ReadonlyMap<string, ResolvedVar>;
}

/** An accumulator with nothing in it. */
export function emptyAccumulator(): Accumulator {
  return { map: new ResMap(), config: EMPTY_CONFIG, vars: new Map() };
}

/** A kustomization directory that is being built. */
export class Target {
  readonly loader: Loader;
  readonly kustomization: Kustomization;
  readonly fileName: string;
  readonly #context: BuildContext;
  readonly #depth: number;
  /** What the root asks to be noted; the same for all layers. */
  readonly #buildMetadata: readonly string[];
  /** The namespace that charts fall back to. */
  readonly #helmNamespace: string;
  #origin: Origin | undefined;
  readonly #roots: string[] = [];

  private constructor(init: { readonly loader: Loader; readonly context: BuildContext; readonly depth: number; readonly parent?: Target }) {
    this.loader = init.loader;
    this.#context = init.context;
    this.#depth = init.depth;
    const file = loadKustomization(init.loader, init.context.cache, init.context.warnings);
    this.kustomization = file.kustomization;
    this.fileName = file.name;
    const parent = init.parent;
    this.#buildMetadata = parent === undefined ? (file.kustomization.buildMetadata ?? []) : parent.#buildMetadata;
    this.#helmNamespace = parent === undefined ? '' : (parent.kustomization.namespace ?? '') || parent.#helmNamespace;
    if (parent !== undefined) this.#origin = parent.#origin;
    else if (this.#buildMetadata.length > 0) this.#origin = {};
    this.#roots.push(init.loader.root);
  }

  /** The directory a build starts at. @throws KustomizeError where there is no kustomization or it cannot be read */
  static root(loader: Loader, context: BuildContext): Target {
    const target = new Target({ loader, context, depth: 0 });
    context.schema.use(target.kustomization.openapi, (path) => loader.load(path));
    return target;
  }

  /** Builds this directory into an accumulator (a fresh one, or the parent's for components). */
  accumulate(into: Accumulator): Accumulator {
    const acc = attempt('accumulating resources', () => this.#accumulateResources(into, this.kustomization.resources ?? []));
    const config = loadConfigs(this.kustomization.configurations ?? [], this.kustomization.crds ?? [], this.loader);
    acc.config = attempt('merging config', () => mergeConfigs(acc.config, config.own));
    acc.config = attempt('merging CRDs', () => mergeConfigs(acc.config, config.crds));
    this.#runGenerators(acc);
    attempt('accumulating components', () => this.#accumulateComponents(acc));
    this.#runTransformers(acc);
    this.#runValidators(acc);
    const vars = (this.kustomization.vars ?? []).map(resolveVar);
    attempt(`merging vars [${vars.map((v) => v.name).join(' ')}]`, () => {
      markVars(acc.map, vars);
      acc.vars = mergeVars(acc.vars, vars);
    });
    return acc;
  }

  #transformerContext(): TransformerContext {
    const { schema, warn } = this.#context;
    return { loader: this.loader, schemas: () => schema.schemas, warn, read: (text, file) => this.#see(readObjects(text, file)) };
  }

  #see<T extends Parameters<SchemaState['saw']>[0]>(objects: T): T {
    this.#context.schema.saw(objects);
    return objects;
  }

  /** The resources of a file, parsed once. */
  #readFile(path: string): Resource[] {
    const { bytes, path: place, fingerprint } = this.loader.loadFile(path);
    const parsed = this.#context.cache.file(`${place}\u0000${fingerprint}`, bytes.length, () => {
      try {
        return { objects: readObjects(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'), place) };
      } catch (error) {
        return { error };
      }
    });
    if (parsed.objects === undefined) throw nameFile(parsed.error, path);
    const resources = this.#see(parsed.objects).map((object) => new Resource(object));
    if (this.#context.observe !== undefined) resources.forEach((r, i) => this.#context.observe?.loaded(r, place, i));
    return resources;
  }

  #accumulateFile(acc: Accumulator, path: string): void {
    const resources = attempt(`accumulating resources from '${path}'`, () => {
      const read = this.#readFile(path);
      new ResMap(read);
      return read;
    });
    if (this.#origin !== undefined) {
      const origin = appendOrigin(this.#origin, path);
      for (const resource of resources) resource.state = { ...resource.state, origin };
    }
    attempt(`merging resources from '${path}'`, () => acc.map.appendAll(resources));
  }

  #accumulateResources(acc: Accumulator, paths: readonly string[]): Accumulator {
    for (const path of paths) {
      let fileError: unknown;
      try {
        this.#accumulateFile(acc, path);
        continue;
      } catch (error) {
        if (error instanceof KustomizeError && error.code === 'KUSTOMIZE_LIMIT') throw error;
        fileError = error;
      }
      let sub: Loader;
      try {
        sub = this.loader.enter(path);
      } catch (error) {
        if (isMalformed(fileError)) throw fileError;
        throw accumulation(fileError, error);
      }
      try {
        this.#accumulateDirectory(acc, sub, { path, component: false });
      } catch (error) {
        throw accumulation(fileError, error);
      }
    }
    return acc;
  }

  #accumulateComponents(acc: Accumulator): void {
    for (const path of this.kustomization.components ?? []) {
      let sub: Loader;
      try {
        sub = this.loader.enter(path);
      } catch (error) {
        throw new KustomizeError({ message: `loader.New ${JSON.stringify(errorMessage(error))}`, cause: error });
      }
      try {
        this.#accumulateDirectory(acc, sub, { path, component: true });
      } catch (error) {
        throw new KustomizeError({
          message: `accumulateDirectory: ${JSON.stringify(errorMessage(error))}`,
          cause: error,
          diagnostics: error instanceof KustomizeError ? error.diagnostics : [],
        });
      }
    }
  }

  #accumulateDirectory(acc: Accumulator, sub: Loader, how: { readonly path: string; readonly component: boolean }): void {
    if (this.#depth >= this.#context.maxDepth)
      throw failure(`more than ${this.#context.maxDepth} kustomizations lie one inside the other at '${sub.root}'`, 'KUSTOMIZE_LIMIT');
    const before = this.#origin;
    if (before !== undefined) this.#origin = appendOrigin(before, how.path);
    try {
      if (how.component) this.#runComponent(acc, sub);
      else this.#mergeLayer(acc, this.#layer(sub), sub.root);
    } finally {
      this.#origin = before;
    }
  }

  #runComponent(acc: Accumulator, sub: Loader): void {
    const target = this.#subTarget(sub);
    if (target.kustomization.kind !== 'Component') {
      throw failure(`expected kind 'Component' for path '${sub.root}' but got '${target.kustomization.kind}'`);
    }
    attempt(`recursed accumulation of path '${sub.root}'`, () => target.accumulate(acc));
    this.#roots.push(...target.#roots);
  }

  #subTarget(sub: Loader): Target {
    const target = attempt(
      `couldn't make target for path '${sub.root}'`,
      () => new Target({ loader: sub, context: this.#context, depth: this.#depth + 1, parent: this }),
    );
    this.#context.schema.use(target.kustomization.openapi, (path) => sub.load(path));
    return target;
  }

  #mergeLayer(acc: Accumulator, layer: Omit<Layer, 'reads' | 'roots'>, root: string): void {
    attempt(`recursed merging from path '${root}'`, () => {
      acc.map.appendAll(layer.resources.map((r) => r.copy()));
      acc.config = mergeConfigs(acc.config, layer.config);
      acc.vars = mergeVars(acc.vars, layer.vars.values());
    });
  }

  /** A directory, built or taken from the cache. */
  #layer(sub: Loader): Layer {
    const context = this.#context;
    const cachable = !sub.isRemote && context.observe === undefined && !context.schema.isCustom;
    const key = [
      sub.root,
      this.#buildMetadata.join(','),
      JSON.stringify(this.#origin ?? null),
      (this.kustomization.namespace ?? '') || this.#helmNamespace,
      context.variant,
    ].join('\u0000');
    const known = cachable ? context.cache.layer(key) : undefined;
    if (known !== undefined && sub.view.unchanged(known.reads) && !this.#wouldCycle(known.roots)) {
      context.cache.countReuse();
      this.loader.reads.add(known.reads);
      this.#roots.push(...known.roots);
      context.warnings.push(...known.warnings);
      context.diagnostics.push(...known.diagnostics);
      return known;
    }
    const outer = this.loader.reads;
    const reads = new ReadRecorder();
    sub.reads = reads;
    const warningsFrom = context.warnings.length;
    const diagnosticsFrom = context.diagnostics.length;
    let target: Target;
    let result: Accumulator;
    try {
      target = this.#subTarget(sub);
      if (target.kustomization.kind === 'Component') throw failure(`expected kind != 'Component' for path '${sub.root}'`);
      result = attempt(`recursed accumulation of path '${sub.root}'`, () => target.accumulate(emptyAccumulator()));
    } finally {
      outer.add(reads);
    }
    this.#roots.push(...target.#roots);
    const layer: Layer = {
      resources: result.map.resources.map((r) => r.copy()),
      config: result.config,
      vars: result.vars,
      reads,
      roots: target.#roots,
      warnings: context.warnings.slice(warningsFrom),
      diagnostics: context.diagnostics.slice(diagnosticsFrom),
    };
    if (cachable && !context.schema.isCustom && !reads.external) context.cache.keep(key, layer);
    return layer;
  }

  #wouldCycle(roots: readonly string[]): boolean {
    return this.loader.chain().some((visited) => roots.some((root) => isBelow(visited, root)));
  }

  #runGenerators(acc: Accumulator): void {
    const generators: Generator[] = layerSteps(this.#stepInput(acc)).generators();
    generators.push(...attempt('loading generator plugins', () => this.#externalGenerators()));
    for (const generator of generators) {
      const made = generator.generate();
      const { origin } = generator;
      if (origin !== undefined)
        for (const resource of made) if (resource.state.origin === undefined) resource.state = { ...resource.state, origin };
      this.#around({ name: generator.name, detail: made.map((r) => r.name).join(', ') }, acc.map, () =>
        attempt(`merging from generator ${generator.name}`, () => acc.map.absorb(made)),
      );
    }
  }

  #stepInput(acc: Accumulator): Parameters<typeof layerSteps>[0] {
    return {
      kustomization: this.kustomization,
      config: acc.config,
      context: this.#transformerContext(),
      helm: this.#context.helm,
      helmNamespace: this.#helmNamespace,
      origin: this.#origin,
      fileName: this.fileName,
    };
  }

  #pluginResources(entries: readonly string[]): readonly Resource[] {
    const acc = emptyAccumulator();
    const paths: string[] = [];
    for (const entry of entries) {
      let inline: Resource[];
      try {
        inline = this.#see(readObjects(entry)).map((object) => new Resource(object));
        new ResMap(inline);
      } catch {
        paths.push(entry);
        continue;
      }
      if (this.#origin !== undefined) for (const r of inline) r.state = { ...r.state, origin: appendOrigin(this.#origin, this.fileName) };
      acc.map.appendAll(inline);
    }
    return this.#accumulateResources(acc, paths).map.resources;
  }

  #externalGenerators(): Generator[] {
    const context = this.#transformerContext();
    return this.#pluginResources(this.kustomization.generators ?? []).map((resource) => {
      const generator = attempt('failed to load generator', () => generatorFrom(resource, context, this.#context.helm));
      return withOrigin(generator, pluginOrigin(resource));
    });
  }

  #externalTransformers(entries: readonly string[]): Transformer[] {
    const context = this.#transformerContext();
    return this.#pluginResources(entries).flatMap((resource) =>
      transformerFrom(resource, context).map((t) => withOrigin(t, pluginOrigin(resource))),
    );
  }

  #runTransformers(acc: Accumulator): void {
    const steps = [
      ...layerSteps(this.#stepInput(acc)).transformers(),
      ...this.#externalTransformers(this.kustomization.transformers ?? []),
    ];
    for (const step of steps) {
      this.#around({ name: step.name, detail: step.detail ?? '' }, acc.map, () => step.transform(acc.map));
      const { origin } = step;
      if (origin !== undefined) for (const resource of acc.map.resources) noteTransformation(resource, origin);
      acc.map.dropEmpties();
    }
  }

  #around(step: { readonly name: string; readonly detail: string }, map: ResMap, run: () => void): void {
    const { observe } = this.#context;
    if (observe === undefined) run();
    else observe.around({ ...step, where: `${this.loader.root}/${this.fileName}` }, map, run);
  }

  #runValidators(acc: Accumulator): void {
    for (const validator of this.#externalTransformers(this.kustomization.validators ?? [])) {
      const before = acc.map.resources.map((r) => r.copy());
      validator.transform(acc.map);
      const same =
        before.length === acc.map.size &&
        acc.map.resources.every((r, i) => deepEqualValues(withoutLabel(r), withoutLabel(before[i] as Resource)));
      if (!same) throw failure("validator shouldn't modify the resource map: nodes unequal");
    }
  }
}

function withoutLabel(resource: Resource): Resource['object'] {
  const { 'validated-by': _gone, ...labels } = resource.labels;
  const copy = resource.copy();
  copy.labels = labels;
  return copy.object;
}

function noteTransformation(resource: Resource, origin: Origin): void {
  const { state } = resource;
  resource.state = state.origin === undefined ? { ...state, origin } : { ...state, transformations: [...state.transformations, origin] };
}

function withOrigin<T extends Transformer | Generator>(step: T, origin: Origin | undefined): T {
  return origin === undefined ? step : { ...step, origin };
}

function pluginOrigin(resource: Resource): Origin | undefined {
  const { origin } = resource.state;
  if (origin === undefined) return undefined;
  const { id } = resource;
  return {
    ...(origin.repo === undefined ? {} : { repo: origin.repo }),
    ...(origin.ref === undefined ? {} : { ref: origin.ref }),
    ...(origin.path === undefined ? {} : { configuredIn: origin.path }),
    configuredBy: {
      apiVersion: id.group === '' ? id.version : `${id.group}/${id.version}`,
      kind: id.kind,
      name: id.name,
      namespace: id.namespace,
    },
  };
}

function attempt<T>(prefix: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw isMalformed(error)
      ? new MalformedYamlError({ message: `${prefix}: ${errorMessage(error)}`, cause: error })
      : prefixed(prefix, error);
  }
}

function isMalformed(error: unknown): boolean {
  return error instanceof MalformedYamlError;
}

function accumulation(fileError: unknown, error: unknown): KustomizeError {
  return prefixed(`accumulation err='${errorMessage(fileError)}'`, error);
}
