export { applyObject, type ApplyInput, type ApplyOutcome } from './apply-object.ts';
export { type ApplyConflict } from './conflicts.ts';
export { isEqualIgnoringManagedFieldsTimes, keepTimesIfUnchanged } from './equal-objects.ts';
export { lastAppliedAnnotation, lastAppliedText } from './last-applied.ts';
export {
  decodeManagedFields,
  encodeManagedFields,
  ManagedFieldsError,
  managedFieldsOf,
  managerKey,
  readManagerKey,
  validateFieldManager,
  validateManagedFields,
  withManagedFields,
  withoutManagedFields,
  type ManagedFields,
  type ManagedFieldsProblem,
  type ManagerIdentity,
} from './managed-fields.ts';
export { type ObjectTypes, type WriteInput } from './object-types.ts';
export { commonDefinition, typeFromStructural, type StructuralOptions } from './type-structural.ts';
export { updateObject, type UpdateInput } from './update-object.ts';
export { FieldSet, FieldSetBuilder, FieldSetError } from './field-set.ts';
export {
  canonicalElement,
  compareElements,
  fieldElement,
  fieldName,
  formatElement,
  formatPath,
  indexElement,
  keyElement,
  valueElement,
  type FieldPath,
  type PathElement,
} from './path-element.ts';
export { compareTyped, excludeFromComparison, type Comparison } from './typed-compare.ts';
export { toFieldSet, withNamedFields } from './typed-field-set.ts';
export { mergeTyped } from './typed-merge.ts';
export { reconcileFieldSet } from './typed-reconcile.ts';
export { extractFields, removeFields } from './typed-remove.ts';
export { validateTyped } from './typed-validate.ts';
export {
  compileReference,
  compileType,
  deducedType,
  SchemaError,
  typesFromDefinitions,
  TypeSchema,
  type AtomDefinition,
  type FieldDefinition,
  type ListDefinition,
  type ListType,
  type MapDefinition,
  type MapType,
  type ScalarKind,
  type TypeReference,
  type TypeSource,
} from './type-schema.ts';
export {
  ConflictError,
  Updater,
  type ApplyRequest,
  type Converter,
  type FieldConflict,
  type Managers,
  type TypedValue,
  type UpdaterOptions,
  type VersionedSet,
} from './updater.ts';
export { TypedError, type TypedProblem } from './walk.ts';
export { createJsonPatch, escapePointer, type JsonDiffOptions } from './json-diff.ts';
export { applyMergePatch, createMergePatch, createThreeWayJsonMergePatch, filterNulls } from './json-merge-patch.ts';
export { applyJsonPatch, decodeJsonPatch, JsonPatchError, type JsonPatchOperation, type JsonPatchOptions } from './json-patch.ts';
export { PatchError } from './patch-error.ts';
export { createThreeWayMergePatch, createTwoWayMergePatch } from './strategic-diff.ts';
export { strategicMergePatch } from './strategic-merge.ts';
export { type StrategicField, type StrategicSchema } from './strategic-schema.ts';
