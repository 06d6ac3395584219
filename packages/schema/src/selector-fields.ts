import { compareBytes } from '@flux-ts/base';
import { SelectorError } from './selector-labels.ts';

/** One requirement on a field. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A selector of fields: all of its requirements must be met. */
export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  /** Tells whether the selector selects everything. */
  get isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  /** Tells whether fields meet all requirements; a field that is not there is empty. */
  matches(fields: Readonly<Record<string, string>>): boolean {
    return this.requirements.every(
      ({ field, operator, value }) => ((Object.hasOwn(fields, field) ? fields[field] : '') === value) === (operator === '='),
    );
  }

  toString(): string {
    return this.requirements.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(',');
  }
}

/** The selector that asks for exactly these fields. */
export function fieldSelectorFromSet(fields: Readonly<Record<string, string>>): FieldSelector {
  const names = Object.keys(fields).sort(compareBytes);
  return new FieldSelector(names.map((field) => ({ field, operator: '=', value: fields[field] as string })));
}

/** Cuts a selector at its commas; a backslash takes the next character's meaning away. */
export function splitFieldTerms(text: string): string[] {
  if (text === '') return [];
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...terms, text.slice(start)];
}

/** Cuts a term at its first operator; undefined where there is none. */
export function splitFieldTerm(
  term: string,
): { readonly field: string; readonly operator: '=' | '==' | '!='; readonly value: string } | undefined {
  const match = /!=|==|=/.exec(term);
  if (match === null) return undefined;
  return { field: term.slice(0, match.index), operator: match[0] as '=' | '==' | '!=', value: term.slice(match.index + match[0].length) };
}

/** Writes a value so that it can stand in a selector. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function unescape(value: string): string {
  let out = '';
  for (let i = 0; i < value.length; i++) {
    const ch = value[i] as string;
    if (ch === '\\') {
      const next = value[++i];
      if (next === undefined || !'\\,='.includes(next))
        throw new SelectorError(`invalid field selector: invalid escape sequence: ${`\\${next ?? ''}`}`);
      out += next;
    } else if (ch === ',' || ch === '=') {
      throw new SelectorError(`invalid field selector: unescaped character in value: ${ch}`);
    } else {
      out += ch;
    }
  }
  return out;
}

/** Reads a field selector: `metadata.name=a,status.phase!=Running`. @throws SelectorError with Kubernetes' text */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const part of splitFieldTerms(text).sort(compareBytes)) {
    if (part === '') continue;
    const term = splitFieldTerm(part);
    if (term === undefined) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    requirements.push({ field: term.field, operator: term.operator === '!=' ? '!=' : '=', value: unescape(term.value) });
  }
  return new FieldSelector(requirements);
}
