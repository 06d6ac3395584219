import { canonicalJson, digestHex, errorMessage, type Clock, type JsonObject, type Lru } from '@flux-ts/base';
import type { KubeClient } from '../client.ts';
import { isNoMatch, isNotFound } from '../errors.ts';
import { mapLimited } from '../limit.ts';
import { anyInMetadata, keyOf, labelsOf, refOf, resourceVersionOf, subjectOf, typeOf, uidOf, type ObjectRef } from '../object.ts';
import { changeOf, type ChangeSetEntry } from './change-set.ts';
import { cleanupPatch, type CleanupOptions } from './cleanup.ts';
import { hasDrifted } from './drift.ts';
import { ApplyError, dryRunError, isImmutableError } from './errors.ts';
import { adoptIgnored, ignoredPointers, withoutPointers, type IgnoreRule, type SelectorParser } from './ignore.ts';
import { sortForApply, splitStages, type StageKind } from './sort.ts';
import { waitForReady, waitForTermination, type WaitOptions } from './wait.ts';

/** What an apply manager is made of. */
export interface ApplyManagerInit {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Who owns the applied fields. */
  readonly fieldManager: string;
  /** Dry runs under way at once. Default 4. */
  readonly concurrency?: number;
  /** Remembers that applying a digest to a version of an object changes nothing: then there is no request but the GET. */
  readonly cache?: Lru<string, true>;
  /** Reads label selectors of ignore rules. Without it such rules select nothing. */
  readonly parseSelector?: SelectorParser;
}

/** How to apply. */
export interface ApplyManagerOptions {
  /** Delete and create anew what has changed an immutable field. */
  readonly force?: boolean;
  /** Labels or annotations that ask for `force`, that forbid the apply, that allow only creation. */
  readonly forceSelector?: Readonly<Record<string, string>>;
  readonly exclusionSelector?: Readonly<Record<string, string>>;
  readonly ifNotPresentSelector?: Readonly<Record<string, string>>;
  readonly cleanup?: CleanupOptions;
  readonly ignore?: readonly IgnoreRule[];
  readonly customStageKinds?: ReadonlySet<StageKind>;
  /** Pause and limit of the waits between stages. Default 2 s and 60 s. */
  readonly waitIntervalMs?: number;
  readonly waitTimeoutMs?: number;
  /** The digest of an object, where the caller has it; otherwise it is computed for the cache. */
  readonly digestOf?: (object: JsonObject) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to delete. */
export interface DeleteAllOptions {
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Labels that an object must carry, else it is skipped. */
  readonly inclusions?: Readonly<Record<string, string>>;
  /** Labels or annotations that save an object. */
  readonly exclusions?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** What an object would become. */
export interface DiffResult {
  readonly entry: ChangeSetEntry;
  /** The live object, undefined where there is none, and what the apply would make of it; without ignored fields. */
  readonly live: JsonObject | undefined;
  readonly merged: JsonObject | undefined;
}

interface Plan {
  readonly entry: ChangeSetEntry;
  readonly apply: JsonObject | undefined;
  readonly cacheKey: string | undefined;
  readonly live: JsonObject | undefined;
  readonly dryRun: JsonObject | undefined;
}

/** Applies sets of objects as Flux does: in stages, dry run of all first, only what has drifted. @see fluxcd/pkg ssa */
export class ApplyManager {
  readonly #init: ApplyManagerInit;
  readonly #parse: SelectorParser;

  constructor(init: ApplyManagerInit) {
    this.#init = init;
    this.#parse = init.parseSelector ?? (() => ({ matches: () => false }));
  }

  /** Applies objects in Flux's stages and waits between them. @throws ApplyError with the changes made so far */
  async applyStaged(objects: readonly JsonObject[], options: ApplyManagerOptions = {}): Promise<ChangeSetEntry[]> {
    const changes: ChangeSetEntry[] = [];
    for (const stage of splitStages(objects, options.customStageKinds)) {
      try {
        changes.push(...(await this.applyAll(stage.objects, options)));
        if (stage.wait) await this.#waitForStage(stage.objects, options);
      } catch (error) {
        throw error instanceof ApplyError ? error.withChanges([...changes, ...error.changes]) : error;
      }
    }
    return changes;
  }

  async #waitForStage(objects: readonly JsonObject[], options: ApplyManagerOptions): Promise<void> {
    const timeoutMs = options.waitTimeoutMs ?? 60_000;
    const refs = await Promise.all(objects.map((o) => this.#liveRef(o)));
    await this.waitForReady(refs, { timeoutMs, intervalMs: options.waitIntervalMs ?? 2000, failFast: false, signal: options.signal });
  }

  async #liveRef(object: JsonObject): Promise<ObjectRef> {
    const resource = await this.#init.client.mapper.resourceFor(typeOf(object));
    return resource.namespaced ? refOf(object) : { ...refOf(object), namespace: '' };
  }

