import type { MessagePort } from 'node:worker_threads';
import type { Capabilities, Chart } from '@flux-ts/helm';
import type { HelmReleaseInput } from '../render-release.ts';
import type { WireThrown } from './error-wire.ts';
import type { LookupAnswer } from './lookups.ts';
import type { LookupQuery } from './renderer.ts';
import type { WireRender } from './result-wire.ts';

/** Says that a thread was started for renders. */
export const ROLE = 'flux-render';

/** What a worker is started with. */
export interface WorkerStart {
  readonly role: typeof ROLE;
  /** Brings the answers to lookups, also while the worker's event loop stands still. */
  readonly answers: MessagePort;
  /** One counter of answers, to wait on. */
  readonly answered: SharedArrayBuffer;
  readonly lookupTimeoutMs: number;
  /** What a render may hold on the heap. */
  readonly memoryMiB: number;
}

/** One render: everything but the chart, which the worker keeps by its digest. */
export interface RenderJob {
  readonly id: number;
  readonly chart: string;
  readonly input: Omit<HelmReleaseInput, 'chart'>;
  /** The time that templates see. */
  readonly nowMs: number;
  /** Makes chance repeatable; undefined: chance of the operating system. */
  readonly seed: number | undefined;
  readonly capabilities: Capabilities | undefined;
  readonly helmVersion: 3 | 4 | undefined;
  readonly lookups: boolean;
  /** Real time after which templates end by themselves, with their place in the error. */
  readonly softTimeoutMs: number;
}

/** What a worker is told. */
export type ToWorker =
  { readonly type: 'render'; readonly job: RenderJob } | { readonly type: 'chart'; readonly digest: string; readonly chart: Chart };

/** What a worker tells. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'chart-wanted'; readonly digest: string }
  | { readonly type: 'lookup'; readonly id: number; readonly query: LookupQuery }
  | { readonly type: 'done'; readonly id: number; readonly render: WireRender }
  | { readonly type: 'too-large'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly thrown: WireThrown };

/** An answer on the port for answers. */
export interface LookupReply {
  readonly id: number;
  readonly answer: LookupAnswer;
}
