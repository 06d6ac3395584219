import { deepEqual, formatTime, getArray, getObject, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

/** The finalizer that keeps a CRD until its objects are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** What a condition of a CRD says. */
interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** The status of a CRD: its names accepted, established, or on its way out. The same status comes back where nothing moved. */
export function crdStatus(crd: JsonObject, nameConflict: string | undefined, nowMs: number): JsonObject {
  const spec = getObject(crd, ['spec']) ?? {};
  const old = getObject(crd, ['status']) ?? {};
  const names = getObject(spec, ['names']) ?? {};
  const verdicts: Verdict[] =
    nameConflict === undefined
      ? [
          { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
          { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
        ]
      : [
          { type: 'NamesAccepted', status: 'False', reason: 'KindConflict', message: nameConflict },
          { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
        ];
  if (getObject(crd, ['metadata'])?.['deletionTimestamp'] !== undefined) {
    verdicts.push({
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionInProgress',
      message: 'CustomResource deletion is in progress',
    });
  }
  const before = (getArray(old, ['conditions']) ?? []).filter(isObject);
  const conditions: JsonValue[] = verdicts.map((verdict) => {
    const known = before.find((c) => c['type'] === verdict.type);
    if (known !== undefined && known['status'] === verdict.status && known['reason'] === verdict.reason) return known;
    return {
      lastTransitionTime: formatTime(nowMs),
      message: verdict.message,
      reason: verdict.reason,
      status: verdict.status,
      type: verdict.type,
    };
  });
  for (const condition of before) if (!verdicts.some((v) => v.type === condition['type'])) conditions.push(condition);
  const storage = (getArray(spec, ['versions']) ?? []).filter(isObject).find((v) => v['storage'] === true)?.['name'];
  const stored = (getArray(old, ['storedVersions']) ?? []).filter((v) => typeof v === 'string');
  const storedVersions = typeof storage === 'string' && !stored.includes(storage) ? [...stored, storage] : stored;
  const next = {
    ...old,
    conditions,
    acceptedNames: nameConflict === undefined ? names : (old['acceptedNames'] ?? { plural: '', kind: '' }),
    storedVersions,
  };
  return deepEqual(next, old) ? old : next;
}

/** Whether a CRD's names were accepted: its resource is served. */
export function isEstablished(crd: JsonObject): boolean {
  return (getArray(crd, ['status', 'conditions']) ?? []).some((c) => isObject(c) && c['type'] === 'Established' && c['status'] === 'True');
}
