import { Backend } from './backend.ts';
import { forwardFailure, type ForwardInit } from './pod-dialer.ts';
import type { WebSocketConnection } from './web-socket.ts';

/**
 * Forwards one connection for each port over numbered channels: the first byte of every message is 2n for the bytes of the
 * n-th port and 2n + 1 for what goes wrong with it. Each channel begins with its port, two bytes, the lower one first.
 * Returns when all ports, or the client, are done.
 * @throws StreamProtocolError
 * @see kubernetes staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go
 */
export async function forwardChannels(connection: WebSocketConnection, ports: readonly number[], init: ForwardInit): Promise<void> {
  const send = (channel: number, bytes: Buffer): boolean => connection.send(Buffer.concat([Buffer.from([channel]), bytes]));
  let left = ports.length;
  let allDone: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (allDone = resolve));
  const backends = ports.map((port, n) => {
    const data = 2 * n;
    for (const channel of [data, data + 1]) send(channel, Buffer.from([port & 0xff, port >> 8]));
    return new Backend({
      dial: (signal) => init.dialer.dial(init.pod, port, signal),
      toClient: { send: (bytes) => send(data, bytes), drained: connection.drained, end: () => undefined },
      done: (failure) => {
        if (failure?.kind === 'dial') send(data + 1, Buffer.from(forwardFailure(port, init.podUid, failure.error)));
        if (--left === 0) allDone();
      },
    });
  });
  const hangUp = (): void => {
    for (const backend of backends) backend.destroy();
  };
  // a message may be waiting for a slow Pod, and the end of its client not be seen
  init.signal.addEventListener('abort', hangUp, { once: true });
  try {
    for (const backend of backends) backend.start();
    await Promise.race([done, distribute(connection, backends)]);
  } finally {
    hangUp();
    connection.close();
  }
}

async function distribute(connection: WebSocketConnection, backends: readonly Backend[]): Promise<void> {
  let channel: number | undefined;
  for await (const { start, bytes } of connection.pieces()) {
    if (start) channel = undefined;
    if (bytes.length === 0) continue;
    const isFirst = channel === undefined;
    channel ??= bytes[0] as number;
    // nobody writes to the channels of errors, and a channel without a port goes nowhere
    if (channel % 2 === 0) await backends[channel / 2]?.write(isFirst ? bytes.subarray(1) : bytes);
  }
}
