import { compareBytes, FluxError, isArray, isObject, own, type JsonObject } from '@flux-ts/base';
import { fieldPath, formatFieldErrors, invalid, notSupported, type FieldError } from './field-error.ts';
import { checkLabelValue, checkQualifiedName } from './names.ts';

/** How a requirement compares: `exists` and `!` ask for the key alone. */
export type SelectorOperator = '!' | '=' | '==' | 'in' | '!=' | 'notin' | 'exists' | 'gt' | 'lt';

/** One requirement on a label. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** A selector that cannot be read, with Kubernetes' words. */
export class SelectorError extends FluxError<'SELECTOR_INVALID'> {
  /** @param message the whole text */
  constructor(message: string) {
    super({ code: 'SELECTOR_INVALID', message });
  }
}

const OPERATORS: readonly SelectorOperator[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt', 'exists', '!'];

/** What is wrong with a requirement. @param path where it stands */
export function checkRequirement(
  requirement: { readonly key: string; readonly operator: string; readonly values: readonly string[] },
  path = '',
): FieldError[] {
  const { key, operator, values } = requirement;
  const child = (name: string): string => (path === '' ? name : fieldPath.child(path, name));
  const errors: FieldError[] = [];
  const keyErrors = checkQualifiedName(key);
  if (keyErrors.length > 0) errors.push(invalid(child('key'), key, keyErrors.join('; ')));
  const wrong = (detail: string): void => {
    errors.push(invalid(child('values'), [...values], detail));
  };
  switch (operator) {
    case 'in':
    case 'notin':
      if (values.length === 0) wrong("for 'in', 'notin' operators, values set can't be empty");
      break;
    case '=':
    case '==':
    case '!=':
      if (values.length !== 1) wrong('exact-match compatibility requires one single value');
      break;
    case 'exists':
    case '!':
      if (values.length > 0) wrong('values set must be empty for exists and does not exist');
      break;
    case 'gt':
    case 'lt':
      if (values.length !== 1) wrong("for 'Gt', 'Lt' operators, exactly one value is required");
      values.forEach((value, i) => {
        if (!isInteger(value))
          errors.push(invalid(`${child('values')}[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"));
      });
      break;
    default:
      errors.push(notSupported(child('operator'), operator, OPERATORS));
  }
  values.forEach((value, i) => {
    const valueErrors = checkLabelValue(value);
    if (valueErrors.length > 0) errors.push(invalid(`${child('values')}[${i}][${key}]`, value, valueErrors.join('; ')));
  });
  return errors;
}

function isInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text.replace(/^\+/, ''))) === BigInt(text.replace(/^\+/, ''));
}

/** A selector of labels: all of its requirements must be met. */
export class LabelSelector {
  readonly requirements: readonly LabelRequirement[];

  /** @param requirements checked ones; they are kept in the order of their keys */
  constructor(requirements: readonly LabelRequirement[]) {
    this.requirements = [...requirements].sort((a, b) => compareBytes(a.key, b.key));
  }

  /** Tells whether the selector selects everything. */
  get isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  /** Tells whether labels meet all requirements. */
  matches(labels: Readonly<Record<string, string>>): boolean {
    return this.requirements.every((requirement) => meets(requirement, labels));
  }

  /** The selector as text, in the order of the keys. */
  toString(): string {
    return this.requirements.map(formatRequirement).join(',');
  }
}

function meets({ key, operator, values }: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default: {
      const limit = values[0];
      if (value === undefined || limit === undefined || !isInteger(value) || !isInteger(limit)) return false;
      return operator === 'gt' ? BigInt(value) > BigInt(limit) : BigInt(value) < BigInt(limit);
    }
  }
}

/** A requirement as text. */
export function formatRequirement({ key, operator, values }: LabelRequirement): string {
  const sorted = [...values].sort(compareBytes);
  switch (operator) {
    case '!':
      return `!${key}`;
    case 'exists':
      return key;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${sorted.join(',')})`;
    case 'gt':
      return `${key}>${sorted.join(',')}`;
    case 'lt':
      return `${key}<${sorted.join(',')}`;
    default:
      return `${key}${operator}${sorted.join(',')}`;
  }
}

/** The selector that asks for exactly these labels. */
export function selectorFromSet(labels: Readonly<Record<string, string>>): LabelSelector {
  return new LabelSelector(Object.entries(labels).map(([key, value]) => ({ key, operator: '=', values: [value] })));
}

const EXPRESSIONS: ReadonlyMap<string, SelectorOperator> = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/**
 * Reads a metav1.LabelSelector (`matchLabels`, `matchExpressions`). Undefined selects nothing, an empty object everything.
 * @throws SelectorError
 */
export function labelSelectorFrom(selector: JsonObject): LabelSelector {
  const labels = own(selector, 'matchLabels');
  const expressions = own(selector, 'matchExpressions');
  const requirements: LabelRequirement[] = Object.entries(isObject(labels) ? labels : {}).map(([key, value]) => ({
    key,
    operator: '=',
    values: [String(value)],
  }));
  for (const expression of isArray(expressions) ? expressions.filter(isObject) : []) {
    const name = String(expression['operator'] ?? '');
    const operator = EXPRESSIONS.get(name);
    if (operator === undefined) throw new SelectorError(`${JSON.stringify(name)} is not a valid label selector operator`);
    const values = expression['values'];
    requirements.push({ key: String(expression['key'] ?? ''), operator, values: isArray(values) ? values.map(String) : [] });
  }
  for (const requirement of requirements) {
    const errors = checkRequirement(requirement);
    if (errors.length > 0) throw new SelectorError(formatFieldErrors(errors));
  }
  return new LabelSelector(requirements);
}
