export { parseYamlDocuments, type YamlDocument } from './documents.ts';
export { YamlError, type Mark, type YamlErrorCode, type YamlErrorInit } from './errors.ts';
export {
  isBoxed,
  KyamlScalar,
  plainValue,
  readKyamlScalar,
  scalarTag,
  scalarText,
  type KyamlLeaf,
  type KyamlValue,
} from './kyaml-value.ts';
export type { NodeKind, NodeStyle, YamlNode } from './node.ts';
export type { YamlReadOptions } from './options.ts';
export { printYaml, printYamlV2, type PrintV2Options } from './print-v2.ts';
export { nodeValue, parseKyaml, parseNodes } from './read-kyaml.ts';
export { parseYaml, parseYamlStrict } from './read-sigs.ts';
export type { ScalarTag } from './resolve.ts';
export type { ScalarStyle } from './tokens.ts';
