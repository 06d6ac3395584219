import { failure } from './errors.ts';

type Labels = Readonly<Record<string, string>>;
type Match = (labels: Labels) => boolean;

const TOKEN = /\s*(!=|==|=|!|<|>|\(|\)|,|[^\s!=<>(),]+)/g;

/** A place in a list of tokens. */
class Cursor {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  /** The token here; empty at the end. */
  get look(): string {
    return this.#tokens[this.#at] ?? '';
  }

  take(): string {
    const token = this.look;
    this.#at++;
    return token;
  }
}

/** Reads a Kubernetes label selector (`a=b,c!=d,e in (f,g),!h`). @throws KustomizeError where it cannot be read */
export function parseLabelSelector(text: string): Match {
  if (text.trim() === '') return () => true;
  const at = new Cursor(tokenize(text));
  const matches: Match[] = [];
  while (at.look !== '') {
    matches.push(requirement(at));
    if (at.look === '') break;
    const comma = at.take();
    if (comma !== ',') bad(`found '${comma}', expected: ',' or 'end of string'`);
    if (at.look === '') bad(`found '', expected: identifier after ','`);
  }
  return (labels) => matches.every((match) => match(labels));
}

function bad(what: string): never {
  throw failure(`unable to parse requirement: ${what}`);
}

function tokenize(text: string): string[] {
  return [...text.matchAll(TOKEN)].map((match) => match[1] as string);
}

function requirement(at: Cursor): Match {
  const negated = at.look === '!';
  if (negated) at.take();
  const key = at.take();
  if (key === '' || /^[=!<>(),]/.test(key)) bad(`found '${key}', expected: !, identifier, or 'end of string'`);
  if (negated) return (labels) => !Object.hasOwn(labels, key);
  if (at.look === '' || at.look === ',') return (labels) => Object.hasOwn(labels, key);
  return comparison(key, at);
}

function comparison(key: string, at: Cursor): Match {
  const word = at.take();
  switch (word) {
    case '=':
    case '==': {
      const value = plainValue(at);
      return (labels) => Object.hasOwn(labels, key) && labels[key] === value;
    }
    case '!=': {
      const value = plainValue(at);
      return (labels) => !Object.hasOwn(labels, key) || labels[key] !== value;
    }
    case 'in':
    case 'notin': {
      const values = valueSet(at);
      const inside = (labels: Labels): boolean => Object.hasOwn(labels, key) && values.has(labels[key] as string);
      return word === 'in' ? inside : (labels) => !inside(labels);
    }
    case '<':
    case '>':
      return order(key, word, plainValue(at));
    default:
      return bad(`found '${word}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

const INTEGER = /^[+-]?\d+$/;

function order(key: string, word: '<' | '>', limit: string): Match {
  if (!INTEGER.test(limit)) bad(`for 'Gt', 'Lt' operators, the value must be an integer`);
  const bound = BigInt(limit);
  return (labels) => {
    const value = labels[key];
    if (value === undefined || !INTEGER.test(value)) return false;
    return word === '>' ? BigInt(value) > bound : BigInt(value) < bound;
  };
}

function plainValue(at: Cursor): string {
  return at.look === ',' || at.look === '' ? '' : at.take();
}

function valueSet(at: Cursor): ReadonlySet<string> {
  if (at.take() !== '(') bad(`found '${at.look}' expected: '('`);
  const values = new Set<string>();
  for (;;) {
    const word = at.take();
    if (word === '') return bad(`found '', expected: ',', or ')'`);
    if (word === ')') return values;
    if (word !== ',') values.add(word);
    else if (at.look === ',' || at.look === ')') values.add('');
  }
}
