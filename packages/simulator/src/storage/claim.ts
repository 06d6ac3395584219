import { getArray, getObject, getPath, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { annotationsOf, isTerminating, labelsOf, nameOf, namespaceOf, uidOf } from '@flux-ts/kube';
import { compareQuantities, labelSelectorFrom, parseQuantity } from '@flux-ts/schema';
import { KIND, SIMULATOR } from '../kinds.ts';
import { phaseOf, textsAt } from '../read.ts';
import { troubleAt, unreadableAnnotations } from '../rules/rule-book.ts';
import { hasConsumer } from '../pods/scheduler.ts';
import { create, patch, timeOf, writeStatus, type Again, type World } from '../world.ts';

const RETRY_MS = 15_000;
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** Binds a claim to a volume: one that is there and fits, else one of its storage class, as a dynamic provisioner makes it. */
export async function reconcileClaim(world: World, claim: JsonObject): Promise<Again> {
  if (isTerminating(claim)) return undefined;
  if (phaseOf(claim) === 'Bound') return keepBound(world, claim);
  for (const message of unreadableAnnotations(claim)) world.say(claim, { type: 'Warning', reason: 'UnknownSimulation', message });
  const trouble = world.rules.troubleOf(claim);
  const { fail, changesInMs } = troubleAt(trouble, world.clock.now());
  if (fail === 'PVCPending') return tell(world, claim, { reason: 'ProvisioningFailed', message: trouble.why, inMs: changesInMs });
  const left = trouble.delayMs === undefined ? 0 : world.pace.left(claim, { lane: 'claim', step: 'bind', delayMs: trouble.delayMs });
  if (left > 0) return { againInMs: left };
  const chosen = getString(claim, ['spec', 'volumeName']) ?? '';
  if (chosen !== '') return bindChosen(world, claim, chosen);
  const className = getString(claim, ['spec', 'storageClassName']) ?? '';
  const storage = className === '' ? undefined : world.cache.get(KIND.storageClass, { name: className });
  const waits = getString(storage, ['volumeBindingMode']) === 'WaitForFirstConsumer' && !hasConsumer(claim);
  if (waits) {
    const message = 'waiting for first consumer to be created before binding';
    return tell(world, claim, { type: 'Normal', reason: 'WaitForFirstConsumer', message });
  }
  const fitting = world.cache.list(KIND.volume).find((volume) => fits(volume, claim, className));
  if (fitting !== undefined) return bind(world, claim, fitting);
  if (className === '')
    return tell(world, claim, {
      type: 'Normal',
      reason: 'FailedBinding',
      message: 'no persistent volumes available for this claim and no storage class is set',
    });
  if (storage === undefined)
    return tell(world, claim, { reason: 'ProvisioningFailed', message: `storageclass.storage.k8s.io "${className}" not found` });
  if (getString(storage, ['provisioner']) === 'kubernetes.io/no-provisioner')
    return tell(world, claim, {
      type: 'Normal',
      reason: 'FailedBinding',
      message: 'no persistent volumes available for this claim',
    });
  return provision(world, claim, storage);
}

function tell(
  world: World,
  claim: JsonObject,
  what: { readonly type?: 'Normal' | 'Warning'; readonly reason: string; readonly message: string; readonly inMs?: number | undefined },
): Again {
  const { type = 'Warning', reason, message, inMs = RETRY_MS } = what;
  const left = world.pace.every(claim, { lane: 'tell', step: message, delayMs: RETRY_MS });
  if (left === 0) world.say(claim, { type, reason, message });
  return { againInMs: Math.min(inMs, left === 0 ? RETRY_MS : left) };
}

function wantedSize(claim: JsonObject): string {
  return String(getPath(claim, ['spec', 'resources', 'requests', 'storage']) ?? '0');
}

function covers(capacity: JsonValue | undefined, wanted: string): boolean {
  return compareQuantities(parseQuantity(String(capacity ?? '0')), parseQuantity(wanted)) >= 0;
}

/** Whether a volume that is free may be a claim's. */
function fits(volume: JsonObject, claim: JsonObject, className: string): boolean {
  const reserved = getObject(volume, ['spec', 'claimRef']);
  const isOurs =
    reserved?.['namespace'] === namespaceOf(claim) &&
    reserved['name'] === nameOf(claim) &&
    (reserved['uid'] ?? uidOf(claim)) === uidOf(claim);
  if (isTerminating(volume) || (reserved !== undefined && !isOurs)) return false;
  const modes = textsAt(volume, ['spec', 'accessModes']);
  const selector = getObject(claim, ['spec', 'selector']);
  return (
    (getString(volume, ['spec', 'storageClassName']) ?? '') === className &&
    (getString(volume, ['spec', 'volumeMode']) ?? 'Filesystem') === (getString(claim, ['spec', 'volumeMode']) ?? 'Filesystem') &&
    textsAt(claim, ['spec', 'accessModes']).every((mode) => modes.includes(mode)) &&
    covers(getPath(volume, ['spec', 'capacity', 'storage']), wantedSize(claim)) &&
    (selector === undefined || labelSelectorFrom(selector).matches(labelsOf(volume)))
  );
}

async function bindChosen(world: World, claim: JsonObject, name: string): Promise<Again> {
  const volume = world.cache.get(KIND.volume, { name });
  if (volume === undefined) return { againInMs: RETRY_MS };
  const reserved = getObject(volume, ['spec', 'claimRef']);
  const taken = reserved !== undefined && (reserved['name'] !== nameOf(claim) || reserved['namespace'] !== namespaceOf(claim));
  if (taken) return tell(world, claim, { reason: 'FailedBinding', message: `volume "${name}" already bound to a different claim.` });
  return bind(world, claim, volume);
}

async function provision(world: World, claim: JsonObject, storage: JsonObject): Promise<Again> {
  const name = `pvc-${uidOf(claim)}`;
  const made = await create(world, {
    ...KIND.volume,
    metadata: { name, annotations: { [PROVISIONED_BY]: SIMULATOR } },
    spec: {
      capacity: { storage: wantedSize(claim) },
      accessModes: textsAt(claim, ['spec', 'accessModes']),
      persistentVolumeReclaimPolicy: getString(storage, ['reclaimPolicy']) ?? 'Delete',
      storageClassName: nameOf(storage),
      volumeMode: getString(claim, ['spec', 'volumeMode']) ?? 'Filesystem',
      hostPath: { path: `/simulated/${name}`, type: '' },
      claimRef: claimReference(claim),
    },
  });
  const volume = made ?? world.cache.get(KIND.volume, { name });
  if (volume === undefined) return { againInMs: 0 };
  world.say(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message: `Successfully provisioned volume ${name} (simulated)` });
  return bind(world, claim, volume);
}

