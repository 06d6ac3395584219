import type { Random } from '@flux-ts/base';
import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import { goInt, type GoInt } from '../values.ts';
import type { CallContext, GoFunc } from '../model.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');

/** A whole number below `limit`, made of the source's bytes without bias. */
function below(random: Random, limit: number): number {
  const ceiling = Math.floor(0x1_0000_0000 / limit) * limit;
  for (;;) {
    const bytes = random.bytes(4);
    const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (value < ceiling) return value % limit;
  }
}

function text(name: string, alphabet: string, random: Random): GoFunc {
  return goFunc(name, ['int'], ([count]: [GoInt], ctx: CallContext) => {
    const length = Number(count.value);
    if (length <= 0) return '';
    if (length > ctx.budget.outputBytes) ctx.budget.outputExceeded();
    let out = '';
    for (let i = 0; i < length; i++) out += alphabet[below(random, alphabet.length)];
    return out;
  });
}

function shuffle(value: string, random: Random): string {
  const chars = Array.from(value);
  for (let i = chars.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [chars[i], chars[j]] = [chars[j] as string, chars[i] as string];
  }
  return chars.join('');
}

/** randAlphaNum, randAlpha, randAscii, randNumeric, randInt, randBytes, shuffle, uuidv4. */
export function randomFunctions(random: Random): readonly GoFunc[] {
  return [
    text('randAlphaNum', LETTERS + DIGITS, random),
    text('randAlpha', LETTERS, random),
    text('randAscii', ASCII, random),
    text('randNumeric', DIGITS, random),
    goFunc('randInt', ['int', 'int'], ([min, max]: [GoInt, GoInt]) => {
      const span = Number(max.value) - Number(min.value);
      if (span <= 0) throw new GoError('invalid argument to Intn');
      return goInt(Number(min.value) + Math.floor(random.next() * span));
    }),
    goFunc('randBytes', ['int'], ([count]: [GoInt], ctx: CallContext) => {
      const length = Number(count.value);
      if (length < 0) throw new GoError('runtime error: makeslice: len out of range');
      if (length > ctx.budget.outputBytes) ctx.budget.outputExceeded();
      return Buffer.from(random.bytes(length)).toString('base64');
    }),
    goFunc('shuffle', ['string'], ([value]: [string]) => shuffle(value, random)),
    goFunc('uuidv4', [], () => random.uuid()),
  ];
}
