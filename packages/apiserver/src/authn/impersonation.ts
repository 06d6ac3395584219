import type { KubeUser } from '@flux-ts/kube';
import type { Authorizer, Attributes } from '../authz/authorizer.ts';
import { badRequest, forbidden } from '../status.ts';
import { header, type ApiRequest } from '../request.ts';
import { AUTHENTICATED, serviceAccountOf, serviceAccountUser } from './users.ts';

const EXTRA = 'impersonate-extra-';

/**
 * Who a request is made as: the user that its Impersonate headers name, where the caller may do so.
 * @throws ApiError Forbidden, BadRequest
 */
export function impersonated(request: ApiRequest, authorizer: Authorizer): KubeUser {
  const name = header(request, 'impersonate-user');
  const groups = values(request, 'impersonate-group');
  const uid = header(request, 'impersonate-uid');
  const extras = Object.keys(request.headers).filter((h) => h.startsWith(EXTRA));
  if (name === '') {
    if (groups.length > 0 || uid !== '' || extras.length > 0) throw badRequest('requested [] without impersonating a user');
    return request.user;
  }
  const account = serviceAccountOf(name);
  const may = (resource: string, what: string, more: Partial<Attributes> = {}): void => {
    const attributes: Attributes = {
      user: request.user,
      verb: 'impersonate',
      namespace: '',
      group: '',
      resource,
      subresource: '',
      name: what,
      ...more,
    };
    if (authorizer.authorize(attributes).allowed) return;
    const where = attributes.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(attributes.namespace)}`;
    const why = `User ${JSON.stringify(request.user.name)} cannot impersonate resource ${JSON.stringify(resource)} in API group ${JSON.stringify(attributes.group)} ${where}`;
    throw forbidden({ group: attributes.group, resource, name: what }, why);
  };
  if (account === undefined) may('users', name);
  else may('serviceaccounts', account.name, { namespace: account.namespace });
  for (const group of groups) may('groups', group);
  if (uid !== '') may('uids', uid, { group: 'authentication.k8s.io' });
  const extra: Record<string, readonly string[]> = {};
  for (const key of extras) {
    const field = decodeURIComponent(key.slice(EXTRA.length));
    extra[field] = values(request, key);
    for (const value of extra[field]) may('userextras', value, { group: 'authentication.k8s.io', subresource: field });
  }
  const base = account === undefined ? { name, groups: [] as readonly string[] } : serviceAccountUser(account.namespace, account.name);
  const all = groups.length > 0 ? groups : base.groups;
  const known =
    name === 'system:anonymous' || all.includes(AUTHENTICATED) || all.includes('system:unauthenticated') ? all : [...all, AUTHENTICATED];
  return { name, groups: known, ...(uid === '' ? {} : { uid }), ...(extras.length === 0 ? {} : { extra }) };
}

function values(request: ApiRequest, name: string): readonly string[] {
  const value = request.headers[name];
  if (value === undefined) return [];
  return typeof value === 'string'
    ? value
        .split(',')
        .map((v) => v.trim())
        .filter((v) => v !== '')
    : value;
}
