import type { JsonObject } from '@flux-ts/base';
import type { ResourceContext } from '../core.ts';
import { admitClaim } from './claims.ts';
import { applyLimits } from './limit-ranges.ts';
import { checkNamespace } from './namespaces.ts';
import { admitPod } from './pods.ts';
import { checkQuota } from './quotas.ts';
import { checkEscalation } from './escalation.ts';

/** What admission makes of a new object; it may refuse it. @throws ApiError Forbidden, NotFound */
export function admitCreate(object: JsonObject, context: ResourceContext): JsonObject {
  const { type } = context.target;
  checkNamespace(context);
  checkEscalation(object, undefined, context);
  let admitted = object;
  if (type.group === '' && type.kind === 'Pod') admitted = applyLimits(admitPod(admitted, context), context);
  if (type.group === '' && type.kind === 'PersistentVolumeClaim') admitted = admitClaim(applyLimits(admitted, context), context);
  checkQuota(admitted, context);
  return admitted;
}

/** What admission makes of a changed object. @throws ApiError Forbidden */
export function admitUpdate(next: JsonObject, old: JsonObject, context: ResourceContext): JsonObject {
  checkEscalation(next, old, context);
  return next;
}
