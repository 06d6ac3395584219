import { getString, type JsonObject } from '@flux-ts/base';
import { annotationsOf, generationOf, isTerminating, type InformerEvent } from '@flux-ts/kube';

/** The annotation whose change asks for a reconciliation. */
export const RECONCILE_REQUEST_ANNOTATION = 'reconcile.fluxcd.io/requestedAt';

/** Tells whether an informer's event matters to a controller. */
export type Predicate = (event: InformerEvent) => boolean;

/** Passes new and deleted objects and changes of the generation. */
export function generationChanged(event: InformerEvent): boolean {
  if (event.type !== 'modified') return true;
  if (generationOf(event.old) !== generationOf(event.object)) return true;
  return isTerminating(event.old) !== isTerminating(event.object);
}

/** The value of the annotation that asks for a reconciliation. */
export function requestedAt(object: JsonObject): string | undefined {
  return annotationsOf(object)[RECONCILE_REQUEST_ANNOTATION];
}

/** Passes changes of the annotation that asks for a reconciliation. */
export function reconcileRequested(event: InformerEvent): boolean {
  return event.type === 'modified' && requestedAt(event.object) !== undefined && requestedAt(event.old) !== requestedAt(event.object);
}

/** Passes new objects with an artifact and changes of the artifact's revision or digest. */
export function artifactChanged(event: InformerEvent): boolean {
  const of = (object: JsonObject): string =>
    `${getString(object, ['status', 'artifact', 'revision']) ?? ''}|${getString(object, ['status', 'artifact', 'digest']) ?? ''}`;
  if (event.type === 'deleted') return false;
  if (of(event.object) === '|') return false;
  return event.type === 'added' || of(event.old) !== of(event.object);
}

/** Passes when any of the predicates does. */
export function anyOf(...predicates: readonly Predicate[]): Predicate {
  return (event) => predicates.some((p) => p(event));
}
