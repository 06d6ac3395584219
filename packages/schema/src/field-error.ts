import { goJson, goQuote, type JsonValue } from '@flux-ts/base';

/** What is wrong with a field; the words are those of `metav1.StatusCause.reason`. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTypeInvalid'
  | 'FieldValueTooShort'
  | 'InternalError';

/** One thing that is wrong with an object, as the API server reports it. */
export interface FieldError {
  readonly type: FieldErrorType;
  /** The path of the field ("spec.x[0].y", "spec.labels[key]"); "<nil>" where there is none. */
  readonly field: string;
  /** The refused value; absent where upstream leaves it out of the text. */
  readonly badValue?: JsonValue;
  /** How the value is shown, where that is not as its JSON with sorted keys. */
  readonly shown?: string;
  readonly detail: string;
}

const TITLES: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueTooShort: 'Too short',
  InternalError: 'Internal error',
};

const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'FieldValueTooShort',
  'InternalError',
]);

/** Makes a field error; `undefined` as the value leaves the value out of the text. */
export function fieldError(type: FieldErrorType, field: string, badValue: JsonValue | undefined, detail = ''): FieldError {
  return badValue === undefined ? { type, field, detail } : { type, field, badValue, detail };
}

/** A value that is wrong. */
export function invalid(field: string, badValue: JsonValue | undefined, detail: string): FieldError {
  return fieldError('FieldValueInvalid', field, badValue, detail);
}

/** A value that is missing. */
export function required(field: string, detail = ''): FieldError {
  return fieldError('FieldValueRequired', field, '', detail);
}

/** A value that is there twice. */
export function duplicate(field: string, badValue: JsonValue | undefined): FieldError {
  return fieldError('FieldValueDuplicate', field, badValue);
}

/** A value that may not be given. */
export function forbidden(field: string, detail: string): FieldError {
  return fieldError('FieldValueForbidden', field, '', detail);
}

/** A value that is none of a fixed set. */
export function notSupported(field: string, badValue: JsonValue, supported: readonly string[]): FieldError {
  return fieldError(
    'FieldValueNotSupported',
    field,
    badValue,
    supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`,
  );
}

/** A text of too many bytes; -1 where the limit is not known. */
export function tooLong(field: string, limitBytes: number): FieldError {
  const detail = limitBytes < 0 ? 'value is too long' : `may not be more than ${limitBytes} ${limitBytes === 1 ? 'byte' : 'bytes'}`;
  return fieldError('FieldValueTooLong', field, '<value omitted>', detail);
}

/** A list or map of too many items. */
export function tooMany(field: string, actual: number, limit: number): FieldError {
  return fieldError('FieldValueTooMany', field, actual, `must have at most ${limit} ${limit === 1 ? 'item' : 'items'}`);
}

/** Prints a number as Go's `%v` does: exponents of two digits from 1e21 up and below 1e-4. */
export function goNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return String(value);
  const abs = Math.abs(value);
  const text = abs !== 0 && (abs < 1e-4 || abs >= 1e21) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function valueText(value: JsonValue): string {
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number' || typeof value === 'bigint') return goNumber(value);
  return goJson(value);
}

/** Prints an error without its field: "Invalid value: \"1y\": ...". */
export function formatFieldErrorBody(error: FieldError): string {
  const title = TITLES[error.type];
  const head =
    error.badValue === undefined || WITHOUT_VALUE.has(error.type) ? title : `${title}: ${error.shown ?? valueText(error.badValue)}`;
  return error.detail === '' ? head : `${head}: ${error.detail}`;
}

/** Prints an error as the API server does: `spec.interval: Invalid value: "1y": ...`. */
export function formatFieldError(error: FieldError): string {
  return `${error.field}: ${formatFieldErrorBody(error)}`;
}

/** Prints several errors as Go's aggregate does: one as it is, more in brackets, repeated texts once. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

/** Prints the message of a 422 answer: `Bucket.source.toolkit.fluxcd.io "x" is invalid: ...`. */
export function formatInvalid(
  object: { readonly group: string; readonly kind: string; readonly name: string },
  errors: readonly FieldError[],
): string {
  const head = `${object.kind}${object.group === '' ? '' : `.${object.group}`} ${goQuote(object.name)} is invalid`;
  return errors.length === 0 ? head : `${head}: ${formatFieldErrors(errors)}`;
}

/** What stands in a Status answer's `details.causes`: reason, message and field of each error. */
export function causesOf(errors: readonly FieldError[]): { readonly reason: string; readonly message: string; readonly field: string }[] {
  return errors.map((error) => ({ reason: error.type, message: formatFieldErrorBody(error), field: error.field }));
}

/** A field path as `field.Path` builds it: children with dots, indexes and map keys in brackets. */
export const fieldPath: {
  child(parent: string, name: string): string;
  index(parent: string, index: number): string;
  key(parent: string, key: string): string;
  orNil(path: string): string;
} = {
  child: (parent, name) => (parent === '' ? name : `${parent}.${name}`),
  index: (parent, index) => `${parent}[${index}]`,
  key: (parent, key) => `${parent}[${key}]`,
  orNil: (path) => (path === '' ? '<nil>' : path),
};
