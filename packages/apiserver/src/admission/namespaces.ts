import { getPath } from '@flux-ts/base';
import type { ResourceContext } from '../core.ts';
import { forbidden, notFound } from '../status.ts';
import { metadataOf } from '../write/metadata.ts';

const PROTECTED = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is made in a namespace that does not exist or is on its way out. @throws ApiError NotFound, Forbidden */
export function checkNamespace(context: ResourceContext): void {
  const { core, info, target } = context;
  if (!target.type.namespaced) return;
  const stored = core.store.get({ table: '/namespaces', namespace: '', name: info.namespace });
  if (stored === undefined) throw notFound({ group: '', resource: 'namespaces', name: info.namespace });
  const ending =
    metadataOf(stored.object)['deletionTimestamp'] !== undefined || getPath(stored.object, ['status', 'phase']) === 'Terminating';
  if (!ending) return;
  const causes = [
    { reason: 'NamespaceTerminating', message: `namespace ${info.namespace} is being terminated`, field: 'metadata.namespace' },
  ];
  const subject = { group: target.type.group, resource: target.type.resource, name: info.name };
  throw forbidden(subject, `unable to create new content in namespace ${info.namespace} because it is being terminated`, causes);
}

/** Some namespaces stay. @throws ApiError Forbidden */
export function checkNamespaceDelete(context: ResourceContext, name: string): void {
  const { type } = context.target;
  if (type.group === '' && type.resource === 'namespaces' && PROTECTED.has(name)) {
    throw forbidden({ group: '', resource: 'namespaces', name }, 'this namespace may not be deleted');
  }
}
