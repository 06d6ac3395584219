/** How plain scalars become values and keys in a profile. `undefined` as a key: the fast reader leaves the text to the faithful one. */
export interface ScalarProfile<V> {
  readonly value: (text: string) => V;
  /** A plain key's name in the mapping. @param top the mapping is the document */
  readonly key: (text: string, top: boolean) => string | undefined;
  readonly nothing: V;
  /** A `>` scalar. */
  readonly folded: (text: string) => V;
  /** A plain scalar's value inside a flow collection. */
  readonly inFlow: (value: V) => V;
  /** A `|` scalar. */
  readonly literal: (text: string) => V;
  /** Keys that occur twice are left to the faithful reader, which refuses them. */
  readonly unique: boolean;
  /** Anchors are nothing but names: an alias is the value again. */
  readonly anchors: boolean;
}

/** Marks a value that has not been made yet. */
const UNKNOWN = Symbol('unknown');

const MAX_ENTRIES = 1 << 14;

/** From this length on V8 keeps a slice as a window on the text that it was cut from, and so that whole text. */
const WINDOW = 13;

/** The same characters in memory of their own. */
function ownText(slice: string): string {
  return slice.length < WINDOW ? slice : ` ${slice}`.slice(1);
}

/**
 * Short texts by their characters, each with its string and what a profile makes of it. Holds content only and starts
 * again when it is full, so that sharing it between readings changes nothing but their speed.
 */
export class Interner<V> {
  readonly #profile: ScalarProfile<V>;
  #slots = new Int32Array(1 << 11);
  #mask = (1 << 11) - 1;
  #texts: string[] = [];
  #values: (V | typeof UNKNOWN)[] = [];
  #keys: (string | undefined | typeof UNKNOWN)[] = [];

  constructor(profile: ScalarProfile<V>) {
    this.#profile = profile;
  }

  /** Gives the number of a part of a text. */
  id(source: string, start: number, end: number): number {
    const length = end - start;
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + source.charCodeAt(i)) | 0;
    hash ^= hash >>> 15;
    const slots = this.#slots;
    const mask = this.#mask;
    const texts = this.#texts;
    let slot = hash & mask;
    for (let id = slots[slot] as number; id !== 0; id = slots[slot] as number) {
      const text = texts[id - 1] as string;
      if (text.length === length) {
        let i = 0;
        while (i < length && text.charCodeAt(i) === source.charCodeAt(start + i)) i++;
        if (i === length) return id - 1;
      }
      slot = (slot + 1) & mask;
    }
    return this.#add(ownText(source.slice(start, end)), slot);
  }

  #add(text: string, slot: number): number {
    if (this.#texts.length >= MAX_ENTRIES) {
      this.#slots.fill(0);
      this.#texts = [];
      this.#values = [];
      this.#keys = [];
      return this.id(text, 0, text.length);
    }
    const id = this.#texts.length;
    this.#texts.push(text);
    this.#values.push(UNKNOWN);
    this.#keys.push(UNKNOWN);
    this.#slots[slot] = id + 1;
    if (this.#texts.length * 2 > this.#mask) this.#grow();
    return id;
  }

  #grow(): void {
    const size = (this.#mask + 1) * 2;
    const slots = new Int32Array(size);
    const mask = size - 1;
    for (let id = 0; id < this.#texts.length; id++) {
      const text = this.#texts[id] as string;
      let hash = text.length;
      for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
    this.#mask = mask;
  }

  /** The text of a number just given; numbers are good until the next one is asked for. */
  text(id: number): string {
    return this.#texts[id] as string;
  }

  /** The value of a plain scalar. */
  value(id: number): V {
    const known = this.#values[id] as V | typeof UNKNOWN;
    if (known !== UNKNOWN) return known;
    const value = this.#profile.value(this.#texts[id] as string);
    this.#values[id] = value;
    return value;
  }

  /** The name of a plain key below the top. */
  key(id: number): string | undefined {
    const known = this.#keys[id];
    if (known !== UNKNOWN) return known;
    const key = this.#profile.key(this.#texts[id] as string, false);
    this.#keys[id] = key;
    return key;
  }
}
