import { isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import {
  checkCIdentifier,
  checkConfigKey,
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkDomainPrefixedKey,
  checkDomainPrefixedPath,
  checkEnvName,
  checkFullyQualifiedDomain,
  checkFullyQualifiedName,
  checkHttpHeaderName,
  checkLabelValue,
  checkPercent,
  checkPortName,
  checkPortNumber,
  checkQualifiedName,
  checkRange,
  checkRelaxedEnvName,
  checkSubdomainWithUnderscore,
  checkUnixId,
  checkWildcardSubdomain,
  formatFieldError,
  validateMetadata,
  validateMetadataUpdate,
  type FieldError,
} from '@flux-ts/schema';

import { readCorpus, runCases, same, type Case, type Outcome } from './suite.ts';

const RULES: Readonly<Record<string, (value: string) => readonly (string | FieldError)[]>> = {
  IsDNS1123Label: checkDnsLabel,
  IsDNS1123Subdomain: checkDnsSubdomain,
  IsDNS1123SubdomainWithUnderscore: checkSubdomainWithUnderscore,
  IsDNS1035Label: checkDns1035Label,
  IsValidPortNum: (value) => checkPortNumber(Number(value)),
  IsValidGroupID: (value) => checkUnixId(Number(value)),
  IsValidUserID: (value) => checkUnixId(Number(value)),
  IsValidPortName: checkPortName,
  IsQualifiedName: checkQualifiedName,
  IsValidLabelValue: checkLabelValue,
  IsHTTPHeaderName: checkHttpHeaderName,
  IsValidPercent: checkPercent,
  IsConfigMapKey: checkConfigKey,
  IsEnvVarName: checkEnvName,
  IsRelaxedEnvVarName: checkRelaxedEnvName,
  IsCIdentifier: checkCIdentifier,
  IsWildcardDNS1123Subdomain: checkWildcardSubdomain,
  IsFullyQualifiedDomainName: (value) => checkFullyQualifiedDomain(value, 'test'),
  IsFullyQualifiedName: (value) => checkFullyQualifiedName(value, 'test'),
  IsDomainPrefixedPath: (value) => checkDomainPrefixedPath(value, 'test'),
  IsDomainPrefixedKey: (value) => checkDomainPrefixedKey(value, 'test'),
};

const shown = (errors: readonly (string | FieldError)[]): string =>
  errors.map((error) => (typeof error === 'string' ? error : formatFieldError(error))).join('; ');

function check(test: Case): void {
  const { rule, row } = test;
  if (rule === 'IsInRange') {
    const { value, min, max } = row as JsonObject;
    return same('valid', String(checkRange(Number(value), Number(min), Number(max)).length === 0), String(test['valid']));
  }
  const run = RULES[String(rule)];
  if (run === undefined) throw new Error(`there is no check for ${String(rule)}`);
  if (!isObject(row))
    return same(`valid (${shown(run(String(test['value'])))})`, String(run(String(test['value'])).length === 0), String(test['valid']));
  if (row['targetName'] !== undefined) {
    const got = shown(run(String(row['targetName'])));
    if (!got.includes(String(row['err']))) throw new Error(`got ${got}, want ${String(row['err'])}`);
    return;
  }
  // a value that upstream computes is the longest kind of name, one byte too long and with a bad end
  const value = isObject(row['value']) ? `${'a'.repeat(253)}-` : String(row['value']);
  const errors = run(value);
  const expected = row['expected'];
  same(`number of errors (${shown(errors)})`, String(errors.length), String(isArray(expected) ? expected.length : 0));
  (isArray(expected) ? expected : []).forEach((call, i) => {
    const { symbol, args } = call as JsonObject;
    const error = errors[i] as string | FieldError;
    if (typeof error === 'string') return;
    same('type', error.type, String(symbol).replace('field.', 'FieldValue'));
    const last = (args as readonly JsonValue[]).at(-1);
    same('detail', error.detail, String(last));
  });
}

function texts(errors: readonly FieldError[]): string {
  return errors.map(formatFieldError).join('; ');
}

function metadata(test: Case): void {
  const row = test['row'] as JsonObject;
  const name = String(test['name']);
  const meta = (extra: JsonObject): JsonObject => ({ name: 'a', namespace: 'b', ...extra });
  switch (test['check']) {
    case 'ValidateObjectMetaOwnerReferences': {
      const got = texts(validateMetadata(meta({ ownerReferences: row['ownerReferences'] ?? [] }), { namespaced: true }, 'field'));
      same(`error (${got})`, String(got !== ''), String(row['expectError']));
      if (!got.includes(String(row['expectedErrorMessage']))) throw new Error(got);
      return;
    }
    case 'ValidateAnnotations': {
      const tooLarge = name.includes('totalSizeErrorCases');
      // the size is what the row is about, and what its text has lost
      const filled = tooLarge ? Object.fromEntries(Object.keys(row).map((key) => [key, 'b'.repeat(256 * 1024)])) : undefined;
      const annotations = (filled ?? (isObject(row['annotations']) ? row['annotations'] : row)) as JsonObject;
      const got = texts(validateMetadata(meta({ annotations }), { namespaced: true }, 'field'));
      const want = tooLarge ? 'may not be more than 262144 bytes' : typeof row['expect'] === 'string' ? row['expect'] : undefined;
      if (want === undefined) return same('errors', got, '');
      if (!got.includes(want)) throw new Error(`got ${got}, want ${want}`);
      return;
    }
    default: {
      const got = validateMetadataUpdate(row['new'] as JsonObject, row['old'] as JsonObject, 'field');
      const expected = row['expectedErrs'] ?? (String(row['expectedErr'] ?? '') === '' ? [] : [row['expectedErr'] ?? '']);
      const want = (isArray(expected) ? expected : []).map(String);
      same('number of errors', String(got.length), String(want.length));
      want.forEach((text, i) => {
        const error = formatFieldError(got[i] as FieldError);
        if (!error.includes(text)) throw new Error(`got ${error}, want ${text}`);
      });
    }
  }
}

/** Names, numbers and metadata. */
export function names(corpus: string): Outcome[] {
  return [...runCases(readCorpus(corpus, 'names/validation'), check), ...runCases(readCorpus(corpus, 'names/objectmeta'), metadata)];
}
