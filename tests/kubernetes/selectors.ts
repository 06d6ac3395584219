import { isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import {
  checkRequirement,
  escapeFieldValue,
  fieldSelectorFromSet,
  LabelSelector,
  lexSelector,
  parseFieldSelector,
  parseLabelSelector,
  selectorFromSet,
  splitFieldTerm,
  splitFieldTerms,
  type LabelRequirement,
} from '@flux-ts/schema';

import { readCorpus, runCases, same, type Case, type Outcome } from './suite.ts';

const set = (value: JsonValue | undefined): Readonly<Record<string, string>> =>
  isObject(value) ? (value as Readonly<Record<string, string>>) : {};
const text = (value: JsonValue | undefined): string => String(value);

function requirements(value: JsonValue | undefined): LabelRequirement[] {
  return (isArray(value) ? value : []).map((item) => {
    const { key, op, values } = item as JsonObject;
    return { key: text(key), operator: op as LabelRequirement['operator'], values: (isArray(values) ? values : []).map(text) };
  });
}

const shown = (list: readonly LabelRequirement[]): string =>
  list
    .map(({ key, operator, values }) => JSON.stringify([key, operator, [...values].sort()]))
    .sort()
    .join();

function parsed<T>(test: Case, read: () => T): T | undefined {
  let out: T | undefined;
  let problem: string | undefined;
  try {
    out = read();
  } catch (error) {
    problem = (error as Error).message;
  }
  same(`valid (${problem ?? ''})`, String(problem === undefined), text(test['valid']));
  return out;
}

function labels(test: Case): void {
  switch (test['op']) {
    case 'match':
      return same('match', String(parseLabelSelector(text(test['selector'])).matches(set(test['set']))), text(test['match']));
    case 'matchSet':
      return same('match', String(selectorFromSet(set(test['selectorSet'])).matches(set(test['set']))), text(test['match']));
    case 'parse': {
      const selector = parsed(test, () => parseLabelSelector(text(test['selector'])));
      if (test['canonical'] !== undefined) same('canonical', text(selector?.toString()), text(test['canonical']).replaceAll(' ', ''));
      if (test['requirements'] !== undefined)
        same('requirements', shown(selector?.requirements ?? []), shown(requirements(test['requirements'])));
      return;
    }
    case 'toString': {
      const list = requirements(test['requirements']);
      const valid = list.every((requirement) => checkRequirement(requirement).length === 0);
      same('valid', String(valid), text(test['valid']));
      return same('text', new LabelSelector(list).toString(), text(test['out']));
    }
    case 'matchRequirements':
      return same('match', String(new LabelSelector(requirements(test['requirements'])).matches(set(test['set']))), text(test['match']));
    case 'requirement': {
      const { key, operator, values } = test;
      const errors = checkRequirement({ key: text(key), operator: text(operator), values: (isArray(values) ? values : []).map(text) });
      const want = (test['errors'] as readonly JsonObject[]).map(
        (error) => `${text(error['type']).replace('ErrorType', 'FieldValue')} ${text(error['field'])}`,
      );
      return same('errors', errors.map(({ type, field }) => `${type} ${field}`).join('; '), want.join('; '));
    }
    case 'setToString':
      return same('text', selectorFromSet(set(test['set'])).toString(), text(test['out']));
    case 'lex':
      if (test['tokens'] !== undefined)
        return same(
          'tokens',
          lexSelector(text(test['in']))
            .slice(0, -1)
            .map(({ token }) => token)
            .join(),
          (test['tokens'] as readonly string[]).join(),
        );
      return same('token', text(lexSelector(text(test['in']))[0]?.token), text(test['token']));
    default:
      throw new Error(`unknown operation ${text(test['op'])}`);
  }
}

function fields(test: Case): void {
  const input = text(test['in']);
  switch (test['op']) {
    case 'match':
      return same('match', String(parseFieldSelector(text(test['selector'])).matches(set(test['set']))), text(test['match']));
    case 'matchSet':
      return same('match', String(fieldSelectorFromSet(set(test['selectorSet'])).matches(set(test['set']))), text(test['match']));
    case 'parse': {
      const selector = parsed(test, () => parseFieldSelector(text(test['selector'])));
      if (test['canonical'] !== undefined) same('canonical', text(selector?.toString()), text(test['canonical']));
      return;
    }
    case 'splitTerms':
      return same('terms', JSON.stringify(splitFieldTerms(input)), JSON.stringify(test['terms'] ?? []));
    case 'splitTerm': {
      const term = splitFieldTerm(input);
      const want = test['ok'] === true ? [test['lhs'], test['operator'], test['rhs']] : [];
      return same('term', JSON.stringify(term === undefined ? [] : [term.field, term.operator, term.value]), JSON.stringify(want));
    }
    case 'escape':
      return same('text', escapeFieldValue(input), text(test['out']));
    default:
      throw new Error(`unknown operation ${text(test['op'])}`);
  }
}

/** Selectors of labels and fields. */
export function selectors(corpus: string): Outcome[] {
  return [...runCases(readCorpus(corpus, 'selectors/labels'), labels), ...runCases(readCorpus(corpus, 'selectors/fields'), fields)];
}
