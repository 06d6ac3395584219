/** A part of an index: the text of one chart's versions, or the lines outside of `entries`. */
export type IndexBlock = { readonly kind: 'chart'; readonly text: string } | { readonly kind: 'head'; readonly text: string };

/** Gives the lines of a stream of bytes, each with its line end. A line may be up to `maxBytes` long. */
async function* lines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const piece = bytes.subarray(from, end + 1);
      yield rest.length === 0 ? piece.toString('utf8') : Buffer.concat([...rest, piece]).toString('utf8');
      rest = [];
      held = 0;
      from = end + 1;
    }
    if (from < bytes.length) {
      // a copy, so that the chunk can go
      const piece = Buffer.from(bytes.subarray(from));
      rest.push(piece);
      held += piece.length;
      if (held > maxBytes) throw new RangeError(`a line is longer than ${maxBytes} bytes`);
    }
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}

/** Cuts a block-style YAML index into its charts, by indentation: only one chart's text is held at a time. */
export async function* yamlBlocks(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<IndexBlock> {
  let inside = false;
  let indent = -1;
  let head: string[] = [];
  let block: string[] = [];
  for await (const line of lines(chunks, maxBytes)) {
    const first = line.search(/[^ ]/);
    const blank = first < 0 || /^[\r\n#]/.test(line.slice(first));
    if (!blank && first === 0 && !(inside && line.startsWith('- '))) {
      if (block.length > 0) yield { kind: 'chart', text: block.join('') };
      block = [];
      inside = /^entries:\s*(#.*)?$/.test(line.trimEnd());
      indent = -1;
      if (!inside) head.push(line);
      continue;
    }
    if (!inside) {
      head.push(line);
      continue;
    }
    if (!blank && indent < 0) indent = first;
    if (!blank && first === indent && line[first] !== '-') {
      if (block.length > 0) yield { kind: 'chart', text: block.join('') };
      block = [];
    }
    block.push(line);
  }
  if (block.length > 0) yield { kind: 'chart', text: block.join('') };
  yield { kind: 'head', text: head.join('') };
  head = [];
}

/** Cuts a JSON index into `"name": [...]` members of `entries`. */
export async function* jsonBlocks(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<IndexBlock> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let entriesDepth = -1;
  let piece: Buffer[] = [];
  let size = 0;
  const head: string[] = [];
  const take = (): string => {
    const text = Buffer.concat(piece).toString('utf8');
    piece = [];
    size = 0;
    return text;
  };
  const keep = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    size += bytes.length;
    if (size > maxBytes) throw new RangeError(`an entry is longer than ${maxBytes} bytes`);
    piece.push(Buffer.from(bytes));
  };
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
          keep(bytes.subarray(from, i));
          const before = take();
          from = i + 1;
          if (/"entries"\s*:\s*$/.test(before)) {
            entriesDepth = 2;
            head.push(before.replace(/,?\s*"entries"\s*:\s*$/, ''));
          } else piece.push(Buffer.from(`${before}{`));
        }
      } else if (byte === 0x7d || byte === 0x5d) {
        depth--;
        if (entriesDepth === 2 && depth === 1) {
          keep(bytes.subarray(from, i));
          const text = take().trim();
          if (text !== '') yield { kind: 'chart', text };
          entriesDepth = -1;
          from = i + 1;
        }
      } else if (byte === 0x2c && entriesDepth === 2 && depth === 2) {
        keep(bytes.subarray(from, i));
        yield { kind: 'chart', text: take() };
        from = i + 1;
      }
    }
    keep(bytes.subarray(from));
  }
  yield { kind: 'head', text: head.join('') + take() };
}
