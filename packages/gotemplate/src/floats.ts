/** Decimal digits of a number: 0.d1d2d3... times 10 to the power `point`. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

const VIEW = new DataView(new ArrayBuffer(8));

/** Takes a finite number apart: mantissa times 2 to the power `exponent`, the sign left out. */
function parts(value: number): { mantissa: bigint; exponent: number } {
  VIEW.setFloat64(0, value);
  const bits = VIEW.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function shortest(value: number): Digits {
  if (value === 0) return { digits: '', point: 0 };
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

function exact(value: number): Digits {
  if (value === 0) return { digits: '', point: 0 };
  const { mantissa, exponent } = parts(value);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return { digits, point: digits.length };
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + exponent };
}

/** Rounds to a number of digits, halves to even. */
function round(d: Digits, count: number): Digits {
  if (count < 0) return { digits: '', point: 0 };
  if (count >= d.digits.length) return { digits: d.digits.replace(/0+$/, ''), point: d.point };
  const kept = d.digits.slice(0, count);
  const rest = d.digits.slice(count);
  const half = rest[0] === '5' && /^50*$/.test(rest);
  const odd = count > 0 && Number(kept.at(-1)) % 2 === 1;
  const up = half ? odd : (rest[0] as string) >= '5';
  if (!up) return { digits: kept.replace(/0+$/, ''), point: d.point };
  const bumped = (BigInt(kept === '' ? '0' : kept) + 1n).toString();
  const point = bumped.length > count ? d.point + 1 : d.point;
  return { digits: bumped.replace(/0+$/, ''), point };
}

function formatE(d: Digits, precision: number, letter: string): string {
  const digits = d.digits === '' ? '0' : d.digits;
  const exponent = d.digits === '' ? 0 : d.point - 1;
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, '0')}` : '';
  return `${digits[0] as string}${fraction}${letter}${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function formatF(d: Digits, precision: number): string {
  const whole = d.point > 0 ? d.digits.slice(0, d.point).padEnd(d.point, '0') : '0';
  if (precision <= 0) return whole;
  const lead = '0'.repeat(Math.min(precision, Math.max(0, -d.point)));
  const rest = lead + d.digits.slice(Math.max(0, d.point), Math.max(0, d.point) + Math.max(0, precision - lead.length));
  return `${whole}.${rest.padEnd(precision, '0')}`;
}

function formatG(value: number, precision: number, letter: string): string {
  const isShortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const d = isShortest ? shortest(value) : round(exact(value), wanted);
  let eprec = isShortest ? 6 : wanted;
  if (!isShortest && eprec > d.digits.length && d.digits.length >= d.point) eprec = d.digits.length;
  const exponent = d.point - 1;
  const significant = isShortest ? Math.max(1, d.digits.length) : wanted;
  if (d.digits !== '' && (exponent < -4 || exponent >= eprec))
    return formatE(d, Math.min(significant, Math.max(1, d.digits.length)) - 1, letter);
  return formatF(d, Math.max(d.digits.length - d.point, 0));
}

function formatB(value: number): string {
  const { mantissa, exponent } = parts(value);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** Hexadecimal: 0x1.5p+05. */
function formatX(value: number, precision: number, upper: boolean): string {
  let { mantissa, exponent } = parts(value);
  if (mantissa === 0n) exponent = 0;
  else {
    while (mantissa < 1n << 52n) {
      mantissa <<= 1n;
      exponent--;
    }
    exponent += 52;
  }
  // one digit before the point, 13 after it
  if (precision >= 0 && precision < 13) {
    const shift = BigInt(52 - precision * 4);
    const extra = mantissa & ((1n << shift) - 1n);
    mantissa >>= shift;
    const half = 1n << (shift - 1n);
    if (extra > half || (extra === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= shift;
    if (mantissa >> 53n !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const hex = mantissa.toString(16).padStart(14, '0');
  let fraction = hex.slice(1);
  fraction = precision < 0 ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0');
  const text = `0x${hex[0] as string}${fraction === '' ? '' : `.${fraction}`}p${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return upper ? text.toUpperCase() : text;
}

/** Formats a float64 as Go's `strconv.FormatFloat(value, verb, precision, 64)`; -1 is the shortest text that reads back. */
export function formatFloat(value: number, verb: string, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return sign === '' ? '+Inf' : '-Inf';
  return sign + formatMagnitude(Math.abs(value), verb, precision);
}

function formatMagnitude(value: number, verb: string, precision: number): string {
  switch (verb) {
    case 'b':
      return formatB(value);
    case 'e':
    case 'E': {
      const d = precision < 0 ? shortest(value) : round(exact(value), precision + 1);
      return formatE(d, precision < 0 ? Math.max(d.digits.length - 1, 0) : precision, verb);
    }
    case 'f': {
      const e = precision < 0 ? shortest(value) : exact(value);
      const d = precision < 0 ? e : round(e, e.point + precision);
      return formatF(d, precision < 0 ? Math.max(d.digits.length - d.point, 0) : precision);
    }
    case 'x':
    case 'X':
      return formatX(value, precision, verb === 'X');
    default:
      return formatG(value, precision, verb === 'G' ? 'E' : 'e');
  }
}

/** Formats a float64 as `%v` prints it. */
export function formatFloatValue(value: number): string {
  if (Number.isInteger(value) && value > -1e6 && value < 1e6 && !Object.is(value, -0)) return String(value);
  return formatFloat(value, 'g', -1);
}
