import type { JsonObject } from '@flux-ts/base';

/** The definition of cluster-wide things.example.com with one version v1. @param version what it has besides, or instead of, any object */
export function thingDefinition(version: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, ...version }],
    },
  };
}
