import type { JsonValue } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';

/** A transformer's configuration as YAML, for messages. */
export function configText(config: object): string {
  return printYaml(strip(config as JsonValue));
}

function strip(value: JsonValue): JsonValue {
  // Go leaves empty texts out
  return JSON.parse(JSON.stringify(value, (_, item: unknown) => (item === '' ? undefined : item))) as JsonValue;
}
