import { formatMicroTime, getObject, getPath, getString, RealClock, type JsonObject } from '@flux-ts/base';
import { namespaceOf, type ObjectKey, type TypeRef } from '@flux-ts/kube';
import type { CommandContext } from '../frame/command.ts';
import { progressOn, type Progress } from '../frame/progress.ts';
import { clientFor, type Access } from '../kube/access.ts';
import { helmReleases, images, kustomizations, nounOfKind, notifications, sources, type Noun } from '../kube/nouns.ts';
import { waitHandled } from '../kube/wait.ts';

const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

/** `flux reconcile KIND NAME [--with-source]`: asks for a reconciliation and waits for its end. */
export async function run(context: CommandContext): Promise<number> {
  const [name] = context.args;
  const noun = nounFor(context.path);
  if (name === undefined) throw new Error(`${noun.kind} name is required`);
  const access = await clientFor(context);
  const work = { context, access, progress: progressOn(context.io) };
  const key = { namespace: access.namespace, name };
  const type = await typeOf(access, noun);
  const object = await access.client.get(type, key);
  if (getPath(object, ['spec', 'suspend']) === true) throw new Error('resource is suspended');
  if (noun.static !== undefined || isStaticHelmRepository(object)) throw new Error(`reconciliation not supported by the object`);
  if (context.flags.bool('with-source')) await reconcileSourceOf(work, object);
  const annotations = forced(context);
  await reconcile(work, { noun, type, key }, annotations);
  return 0;
}

interface Work {
  readonly context: CommandContext;
  readonly access: Access;
  readonly progress: Progress;
}

function nounFor(path: readonly string[]): Noun {
  const name = path.at(-1) ?? '';
  const list = path[1] === 'source' ? sources : path[1] === 'image' ? images : [kustomizations, helmReleases, ...notifications];
  const noun = list.find((n) => n.name === name || n.aliases?.includes(name) === true);
  if (noun === undefined) throw new Error(`unknown kind ${name}`);
  return noun;
}

async function typeOf(access: Access, noun: Noun): Promise<TypeRef> {
  const { apiVersion, kind } = await access.client.mapper.preferred(noun.group, noun.kind);
  return { apiVersion, kind };
}

function isStaticHelmRepository(object: JsonObject): boolean {
  return object['kind'] === 'HelmRepository' && getString(object, ['spec', 'type']) === 'oci';
}

/** The annotations of `--force` and `--reset`: they hold the same token as the request. */
function forced(context: CommandContext): readonly string[] {
  return [
    ...(context.flags.bool('force') ? ['reconcile.fluxcd.io/forceAt'] : []),
    ...(context.flags.bool('reset') ? ['reconcile.fluxcd.io/resetAt'] : []),
  ];
}

async function reconcileSourceOf(work: Work, object: JsonObject): Promise<void> {
  const namespace = namespaceOf(object);
  const chart = getObject(object, ['spec', 'chart', 'spec', 'sourceRef']);
  const reference = getObject(object, ['spec', 'sourceRef']) ?? getObject(object, ['spec', 'chartRef']) ?? chart;
  if (reference === undefined) throw new Error('the object names no source');
  const target = await source(work, reference, namespace);
  await reconcile(work, target, []);
  if (chart === undefined || target.noun.kind === 'HelmChart') return;
  const chartKey =
    getString(object, ['status', 'helmChart']) ?? `${target.key.namespace}/${namespace}-${getString(object, ['metadata', 'name']) ?? ''}`;
  const [chartNamespace = '', chartName = ''] = chartKey.split('/');
  const noun = nounOfKind('HelmChart') as Noun;
  await reconcile(work, { noun, type: await typeOf(work.access, noun), key: { namespace: chartNamespace, name: chartName } }, []);
}

async function source(work: Work, reference: JsonObject, namespace: string): Promise<Target> {
  const noun = nounOfKind(getString(reference, ['kind']) ?? '');
  if (noun === undefined) throw new Error(`unsupported source kind ${JSON.stringify(reference['kind'] ?? '')}`);
  return {
    noun,
    type: await typeOf(work.access, noun),
    key: { namespace: getString(reference, ['namespace']) ?? namespace, name: getString(reference, ['name']) ?? '' },
  };
}

interface Target {
  readonly noun: Noun;
  readonly type: TypeRef;
  readonly key: ObjectKey;
}

async function reconcile({ context, access, progress }: Work, target: Target, more: readonly string[]): Promise<void> {
  const { kind } = target.type;
  const before = await access.client.get(target.type, target.key);
  if (isStaticHelmRepository(before)) return;
  progress.action(`annotating ${kind} ${target.key.name} in ${target.key.namespace ?? ''} namespace`);
  const requestedAt = formatMicroTime(new RealClock().now());
  const annotations = Object.fromEntries([REQUESTED_AT, ...more].map((name) => [name, requestedAt]));
  await access.client.patch(target.type, target.key, { kind: 'merge', patch: { metadata: { annotations } } });
  progress.success(`${kind} annotated`);
  progress.waiting(`waiting for ${kind} reconciliation`);
  const done = await waitHandled(
    access.client,
    { ...target, requestedAt },
    { timeoutMs: context.flags.duration('timeout'), signal: context.io.signal },
  );
  if (!done.ready) throw new Error(`${kind} reconciliation failed: '${done.message}'`);
  progress.success(summary(target.noun, done.object));
}

function summary(noun: Noun, object: JsonObject): string {
  if (noun === kustomizations) return `applied revision ${getString(object, ['status', 'lastAppliedRevision']) ?? ''}`;
  if (noun === helmReleases)
    return `applied revision ${getString(object, ['status', 'history', 0, 'chartVersion']) ?? getString(object, ['status', 'lastAttemptedRevision']) ?? ''}`;
  const revision = getString(object, ['status', 'artifact', 'revision']);
  return revision === undefined ? `${noun.kind} reconciliation completed` : `fetched revision ${revision}`;
}
