import { WallTimeError, withinWallTime, type Clock, type Random } from '@flux-ts/base';
import { HelmCaches } from '@flux-ts/helm';
import { renderHelmRelease, type HelmReleaseInput, type HelmReleaseRender } from '../render-release.ts';
import { closedError, DEFAULT_TIMEOUT_MS, lookupError, RenderBoundError, timeoutError } from './bounds.ts';
import { answerLookup, lookupKey, lookupOnce, type LookupAnswer } from './lookups.ts';
import type { LookupQuery, ReleaseRenderer, ReleaseRenderOptions } from './renderer.ts';

/** What an {@link InlineRenderer} is made of. */
export interface InlineRendererOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly caches?: HelmCaches;
  /** Real time for one pass. Default 1 min. */
  readonly timeoutMs?: number;
}

const MAX_PASSES = 10;

/**
 * Renders in this thread: for tests and commands that render once. Templates cannot wait for the cluster here, so what
 * `lookup` asks for is noted, read afterwards, and the release is rendered again, until it asks for nothing new.
 */
export class InlineRenderer implements ReleaseRenderer {
  readonly #options: InlineRendererOptions;
  readonly #closed = new AbortController();
  #caches: HelmCaches;

  constructor(options: InlineRendererOptions) {
    this.#options = options;
    this.#caches = options.caches ?? new HelmCaches();
  }

  async render(input: HelmReleaseInput, options: ReleaseRenderOptions = {}): Promise<HelmReleaseRender> {
    if (this.#closed.signal.aborted) throw closedError(input);
    const signal = options.signal ?? this.#closed.signal;
    const answers = new Map<string, LookupAnswer>();
    for (let pass = 0; ; pass++) {
      signal.throwIfAborted();
      const missing = new Map<string, LookupQuery>();
      const ask = (query: LookupQuery): LookupAnswer => {
        const found = answers.get(lookupKey(query));
        if (found === undefined) missing.set(lookupKey(query), query);
        return found ?? { object: undefined };
      };
      try {
        const done = this.#once(input, options, ask);
        if (missing.size === 0) return done;
      } catch (error) {
        // otherwise what was missing may be the reason
        if (missing.size === 0 || error instanceof RenderBoundError) throw error;
      }
      if (pass >= MAX_PASSES) throw lookupError(input);
      for (const [key, query] of missing) answers.set(key, await answerLookup(options.read, query, signal));
    }
  }

  close(): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  #once(input: HelmReleaseInput, options: ReleaseRenderOptions, ask: (query: LookupQuery) => LookupAnswer): HelmReleaseRender {
    const { clock, random, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const { capabilities, helmVersion } = options;
    try {
      return withinWallTime(timeoutMs, () =>
        renderHelmRelease(input, {
          clock,
          random,
          caches: this.#caches,
          ...(options.read === undefined ? {} : { lookup: lookupOnce(ask) }),
          ...(capabilities === undefined ? {} : { capabilities }),
          ...(helmVersion === undefined ? {} : { helmVersion }),
        }),
      );
    } catch (error) {
      if (!(error instanceof WallTimeError)) throw error;
      this.#caches = new HelmCaches(); // the call was cut off while it may have been filling them
      throw timeoutError(input, timeoutMs);
    }
  }
}
