import { silentLogger, type Clock, type Logger, type Random } from '@flux-ts/base';
import type { KubeClient } from '@flux-ts/kube';
import { ClusterCache } from './cache.ts';
import { SIMULATOR } from './kinds.ts';
import { Narrator } from './narrator.ts';
import { AddressBook } from './pods/addresses.ts';
import { Pacer } from './pods/pacer.ts';
import type { PodRunner } from './pod-runner.ts';
import { RuleBook } from './rules/rule-book.ts';
import type { SimulatorRules } from './rules/rules.ts';
import { Session } from './session.ts';
import type { CertificatePair, World } from './world.ts';

/** What a simulator is made of. */
export interface SimulatorOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Logger;
  readonly certificate: (hosts: readonly string[]) => CertificatePair;
  /** Runs Pods of images that it knows for real. */
  readonly pods?: PodRunner;
  /** How long a healthy Pod takes to start. Default 300. */
  readonly startMs?: number;
  /** What goes wrong, and which custom kinds become ready. Default: nothing, and none. */
  readonly rules?: SimulatorRules;
}

/** Plays the parts of a cluster that are not its API: workload controllers, the kubelet, the garbage collector, namespaces. */
export interface Simulator {
  /** Runs until the signal aborts. */
  start(signal: AbortSignal): Promise<void>;
}

/** Makes a simulator: another client of the API, marked by its field manager, its node and the source of its events. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { clock, random } = options;
  const client = options.client.withFieldManager(SIMULATOR);
  return {
    start: (signal) => {
      const narrator = new Narrator(client, clock, random);
      const cache = new ClusterCache();
      const world: World = {
        client,
        clock,
        random,
        log: options.log ?? silentLogger,
        startMs: options.startMs ?? 300,
        pods: options.pods,
        certificate: options.certificate,
        cache,
        rules: new RuleBook(options.rules, random, cache),
        addresses: new AddressBook(),
        pace: new Pacer(clock),
        images: new Set(),
        say: (object, what) => narrator.say(object, what),
      };
      return new Session(world, narrator).run(signal);
    },
  };
}
