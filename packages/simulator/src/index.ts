export { nextRun } from './cron.ts';
export type { PodRunner } from './pod-runner.ts';
export { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';
export { DELAY_ANNOTATION, FAIL_ANNOTATION, NODE_NAME, SIMULATOR, type CertificatePair } from './world.ts';
