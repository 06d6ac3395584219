export { nextRun } from './jobs/cron.ts';
export { NODE_NAME, SIMULATED_LABEL, SIMULATOR } from './kinds.ts';
export type { PodRunner } from './pod-runner.ts';
export { DELAY_ANNOTATION, FAIL_ANNOTATION, FAILURES, type Failure } from './rules/failures.ts';
export { readSimulatorRules } from './rules/read-rules.ts';
export { RulesError, type FailureRule, type Match, type ReadinessRule, type SimulatorRules } from './rules/rules.ts';
export { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';
export type { CertificatePair } from './world.ts';
