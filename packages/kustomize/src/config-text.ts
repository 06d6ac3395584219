import { isObject, type JsonValue } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';

/** A transformer's configuration as YAML, for messages. */
export function configText(config: object): string {
  return printYaml(strip(config as JsonValue));
}

/** Go leaves empty texts and lists out. */
function strip(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(strip);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== undefined && item !== '' && !(Array.isArray(item) && item.length === 0));
  return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]));
}
