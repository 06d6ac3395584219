import { constants, createInflate, type Inflate } from 'node:zlib';
import { StreamProtocolError } from './protocol-error.ts';
import { SPDY_DICTIONARY_ID, spdyDictionary } from './spdy-dictionary.ts';

/** Names in lower case to values. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** Reads the compressed header blocks of one direction of a connection, in order: they are one zlib stream. */
export class HeaderInflater {
  readonly #inflate: Inflate;
  readonly #limitBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #failure: Error | undefined;

  /** @param limitBytes the most that one block may hold once it is read */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#inflate = createInflate({ dictionary: spdyDictionary(), flush: constants.Z_SYNC_FLUSH });
    this.#inflate.on('data', (part: Buffer) => {
      this.#size += part.length;
      if (this.#size <= this.#limitBytes) this.#parts.push(part);
      else this.#fail(StreamProtocolError.tooLarge(`headers of more than ${this.#limitBytes} bytes`));
    });
    this.#inflate.on('error', (error) => this.#fail(error));
  }

  /** The content of the next block. @throws StreamProtocolError */
  read(block: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error | null): void => {
        this.#inflate.off('error', settle);
        this.#inflate.off('close', closed);
        const failure = error ?? this.#failure;
        this.#inflate.read(); // what is not yet given, through the listener of data
        const parts = Buffer.concat(this.#parts);
        this.#parts = [];
        this.#size = 0;
        if (failure === undefined) resolve(parts);
        else reject(failure instanceof StreamProtocolError ? failure : StreamProtocolError.malformed(`headers: ${failure.message}`));
      };
      const closed = (): void => settle(this.#failure ?? StreamProtocolError.malformed('headers after the end of their stream'));
      this.#inflate.once('error', settle);
      this.#inflate.once('close', closed);
      this.#inflate.write(block, settle);
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#inflate.destroy();
  }

  /** Frees the memory of zlib. */
  close(): void {
    this.#inflate.destroy();
  }
}

/** Writes header blocks as zlib blocks that are stored, not compressed: a server has next to no headers to send. */
export class HeaderDeflater {
  #begun = false;

  /** The next block, ready for a frame. @param content at most 65,535 bytes */
  write(content: Buffer): Buffer {
    const parts: Buffer[] = [];
    if (!this.#begun) {
      const start = Buffer.from([0x78, 0xbb, 0, 0, 0, 0]); // zlib, default level, with a dictionary
      start.writeUInt32BE(SPDY_DICTIONARY_ID, 2);
      parts.push(start);
      this.#begun = true;
    }
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(content.length, 1);
    stored.writeUInt16LE(0xffff - content.length, 3);
    // readers give what they have at an empty block
    parts.push(stored, content, Buffer.from([0, 0, 0, 0xff, 0xff]));
    return Buffer.concat(parts);
  }
}

/** Reads the content of a header block. @throws StreamProtocolError */
export function parseHeaders(bytes: Buffer): SpdyHeaders {
  const headers = new Map<string, string>();
  let at = 0;
  const number = (): number => {
    if (at + 4 > bytes.length) throw StreamProtocolError.malformed('headers are cut off');
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (at + length > bytes.length) throw StreamProtocolError.malformed('headers are cut off');
    at += length;
    return bytes.toString('latin1', at - length, at);
  };
  for (let left = number(); left > 0; left--) {
    const name = text().toLowerCase();
    if (name === '' || headers.has(name)) throw StreamProtocolError.malformed('a header has no name or comes twice');
    headers.set(name, text());
  }
  if (at !== bytes.length) throw StreamProtocolError.malformed('something follows the headers');
  return headers;
}

/** The content of a header block. */
export function printHeaders(headers: SpdyHeaders): Buffer {
  const parts = [uint32(headers.size)];
  for (const pair of headers) {
    for (const text of pair) {
      const bytes = Buffer.from(text, 'latin1');
      parts.push(uint32(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}
