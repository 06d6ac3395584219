import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Go gives one of several answers, by chance: nothing to compare. */
export const RANDOM = 0;

/** Two bytes of an answer's digest, never {@link RANDOM}. */
export function fingerprint(answer: string): number {
  const value = createHash('sha256').update(answer).digest().readUInt16BE(0);
  return value === RANDOM ? 1 : value;
}

/** Fingerprints of the Go libraries' answers, by name of a series of questions, in the order of the questions. */
export class Recorded {
  readonly #series = new Map<string, Uint16Array>();

  /** Reads a file of records; empty where there is none. */
  static read(path: string): Recorded {
    const recorded = new Recorded();
    if (!existsSync(path)) return recorded;
    const bytes = gunzipSync(readFileSync(path));
    const headLength = bytes.readUInt32BE(0);
    const head = JSON.parse(bytes.toString('utf8', 4, 4 + headLength)) as Record<string, number>;
    let at = 4 + headLength;
    for (const [name, count] of Object.entries(head)) {
      const prints = new Uint16Array(count);
      for (let i = 0; i < count; i++) prints[i] = bytes.readUInt16BE(at + 2 * i);
      recorded.#series.set(name, prints);
      at += 2 * count;
    }
    return recorded;
  }

  get(name: string): Uint16Array | undefined {
    return this.#series.get(name);
  }

  set(name: string, prints: readonly number[]): void {
    this.#series.set(name, Uint16Array.from(prints));
  }

  write(path: string): void {
    const head = Buffer.from(JSON.stringify(Object.fromEntries([...this.#series].map(([name, prints]) => [name, prints.length]))));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(head.length);
    const bodies = [...this.#series.values()].map((prints) => Buffer.concat([...prints].map((p) => Buffer.from([p >> 8, p & 255]))));
    writeFileSync(path, gzipSync(Buffer.concat([length, head, ...bodies]), { level: 9 }));
  }
}
