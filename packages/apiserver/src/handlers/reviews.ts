import { formatTime, getArray, getObject, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { KubeUser } from '@flux-ts/kube';
import { fieldError } from '@flux-ts/schema';
import { AUTHENTICATED, serviceAccountUser } from '../authn/users.ts';
import type { Attributes, PolicyRule } from '../authz/authorizer.ts';
import { asObject, readBody } from '../body/read-body.ts';
import type { Context } from '../core.ts';
import type { Answer } from '../request.ts';
import { badRequest, invalid, methodNotAllowed } from '../status.ts';

type Review = (body: JsonObject, context: Context) => JsonValue;

const REVIEWS: Readonly<Record<string, Review>> = {
  'authorization.k8s.io/selfsubjectaccessreviews': (body, context) => access(context.user, getObject(body, ['spec']) ?? {}, context),
  'authorization.k8s.io/subjectaccessreviews': (body, context) => access(userOf(body), getObject(body, ['spec']) ?? {}, context),
  'authorization.k8s.io/localsubjectaccessreviews': local,
  'authorization.k8s.io/selfsubjectrulesreviews': rules,
  'authentication.k8s.io/selfsubjectreviews': (_body, { user }) => ({ userInfo: userInfo(user) }),
  'authentication.k8s.io/tokenreviews': tokenReview,
};

/** Whether a resource is only asked, never stored. */
export function isReview(group: string, resource: string): boolean {
  return REVIEWS[`${group}/${resource}`] !== undefined;
}

/** Answers a review. @throws ApiError */
export function handleReview(context: Context): Answer {
  const { core, info } = context;
  const review = REVIEWS[`${info.group}/${info.resource}`];
  if (review === undefined || info.verb !== 'create') throw methodNotAllowed({ group: info.group, resource: info.resource }, info.verb);
  const body = asObject(readBody(context.request, core.kinds).value);
  const codec = core.kinds.resource(`${info.group}/${info.version}`, info.resource);
  const kind = codec?.kind ?? getString(body, ['kind']) ?? '';
  const status = review(body, context);
  const object = {
    kind,
    apiVersion: `${info.group}/${info.version}`,
    metadata: { ...getObject(body, ['metadata']), creationTimestamp: kind === 'SelfSubjectReview' ? formatTime(core.clock.now()) : null },
    ...(kind === 'SelfSubjectReview' ? {} : { spec: body['spec'] ?? {} }),
    status,
  };
  return { kind: 'object', status: 201, object };
}

function local(body: JsonObject, context: Context): JsonValue {
  const namespace = getString(body, ['spec', 'resourceAttributes', 'namespace']) ?? '';
  if (namespace !== context.info.namespace) {
    const why = `must match metadata.namespace`;
    throw invalid('authorization.k8s.io', 'LocalSubjectAccessReview', '', [
      fieldError('FieldValueInvalid', 'spec.resourceAttributes.namespace', namespace, why),
    ]);
  }
  return access(userOf(body), getObject(body, ['spec']) ?? {}, context);
}

function userOf(body: JsonObject): KubeUser {
  const spec = getObject(body, ['spec']) ?? {};
  const name = getString(spec, ['user']) ?? '';
  const groups = (getArray(spec, ['groups']) ?? []).filter((g) => typeof g === 'string');
  if (name === '' && groups.length === 0) {
    throw invalid('authorization.k8s.io', 'SubjectAccessReview', '', [
      fieldError('FieldValueInvalid', 'spec.user', '', 'at least one of user or group must be specified'),
    ]);
  }
  return { name, groups };
}

function access(user: KubeUser, spec: JsonObject, { core }: Context): JsonObject {
  const resource = getObject(spec, ['resourceAttributes']);
  const path = getObject(spec, ['nonResourceAttributes']);
  if ((resource === undefined) === (path === undefined)) {
    throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const text = (object: JsonObject | undefined, key: string): string => (typeof object?.[key] === 'string' ? object[key] : '');
  const attributes: Attributes = {
    user,
    verb: text(resource ?? path, 'verb'),
    namespace: text(resource, 'namespace'),
    group: text(resource, 'group'),
    resource: text(resource, 'resource'),
    subresource: text(resource, 'subresource'),
    name: text(resource, 'name'),
    ...(path === undefined ? {} : { path: text(path, 'path') }),
  };
  const decision = core.authorizer.authorize(attributes);
  return { allowed: decision.allowed, ...(decision.reason === '' ? {} : { reason: decision.reason }) };
}

function rules(body: JsonObject, { core, user }: Context): JsonValue {
  const namespace = getString(body, ['spec', 'namespace']) ?? '';
  if (namespace === '') throw badRequest('no namespace on request');
  const held = core.authorizer.rulesFor(user, namespace);
  const some = (key: string, values: readonly string[]): JsonObject => (values.length === 0 ? {} : { [key]: values });
  return {
    resourceRules: held
      .filter((r) => r.resources.length > 0)
      .map((r: PolicyRule) => ({
        verbs: r.verbs,
        ...some('apiGroups', r.apiGroups),
        ...some('resources', r.resources),
        ...some('resourceNames', r.resourceNames),
      })),
    nonResourceRules: held.filter((r) => r.nonResourceURLs.length > 0).map((r) => ({ verbs: r.verbs, nonResourceURLs: r.nonResourceURLs })),
    incomplete: false,
  };
}

/** A user as `userInfo` shows it. */
function userInfo(user: KubeUser): JsonObject {
  const extra = user.extra ?? {};
  return {
    username: user.name,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    ...(user.groups.length === 0 ? {} : { groups: [...user.groups] }),
    ...(Object.keys(extra).length === 0 ? {} : { extra: extra as unknown as JsonObject }),
  };
}

function tokenReview(body: JsonObject, { core }: Context): JsonValue {
  const claims = core.tokens.check(getString(body, ['spec', 'token']) ?? '');
  if (claims === undefined) return { user: {}, error: 'invalid bearer token' };
  const { namespace, serviceAccount } = claims;
  const account = core.store.get({ table: '/serviceaccounts', namespace, name: serviceAccount.name })?.object;
  const uid = getString(account, ['metadata', 'uid']);
  if (uid !== serviceAccount.uid) return { user: {}, error: 'invalid bearer token' };
  const wanted = getArray(body, ['spec', 'audiences'])?.filter((a) => typeof a === 'string') ?? [];
  const audiences = wanted.length === 0 ? claims.audiences : claims.audiences.filter((a) => wanted.includes(a));
  if (audiences.length === 0) return { user: {}, error: 'token audiences do not match' };
  const user = serviceAccountUser(namespace, serviceAccount.name, uid);
  const known = isObject(account) && user.groups.includes(AUTHENTICATED);
  return { authenticated: known, user: userInfo(user), audiences };
}
