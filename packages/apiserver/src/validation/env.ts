import type { JsonObject } from '@flux-ts/base';
import { checkConfigKey, checkDnsSubdomain, checkRelaxedEnvName } from '@flux-ts/schema';
import { ENV_FIELDS, fieldReference, resourceReference } from './downward.ts';
import { has, list, part, text } from './read.ts';
import type { Report } from './report.ts';

/** A key of a ConfigMap or Secret. */
function keyReference(reference: JsonObject, path: string, report: Report): void {
  const name = text(reference, 'name');
  const key = text(reference, 'key');
  report.invalidFor(`${path}.name`, name, checkDnsSubdomain(name));
  if (key === '') report.required(`${path}.key`);
  else report.invalidFor(`${path}.key`, key, checkConfigKey(key));
}

function valueFrom(variable: JsonObject, path: string, report: Report): void {
  const from = part(variable, 'valueFrom');
  if (from === undefined) return;
  let sources = 0;
  const each = (key: string, check: (source: JsonObject, at: string) => void): void => {
    const source = part(from, key);
    if (source === undefined) return;
    sources++;
    check(source, `${path}.${key}`);
  };
  each('fieldRef', (source, at) => fieldReference(source, { path: at, fields: ENV_FIELDS }, report));
  each('resourceFieldRef', (source, at) => resourceReference(source, { path: at, volume: false }, report));
  each('configMapKeyRef', (source, at) => keyReference(source, at, report));
  each('secretKeyRef', (source, at) => keyReference(source, at, report));
  each('fileKeyRef', (source, at) => {
    for (const key of ['volumeName', 'path', 'key']) if (text(source, key) === '') report.required(`${at}.${key}`);
  });
  if (sources === 0)
    report.invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`');
  else if (text(variable, 'value') !== '') report.invalid(path, '', 'may not be specified when `value` is not empty');
  else if (sources > 1) report.invalid(path, '', 'may not have more than one field specified at a time');
}

/** The environment of a container. */
export function environment(container: JsonObject, path: string, report: Report): void {
  list(container, 'env').forEach((variable, i) => {
    const name = text(variable, 'name');
    if (name === '') report.required(`${path}.env[${i}].name`);
    else report.invalidFor(`${path}.env[${i}].name`, name, checkRelaxedEnvName(name));
    if (has(variable, 'valueFrom')) valueFrom(variable, `${path}.env[${i}].valueFrom`, report);
  });
  list(container, 'envFrom').forEach((source, i) => {
    const at = `${path}.envFrom[${i}]`;
    const prefix = text(source, 'prefix');
    if (prefix !== '') report.invalidFor(`${at}.prefix`, prefix, checkRelaxedEnvName(prefix));
    let sources = 0;
    for (const key of ['configMapRef', 'secretRef']) {
      const reference = part(source, key);
      if (reference === undefined) continue;
      sources++;
      const name = text(reference, 'name');
      if (name === '') report.required(`${at}.${key}.name`);
      else if (!name.endsWith('-')) report.invalidFor(`${at}.${key}.name`, name, checkDnsSubdomain(name));
    }
    if (sources === 0) report.invalid(`${path}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (sources > 1) report.invalid(`${path}.envFrom`, '', 'may not have more than one field specified at a time');
  });
}