  /** Dry-runs all objects, then applies those that have drifted, in Flux's order. @throws ApplyError */
  async applyAll(objects: readonly JsonObject[], options: ApplyManagerOptions = {}): Promise<ChangeSetEntry[]> {
    const sorted = sortForApply(objects);
    const plans = await mapLimited(sorted, this.#init.concurrency ?? 4, (object) => this.#plan(object, options));
    const done: ChangeSetEntry[] = [];
    for (const plan of plans) {
      if (plan.apply === undefined) {
        if (plan.cacheKey !== undefined) this.#init.cache?.set(plan.cacheKey, true);
        continue;
      }
      try {
        await this.#apply(plan.apply, false, options.signal);
      } catch (error) {
        const message = `${plan.entry.subject} apply failed: ${errorMessage(error)}`;
        throw new ApplyError({ code: 'APPLY_FAILED', message, cause: error, changes: done });
      }
      done.push(plan.entry);
    }
    return plans.map((p) => p.entry);
  }

  /** What an apply would change, without changing anything. */
  async diff(object: JsonObject, options: ApplyManagerOptions = {}): Promise<DiffResult> {
    const live = await this.#find(object, options.signal);
    if (this.#isSkipped(object, live, options)) return { entry: changeOf(object, 'skipped'), live: undefined, merged: undefined };
    let dryRun: JsonObject;
    try {
      dryRun = await this.#apply(object, true, options.signal);
    } catch (error) {
      if (live !== undefined && this.#mayForce(object, live, options, error))
        return { entry: changeOf(object, 'created'), live: undefined, merged: object };
      throw dryRunError(object, error);
    }
    if (live === undefined) return { entry: changeOf(dryRun, 'created'), live: undefined, merged: dryRun };
    const pointers = ignoredPointers(options.ignore ?? [], object, this.#parse);
    const [before, after] = [withoutPointers(live, pointers), withoutPointers(dryRun, pointers)];
    if (!hasDrifted(before, after)) return { entry: changeOf(dryRun, 'unchanged'), live: undefined, merged: undefined };
    return { entry: changeOf(dryRun, 'configured'), live: before, merged: after };
  }

  /** Deletes objects in the reverse of the apply order; absent ones count as deleted. @throws ApplyError APPLY_DELETE with the changes made */
  async deleteAll(objects: readonly JsonObject[], options: DeleteAllOptions = {}): Promise<ChangeSetEntry[]> {
    const changes: ChangeSetEntry[] = [];
    let errors = '';
    for (const object of sortForApply(objects).reverse()) {
      try {
        changes.push(changeOf(object, await this.#delete(object, options)));
      } catch (error) {
        options.signal?.throwIfAborted();
        errors += `${errorMessage(error)};`;
      }
    }
    if (errors !== '') throw new ApplyError({ code: 'APPLY_DELETE', message: `delete failed, errors: ${errors}`, changes });
    return changes;
  }

  async #delete(object: JsonObject, options: DeleteAllOptions): Promise<'deleted' | 'skipped'> {
    const { client } = this.#init;
    const subject = subjectOf(object);
    let live: JsonObject | undefined;
    try {
      live = await client.find(typeOf(object), keyOf(object), { signal: options.signal });
    } catch (error) {
      if (isNoMatch(error)) return 'deleted'; // its kind is gone, and so is it
      throw new ApplyError({ code: 'APPLY_DELETE', message: `${subject} query failed: ${errorMessage(error)}`, cause: error });
    }
    if (live === undefined) return 'deleted';
    const labels = labelsOf(live);
    if (Object.entries(options.inclusions ?? {}).some(([k, v]) => labels[k] !== v)) return 'skipped';
    if (anyInMetadata(live, options.exclusions)) return 'skipped';
    try {
      await client.delete(typeOf(object), keyOf(object), { propagation: options.propagation ?? 'Background', signal: options.signal });
    } catch (error) {
      if (!isNotFound(error))
        throw new ApplyError({ code: 'APPLY_DELETE', message: `${subject} delete failed: ${errorMessage(error)}`, cause: error });
    }
    return 'deleted';
  }

  /** Waits until objects are Current. */
  waitForReady(refs: readonly ObjectRef[], options: WaitOptions): Promise<void> {
    return waitForReady(this.#init, refs, options);
  }

  /** Waits until objects are gone. */
  waitForTermination(objects: readonly JsonObject[], options: WaitOptions): Promise<void> {
    return waitForTermination(this.#init, objects, options);
  }

  async #plan(object: JsonObject, options: ApplyManagerOptions): Promise<Plan> {
    options.signal?.throwIfAborted();
    const { fieldManager, cache } = this.#init;
    let live = await this.#find(object, options.signal);
    const plan = (action: ChangeSetEntry['action'], of: JsonObject, more: Partial<Plan> = {}): Plan => ({
      entry: changeOf(of, action),
      apply: undefined,
      cacheKey: undefined,
      live,
      dryRun: undefined,
      ...more,
    });
    if (this.#isSkipped(object, live, options)) return plan('skipped', live ?? object);
    const cacheKey = cache === undefined || live === undefined ? undefined : this.#cacheKey(object, live, options);
    if (cacheKey !== undefined && cache?.get(cacheKey) === true) return plan('unchanged', live ?? object);

    let dryRun: JsonObject;
    try {
      dryRun = await this.#apply(object, true, options.signal);
    } catch (error) {
      if (live === undefined || !this.#mayForce(object, live, options, error)) throw dryRunError(object, error);
      await this.#recreate(live, options);
      live = undefined;
      dryRun = await this.#apply(object, true, options.signal).catch((again: unknown) => {
        throw dryRunError(object, again);
      });
    }
    const cleaned = await this.#cleanup(object, live, options);
    const pointers = live === undefined ? [] : ignoredPointers(options.ignore ?? [], object, this.#parse);
    const drifted = hasDrifted(live === undefined ? undefined : withoutPointers(live, pointers), withoutPointers(dryRun, pointers));
    if (!cleaned && !drifted) return plan('unchanged', dryRun, { cacheKey, dryRun });
    const apply =
      live === undefined || pointers.length === 0 ? object : adoptIgnored({ desired: object, live, pointers, manager: fieldManager });
    return plan(resourceVersionOf(dryRun) === '' ? 'created' : 'configured', dryRun, { apply, dryRun });
  }

  async #cleanup(object: JsonObject, live: JsonObject | undefined, options: ApplyManagerOptions): Promise<boolean> {
    const cleanup = options.cleanup;
    if (live === undefined || cleanup === undefined) return false;
    if (anyInMetadata(object, cleanup.exclusions) || anyInMetadata(live, cleanup.exclusions)) return false;
    const { client, fieldManager } = this.#init;
    const patch = cleanupPatch(live, cleanup, fieldManager);
    if (patch.length === 0) return false;
    try {
      await client.patch(typeOf(live), keyOf(live), { kind: 'json', patch }, { fieldManager, ...signalOf(options.signal) });
    } catch (error) {
      const message = `${subjectOf(live)} metadata.managedFields cleanup failed: ${errorMessage(error)}`;
      throw new ApplyError({ code: 'APPLY_FAILED', message, cause: error });
    }
    return true;
  }

  async #recreate(live: JsonObject, options: ApplyManagerOptions): Promise<void> {
    const subject = subjectOf(live);
    try {
      await this.#init.client.delete(typeOf(live), keyOf(live), { propagation: 'Background', signal: options.signal });
    } catch (error) {
      if (!isNotFound(error)) {
        const message = `${subject} immutable field detected, failed to delete object: ${errorMessage(error)}`;
        throw new ApplyError({ code: 'APPLY_FAILED', message, cause: error });
      }
    }
    const timeoutMs = options.waitTimeoutMs ?? 60_000;
    await this.waitForTermination([live], { timeoutMs, intervalMs: options.waitIntervalMs ?? 2000, signal: options.signal });
  }

  #isSkipped(object: JsonObject, live: JsonObject | undefined, options: ApplyManagerOptions): boolean {
    if (anyInMetadata(object, options.exclusionSelector) || anyInMetadata(live, options.exclusionSelector)) return true;
    return live !== undefined && uidOf(live) !== '' && anyInMetadata(object, options.ifNotPresentSelector);
  }

  #mayForce(object: JsonObject, live: JsonObject, options: ApplyManagerOptions, error: unknown): boolean {
    if (!isImmutableError(error)) return false;
    return options.force === true || anyInMetadata(object, options.forceSelector) || anyInMetadata(live, options.forceSelector);
  }

  #cacheKey(object: JsonObject, live: JsonObject, options: ApplyManagerOptions): string {
    const digest = options.digestOf?.(object) ?? digestHex(canonicalJson(object));
    const rules = options.ignore === undefined || options.ignore.length === 0 ? '' : JSON.stringify(options.ignore);
    return `${uidOf(live)}|${resourceVersionOf(live)}|${this.#init.fieldManager}|${digest}|${rules}`;
  }

  async #find(object: JsonObject, signal: AbortSignal | undefined): Promise<JsonObject | undefined> {
    try {
      return await this.#init.client.find(typeOf(object), keyOf(object), { signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (isNoMatch(error)) return undefined; // the dry run says it better
      throw dryRunError(object, error);
    }
  }

  #apply(object: JsonObject, dryRun: boolean, signal: AbortSignal | undefined): Promise<JsonObject> {
    return this.#init.client.apply(object, { force: true, fieldManager: this.#init.fieldManager, dryRun, ...signalOf(signal) });
  }
}

function signalOf(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