function claimReference(claim: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: namespaceOf(claim), name: nameOf(claim), uid: uidOf(claim) };
}

async function bind(world: World, claim: JsonObject, volume: JsonObject): Promise<Again> {
  const name = nameOf(volume);
  const provisioner = annotationsOf(volume)[PROVISIONED_BY];
  const annotations = {
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
    ...(provisioner === undefined
      ? {}
      : { 'volume.beta.kubernetes.io/storage-provisioner': provisioner, 'volume.kubernetes.io/storage-provisioner': provisioner }),
  };
  const reserved =
    getString(volume, ['spec', 'claimRef', 'uid']) === uidOf(claim)
      ? volume
      : await patch(world, volume, { spec: { claimRef: claimReference(claim) } });
  if (reserved === undefined) return { againInMs: RETRY_MS };
  await writeStatus(world, reserved, { phase: 'Bound', lastPhaseTransitionTime: timeOf(world) });
  const named = await patch(world, claim, { metadata: { annotations }, spec: { volumeName: name } });
  if (named === undefined) return { againInMs: 0 };
  const accessModes = getArray(volume, ['spec', 'accessModes']) ?? [];
  await writeStatus(world, named, {
    phase: 'Bound',
    accessModes: [...accessModes],
    capacity: getObject(volume, ['spec', 'capacity']) ?? {},
  });
  return undefined;
}

/** A bound claim grows with its request, and is lost with its volume. */
async function keepBound(world: World, claim: JsonObject): Promise<Again> {
  const volume = world.cache.get(KIND.volume, { name: getString(claim, ['spec', 'volumeName']) ?? '' });
  if (volume === undefined) {
    const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
    await writeStatus(world, claim, { phase: 'Lost' });
    world.say(claim, { type: 'Warning', reason: 'ClaimLost', message });
    return undefined;
  }
  const wanted = wantedSize(claim);
  if (covers(getPath(claim, ['status', 'capacity', 'storage']), wanted)) return undefined;
  await patch(world, volume, { spec: { capacity: { storage: wanted } } });
  await writeStatus(world, claim, { ...getObject(claim, ['status']), capacity: { storage: wanted } });
  world.say(claim, { type: 'Normal', reason: 'FileSystemResizeSuccessful', message: 'Expanded volume (simulated)' });
  return undefined;
}
