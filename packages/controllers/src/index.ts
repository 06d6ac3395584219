export { ControllerArgsError, gateEnabled, parseControllerArgs, type ControllerOptions } from './options.ts';
export { createSourceController } from './source/controller.ts';
export type { SourceDeps } from './source/harness.ts';
export { createKustomizeController } from './kustomize/controller.ts';
export type { KustomizeDeps } from './kustomize/run.ts';
export { createHelmController } from './helm/controller.ts';
export type { HelmDeps } from './helm/run.ts';
