import { fieldError, type FieldError } from '@flux-ts/schema';
import { header, type ApiRequest } from '../request.ts';
import { invalid } from '../status.ts';

/** How repeated and unknown fields are met. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** The query parameters of a write. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Who writes, for managed fields: the fieldManager parameter, else the program's name from User-Agent. */
  readonly manager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean;
}

const MAX_MANAGER = 128;

/**
 * Reads the options of a create, update or patch.
 * @param kind CreateOptions, UpdateOptions or PatchOptions, @param apply whether it is a server-side apply
 * @throws ApiError Invalid
 */
export function writeOptions(request: ApiRequest, kind: string, apply = false): WriteOptions {
  const { query } = request;
  const errors: FieldError[] = [...dryRunErrors(query.all('dryRun'))];
  const named = query.get('fieldManager');
  if (apply && named === '') errors.push(fieldError('FieldValueRequired', 'fieldManager', '', 'is required for apply patch'));
  if (named.length > MAX_MANAGER)
    errors.push(fieldError('FieldValueTooLong', 'fieldManager', named, `may not be more than ${MAX_MANAGER} bytes`));
  // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
  if (/[\u0000-\u001f\u007f]/.test(named))
    errors.push(fieldError('FieldValueInvalid', 'fieldManager', named, 'should only contain printable characters'));
  if (!apply && query.flag('force'))
    errors.push(fieldError('FieldValueForbidden', 'force', null, 'may not be specified for non-apply patch'));
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  if (fieldValidation !== 'Ignore' && fieldValidation !== 'Warn' && fieldValidation !== 'Strict') {
    errors.push(fieldError('FieldValueNotSupported', 'fieldValidation', fieldValidation, 'supported values: "Ignore", "Warn", "Strict"'));
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', kind, '', errors);
  return {
    dryRun: query.has('dryRun'),
    manager: named === '' ? programName(header(request, 'user-agent')) : named,
    fieldValidation: fieldValidation as FieldValidation,
    force: query.flag('force'),
  };
}

/** What is wrong with dryRun values: only `All` is known. */
export function dryRunErrors(values: readonly string[]): FieldError[] {
  return values.filter((v) => v !== 'All').map((v) => fieldError('FieldValueNotSupported', 'dryRun', v, 'supported values: "All"'));
}

function programName(userAgent: string): string {
  const name = userAgent.split('/')[0] ?? '';
  return (name === '' ? 'unknown' : name).slice(0, MAX_MANAGER);
}
