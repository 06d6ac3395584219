import { CertificateAuthority, RealClock, systemRandom } from '@flux-ts/base';
import type { ApiServer } from '@flux-ts/apiserver';
import { KubeClient } from '@flux-ts/kube';
import { createSimulator } from '@flux-ts/simulator';

/** Starts the simulator as a client of the server. @returns how to stop it */
export function startSimulator(server: ApiServer): () => void {
  const client = new KubeClient({ transport: server.transport(), fieldManager: 'workload-simulator' });
  const clock = new RealClock();
  const authority = new CertificateAuthority({ commonName: 'simulated', nowMs: clock.now(), serial: () => systemRandom.bytes(16) });
  const certificate = (hosts: readonly string[]): ReturnType<typeof authority.issue> =>
    authority.issue({ commonName: hosts[0] ?? 'simulated', dnsNames: hosts });
  const simulator = createSimulator({ client, clock, random: systemRandom, certificate });
  const stop = new AbortController();
  simulator.start(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) console.log(`the simulator stopped: ${String(error)}`);
  });
  return () => stop.abort();
}
