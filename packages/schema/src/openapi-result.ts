import type { JsonValue } from '@flux-ts/base';

/** One finding of the OpenAPI validator, before it is put into the API server's words. */
export interface Finding {
  readonly code: 'required' | 'enum' | 'tooLong' | 'maxItems' | 'maxProperties' | 'type' | 'other' | 'general';
  /** The field's path as the validator writes it: with a dot before the names at the root. */
  readonly name: string;
  readonly message: string;
  readonly value?: JsonValue;
  readonly limit?: number;
  readonly values?: readonly JsonValue[];
}

/**
 * Findings of one validation and how many checks passed on the way: of several branches (`anyOf`, `oneOf`)
 * the one that came farthest tells what is wrong.
 */
export class OpenApiResult {
  readonly errors: Finding[] = [];
  matchCount = 0;
  readonly #messages = new Set<string>();

  /** The same text is reported once. */
  add(finding: Finding | undefined): void {
    if (finding === undefined || this.#messages.has(finding.message)) return;
    this.#messages.add(finding.message);
    this.errors.push(finding);
  }

  merge(other: OpenApiResult): void {
    for (const finding of other.errors) this.add(finding);
    this.matchCount += other.matchCount;
  }

  get valid(): boolean {
    return this.errors.length === 0;
  }
}
