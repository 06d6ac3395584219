/** A PEM block. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const BLOCK = /-----BEGIN ([^\n-]+)-----\r?\n(?:[^\n:]+:[^\n]*\r?\n)*\s*([A-Za-z0-9+/=\s]*?)\s*-----END \1-----/;

/** The first PEM block of a text, or `undefined`. */
export function decodePem(text: string): PemBlock | undefined {
  const match = BLOCK.exec(text);
  if (match === null) return undefined;
  return { type: match[1] as string, bytes: Buffer.from((match[2] as string).replace(/\s/g, ''), 'base64') };
}

/** Prints a PEM block: 64 characters a line. */
export function encodePem(type: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${type}-----\n`;
}
