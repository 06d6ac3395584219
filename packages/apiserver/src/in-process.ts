import type { JsonObject } from '@flux-ts/base';
import type { KubeRequest, KubeResponse, KubeUser, KubeWatchEvent, Transport } from '@flux-ts/kube';
import { errorFromStatus } from '@flux-ts/kube';
import { acknowledged } from './acknowledge.ts';
import type { Core } from './core.ts';
import { handle } from './handle.ts';
import { Query, type Answer, type EventSource } from './request.ts';

const BATCH = 500;

/** A transport inside the process: objects go in as they are and come out as they are stored. */
export function inProcessTransport(core: Core, user: KubeUser): Transport {
  const send = (request: KubeRequest, watch: boolean): Answer => {
    request.signal?.throwIfAborted();
    const query = watch ? { ...request.query, watch: 'true' } : request.query;
    const headers = request.headers ?? {};
    return handle(core, { method: request.method, path: request.path, query: Query.from(query), headers, body: request.body, user });
  };
  return {
    async request(request) {
      const answer = send(request, false);
      // what was written is on disk before it is acknowledged
      const flushed = request.method === 'GET' ? undefined : core.store.flushed();
      return response(flushed === undefined ? answer : await acknowledged(core, answer, flushed));
    },
    watch: (request) => watchEvents(() => send(request, true), request.signal),
    close: () => undefined,
  };
}

async function response(answer: Answer): Promise<KubeResponse> {
  const headers = { ...answer.headers };
  switch (answer.kind) {
    case 'object':
      return { status: answer.status, headers, body: answer.object };
    case 'list':
      return { status: 200, headers, body: { ...answer.head, items: answer.items } };
    case 'text':
      return { status: answer.status, headers, body: undefined, text: answer.text };
    case 'bytes':
      return { status: answer.status, headers, body: await answer.object() };
    case 'watch':
      answer.events.close();
      throw new TypeError('a watch is opened with watch(), not with request()');
  }
}

async function* watchEvents(open: () => Answer, signal: AbortSignal | undefined): AsyncGenerator<KubeWatchEvent> {
  const answer = open();
  if (answer.kind !== 'watch') throw refused(answer);
  const { events } = answer;
  const onAbort = (): void => events.close();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    yield* drain(events, signal);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    events.close();
  }
}

async function* drain(events: EventSource, signal: AbortSignal | undefined): AsyncGenerator<KubeWatchEvent> {
  const stopped = (): boolean => signal?.aborted ?? false;
  while (!stopped()) {
    const batch = events.poll(BATCH);
    if (batch === undefined) return;
    for (const event of batch) {
      if (stopped()) return;
      yield event;
    }
    if (batch.length < BATCH) await events.wait();
  }
}

function refused(answer: Answer): Error {
  if (answer.kind === 'object') return errorFromStatus(answer.status, answer.object);
  return errorFromStatus(answer.kind === 'text' ? answer.status : 500, notServed as JsonObject);
}

const notServed = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the server could not find the requested resource',
  reason: 'NotFound',
  code: 404,
};
