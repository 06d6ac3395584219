import { FluxError, formatDuration } from '@flux-ts/base';
import type { HelmReleaseInput } from '../render-release.ts';

/** Which bound ended a render, or what became of its worker. */
export type RenderBoundCode = 'RENDER_TIMEOUT' | 'RENDER_MEMORY' | 'RENDER_LOOKUP' | 'RENDER_WORKER' | 'RENDER_CLOSED';

/** A render that was ended from outside; the message names the chart, the bound and what to do. */
export class RenderBoundError extends FluxError<RenderBoundCode> {}

/** How long one render may take in real time, where nothing else is said. */
export const DEFAULT_TIMEOUT_MS = 60_000;

/** Which render an error speaks of. */
export interface RenderSubject {
  readonly chart: HelmReleaseInput['chart'];
  readonly release: { readonly name: string; readonly namespace: string };
}

function subjectText({ chart, release }: RenderSubject): string {
  const { name, version } = chart.metadata;
  return `rendering chart ${name} ${version} for release ${release.namespace}/${release.name} was stopped`;
}

/** A render took too long. */
export function timeoutError(subject: RenderSubject, timeoutMs: number): RenderBoundError {
  const advice =
    'look for loops, or for expensive functions (bcrypt, genPrivateKey, derivePassword, regular expressions) that are called too often in its templates';
  return new RenderBoundError({
    code: 'RENDER_TIMEOUT',
    message: `${subjectText(subject)}: it took longer than ${formatDuration(timeoutMs)}; ${advice}`,
  });
}

/** A render needed too much memory. */
export function memoryError(subject: RenderSubject, memoryMiB: number): RenderBoundError {
  return new RenderBoundError({
    code: 'RENDER_MEMORY',
    message: `${subjectText(subject)}: it needs more than ${memoryMiB} MiB of memory; look for lists, maps or texts in its templates that grow with each round of a loop`,
  });
}

/** A worker ended in the middle of a render, or never started. */
export function workerError(subject: RenderSubject, cause: unknown): RenderBoundError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new RenderBoundError({
    code: 'RENDER_WORKER',
    message: `${subjectText(subject)}: the worker that rendered it ended unexpectedly${why}; it will be tried again in a new one`,
    cause,
  });
}

/** The templates never stop asking for something new. */
export function lookupError(subject: RenderSubject): RenderBoundError {
  return new RenderBoundError({
    code: 'RENDER_LOOKUP',
    message: `${subjectText(subject)}: its templates look up something else each time they are rendered`,
  });
}

/** The pool was closed. */
export function closedError(subject: RenderSubject): RenderBoundError {
  return new RenderBoundError({ code: 'RENDER_CLOSED', message: `${subjectText(subject)}: no more renders are taken` });
}
