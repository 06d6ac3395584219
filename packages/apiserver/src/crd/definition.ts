import { getArray, getObject, getPath, getString, isObject, type JsonObject } from '@flux-ts/base';
import type { CelCompiler } from '@flux-ts/schema';
import {
  apiVersionOf,
  type PrinterColumn,
  type ResourceType,
  type ResourceVersion,
  type ScalePaths,
  type Subresource,
} from '../registry/resource.ts';
import { compareVersionNames } from '../registry/versions.ts';
import { objectTypes } from '../write/managed.ts';
import { CustomCodec } from './custom-codec.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const PART_VERBS = ['get', 'patch', 'update'];

/** Makes a served resource of a CustomResourceDefinition. @returns undefined where no version is served */
export function resourceOf(crd: JsonObject, cel: CelCompiler | undefined): ResourceType | undefined {
  const spec = getObject(crd, ['spec']) ?? {};
  const names = getObject(spec, ['names']) ?? {};
  const group = getString(spec, ['group']) ?? '';
  const kind = getString(names, ['kind']) ?? '';
  const resource = getString(names, ['plural']) ?? '';
  const definitions = (getArray(spec, ['versions']) ?? []).filter(isObject);
  const storageVersion = String(definitions.find((v) => v['storage'] === true)?.['name'] ?? '');
  const served = definitions.filter((v) => v['served'] === true).sort((a, b) => compareVersionNames(String(a['name']), String(b['name'])));
  if (served.length === 0) return undefined;
  const versions = new Map<string, ResourceVersion>();
  for (const definition of served) versions.set(String(definition['name']), versionOf(definition, { group, kind, storageVersion, cel }));
  return {
    group,
    resource,
    kind,
    listKind: getString(names, ['listKind']) ?? `${kind}List`,
    singular: getString(names, ['singular']) ?? kind.toLowerCase(),
    namespaced: spec['scope'] === 'Namespaced',
    shortNames: strings(names['shortNames']),
    categories: strings(names['categories']),
    table: `${group}/${resource}`,
    storageVersion,
    versions,
    types: objectTypes(group, versions),
    hasStatus: served.some((v) => getPath(v, ['subresources', 'status']) !== undefined),
    custom: true,
  };
}

interface Around {
  readonly group: string;
  readonly kind: string;
  readonly storageVersion: string;
  readonly cel: CelCompiler | undefined;
}

function versionOf(definition: JsonObject, { group, kind, storageVersion, cel }: Around): ResourceVersion {
  const version = String(definition['name']);
  const subresources = new Map<string, Subresource>();
  if (getPath(definition, ['subresources', 'status']) !== undefined)
    subresources.set('status', { name: 'status', kind, group, version, verbs: PART_VERBS });
  const scale = getObject(definition, ['subresources', 'scale']);
  if (scale !== undefined)
    subresources.set('scale', { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: PART_VERBS });
  const deprecated = definition['deprecated'] === true;
  const warning = getString(definition, ['deprecationWarning']) ?? `${apiVersionOf(group, version)} ${kind} is deprecated`;
  return {
    version,
    verbs: VERBS,
    subresources,
    codec: new CustomCodec({
      apiVersion: apiVersionOf(group, version),
      kind,
      schema: getObject(definition, ['schema', 'openAPIV3Schema']),
      storedApiVersion: apiVersionOf(group, storageVersion),
      cel,
    }),
    deprecation: deprecated ? warning : undefined,
    ...(scale === undefined ? {} : { scale: scalePaths(scale) }),
    columns: (getArray(definition, ['additionalPrinterColumns']) ?? []).filter(isObject).map(columnOf),
    selectableFields: (getArray(definition, ['selectableFields']) ?? [])
      .filter(isObject)
      .map((f) => String(f['jsonPath'] ?? '').replace(/^\./, '')),
  };
}

function scalePaths(scale: JsonObject): ScalePaths {
  const path = (field: string): readonly string[] =>
    String(scale[field] ?? '')
      .replace(/^\./, '')
      .split('.');
  return {
    specReplicas: path('specReplicasPath'),
    statusReplicas: path('statusReplicasPath'),
    labelSelector: scale['labelSelectorPath'] === undefined ? undefined : path('labelSelectorPath'),
  };
}

function columnOf(column: JsonObject): PrinterColumn {
  const text = (key: string): string => String(column[key] ?? '');
  return {
    name: text('name'),
    type: text('type'),
    format: text('format'),
    description: text('description'),
    priority: Number(column['priority'] ?? 0),
    jsonPath: text('jsonPath'),
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
