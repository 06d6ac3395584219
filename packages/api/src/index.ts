export {
  crdFor,
  explainField,
  FLUX_KINDS,
  fluxCrds,
  fluxKind,
  schemaFor,
  storageVersion,
  versionsIn,
  type CrdOptions,
  type FieldExplanation,
} from './crd.ts';
export { FIELD_CHANGES, fieldChanges, type FieldChange } from './field-changes.ts';
export { fieldDoc } from './field-docs.ts';
export {
  formatApiVersion,
  formatRef,
  gvkKey,
  gvkOf,
  parseApiVersion,
  refKey,
  refOf,
  type GroupVersionKind,
  type ObjectRef,
} from './gvk.ts';
export { type FluxKind, type KindVersion, type PrinterColumn } from './kind.ts';
export type { KubeObject, ManagedFieldsEntry, ObjectMeta, OwnerReference } from './object.ts';
export { type Rule, type Shape } from './shape.ts';
export {
  ANNOTATIONS,
  CONDITIONS,
  FIELD_MANAGERS,
  FINALIZERS,
  LABELS,
  NEGATIVE_CONDITIONS,
  REASONS,
  type ConditionType,
  type Reason,
} from './vocabulary.ts';
