import { formatTime, getObject, getString, type JsonObject } from '@flux-ts/base';
import { fieldError } from '@flux-ts/schema';
import { ISSUER } from '../authn/tokens.ts';
import { asObject, readBody } from '../body/read-body.ts';
import type { ResourceContext } from '../core.ts';
import type { Answer } from '../request.ts';
import { invalid, methodNotAllowed } from '../status.ts';
import { metaString } from '../write/metadata.ts';
import { stored } from './resources.ts';

const SHORTEST_SECONDS = 600;
const DEFAULT_SECONDS = 3600;

/** Makes a token for a ServiceAccount. @throws ApiError */
export function createToken(context: ResourceContext): Answer {
  const { core, info } = context;
  if (info.verb !== 'create') throw methodNotAllowed({ group: '', resource: 'serviceaccounts/token' }, info.verb);
  const account = stored(context);
  const body = asObject(readBody(context.request, core.kinds).value);
  const spec = getObject(body, ['spec']) ?? {};
  const asked = spec['expirationSeconds'];
  const seconds = typeof asked === 'number' ? asked : DEFAULT_SECONDS;
  if (seconds < SHORTEST_SECONDS) {
    const why = 'may not specify a duration less than 10 minutes';
    throw invalid('authentication.k8s.io', 'TokenRequest', info.name, [
      fieldError('FieldValueInvalid', 'spec.expirationSeconds', seconds, why),
    ]);
  }
  const given = (spec['audiences'] as readonly string[] | undefined) ?? [];
  const audiences = given.length === 0 ? [ISSUER] : given;
  const expiresAtMs = core.clock.now() + seconds * 1000;
  const pod = getObject(spec, ['boundObjectRef']);
  const token = core.tokens.issue({
    subject: `system:serviceaccount:${account.namespace}:${account.name}`,
    namespace: account.namespace,
    serviceAccount: { name: account.name, uid: metaString(account.object, 'uid') },
    audiences,
    expiresAtMs,
    ...(getString(pod, ['kind']) === 'Pod' ? { pod: { name: getString(pod, ['name']) ?? '', uid: getString(pod, ['uid']) ?? '' } } : {}),
  });
  const object: JsonObject = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: account.name, namespace: account.namespace, creationTimestamp: formatTime(core.clock.now()) },
    spec: { ...spec, audiences, expirationSeconds: seconds, boundObjectRef: spec['boundObjectRef'] ?? null },
    status: { token, expirationTimestamp: formatTime(expiresAtMs) },
  };
  return { kind: 'object', status: 201, object };
}
