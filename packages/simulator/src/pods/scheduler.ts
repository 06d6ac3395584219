import { getObject, getPath, getString, type JsonObject } from '@flux-ts/base';
import { annotationsOf, keyOf, namespaceOf, nameOf, labelsOf, typeOf } from '@flux-ts/kube';
import { KIND, NODE_NAME, SIMULATOR } from '../kinds.ts';
import { objectsAt, phaseOf, textsAt } from '../read.ts';
import { troubleAt } from '../rules/rule-book.ts';
import { inNamespaceOf, patch, timeOf, tolerant, writeStatus, type Again, type World } from '../world.ts';
import { podCondition } from './pod-status.ts';

const RETRY_MS = 15_000;
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** Puts a Pod on the one node, or says why it does not fit. */
export async function schedulePod(world: World, pod: JsonObject): Promise<Again> {
  if (objectsAt(pod, ['spec', 'schedulingGates']).length > 0) {
    await unscheduled(world, pod, { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' });
    return undefined;
  }
  const node = world.cache.get(KIND.node, { name: NODE_NAME });
  const trouble = world.rules.troubleOf(pod);
  const { fail, changesInMs } = troubleAt(trouble, world.clock.now());
  const why = fail === 'Unschedulable' ? `1 Insufficient cpu (${trouble.why})` : (misfit(pod, node) ?? (await unboundClaim(world, pod)));
  if (why === 'wait') return { againInMs: RETRY_MS };
  if (why !== undefined) {
    const whole = why.startsWith('1 ') ? `0/1 nodes are available: ${why}.` : `0/1 nodes are available: ${why}`;
    const message = `${whole} preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`;
    await unscheduled(world, pod, { reason: 'Unschedulable', message });
    world.say(pod, { type: 'Warning', reason: 'FailedScheduling', message });
    return { againInMs: Math.min(RETRY_MS, changesInMs ?? RETRY_MS) };
  }
  return bind(world, pod);
}

async function bind(world: World, pod: JsonObject): Promise<Again> {
  const binding: JsonObject = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: nameOf(pod), namespace: namespaceOf(pod) },
    target: { apiVersion: 'v1', kind: 'Node', name: NODE_NAME },
  };
  const path = await world.client.pathOf(typeOf(pod), keyOf(pod), 'binding');
  const bound = await tolerant(world.client.send({ method: 'POST', path, body: binding, query: { fieldManager: SIMULATOR } }));
  if (bound !== undefined)
    world.say(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespaceOf(pod)}/${nameOf(pod)} to ${NODE_NAME} (simulated: no kubelet runs it)`,
    });
  return undefined; // the change of the Pod brings it back
}

async function unscheduled(world: World, pod: JsonObject, why: { readonly reason: string; readonly message: string }): Promise<void> {
  const others = objectsAt(pod, ['status', 'conditions']).filter((c) => c['type'] !== 'PodScheduled');
  await writeStatus(world, pod, {
    ...getObject(pod, ['status']),
    phase: 'Pending',
    conditions: [...others, podCondition(pod, { type: 'PodScheduled', status: 'False', ...why }, timeOf(world))],
  });
}

/** Why a Pod does not fit a node, in the scheduler's words; undefined where it does. */
export function misfit(pod: JsonObject, node: JsonObject | undefined): string | undefined {
  if (node === undefined) return 'no nodes available to schedule pods';
  const tolerations = objectsAt(pod, ['spec', 'tolerations']);
  if (getPath(node, ['spec', 'unschedulable']) === true && !tolerates(tolerations, UNSCHEDULABLE)) return '1 node(s) were unschedulable';
  const taint = objectsAt(node, ['spec', 'taints']).find((t) => t['effect'] !== 'PreferNoSchedule' && !tolerates(tolerations, t));
  if (taint !== undefined) return `1 node(s) had untolerated taint {${String(taint['key'])}: ${String(taint['value'] ?? '')}}`;
  const labels = labelsOf(node);
  const selector = getObject(pod, ['spec', 'nodeSelector']) ?? {};
  const chosen = Object.entries(selector).every(([key, value]) => labels[key] === value);
  return chosen && fitsAffinity(pod, node) ? undefined : "1 node(s) didn't match Pod's node affinity/selector";
}

const UNSCHEDULABLE: JsonObject = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

function tolerates(tolerations: readonly JsonObject[], taint: JsonObject): boolean {
  return tolerations.some((t) => {
    const [key, effect] = [t['key'] ?? '', t['effect'] ?? ''];
    if (effect !== '' && effect !== taint['effect']) return false;
    if (key === '') return t['operator'] === 'Exists';
    return key === taint['key'] && (t['operator'] === 'Exists' || (t['value'] ?? '') === (taint['value'] ?? ''));
  });
}

function fitsAffinity(pod: JsonObject, node: JsonObject): boolean {
  const path = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];
  if (getPath(pod, path) === undefined) return true;
  const fields = { 'metadata.name': nameOf(node) };
  return objectsAt(pod, path).some((term) => {
    const expressions = objectsAt(term, ['matchExpressions']);
    const onFields = objectsAt(term, ['matchFields']);
    if (expressions.length + onFields.length === 0) return false;
    return expressions.every((e) => meets(e, labelsOf(node))) && onFields.every((e) => meets(e, fields));
  });
}

function meets(requirement: JsonObject, map: Readonly<Record<string, string>>): boolean {
  const value = map[String(requirement['key'])];
  const values = textsAt(requirement, ['values']);
  switch (requirement['operator']) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    default:
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

/** The claim that a volume of a Pod stands for, if it stands for one. */
export function claimNameOf(pod: JsonObject, volume: JsonObject): string | undefined {
  const name = getString(volume, ['persistentVolumeClaim', 'claimName']);
  if (name !== undefined) return name;
  return getObject(volume, ['ephemeral', 'volumeClaimTemplate']) === undefined ? undefined : `${nameOf(pod)}-${String(volume['name'])}`;
}

/** What keeps a Pod's claims from being used; `wait` where they are being bound for it. */
async function unboundClaim(world: World, pod: JsonObject): Promise<string | undefined> {
  let binding = false;
  for (const volume of objectsAt(pod, ['spec', 'volumes'])) {
    const name = claimNameOf(pod, volume);
    if (name === undefined) continue;
    const claim = world.cache.get(KIND.claim, inNamespaceOf(pod, name));
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found.`;
    if (phaseOf(claim) === 'Bound') continue;
    if (phaseOf(claim) === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume.`;
    const storage = world.cache.get(KIND.storageClass, { name: getString(claim, ['spec', 'storageClassName']) ?? '' });
    if (getString(storage, ['volumeBindingMode']) !== 'WaitForFirstConsumer') return 'pod has unbound immediate PersistentVolumeClaims.';
    binding = true;
    if (annotationsOf(claim)[SELECTED_NODE] === undefined)
      await patch(world, claim, { metadata: { annotations: { [SELECTED_NODE]: NODE_NAME } } });
  }
  return binding ? 'wait' : undefined;
}

/** Whether a claim that waits for its first consumer has got one. */
export function hasConsumer(claim: JsonObject): boolean {
  return annotationsOf(claim)[SELECTED_NODE] !== undefined;
}
