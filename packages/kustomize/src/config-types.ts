import type { FieldSpec } from './field-spec.ts';
import type { Gvk } from './res-id.ts';

/** A kind whose name others refer to, and the places where they do. */
export interface NameReference extends Gvk {
  readonly referrers: readonly FieldSpec[];
}

/** Where each transformer works. */
export interface TransformerConfig {
  readonly namePrefix: readonly FieldSpec[];
  readonly nameSuffix: readonly FieldSpec[];
  readonly namespace: readonly FieldSpec[];
  readonly commonLabels: readonly FieldSpec[];
  readonly labels: readonly FieldSpec[];
  readonly templateLabels: readonly FieldSpec[];
  readonly commonAnnotations: readonly FieldSpec[];
  readonly nameReference: readonly NameReference[];
  readonly varReference: readonly FieldSpec[];
  readonly images: readonly FieldSpec[];
  readonly replicas: readonly FieldSpec[];
}
