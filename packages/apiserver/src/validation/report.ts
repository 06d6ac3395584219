import type { JsonObject, JsonValue } from '@flux-ts/base';
import { duplicate, fieldError, forbidden, invalid, notSupported, required, tooLong, tooMany, type FieldError } from '@flux-ts/schema';

/** Collects what is wrong with an object, in the order in which upstream looks. Texts are made only where something is wrong. */
export class Report {
  readonly errors: FieldError[] = [];

  /** A value that is missing. */
  required(path: string, detail = ''): void {
    this.errors.push(required(path, detail));
  }

  /** A value that is wrong. @param value undefined leaves it out of the text */
  invalid(path: string, value: JsonValue | undefined, detail: string): void {
    this.errors.push(invalid(path, value, detail));
  }

  /** A value that is wrong for each of some reasons. */
  invalidFor(path: string, value: JsonValue, details: readonly string[]): void {
    for (const detail of details) this.errors.push(invalid(path, value, detail));
  }

  /** A value that is wrong, shown in Go's words. */
  invalidShown(path: string, shown: string, detail: string): void {
    this.errors.push({ ...invalid(path, shown, detail), shown });
  }

  /** A value that may not be given. */
  forbidden(path: string, detail: string): void {
    this.errors.push(forbidden(path, detail));
  }

  /** A value that is there twice. @param shown the value in Go's words, where that is not its JSON */
  duplicate(path: string, value: JsonValue, shown?: string): void {
    this.errors.push(shown === undefined ? duplicate(path, value) : { ...duplicate(path, value), shown });
  }

  /** A value that is none of a fixed set. */
  notSupported(path: string, value: JsonValue, supported: readonly string[]): void {
    this.errors.push(notSupported(path, value, supported));
  }

  /** A reference to what is not there. */
  notFound(path: string, value: JsonValue, detail = ''): void {
    this.errors.push(fieldError('FieldValueNotFound', path, value, detail));
  }

  /** A text of too many bytes. */
  tooLong(path: string, limitBytes: number): void {
    this.errors.push(tooLong(path, limitBytes));
  }

  /** A list of too many items. */
  tooMany(path: string, actual: number, limit: number): void {
    this.errors.push(tooMany(path, actual, limit));
  }
}

/** Looks at an object of a kind, canonical and defaulted. @param old the stored object, on updates */
export type Validator = (object: JsonObject, report: Report, old?: JsonObject) => void;
