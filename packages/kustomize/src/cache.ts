import type { Diagnostic } from '@flux-ts/base';
import { Lru } from '@flux-ts/base';
import type { TransformerConfig } from './config-types.ts';
import type { Kustomization } from './kustomization.ts';
import type { ReadSet } from './reads.ts';
import type { Resource } from './resource.ts';
import type { ResolvedVar } from './transformers/vars.ts';
import type { KObject } from './value.ts';

/** What a directory came to: its resources before names are settled, and what it says about transformers and vars. */
export interface Layer {
  readonly resources: readonly Resource[];
  readonly config: TransformerConfig;
  readonly vars: ReadonlyMap<string, ResolvedVar>;
  readonly reads: ReadSet;
  /** The directories entered on the way. */
  readonly roots: readonly string[];
  readonly warnings: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A finished build. */
export interface Finished {
  readonly resources: readonly unknown[];
  readonly reads: ReadSet;
}

/** The objects of a file, or why they cannot be read. */
export interface ParsedFile {
  readonly objects?: readonly KObject[];
  readonly error?: unknown;
}

/** A kustomization file, read, and kustomize's warnings about it. */
export interface ReadSettings {
  readonly kustomization: Kustomization;
  readonly warnings: readonly string[];
}

/** What a cache was good for. */
export interface CacheStats {
  /** Files parsed. */
  readonly parsed: number;
  /** Directories built on the way to a result. */
  readonly built: number;
  /** Whole results built. */
  readonly results: number;
  /** Directories and results taken from the cache. */
  readonly reused: number;
}

/**
 * Parsed files and finished directories, shared between builds. Entries are checked against what was read, so a
 * changed file is never missed; give each file system that can change its own cache, or one whose fingerprints differ.
 */
export class BuildCache {
  readonly #files: Lru<string, ParsedFile>;
  readonly #layers: Lru<string, Layer>;
  readonly #results: Lru<string, Finished>;
  readonly #settings = new Lru<string, ReadSettings>(10_000);
  readonly #numbers = new WeakMap<object, number>();
  #lastNumber = 0;
  #parsed = 0;
  #built = 0;
  #resultsBuilt = 0;
  #reused = 0;

  /** @param options.maxFileBytes the largest sum of the sizes of parsed files kept; @param options.maxResources the most resources in kept directories */
  constructor(options: { readonly maxFileBytes?: number; readonly maxResources?: number } = {}) {
    this.#files = new Lru(options.maxFileBytes ?? 256 * 1024 * 1024);
    this.#layers = new Lru(options.maxResources ?? 200_000);
    this.#results = new Lru(options.maxResources ?? 200_000);
  }

  /** How much was done and how much was not. */
  stats(): CacheStats {
    return { parsed: this.#parsed, built: this.#built, results: this.#resultsBuilt, reused: this.#reused };
  }

  /** A file's objects; parsed where that is new. */
  file(key: string, sizeBytes: number, parse: () => ParsedFile): ParsedFile {
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    this.#parsed++;
    const parsed = parse();
    this.#files.set(key, parsed, sizeBytes + 1);
    return parsed;
  }

  /** A kustomization file as it was read before; read where that is new. */
  settings(key: string, read: () => ReadSettings): ReadSettings {
    const known = this.#settings.get(key);
    if (known !== undefined) return known;
    const fresh = read();
    this.#settings.set(key, fresh, 1);
    return fresh;
  }

  /** A number for something that has no other name, for keys. */
  numberOf(thing: object | undefined): number {
    if (thing === undefined) return 0;
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    this.#numbers.set(thing, ++this.#lastNumber);
    return this.#lastNumber;
  }

  /** A finished build, if it is there. The caller checks that nothing it read has changed. */
  result(key: string): Finished | undefined {
    return this.#results.get(key);
  }

  /** Keeps a finished build; what it did not read must not change it. */
  keepResult(key: string, finished: Finished): void {
    this.#resultsBuilt++;
    this.#results.set(key, finished, finished.resources.length + 1);
  }

  /** A finished directory, if it is there. The caller checks that nothing it read has changed. */
  layer(key: string): Layer | undefined {
    return this.#layers.get(key);
  }

  /** Counts a directory that was taken from the cache. */
  countReuse(): void {
    this.#reused++;
  }

  /** Keeps a finished directory. */
  keep(key: string, layer: Layer): void {
    this.#built++;
    this.#layers.set(key, layer, layer.resources.length + 1);
  }
}
