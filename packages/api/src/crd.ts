import type { JsonObject, JsonValue } from '@flux-ts/base';
import { fieldDoc } from './field-docs.ts';
import { rootShape, type FluxKind, type KindVersion, type PrinterColumn } from './kind.ts';
import { ALERT } from './kinds/alert.ts';
import { ARTIFACT_GENERATOR } from './kinds/artifact-generator.ts';
import { BUCKET } from './kinds/bucket.ts';
import { EXTERNAL_ARTIFACT } from './kinds/external-artifact.ts';
import { GIT_REPOSITORY } from './kinds/git-repository.ts';
import { HELM_CHART } from './kinds/helm-chart.ts';
import { HELM_RELEASE } from './kinds/helm-release.ts';
import { HELM_REPOSITORY } from './kinds/helm-repository.ts';
import { IMAGE_POLICY } from './kinds/image-policy.ts';
import { IMAGE_REPOSITORY } from './kinds/image-repository.ts';
import { IMAGE_UPDATE_AUTOMATION } from './kinds/image-update-automation.ts';
import { KUSTOMIZATION } from './kinds/kustomization.ts';
import { OCI_REPOSITORY } from './kinds/oci-repository.ts';
import { PROVIDER } from './kinds/provider.ts';
import { RECEIVER } from './kinds/receiver.ts';
import { toSchema, type Shape } from './shape.ts';

/** Every kind of Flux, by group and name. */
export const FLUX_KINDS: readonly FluxKind[] = [
  HELM_RELEASE,
  IMAGE_POLICY,
  IMAGE_REPOSITORY,
  IMAGE_UPDATE_AUTOMATION,
  KUSTOMIZATION,
  ALERT,
  PROVIDER,
  RECEIVER,
  ARTIFACT_GENERATOR,
  BUCKET,
  EXTERNAL_ARTIFACT,
  GIT_REPOSITORY,
  HELM_CHART,
  HELM_REPOSITORY,
  OCI_REPOSITORY,
];

/** Gives a kind of Flux by group and kind, or `undefined` where it is none. */
export function fluxKind(group: string, kind: string): FluxKind | undefined {
  return FLUX_KINDS.find((k) => k.group === group && k.kind === kind);
}

/** A release as a number that orders: "2.10" after "2.9". */
function releaseNumber(release: string): number {
  const [major, minor] = release.split('.').map(Number);
  return (major ?? 0) * 1000 + (minor ?? 0);
}

/** The versions of a kind that a release of Flux serves, newest first; `0.38` and later. */
export function versionsIn(kind: FluxKind, release: string): readonly KindVersion[] {
  const at = releaseNumber(release);
  return kind.versions.filter(
    ({ served }) => releaseNumber(served.from) <= at && (served.to === undefined || at <= releaseNumber(served.to)),
  );
}

function findVersion(kind: FluxKind, version: string): KindVersion {
  const found = kind.versions.find((v) => v.name === version);
  if (found === undefined) throw new RangeError(`${kind.kind} has no version ${version}`);
  return found;
}

/**
 * The `openAPIV3Schema` of a version, with words.
 * @throws RangeError where there is no such version
 */
export function schemaFor(kind: FluxKind, version: string): JsonObject {
  // the API server refuses any words on an object's own metadata
  const docs = (path: readonly string[]): string | undefined =>
    path.length === 1 && path[0] === 'metadata' ? undefined : fieldDoc(kind.kind, path);
  return toSchema(rootShape(findVersion(kind, version)), docs);
}

/** What `explain` shows of a field. */
export interface FieldExplanation {
  /** The type as kubectl writes it: "string", "integer", "Object", "[]string", "map[string]string". */
  readonly type: string;
  readonly description: string;
  readonly required: boolean;
  /** The schema of the field, with what is below it. */
  readonly schema: JsonObject;
}

function typeName(shape: Shape): string {
  if (shape.items !== undefined) return `[]${typeName(shape.items)}`;
  if (shape.values !== undefined) return `map[string]${typeName(shape.values)}`;
  const type = shape.keywords['type'];
  return type === 'object' ? 'Object' : typeof type === 'string' ? type : 'Object';
}

