import type { JsonObject } from '@flux-ts/base';

/** Runs the Pods whose images it knows, in this process or a child of it, instead of having them simulated. */
export interface PodRunner {
  /** Whether the Pod is one of its own. */
  knows(pod: JsonObject): boolean;
  /**
   * Starts a Pod with the Pod's own arguments, environment and ServiceAccount; a Pod that runs already stays as it is.
   * Resolves when its containers are ready.
   */
  start(pod: JsonObject): Promise<void>;
  /** Stops a Pod; one that does not run is none of its business. */
  stop(pod: JsonObject): Promise<void>;
}
