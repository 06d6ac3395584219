/** Nodes decoded before go-yaml starts to look at the share of aliases. */
const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

function allowedRatio(decoded: number): number {
  if (decoded <= RATIO_LOW) return 0.99;
  if (decoded >= RATIO_HIGH) return 0.1;
  return 0.99 - 0.89 * ((decoded - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
}

/** Counts decoded nodes and tells when too many of them come from aliases: go-yaml's guard against alias bombs. */
export class AliasGuard {
  depth = 0;
  #decoded = 0;
  #aliased = 0;

  /** Counts one node. @returns false where the document must be refused */
  count(): boolean {
    this.#decoded++;
    if (this.depth > 0) this.#aliased++;
    return !(this.#aliased > 100 && this.#decoded > 1000 && this.#aliased / this.#decoded > allowedRatio(this.#decoded));
  }
}

/** The text of the refusal. */
export const EXCESSIVE_ALIASING = 'document contains excessive aliasing';
