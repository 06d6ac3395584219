import { getObject, getString, setPath, type JsonObject } from '@flux-ts/base';
import { asObject, readBody } from '../body/read-body.ts';
import type { ResourceContext } from '../core.ts';
import type { Answer } from '../request.ts';
import { badRequest, conflict, methodNotAllowed, notFound } from '../status.ts';

/** Puts a Pod on a node. @param podName from the URL, or empty: from the body's metadata. @throws ApiError */
export function bindPod(context: ResourceContext, podName: string): Answer {
  const { core, info } = context;
  if (info.verb !== 'create') throw methodNotAllowed({ group: '', resource: 'pods/binding' }, info.verb);
  const body = asObject(readBody(context.request, core.kinds).value);
  const node = getString(body, ['target', 'name']) ?? '';
  if (node === '') throw badRequest('target.name is required');
  const name = podName === '' ? (getString(body, ['metadata', 'name']) ?? '') : podName;
  const where = { table: '/pods', namespace: info.namespace, name };
  const pod = core.store.get(where)?.object;
  if (pod === undefined) throw notFound({ group: '', resource: 'pods', name });
  const already = getObject(pod, ['spec'])?.['nodeName'];
  if (already)
    throw conflict({ group: '', resource: 'pods/binding', name }, `pod ${name} is already assigned to node ${JSON.stringify(already)}`);
  core.store.put(where, setPath(pod, ['spec', 'nodeName'], node) as JsonObject);
  return { kind: 'object', status: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}
