import {
  canonicalJson,
  digestHex,
  getArray,
  getObject,
  getString,
  isObject,
  type Clock,
  type JsonObject,
  type JsonValue,
  type Random,
} from '@flux-ts/base';
import {
  configDigest,
  renderChart,
  type Capabilities,
  type Chart,
  type CrdFile,
  type HelmCaches,
  type Hook,
  type Lookup,
  type PostRender,
  type ReleaseInfo,
  type Rendered,
  type RenderInput,
} from '@flux-ts/helm';
import { BuildCache, build, labelManifests, memoryFileSystem } from '@flux-ts/kustomize';
import { printYaml } from '@flux-ts/yaml';
import { step } from './errors.ts';
import type { RenderedObject } from './render-kustomization.ts';

/** A HelmRelease ready to be rendered. */
export interface HelmReleaseInput {
  readonly chart: Chart;
  /** The composed values; see `composeValues`. */
  readonly values: JsonObject;
  readonly release: ReleaseInfo;
  /** `spec.postRenderers`. */
  readonly postRenderers?: readonly JsonObject[];
  /** `spec.postRenderStrategy`; default combined. */
  readonly postRenderStrategy?: PostRender['strategy'];
  /** `spec.commonMetadata`. */
  readonly commonMetadata?: JsonObject;
  /** Name and namespace of the HelmRelease, for the labels that say where an object came from; undefined: no labels. */
  readonly originLabels?: { readonly name: string; readonly namespace: string };
  readonly includeCrds?: boolean;
  readonly skipSchemaValidation?: boolean;
}

/** What rendering takes from outside. */
export interface HelmReleaseEnv {
  readonly clock: Clock;
  readonly random: Random;
  readonly capabilities?: Capabilities;
  readonly lookup?: Lookup;
  readonly caches?: HelmCaches;
  readonly helmVersion?: 3 | 4;
  /** Bounds of the templates: steps, output, depth, a deadline. */
  readonly budget?: NonNullable<RenderInput['budget']>;
}

/** What a HelmRelease comes to. */
export interface HelmReleaseRender {
  /** The manifest as Helm stores it, after the post-renderers. */
  readonly manifest: string;
  /** The objects of the manifest, in order. */
  readonly objects: readonly RenderedObject[];
  readonly hooks: readonly Hook[];
  readonly crds: readonly CrdFile[];
  /** The values given, and their digest `sha256:<hex>`. */
  readonly values: JsonObject;
  readonly configDigest: string;
  /** Helm's own result, for making a release record. */
  readonly rendered: Rendered;
}

/** Renders a HelmRelease as helm-controller does: the chart, then kustomize post-renderers, common metadata and origin labels. @throws RenderError RENDER_CHART */
export function renderHelmRelease(input: HelmReleaseInput, env: HelmReleaseEnv): HelmReleaseRender {
  const run = postRenderer(input);
  const rendered = step('RENDER_CHART', '', () =>
    renderChart({
      chart: input.chart,
      values: input.values,
      release: input.release,
      clock: env.clock,
      random: env.random,
      ...(env.capabilities === undefined ? {} : { capabilities: env.capabilities }),
      ...(env.lookup === undefined ? {} : { lookup: env.lookup }),
      ...(env.caches === undefined ? {} : { caches: env.caches }),
      ...(env.helmVersion === undefined ? {} : { helmVersion: env.helmVersion }),
      ...(env.budget === undefined ? {} : { budget: env.budget }),
      ...(input.includeCrds === undefined ? {} : { includeCrds: input.includeCrds }),
      ...(input.skipSchemaValidation === undefined ? {} : { skipSchemaValidation: input.skipSchemaValidation }),
      ...(run === undefined ? {} : { postRender: { strategy: input.postRenderStrategy ?? 'combined', run } }),
    }),
  );
  const objects = rendered
    .objects()
    .map(({ object, source }): RenderedObject => ({ object, digest: digestHex(canonicalJson(object)), origin: source }));
  return {
    manifest: rendered.manifest,
    objects,
    hooks: rendered.hooks,
    crds: rendered.crds,
    values: input.values,
    configDigest: configDigest(input.values),
    rendered,
  };
}

/** The labels that say to which HelmRelease an object belongs. */
export function helmOriginLabels(origin: { readonly name: string; readonly namespace: string }): Readonly<Record<string, string>> {
  return { 'helm.toolkit.fluxcd.io/name': origin.name, 'helm.toolkit.fluxcd.io/namespace': origin.namespace };
}

/** All that happens to the manifests between rendering and applying, as one function; undefined where nothing does. */
export function postRenderer(
  input: Pick<HelmReleaseInput, 'postRenderers' | 'commonMetadata' | 'originLabels'>,
): ((manifests: string) => string) | undefined {
  const steps: ((manifests: string) => string)[] = [];
  for (const renderer of input.postRenderers ?? []) {
    const kustomize = getObject(renderer, ['kustomize']);
    if (kustomize !== undefined) steps.push((manifests) => runKustomize(kustomize, manifests));
  }
  const metadata = input.commonMetadata ?? {};
  const labels = texts(getObject(metadata, ['labels']));
  const annotations = texts(getObject(metadata, ['annotations']));
  const origin = input.originLabels === undefined ? {} : helmOriginLabels(input.originLabels);
  const all = { ...labels, ...origin };
  if (labels !== undefined || annotations !== undefined || input.originLabels !== undefined) {
    steps.push((manifests) =>
      labelManifests(manifests, {
        ...(Object.keys(all).length === 0 ? {} : { labels: all }),
        ...(annotations === undefined ? {} : { annotations }),
      }),
    );
  }
  return steps.length === 0 ? undefined : (manifests) => steps.reduce((text, next) => next(text), manifests);
}

function texts(object: JsonObject | undefined): Readonly<Record<string, string>> | undefined {
  if (object === undefined) return undefined;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, typeof value === 'string' ? value : String(value)]));
}

function runKustomize(config: JsonObject, manifests: string): string {
  const kustomization: Record<string, JsonValue> = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['helm-output.yaml'],
  };
  const images = getArray(config, ['images']);
  if (images !== undefined) kustomization['images'] = images;
  const patches = getArray(config, ['patches']);
  if (patches !== undefined) kustomization['patches'] = patches.map((patch) => patchOf(patch));
  const strategic = getArray(config, ['patchesStrategicMerge']);
  if (strategic !== undefined) kustomization['patchesStrategicMerge'] = strategic.map((patch) => JSON.stringify(patch));
  const json = getArray(config, ['patchesJson6902']);
  if (json !== undefined) {
    kustomization['patchesJson6902'] = json.map((patch) => ({
      ...targetOf(patch),
      patch: JSON.stringify(isObject(patch) ? (patch['patch'] ?? []) : []),
    }));
  }
  const fs = memoryFileSystem({ '/kustomization.yaml': printYaml(kustomization), '/helm-output.yaml': manifests });
  return build(fs, '/', { loadRestrictor: 'LoadRestrictionsNone', reorder: 'none', cache: new BuildCache() }).toYaml();
}

function patchOf(patch: JsonValue): JsonObject {
  return { ...targetOf(patch), patch: getString(patch, ['patch']) ?? '' };
}

function targetOf(patch: JsonValue): JsonObject {
  const target = getObject(patch, ['target']);
  return target === undefined ? {} : { target };
}