/**
 * Finds a field by the names on the way to it; items of lists and values of maps need no step of their own.
 * @returns `undefined` where there is no such field
 */
export function explainField(kind: FluxKind, version: string, path: readonly string[]): FieldExplanation | undefined {
  const found = kind.versions.find((v) => v.name === version);
  if (found === undefined) return undefined;
  let shape: Shape = rootShape(found);
  const steps: string[] = [];
  let required = true;
  for (const name of path) {
    for (;;) {
      if (shape.items !== undefined) {
        steps.push('[]');
        shape = shape.items;
      } else if (shape.values !== undefined) {
        steps.push('{}');
        shape = shape.values;
      } else break;
    }
    const child: Shape | undefined = shape.fields?.[name];
    if (child === undefined || !Object.hasOwn(shape.fields ?? {}, name)) return undefined;
    required = shape.required?.includes(name) === true;
    shape = child;
    steps.push(name);
  }
  const docs = (at: readonly string[]): string | undefined => fieldDoc(kind.kind, at);
  return { type: typeName(shape), description: docs(steps) ?? '', required, schema: toSchema(shape, docs, steps) };
}

function columnObject(column: PrinterColumn): JsonObject {
  return {
    jsonPath: column.jsonPath,
    name: column.name,
    ...(column.priority === undefined ? {} : { priority: column.priority }),
    type: column.type,
  };
}

function versionObject(kind: FluxKind, version: KindVersion, storage: boolean): JsonObject {
  const out: Record<string, JsonValue> = { additionalPrinterColumns: version.columns.map(columnObject) };
  if (version.deprecation !== undefined) {
    out['deprecated'] = true;
    out['deprecationWarning'] = version.deprecation;
  }
  out['name'] = version.name;
  out['schema'] = { openAPIV3Schema: schemaFor(kind, version.name) };
  out['served'] = true;
  out['storage'] = storage;
  out['subresources'] = version.statusSubresource ? { status: {} } : {};
  return out;
}

/** Which versions a CustomResourceDefinition holds. */
export interface CrdOptions {
  /** These versions. Default: all that were ever served. */
  readonly versions?: readonly string[];
  /** The versions, and the short names, of a release such as "0.38" or "2.9". */
  readonly release?: string;
}

/**
 * Makes the CustomResourceDefinition of a kind. The newest of its versions is stored; conversion only changes the
 * `apiVersion`, so that what a version does not know is pruned from what it shows.
 * @throws RangeError where the kind has no such version, or none in that release
 */
export function crdFor(kind: FluxKind, options: CrdOptions = {}): JsonObject {
  const { release } = options;
  const names = options.versions?.map((v) => findVersion(kind, v).name);
  const versions = (release === undefined ? kind.versions : versionsIn(kind, release)).filter(
    (v) => names === undefined || names.includes(v.name),
  );
  const newest = versions[0];
  if (newest === undefined) throw new RangeError(`${kind.kind} has no version${release === undefined ? '' : ` in ${release}`}`);
  const hasShortNames = release === undefined || releaseNumber(release) >= releaseNumber(kind.shortNamesSince ?? '0.0');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      ...(Object.keys(kind.annotations).length === 0 ? {} : { annotations: kind.annotations }),
      name: `${kind.plural}.${kind.group}`,
    },
    spec: {
      conversion: { strategy: 'None' },
      group: kind.group,
      names: {
        ...(release === undefined || releaseNumber(release) >= 2007 ? { categories: kind.categories } : {}),
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        ...(hasShortNames && kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
        singular: kind.singular,
      },
      scope: 'Namespaced',
      versions: versions.map((version) => versionObject(kind, version, version === newest)).reverse(),
    },
  };
}

/** Makes the CustomResourceDefinitions of all kinds: every version ever served, or those of one release. */
export function fluxCrds(options: { readonly release?: string } = {}): JsonObject[] {
  const { release } = options;
  return FLUX_KINDS.filter((kind) => release === undefined || versionsIn(kind, release).length > 0).map((kind) => crdFor(kind, options));
}
