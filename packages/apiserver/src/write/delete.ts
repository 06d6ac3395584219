import { formatTime, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError } from '@flux-ts/schema';
import type { ResourceContext } from '../core.ts';
import { conflict, invalid } from '../status.ts';
import type { Stored } from '../storage/stored.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { finalizersOf, metadataOf, metaString, withMetadata } from './metadata.ts';
import { dryRunErrors } from './options.ts';
import { isFinished } from './update.ts';

/** What a delete asks for, from the body and the query. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: 'Orphan' | 'Foreground' | 'Background' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

const POLICIES = ['Background', 'Foreground', 'Orphan'];

/** Reads delete options. @throws ApiError Invalid */
export function deleteOptions(context: { readonly request: ResourceContext['request'] }, body: JsonValue | undefined): DeleteOptions {
  const { query } = context.request;
  const given = isObject(body) ? body : {};
  const policy = (given['propagationPolicy'] as string | undefined) ?? (query.get('propagationPolicy') || undefined);
  const orphan =
    (given['orphanDependents'] as boolean | undefined) ?? (query.has('orphanDependents') ? query.flag('orphanDependents') : undefined);
  const dryRun = [...query.all('dryRun'), ...((given['dryRun'] as readonly string[] | undefined) ?? [])];
  const errors = dryRunErrors(dryRun);
  if (policy !== undefined && !POLICIES.includes(policy)) {
    errors.push(
      fieldError(
        'FieldValueNotSupported',
        'propagationPolicy',
        policy,
        `supported values: ${[...POLICIES, 'nil'].map((p) => JSON.stringify(p)).join(', ')}`,
      ),
    );
  }
  if (policy !== undefined && orphan !== undefined) {
    errors.push(
      fieldError('FieldValueInvalid', 'propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', errors);
  const grace = given['gracePeriodSeconds'] ?? (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const preconditions = isObject(given['preconditions']) ? given['preconditions'] : {};
  const propagation = policy ?? (orphan === true ? 'Orphan' : orphan === false ? 'Background' : undefined);
  return {
    dryRun: dryRun.length > 0,
    gracePeriodSeconds: typeof grace === 'number' && Number.isFinite(grace) ? grace : undefined,
    propagation: propagation as DeleteOptions['propagation'],
    uid: preconditions['uid'] as string | undefined,
    resourceVersion: preconditions['resourceVersion'] as string | undefined,
  };
}

/** What became of a delete: the object as it stands, and whether it is gone. */
export interface DeleteOutcome {
  readonly object: JsonObject;
  readonly gone: boolean;
}

/** Deletes an object, or marks it deleted where finalizers or a grace period keep it. @throws ApiError Conflict */
export function deleteStored(context: ResourceContext, old: Stored, options: DeleteOptions): DeleteOutcome {
  const { core, target } = context;
  const { type, version } = target;
  checkPreconditions(context, old, options);
  const strategy = strategyOf(type);
  const marked = markDeleted(context, old, options);
  const where = { table: type.table, namespace: old.namespace, name: old.name };
  const gone = isFinished(marked, type.group, type.kind);
  if (options.dryRun) return { object: version.codec.view(old.object), gone };
  if (gone) {
    core.counters.add('apiserver.write');
    const last = core.store.delete(where, marked) as Stored;
    strategy.afterDelete?.(last.object, core);
    return { object: version.codec.view(last.object), gone: true };
  }
  if (marked === old.object) return { object: version.codec.view(old.object), gone: false };
  core.counters.add('apiserver.write');
  const stored = core.store.put(where, marked);
  strategy.afterWrite?.(stored.object, old.object, core);
  const latest = core.store.get(where);
  return { object: version.codec.view((latest ?? stored).object), gone: latest === undefined };
}

function checkPreconditions(context: ResourceContext, old: Stored, options: DeleteOptions): void {
  const { type } = context.target;
  const subject = { group: type.group, resource: type.resource, name: old.name };
  const uid = metaString(old.object, 'uid');
  const version = metaString(old.object, 'resourceVersion');
  if (options.uid !== undefined && options.uid !== uid) {
    throw conflict(subject, `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== version) {
    throw conflict(
      subject,
      `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${version}`,
    );
  }
}

/** The stored object as a delete leaves it: timestamps and the finalizers of the propagation. */
function markDeleted(context: ResourceContext, old: Stored, options: DeleteOptions): JsonObject {
  const { type } = context.target;
  const metadata = metadataOf(old.object);
  const finalizers = withPropagation(finalizersOf(old.object), options.propagation);
  const grace = gracePeriod(context, old, options);
  const already = metadata['deletionTimestamp'] !== undefined;
  const shorter = already && grace < Number(metadata['deletionGracePeriodSeconds'] ?? 0);
  const sameFinalizers = finalizers.join() === finalizersOf(old.object).join();
  if (already && !shorter && sameFinalizers) return old.object;
  const generation = metadata['generation'];
  const marked = withMetadata(old.object, {
    finalizers: finalizers.length === 0 ? undefined : [...finalizers],
    deletionTimestamp: already && !shorter ? metadata['deletionTimestamp'] : formatTime(context.core.clock.now() + grace * 1000),
    deletionGracePeriodSeconds: already && !shorter ? metadata['deletionGracePeriodSeconds'] : grace,
    ...(!already && typeof generation === 'number' && generation > 0 ? { generation: generation + 1 } : {}),
  });
  if (type.group === '' && type.kind === 'Namespace')
    return { ...marked, status: { ...(marked['status'] as JsonObject), phase: 'Terminating' } };
  return marked;
}

function withPropagation(finalizers: readonly string[], propagation: DeleteOptions['propagation']): readonly string[] {
  if (propagation === undefined) return finalizers;
  const rest = finalizers.filter((f) => f !== 'orphan' && f !== 'foregroundDeletion');
  if (propagation === 'Orphan') return [...rest, 'orphan'];
  return propagation === 'Foreground' ? [...rest, 'foregroundDeletion'] : rest;
}

/** Only Pods are deleted gracefully: those that run somewhere have their grace period, for the kubelet to end. */
function gracePeriod(context: ResourceContext, old: Stored, options: DeleteOptions): number {
  const { type } = context.target;
  if (type.group !== '' || type.kind !== 'Pod') return 0;
  const spec = (old.object['spec'] ?? {}) as JsonObject;
  const phase = ((old.object['status'] ?? {}) as JsonObject)['phase'];
  if (!spec['nodeName'] || phase === 'Succeeded' || phase === 'Failed') return 0;
  const wanted = options.gracePeriodSeconds ?? Number(spec['terminationGracePeriodSeconds'] ?? 30);
  return Math.max(0, wanted);
}
