import { formatMicroTime, type JsonObject } from '@flux-ts/base';
import { KIND, NODE_IP, NODE_NAME, SIMULATED_LABEL, SIMULATOR } from './kinds.ts';
import { conditionOf } from './conditions.ts';
import { create, timeOf, tolerant, writeStatus, type Again, type World } from './world.ts';

const LEASE_MS = 10_000;
const HEARTBEAT_MS = 300_000;
const LEASE_KEY = { namespace: 'kube-node-lease', name: NODE_NAME };

/** Makes what a cluster has before anything runs in it: the one node, which says that it runs nothing, and a storage class. */
export async function createFurniture(world: World): Promise<void> {
  await create(world, {
    ...KIND.node,
    metadata: {
      name: NODE_NAME,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': NODE_NAME,
        'node-role.kubernetes.io/control-plane': '',
        [SIMULATED_LABEL]: 'true',
      },
      annotations: { 'simulator.flux-ts.dev/no-kubelet': 'true' },
    },
    spec: { podCIDR: '10.244.0.0/16', podCIDRs: ['10.244.0.0/16'], providerID: `simulated://${NODE_NAME}` },
  });
  await create(world, {
    ...KIND.storageClass,
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: SIMULATOR,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  });
  const stored = await world.client.find(KIND.node, { name: NODE_NAME });
  if (stored === undefined) return;
  world.cache.seen(stored);
  await beat(world, stored);
}

/** The node's signs of life: its Lease every ten seconds, its conditions every five minutes. */
export async function reconcileNode(world: World): Promise<Again> {
  const node = world.cache.get(KIND.node, { name: NODE_NAME });
  if (node === undefined) return { againInMs: LEASE_MS };
  await renewLease(world, node);
  if (world.pace.left(node, { lane: 'node', step: 'beat', delayMs: HEARTBEAT_MS }) > 0) return { againInMs: LEASE_MS };
  world.pace.forget(node, 'node');
  await beat(world, node);
  return { againInMs: LEASE_MS };
}

async function renewLease(world: World, node: JsonObject): Promise<void> {
  const renewTime = formatMicroTime(world.clock.now());
  const merge = { kind: 'merge', patch: { spec: { renewTime } } } as const;
  const renewed = await tolerant(world.client.patch(KIND.lease, LEASE_KEY, merge, { fieldManager: SIMULATOR }));
  if (renewed !== undefined) return;
  const owner = { ...KIND.node, name: NODE_NAME, uid: (node['metadata'] as JsonObject)['uid'] as string };
  const spec = { holderIdentity: NODE_NAME, leaseDurationSeconds: 40, renewTime };
  await create(world, { ...KIND.lease, metadata: { ...LEASE_KEY, ownerReferences: [owner] }, spec });
}

async function beat(world: World, node: JsonObject): Promise<void> {
  const capacity: JsonObject = { cpu: '64', memory: '256Gi', pods: '10000', 'ephemeral-storage': '1Ti' };
  const now = timeOf(world);
  const told = (type: string, status: string, [reason, message]: readonly [string, string]): JsonObject => {
    const old = conditionOf(node, type);
    const lastTransitionTime = old?.['status'] === status ? (old['lastTransitionTime'] ?? now) : now;
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime };
  };
  await writeStatus(world, node, {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address: NODE_IP },
      { type: 'Hostname', address: NODE_NAME },
    ],
    conditions: [
      told('MemoryPressure', 'False', ['KubeletHasSufficientMemory', 'simulated']),
      told('DiskPressure', 'False', ['KubeletHasNoDiskPressure', 'simulated']),
      told('PIDPressure', 'False', ['KubeletHasSufficientPID', 'simulated']),
      told('Ready', 'True', ['Simulated', 'this node is simulated: no kubelet, nothing runs on it']),
    ],
    nodeInfo: {
      architecture: 'amd64',
      operatingSystem: 'linux',
      osImage: 'simulated',
      kernelVersion: 'simulated',
      containerRuntimeVersion: 'simulated://0',
      kubeletVersion: 'v1.36.3-sim',
      kubeProxyVersion: '',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  });
}
