import { formatTime, type JsonObject } from '@flux-ts/base';
import { KIND, NODE_NAME, SIMULATOR, tolerant, writeStatus, type World } from './world.ts';

/** Makes what a cluster has before anything runs in it: the one node, which says that it runs nothing, and a storage class. */
export async function createFurniture(world: World): Promise<void> {
  const now = formatTime(world.clock.now());
  const node: JsonObject = {
    ...KIND.node,
    metadata: {
      name: NODE_NAME,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': NODE_NAME,
        'node-role.kubernetes.io/control-plane': '',
        'simulator.flux-ts.dev/simulated': 'true',
      },
      annotations: { 'simulator.flux-ts.dev/no-kubelet': 'true' },
    },
    spec: { podCIDR: '10.244.0.0/16', podCIDRs: ['10.244.0.0/16'], providerID: `simulated://${NODE_NAME}` },
  };
  await tolerant(world.client.create(node, { fieldManager: SIMULATOR }));
  const stored = await world.client.find(KIND.node, { name: NODE_NAME });
  const capacity: JsonObject = { cpu: '64', memory: '256Gi', pods: '10000', 'ephemeral-storage': '1Ti' };
  const ready = (type: string, status: string, reason: string, message: string): JsonObject => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  if (stored !== undefined) {
    await writeStatus(world, stored, {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: '192.0.2.1' },
        { type: 'Hostname', address: NODE_NAME },
      ],
      conditions: [
        ready('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'simulated'),
        ready('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'simulated'),
        ready('PIDPressure', 'False', 'KubeletHasSufficientPID', 'simulated'),
        ready('Ready', 'True', 'Simulated', 'this node is simulated: no kubelet, nothing runs on it'),
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
  const storage: JsonObject = {
    ...KIND.storageClass,
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: SIMULATOR,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  };
  await tolerant(world.client.create(storage, { fieldManager: SIMULATOR }));
}
