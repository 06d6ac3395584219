// A watch that goes on from restart to restart.
import { request as httpRequest, type ClientRequest } from 'node:http';

const PATH = '/api/v1/namespaces/default/configmaps';

interface Event {
  readonly type: string;
  readonly object: { readonly code?: number; readonly metadata: { readonly resourceVersion: string } };
}

/** Watches ConfigMaps; what it was shown must still be true after a crash. */
export class Watcher {
  /** The revision of the last event that was shown. */
  revision = 0;
  events = 0;
  resumed = 0;
  expired = 0;
  problem: string | undefined;
  #open: ClientRequest | undefined;

  /** Goes on after the last event. @param now where to begin when the server does not remember that far */
  async resume(url: string, now: number): Promise<void> {
    const first = this.revision === 0;
    const wanted = first ? now : this.revision;
    const taken = await this.#watch(url, wanted);
    if (taken) {
      if (!first) this.resumed++;
      return;
    }
    this.expired++;
    this.revision = now;
    if (!(await this.#watch(url, now))) this.problem ??= `a watch from the current revision ${now} was refused`;
  }

  close(): void {
    this.#open?.destroy();
  }

  /** @returns false where the revision is too old */
  #watch(url: string, from: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${url}${PATH}?watch=true&resourceVersion=${from}`, (response) => {
        if (response.statusCode !== 200) {
          response.resume();
          if (response.statusCode !== 410) this.problem ??= `a watch from ${from} was answered with ${response.statusCode ?? 0}`;
          resolve(false);
          return;
        }
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) this.#take(JSON.parse(line) as Event, from);
        });
        response.on('error', () => undefined); // killed
        resolve(true);
      });
      request.on('error', reject);
      request.end();
      this.#open = request;
    });
  }

  #take({ type, object }: Event, from: number): void {
    if (type === 'ERROR') {
      this.problem ??= `a watch ended with ${object.code ?? 0}`;
      return;
    }
    const revision = Number(object.metadata.resourceVersion);
    if (revision <= Math.max(this.revision, from))
      this.problem ??= `a watch showed revision ${revision} after ${Math.max(this.revision, from)}`;
    this.revision = revision;
    this.events++;
  }
}
