import type { JsonObject } from '@flux-ts/base';
import { object, string, type Shape } from './shape.ts';

/** A column that `kubectl get` prints. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'date' | 'integer' | 'boolean';
  readonly jsonPath: string;
  /** Above 0: only in wide output. */
  readonly priority?: number;
}

/** One version of a kind. */
export interface KindVersion {
  readonly name: string;
  readonly spec: Shape;
  readonly status?: Shape;
  /** The releases that served it: from the first to the last, both included; without `to` it is still served. */
  readonly served: { readonly from: string; readonly to?: string };
  /** Whether `status` is a subresource. */
  readonly statusSubresource: boolean;
  readonly columns: readonly PrinterColumn[];
  /** Set where clients are warned that the version will go. */
  readonly deprecation?: string;
}

/** A kind of Flux with all versions that were ever served. */
export interface FluxKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** The first release that had the short names; without it they were always there. */
  readonly shortNamesSince?: string;
  readonly categories: readonly string[];
  /** The controller that works on it. */
  readonly controller: string;
  /** The nouns of the command line for it. */
  readonly aliases: readonly string[];
  /** Newest first; the first is what is stored. */
  readonly versions: readonly KindVersion[];
  /** Annotations of the CustomResourceDefinition. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Makes a printer column. */
export function column(
  name: string,
  jsonPath: string,
  options: { readonly type?: PrinterColumn['type']; readonly priority?: number } = {},
): PrinterColumn {
  return { name, type: options.type ?? 'string', jsonPath, ...(options.priority === undefined ? {} : { priority: options.priority }) };
}

/** The column of an object's age. */
export const AGE: PrinterColumn = column('Age', '.metadata.creationTimestamp', { type: 'date' });
/** The column of the Ready condition's status. */
export const READY: PrinterColumn = column('Ready', '.status.conditions[?(@.type=="Ready")].status');
/** The column of the Ready condition's message. */
export const STATUS: PrinterColumn = column('Status', '.status.conditions[?(@.type=="Ready")].message');

/** What is said in a status before the controller has looked at the object. */
export const NOT_OBSERVED: JsonObject = { default: { observedGeneration: -1 } };

/** The version that is stored: the newest. */
export function storageVersion(kind: FluxKind): KindVersion {
  return kind.versions[0] as KindVersion;
}

/** The shape of a whole object of a version. */
export function rootShape(version: KindVersion): Shape {
  return object({
    apiVersion: string(),
    kind: string(),
    metadata: { keywords: { type: 'object' } },
    spec: version.spec,
    ...(version.status === undefined ? {} : { status: version.status }),
  });
}
