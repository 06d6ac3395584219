// HTTP to a server that may be killed at any moment.
import { Agent, request as httpRequest } from 'node:http';

/** An answer that came whole. */
export interface Answered {
  readonly status: number;
  readonly body: StoredObject;
}

/** What is read of objects, lists and Statuses. */
export interface StoredObject {
  readonly metadata?: { readonly name?: string; readonly resourceVersion?: string; readonly uid?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly items?: readonly StoredObject[];
  readonly message?: string;
}

/** Sends a request; rejects where no whole answer came. */
export type Send = (method: string, path: string, options?: { readonly body?: unknown; readonly type?: string }) => Promise<Answered>;

/** A client with its own connections. */
export function connect(url: string): Send {
  const agent = new Agent({ keepAlive: true });
  return (method, path, { body, type = 'application/json' } = {}) =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(url + path, { method, agent, headers: body === undefined ? {} : { 'content-type': type } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('close', () => {
          if (!response.complete) reject(new Error('the answer broke off'));
          else resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as StoredObject });
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
