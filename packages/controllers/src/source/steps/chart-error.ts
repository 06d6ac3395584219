import { errorMessage } from '@flux-ts/base';
import { SourceFailure } from '../outcome.ts';

interface BuildReason {
  readonly summary: string;
  readonly condition: 'FetchFailed' | 'BuildFailed';
  /** Only a change of the object helps. */
  readonly persistent: boolean;
}

const REASONS = {
  InvalidChartReference: { summary: 'invalid chart reference', condition: 'FetchFailed', persistent: true },
  ChartPullError: { summary: 'chart pull error', condition: 'FetchFailed', persistent: false },
  MetadataPatchError: { summary: 'chart metadata patch error', condition: 'BuildFailed', persistent: true },
  ValuesFilesError: { summary: 'values files merge error', condition: 'BuildFailed', persistent: true },
  DependencyBuildError: { summary: 'dependency build error', condition: 'BuildFailed', persistent: false },
  ChartPackageError: { summary: 'chart package error', condition: 'BuildFailed', persistent: false },
} as const satisfies Readonly<Record<string, BuildReason>>;

/** Why a chart could not be built. */
export type ChartBuildReason = keyof typeof REASONS;

/** The failure of a chart build, worded as upstream does. */
export function chartFailure(reason: ChartBuildReason, detail: string, cause?: unknown): SourceFailure {
  const { summary, condition, persistent } = REASONS[reason];
  return new SourceFailure({ kind: persistent ? 'stall' : 'retry', condition, reason, message: `${summary}: ${detail}`, cause });
}

/** Runs a step of a chart build and words what it throws. */
export async function buildStep<T>(reason: ChartBuildReason, prefix: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof SourceFailure) throw error;
    throw chartFailure(reason, prefix === '' ? errorMessage(error) : `${prefix}: ${errorMessage(error)}`, error);
  }
}
