/** A part of an index: the text of one chart's versions, or the lines outside of `entries`. */
export type IndexBlock = { readonly kind: 'chart'; readonly text: string } | { readonly kind: 'head'; readonly text: string };

const [NEWLINE, RETURN, SPACE, HASH, DASH] = [10, 13, 32, 35, 45] as const;

/** Gives a stream of bytes in pieces that end at a line's end (the last one where the stream ends). A line may be up to `maxBytes` long. */
async function* wholeLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const piece = bytes.subarray(0, end);
      yield rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      held = 0;
    }
    if (end === bytes.length) continue;
    // a copy, so that the chunk can go
    rest.push(Buffer.from(bytes.subarray(end)));
    held += bytes.length - end;
    if (held > maxBytes) throw new RangeError(`a line is longer than ${maxBytes} bytes`);
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** Gathers the bytes of one block after another in the same memory. */
class Gathered {
  readonly #maxBytes: number;
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get empty(): boolean {
    return this.#size === 0;
  }

  add(bytes: Buffer): void {
    const size = this.#size + bytes.length;
    if (size > this.#maxBytes) throw new RangeError(`an entry is longer than ${this.#maxBytes} bytes`);
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#size);
    this.#size = size;
  }

  take(): string {
    const text = this.#bytes.toString('utf8', 0, this.#size);
    this.#size = 0;
    return text;
  }
}

/** Cuts a block-style YAML index into its charts, by indentation: only one chart's text is held at a time. */
export async function* yamlBlocks(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<IndexBlock> {
  let inside = false;
  let indent = -1;
  const head = new Gathered(maxBytes);
  const block = new Gathered(maxBytes);
  for await (const bytes of wholeLines(chunks, maxBytes)) {
    let from = 0; // what of the piece is not gathered yet
    for (let at = 0, next = 0; at < bytes.length; at = next) {
      next = bytes.indexOf(NEWLINE, at) + 1 || bytes.length;
      let mark = at;
      while (mark < next && bytes[mark] === SPACE) mark++;
      const first = mark - at;
      const byte = mark < next ? bytes[mark] : NEWLINE;
      if (byte === NEWLINE || byte === RETURN || byte === HASH) continue; // blank: it stays with what it stands in
      const dash = byte === DASH;
      if (first === 0 && !(inside && dash && bytes[mark + 1] === SPACE)) {
        (inside ? block : head).add(bytes.subarray(from, at));
        if (!block.empty) yield { kind: 'chart', text: block.take() };
        inside = /^entries:\s*(#.*)?$/.test(bytes.toString('utf8', at, next).trimEnd());
        indent = -1;
        from = inside ? next : at;
        continue;
      }
      if (!inside) continue;
      if (indent < 0) indent = first;
      if (first !== indent || dash) continue;
      block.add(bytes.subarray(from, at));
      if (!block.empty) yield { kind: 'chart', text: block.take() };
      from = at;
    }
    (inside ? block : head).add(bytes.subarray(from));
  }
  if (!block.empty) yield { kind: 'chart', text: block.take() };
  yield { kind: 'head', text: head.take() };
}

/** Cuts a JSON index into `"name": [...]` members of `entries`. */
export async function* jsonBlocks(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<IndexBlock> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let entriesDepth = -1;
  const piece = new Gathered(maxBytes);
  const head: string[] = [];
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === 0x5c) escaped = true;
        else if (byte === 0x22) inString = false;
        continue;
      }
      if (byte === 0x22) inString = true;
      else if (byte === 0x7b || byte === 0x5b) {
        depth++;
        if (depth === 2 && byte === 0x7b) {
          piece.add(bytes.subarray(from, i));
          const before = piece.take();
          from = i + 1;
          if (/"entries"\s*:\s*$/.test(before)) {
            entriesDepth = 2;
            head.push(before.replace(/,?\s*"entries"\s*:\s*$/, ''));
          } else piece.add(Buffer.from(`${before}{`));
        }
      } else if (byte === 0x7d || byte === 0x5d) {
        depth--;
        if (entriesDepth === 2 && depth === 1) {
          piece.add(bytes.subarray(from, i));
          const text = piece.take().trim();
          if (text !== '') yield { kind: 'chart', text };
          entriesDepth = -1;
          from = i + 1;
        }
      } else if (byte === 0x2c && entriesDepth === 2 && depth === 2) {
        piece.add(bytes.subarray(from, i));
        yield { kind: 'chart', text: piece.take() };
        from = i + 1;
      }
    }
    piece.add(bytes.subarray(from));
  }
  yield { kind: 'head', text: head.join('') + piece.take() };
}
