import { deepEqual, omit, own, type Clock, type JsonObject, type JsonValue } from '@flux-ts/base';
import { finalizersOf, generationOf, isNotFound, isTerminating, keyOf, statusOf, typeOf, type KubeClient } from '@flux-ts/kube';
import { createMergePatch } from '@flux-ts/merge';
import { conditionJson, getCondition, readConditions, removeCondition, setCondition, type Condition } from './conditions.ts';

/** What a draft is made of. */
export interface StatusDraftInit {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Who owns the status. */
  readonly fieldManager: string;
  readonly object: JsonObject;
}

/** The status of one object while it is reconciled: changed in memory, written with {@link StatusDraft.patch}, one write after the other. */
export class StatusDraft {
  readonly #init: StatusDraftInit;
  #object: JsonObject;
  #written: JsonObject;
  #fields: JsonObject;
  #conditions: readonly Condition[];
  #finalizers: readonly string[];

  constructor(init: StatusDraftInit) {
    this.#init = init;
    this.#object = init.object;
    this.#written = statusOf(init.object);
    this.#fields = omit(this.#written, 'conditions');
    this.#conditions = readConditions(init.object);
    this.#finalizers = finalizersOf(init.object);
  }

  /** The object as last read or written, with its status as it was then. */
  get object(): JsonObject {
    return this.#object;
  }

  /** The object with the status as it is drafted. */
  get preview(): JsonObject {
    return { ...this.#object, status: this.status };
  }

  /** The drafted status. */
  get status(): JsonObject {
    return this.#conditions.length === 0 ? this.#fields : { ...this.#fields, conditions: this.#conditions.map(conditionJson) };
  }

  /** A drafted field of the status. */
  get(field: string): JsonValue | undefined {
    return own(this.#fields, field);
  }

  /** A drafted text field of the status. */
  text(field: string): string | undefined {
    const value = this.get(field);
    return typeof value === 'string' ? value : undefined;
  }

  /** Sets a field of the status; undefined takes it away. */
  set(field: string, value: JsonValue | undefined): void {
    this.#fields = value === undefined ? omit(this.#fields, field) : { ...this.#fields, [field]: value };
  }

  /** Sets observedGeneration to the object's generation. */
  observe(): void {
    this.set('observedGeneration', generationOf(this.#object));
  }

  /** The drafted conditions. */
  get conditions(): readonly Condition[] {
    return this.#conditions;
  }

  /** A drafted condition. */
  condition(type: string): Condition | undefined {
    return getCondition(this.#conditions, type);
  }

  /** Whether a drafted condition has this status. */
  is(type: string, status: Condition['status']): boolean {
    return this.condition(type)?.status === status;
  }

  /** Sets a condition at the object's generation. */
  mark(type: string, status: Condition['status'], reason: string, message: string): void {
    const next = { type, status, reason, message, observedGeneration: generationOf(this.#object) };
    this.#conditions = setCondition(this.#conditions, next, this.#init.clock.now());
  }

  /** Sets Reconciling=True and takes Stalled away. */
  markReconciling(reason: string, message: string): void {
    this.unmark('Stalled');
    this.mark('Reconciling', 'True', reason, message);
  }

  /** Sets Stalled=True and takes Reconciling away. */
  markStalled(reason: string, message: string): void {
    this.unmark('Reconciling');
    this.mark('Stalled', 'True', reason, message);
  }

  /** Takes conditions away. */
  unmark(...types: readonly string[]): void {
    for (const type of types) this.#conditions = removeCondition(this.#conditions, type);
  }

  /** Empties the status. */
  clear(): void {
    this.#fields = {};
    this.#conditions = [];
  }

  /** The drafted finalizers. */
  get finalizers(): readonly string[] {
    return this.#finalizers;
  }

  /** Adds or removes a finalizer. */
  finalizer(name: string, present: boolean): void {
    const rest = this.#finalizers.filter((f) => f !== name);
    this.#finalizers = present ? [...rest, name] : rest;
  }

  /**
   * Writes what has changed: the status first, then the finalizers. Nothing is sent where nothing has changed.
   * An object that is gone is no error while it is being deleted.
   */
  async patch(signal?: AbortSignal): Promise<void> {
    const { client, fieldManager } = this.#init;
    const options = { fieldManager, ...(signal === undefined ? {} : { signal }) };
    try {
      const next = this.status;
      if (!deepEqual(this.#written, next)) {
        const patch = createMergePatch({ status: this.#written }, { status: next }) as JsonObject;
        this.#object = await client.patch(
          typeOf(this.#object),
          keyOf(this.#object),
          { kind: 'merge', patch, subresource: 'status' },
          options,
        );
        this.#written = next;
      }
      if (!deepEqual(finalizersOf(this.#object), this.#finalizers)) {
        const patch = { metadata: { finalizers: this.#finalizers.length === 0 ? null : this.#finalizers } };
        this.#object = await client.patch(typeOf(this.#object), keyOf(this.#object), { kind: 'merge', patch }, options);
      }
    } catch (error) {
      if (isNotFound(error) && isTerminating(this.#object)) return;
      throw error;
    }
  }
}
