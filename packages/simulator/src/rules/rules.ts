import { FluxError, formatDiagnostic, type Diagnostic, type JsonObject } from '@flux-ts/base';
import type { LabelSelector } from '@flux-ts/schema';
import type { Failure } from './failures.ts';

/** The apiVersion of a rules file. */
export const RULES_VERSION = 'simulator.flux-ts.dev/v1alpha1';
/** The kind of a rules file. */
export const RULES_KIND = 'SimulatorRules';

/** The kinds that a failure rule may match: Pods, what they belong to, and the two that fail on their own. */
export const MATCHED_KINDS = [
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'PersistentVolumeClaim',
  'Service',
] as const;

/** Which objects a rule is for; what is absent matches everything. */
export interface Match {
  readonly kind: string;
  /** A glob (`*`, `?`). */
  readonly namespace?: string;
  /** A glob. */
  readonly name?: string;
  readonly labels?: LabelSelector;
  /** A glob over the images of a Pod's containers; the failure is then of the containers that it matches. */
  readonly image?: string;
}

/** What goes wrong, with whom, when and how often. */
export interface FailureRule {
  readonly match: Match;
  readonly fail?: Failure;
  /** How long the next step takes. */
  readonly delayMs?: number;
  /** The failure begins this long after the object was made. */
  readonly afterMs: number;
  /** It ends this long after it began; default: never. */
  readonly forMs?: number;
  /** How many objects it befalls; default: all. */
  readonly times?: number;
  /** How likely it befalls one, 0 to 1. */
  readonly probability: number;
  /** Where the rule stands: `rules.yaml:12`. */
  readonly place: string;
}

/** When objects of a custom kind become ready, and what their status is then. */
export interface ReadinessRule {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: LabelSelector;
  readonly afterMs: number;
  /** The status without what is filled in: observedGeneration, times. */
  readonly status: JsonObject;
  readonly place: string;
}

/** A rules file that was read. */
export interface SimulatorRules {
  readonly failures: readonly FailureRule[];
  readonly readiness: readonly ReadinessRule[];
}

/** No rules: everything is healthy, custom kinds are left alone. */
export const NO_RULES: SimulatorRules = { failures: [], readiness: [] };

/** A rules file that cannot be used; every mistake in it with its place and what to do. */
export class RulesError extends FluxError<'SIMULATOR_RULES'> {
  readonly diagnostics: readonly Diagnostic[];

  /** @param text the file's text, to show the places in; absent where it cannot be read */
  constructor(diagnostics: readonly Diagnostic[], text?: string) {
    super({ code: 'SIMULATOR_RULES', message: diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, text)).join('\n') });
    this.diagnostics = diagnostics;
  }
}
