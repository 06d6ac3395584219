export { parseYamlDocuments, type YamlDocument } from './documents.ts';
export {
  getField,
  mappingNode,
  removeField,
  scalarNode,
  sequenceIndentOf,
  sequenceNode,
  setField,
  spliceScalar,
  visitNodes,
} from './edit-nodes.ts';
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
export { printNodes, printYamlV3, type PrintNodesOptions, type PrintV3Options } from './print-v3.ts';
export { nodeValue, parseKyaml, parseNode, parseNodes } from './read-kyaml.ts';
export { parseYaml, parseYamlFloats, parseYamlStrict } from './read-sigs.ts';
export type { ScalarTag } from './resolve.ts';
export type { ScalarStyle } from './tokens.ts';
