import type { JsonObject, JsonValue } from '@flux-ts/base';
import type { Catalog } from './registry/catalog.ts';
import { apiVersionOf, type ResourceType, type ResourceVersion } from './registry/resource.ts';

/** The media type of aggregated discovery. */
export const AGGREGATED_DISCOVERY: string = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/**
 * What is served, as `/api` or `/apis` say it in one answer.
 * @param core only the group without a name (`/api`), or only the others (`/apis`)
 */
export function aggregatedDiscovery(catalog: Catalog, core: boolean): JsonObject {
  const items = catalog
    .groups()
    .filter(({ group }) => (group === '') === core)
    .map(({ group, versions }) => ({
      metadata: group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: catalog.resources(group, version).map(({ type, version: served }) => aggregatedResource(type, served)),
        freshness: 'Current',
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(type: ResourceType, served: ResourceVersion): JsonObject {
  const subresources = [...served.subresources.values()].map((sub) => ({
    subresource: sub.name,
    responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
    verbs: sub.verbs,
  }));
  return {
    resource: type.resource,
    responseKind: { group: type.group, version: served.version, kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: served.verbs,
    ...optional('shortNames', type.shortNames),
    ...optional('categories', type.categories),
    ...optional('subresources', subresources),
  };
}

function optional(key: string, values: readonly JsonValue[]): JsonObject {
  return values.length === 0 ? {} : { [key]: values };
}

/** `GET /api`, the plain form. @param address host and port under which clients reach the server */
export function apiVersions(address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

/** One group as `GET /apis/GROUP` shows it; undefined where it is not served. */
export function apiGroup(catalog: Catalog, group: string): JsonObject | undefined {
  const listing = catalog.groups().find((g) => g.group === group);
  return listing === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(listing.group, listing.versions) };
}

/** `GET /apis`, the plain form. */
export function apiGroupList(catalog: Catalog): JsonObject {
  const groups = catalog.groups().filter(({ group }) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(({ group, versions }) => groupBody(group, versions)) };
}

function groupBody(group: string, versions: readonly string[]): JsonObject {
  const all = versions.map((version) => ({ groupVersion: apiVersionOf(group, version), version }));
  return { name: group, versions: all, preferredVersion: all[0] as JsonObject };
}

/** `GET /api/v1`, `GET /apis/GROUP/VERSION`; undefined where it is not served. */
export function apiResourceList(catalog: Catalog, group: string, version: string): JsonObject | undefined {
  if (!catalog.serves(group, version)) return undefined;
  const resources: JsonObject[] = [];
  for (const { type, version: served } of catalog.resources(group, version)) {
    resources.push({
      name: type.resource,
      singularName: type.singular,
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: served.verbs,
      ...optional('shortNames', type.shortNames),
      ...optional('categories', type.categories),
    });
    for (const sub of served.subresources.values()) {
      const elsewhere = sub.group !== group || sub.version !== version;
      resources.push({
        name: `${type.resource}/${sub.name}`,
        singularName: '',
        namespaced: type.namespaced,
        ...(elsewhere ? { group: sub.group, version: sub.version } : {}),
        kind: sub.kind,
        verbs: sub.verbs,
      });
    }
  }
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(group, version), resources };
}
