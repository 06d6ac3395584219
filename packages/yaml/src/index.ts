export { YamlError, type Mark, type YamlErrorCode, type YamlErrorInit } from './errors.ts';
export type { YamlReadOptions } from './options.ts';
export { parseYaml, parseYamlStrict } from './read-sigs.ts';
export { printYaml } from './print-v2.ts';
