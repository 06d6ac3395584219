import type { JsonObject, JsonValue } from '@flux-ts/base';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  multiplyQuantity,
  negateQuantity,
  parseQuantity,
  quantityNumber,
  quantityParts,
  roundUpQuantity,
  scaledValue,
  subtractQuantities,
  type Quantity,
  type QuantityFormat,
} from '@flux-ts/schema';

import { readCorpus, runCases, same, type Case, type Outcome } from './suite.ts';

/** An operand: a text, or an exact decimal with a format. */
function read(value: JsonValue | undefined): Quantity {
  if (typeof value === 'string') return parseQuantity(value);
  const { value: decimal, format } = value as JsonObject;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(String(decimal)) ?? [];
  const digits = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -digits : digits, scale: Number(exponent) - fraction.length, format: String(format) as QuantityFormat };
}

const text = (value: JsonValue | undefined): string => String(value);

function sameQuantity(got: Quantity, want: JsonValue | undefined): void {
  const wanted = read(want);
  if (compareQuantities(got, wanted) !== 0) throw new Error(`got ${got.unscaled}e${got.scale}, want ${wanted.unscaled}e${wanted.scale}`);
  same('format', got.format, wanted.format);
}

function check(test: Case): void {
  const input = text(test['in']);
  const scale = Number(test['scale']);
  switch (test['op']) {
    case 'parts':
      return same(
        'parts',
        JSON.stringify(quantityParts(input)),
        JSON.stringify({
          positive: test['positive'],
          value: test['value'],
          num: test['num'],
          denom: test['denom'],
          suffix: test['suffix'],
        }),
      );
    case 'parse':
      return sameQuantity(parseQuantity(input), test['expect']);
    case 'parseError':
      try {
        parseQuantity(input);
      } catch {
        return;
      }
      throw new Error('was accepted');
    case 'format':
      same('text', formatQuantity(read(test['in'])), text(test['expect']));
      if (test['alternate'] !== undefined) same('alternate', canonicalQuantity(text(test['alternate'])), text(test['expect']));
      return;
    case 'canonical':
      same('text', canonicalQuantity(input), text(test['expect']));
      return same('negative', canonicalQuantity(`-${input}`), test['expect'] === '0' ? '0' : `-${text(test['expect'])}`);
    case 'roundUp': {
      const { quantity, exact } = roundUpQuantity(parseQuantity(input), scale);
      same('exact', String(exact), text(test['exact']));
      return sameQuantity(quantity, test['expect']);
    }
    case 'compare':
      return same('order', String(compareQuantities(read(test['x'] ?? test['a']), read(test['y'] ?? test['b']))), text(test['expect']));
    case 'neg':
      return same('text', formatQuantity(negateQuantity(read(test['a']))), text(test['out']));
    case 'jsonText':
      return same('text', canonicalQuantity(input.replaceAll('"', '')), text(test['expect']));
    case 'newMilli':
    case 'new':
    case 'newScaled': {
      const at = test['op'] === 'new' ? 0 : test['op'] === 'newMilli' ? -3 : scale;
      return same(
        'text',
        formatQuantity({ unscaled: BigInt(text(test['value'])), scale: at, format: (test['format'] ?? 'DecimalSI') as QuantityFormat }),
        text(test['expect']),
      );
    }
    case 'scaledValue':
      return same(
        'value',
        String(scaledValue({ unscaled: 1n, scale: Number(test['fromScale']), format: 'DecimalSI' }, Number(test['toScale']))),
        text(test['expect']),
      );
    case 'add':
      return sameQuantity(addQuantities(read(test['a']), read(test['b'])), test['expect']);
    case 'sub':
      return sameQuantity(subtractQuantities(read(test['a']), read(test['b'])), test['expect']);
    case 'mul': {
      const { quantity, exact } = multiplyQuantity(read(test['a']), BigInt(text(test['b'])));
      same('ok', String(exact), text(test['ok']));
      return sameQuantity(quantity, test['expect']);
    }
    case 'float':
      return same('number', String(quantityNumber(parseQuantity(input))), String(Number(test['expect'])));
    default:
      throw new Error(`unknown operation ${text(test['op'])}`);
  }
}

/** Quantities: reading, printing, arithmetic. */
export function quantity(corpus: string): Outcome[] {
  return runCases(readCorpus(corpus, 'quantity/quantity'), check);
}
