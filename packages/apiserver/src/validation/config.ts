import { deepEqual, sortedKeys, type JsonObject } from '@flux-ts/base';
import { checkConfigKey } from '@flux-ts/schema';
import { part, text } from './read.ts';
import type { Report } from './report.ts';
import { IMMUTABLE } from './values.ts';

const MOST_BYTES = 1024 * 1024;
const ACCOUNT = 'kubernetes.io/service-account.name';

/** The size of what base64 stands for. */
function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

function keys(map: JsonObject | undefined, { path, encoded }: { path: string; encoded: boolean }, report: Report): number {
  let bytes = 0;
  for (const key of map === undefined ? [] : sortedKeys(map)) {
    const problems = checkConfigKey(key);
    if (problems.length > 0) report.invalidFor(`${path}[${key}]`, key, problems);
    const value = String((map as JsonObject)[key]);
    bytes += encoded ? decodedBytes(value) : Buffer.byteLength(value);
  }
  return bytes;
}

function frozen(object: JsonObject, { old, fields }: { old: JsonObject; fields: readonly string[] }, report: Report): void {
  if (old['immutable'] !== true) return;
  const why = 'field is immutable when `immutable` is set';
  if (object['immutable'] !== true) report.forbidden('immutable', why);
  for (const field of fields) if (!deepEqual(object[field], old[field])) report.forbidden(field, why);
}

/** A ConfigMap, new or changed. */
export function configMap(object: JsonObject, report: Report, old?: JsonObject): void {
  if (old !== undefined) frozen(object, { old, fields: ['data', 'binaryData'] }, report);
  const data = part(object, 'data');
  const binary = part(object, 'binaryData');
  let bytes = keys(data, { path: 'data', encoded: false }, report);
  if (data !== undefined && binary !== undefined)
    for (const key of sortedKeys(data))
      if (binary[key] !== undefined) report.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
  bytes += keys(binary, { path: 'binaryData', encoded: true }, report);
  // about the whole object: upstream has no path here
  if (bytes > MOST_BYTES) report.tooLong('', MOST_BYTES);
}

function json(data: JsonObject, key: string, report: Report): void {
  const value = data[key];
  if (typeof value !== 'string') return report.required(`data[${key}]`);
  const problem = jsonProblem(Buffer.from(value, 'base64').toString('utf8'));
  if (problem !== undefined) report.invalid(`data[${key}]`, '<secret contents redacted>', problem);
}

/** Go's words for a text that is no JSON object. */
function jsonProblem(content: string): string | undefined {
  if (content.trim() === '') return 'unexpected end of JSON input';
  try {
    const value: unknown = JSON.parse(content);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const found = /^\s*(.)/su.exec(content)?.[1] ?? '';
    return found === '{' || found === '[' || found === '"'
      ? 'unexpected end of JSON input'
      : `invalid character '${found}' looking for beginning of value`;
  }
}

const NEEDED: Readonly<Record<string, readonly string[]>> = { 'kubernetes.io/tls': ['tls.crt', 'tls.key'] };

/** A Secret, new or changed; `stringData` is in `data` already. */
export function secret(object: JsonObject, report: Report, old?: JsonObject): void {
  const type = text(object, 'type');
  if (old !== undefined) {
    if (type !== text(old, 'type')) report.invalid('type', type, IMMUTABLE);
    frozen(object, { old, fields: ['data'] }, report);
  }
  const data = part(object, 'data') ?? {};
  if (keys(data, { path: 'data', encoded: true }, report) > MOST_BYTES) report.tooLong('data', MOST_BYTES);
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const account = part(part(object, 'metadata'), 'annotations')?.[ACCOUNT];
      if (account === undefined || account === '') report.required(`metadata.annotations[${ACCOUNT}]`);
      break;
    }
    case 'kubernetes.io/dockercfg':
      json(data, '.dockercfg', report);
      break;
    case 'kubernetes.io/dockerconfigjson':
      json(data, '.dockerconfigjson', report);
      break;
    case 'kubernetes.io/basic-auth':
      if (data['username'] === undefined && data['password'] === undefined)
        for (const key of ['username', 'password']) report.required(`data[${key}]`);
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) report.required('data[ssh-privatekey]');
      break;
    default:
      for (const key of NEEDED[type] ?? []) if (data[key] === undefined) report.required(`data[${key}]`);
  }
}
