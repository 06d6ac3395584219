import type { JsonObject } from '@flux-ts/base';
import type { Capabilities } from '@flux-ts/helm';
import type { HelmReleaseInput, HelmReleaseRender } from '../render-release.ts';

/** What a template asks the cluster for. An empty name means the list of a namespace, an empty namespace all of them. */
export interface LookupQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Answers `lookup`: the object or the list, undefined where there is none. What it throws fails the template that asked. */
export type ReadCluster = (query: LookupQuery, signal: AbortSignal) => Promise<JsonObject | undefined>;

/** What one render takes from its surroundings. */
export interface ReleaseRenderOptions {
  readonly capabilities?: Capabilities;
  /** Without it every lookup is empty. */
  readonly read?: ReadCluster;
  readonly helmVersion?: 3 | 4;
  readonly signal?: AbortSignal;
}

/** Renders HelmReleases: in this thread or beside it, with the same results, errors and texts. */
export interface ReleaseRenderer {
  /** @throws RenderError RENDER_CHART; RenderBoundError; the signal's reason */
  render(input: HelmReleaseInput, options?: ReleaseRenderOptions): Promise<HelmReleaseRender>;
  /** Ends what runs and takes nothing more. */
  close(): Promise<void>;
}
