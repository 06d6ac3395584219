export { checkStructural, type CheckStructuralOptions } from './check-structural.ts';
export { coerceMetadata, decodeMetadata, type Cleaned, type CoerceOptions, type CoerceResult } from './coerce-metadata.ts';
export {
  causesOf,
  duplicate,
  fieldError,
  fieldPath,
  forbidden,
  formatFieldError,
  formatFieldErrorBody,
  formatFieldErrors,
  formatInvalid,
  goNumber,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  type FieldError,
  type FieldErrorType,
} from './field-error.ts';
export { formatCheck, NAMED_FORMATS } from './formats.ts';
export { validateListTypes } from './list-type.ts';
export {
  asPrefix,
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkLabelValue,
  checkPathSegment,
  checkPathSegmentPrefix,
  checkQualifiedName,
  type NameCheck,
} from './names.ts';
export { SchemaNode, type ValidationRule } from './node.ts';
export { validateEmbedded, validateMetadata, type MetadataRules } from './object-meta.ts';
export { type PruneResult } from './prune.ts';
export { FieldPathError, resolveFieldPath, type ResolvedFieldPath } from './rule-field-path.ts';
export type { CelCompiler, CompiledRule, RuleEstimate, RuleInput, RuleResult } from './rule-compiler.ts';
export { RULE_COST_BUDGET, RuleSet, type RuleOutcome } from './rules.ts';
export { compileSchema, type CompileSchemaOptions, type StructuralSchema, type ValidateOptions } from './structural-schema.ts';
export {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  multiplyQuantity,
  negateQuantity,
  parseQuantity,
  QuantityError,
  quantityNumber,
  quantityParts,
  roundUpQuantity,
  scaledValue,
  subtractQuantities,
  type Quantity,
  type QuantityFormat,
  type QuantityParts,
} from './quantity.ts';
export { canonicalise, type CanonicalOptions } from './kinds/canonical.ts';
export { decodeEnvelope, ProtobufError, type ProtobufEnvelope } from './kinds/decode-protobuf.ts';
export { type DecodeReport } from './kinds/go-decode.ts';
export { KindCodec } from './kinds/kind-codec.ts';
export { KindInfo, Kinds, loadKinds, type SubresourceInfo } from './kinds/kinds.ts';
export { MergeTypes, type MergeAtom, type MergeTypeReference } from './kinds/merge-types.ts';
export { type StrategicField, type StrategicTypes } from './kinds/strategic-types.ts';
export { OpenApiDocuments } from './kinds/openapi-v3.ts';
export {
  escapeFieldValue,
  FieldSelector,
  fieldSelectorFromSet,
  parseFieldSelector,
  splitFieldTerm,
  splitFieldTerms,
  type FieldRequirement,
} from './selector-fields.ts';
export {
  checkRequirement,
  formatRequirement,
  LabelSelector,
  labelSelectorFrom,
  SelectorError,
  selectorFromSet,
  type LabelRequirement,
  type SelectorOperator,
} from './selector-labels.ts';
export { lexSelector, parseLabelSelector, type LexedToken, type SelectorToken } from './selector-parser.ts';
export {
  checkCIdentifier,
  checkConfigKey,
  checkDomainPrefixedKey,
  checkDomainPrefixedPath,
  checkEnvName,
  checkFullyQualifiedDomain,
  checkFullyQualifiedName,
  checkHttpHeaderName,
  checkNoNewFinalizers,
  checkPercent,
  checkPortName,
  checkPortNumber,
  checkRange,
  checkRelaxedEnvName,
  checkSubdomainWithUnderscore,
  checkUnixId,
  checkWildcardSubdomain,
  validateMetadataUpdate,
} from './names-more.ts';
