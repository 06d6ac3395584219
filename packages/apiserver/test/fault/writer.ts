// One of the processes that write: it owns some names, remembers what was acknowledged of them, and looks after each restart
// whether that is what is stored.
import { seededRandom } from '@flux-ts/base';
import { connect, type Answered, type Send, type StoredObject } from './client.ts';

const LANES = 8;
const NAMES_PER_LANE = 4;
const KINDS = [
  { apiVersion: 'v1', kind: 'ConfigMap', path: '/api/v1/namespaces/default/configmaps' },
  { apiVersion: 'fault.example/v1', kind: 'Widget', path: '/apis/fault.example/v1/namespaces/default/widgets' },
] as const;

/** What a writer reports after the server went. */
export interface Report {
  readonly problem?: string;
  /** The highest revision that this process was told of. */
  readonly highest: number;
  readonly writes: Readonly<Record<string, number>>;
}

interface Known {
  /** The last acknowledged value; undefined: acknowledged as absent. */
  readonly value: string | undefined;
  readonly revision: number;
  readonly uid: string | undefined;
}

interface Name {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  known: Known;
  /** What was asked for without an answer; null: nothing. */
  pending: { readonly value: string | undefined } | null;
}

/** One process that writes. */
export class Writer {
  readonly #lanes: readonly (readonly Name[])[];
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #id: number;
  #next = 0;
  #highest = 0;
  #writes: Record<string, number> = {};

  /** @param id tells the names and values of this process from those of others */
  constructor(id: number, seed: number) {
    this.#id = id;
    this.#random = seededRandom(seed * 100 + id);
    const absent: Known = { value: undefined, revision: 0, uid: undefined };
    this.#lanes = Array.from({ length: LANES }, (_, lane) =>
      Array.from({ length: NAMES_PER_LANE }, (__, i) => ({
        name: `w${id}-${lane}-${i}`,
        kind: KINDS[(lane + i) % KINDS.length] as Name['kind'],
        known: absent,
        pending: null,
      })),
    );
  }

  /** Compares what is stored with what was acknowledged. @returns what is wrong */
  async check(url: string, highest: number): Promise<string | undefined> {
    const send = connect(url);
    this.#highest = Math.max(this.#highest, highest);
    const found = new Map<string, StoredObject>();
    for (const kind of KINDS) {
      const { status, body } = await send('GET', kind.path);
      if (status !== 200) return `a list was answered with ${status}: ${body.message ?? ''}`;
      const revision = Number(body.metadata?.resourceVersion);
      if (revision < this.#highest) return `resourceVersion went back from ${this.#highest} to ${revision}`;
      for (const item of body.items ?? []) found.set(`${kind.kind}/${item.metadata?.name ?? ''}`, item);
    }
    for (const name of this.#lanes.flat()) {
      const problem = settle(name, found.get(`${name.kind.kind}/${name.name}`));
      if (problem !== undefined) return problem;
      found.delete(`${name.kind.kind}/${name.name}`);
    }
    const stray = [...found.keys()].find((key) => key.includes(`/w${this.#id}-`));
    return stray === undefined ? undefined : `${stray} is there, and nobody made it`;
  }

  /** Writes until the server is gone. */
  async storm(url: string): Promise<Report> {
    this.#writes = {};
    const problems = await Promise.all(this.#lanes.map((names) => this.#lane(connect(url), names)));
    const problem = problems.find((text) => text !== undefined);
    return { highest: this.#highest, writes: this.#writes, ...(problem === undefined ? {} : { problem }) };
  }

  /** @returns what is wrong; undefined when the server is gone */
  async #lane(send: Send, names: readonly Name[]): Promise<string | undefined> {
    for (;;) {
      const name = names[Math.floor(this.#random.next() * names.length)] as Name;
      const action = this.#action(name);
      name.pending = { value: action.value };
      let answer: Answered;
      try {
        answer = await action.send(send);
      } catch {
        return undefined; // killed: whether it was written is seen after the restart
      }
      const { status, body } = answer;
      if (status >= 300) return `${action.label} of ${name.name} was answered with ${status}: ${body.message ?? ''}`;
      name.pending = null;
      this.#writes[action.label] = (this.#writes[action.label] ?? 0) + 1;
      if (action.value === undefined) name.known = { value: undefined, revision: name.known.revision, uid: undefined };
      else {
        const revision = Number(body.metadata?.resourceVersion);
        if (revision <= name.known.revision) return `${name.name} went from revision ${name.known.revision} to ${revision}`;
        name.known = { value: action.value, revision, uid: body.metadata?.uid };
        this.#highest = Math.max(this.#highest, revision);
      }
    }
  }

  #action({ name, kind, known }: Name): { label: string; value: string | undefined; send: (send: Send) => Promise<Answered> } {
    const value = `${this.#id}.${this.#next++}.`;
    const times = this.#random.next() < 0.05 ? 5_000 : 50;
    const data = { value, times: String(times), copy: value.repeat(times) };
    const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, data };
    const at = `${kind.path}/${name}`;
    const dice = this.#random.next();
    const apply = `${at}?fieldManager=fault&force=true`;
    if (known.value === undefined && dice < 0.6)
      return { label: 'create', value, send: (send) => send('POST', kind.path, { body: object }) };
    if (known.value === undefined || dice < 0.4)
      return { label: 'apply', value, send: (send) => send('PATCH', apply, { body: object, type: 'application/apply-patch+yaml' }) };
    if (dice < 0.7)
      return { label: 'patch', value, send: (send) => send('PATCH', at, { body: { data }, type: 'application/merge-patch+json' }) };
    if (dice < 0.85) {
      const replaced = { ...object, metadata: { name, resourceVersion: String(known.revision) } };
      return { label: 'replace', value, send: (send) => send('PUT', at, { body: replaced }) };
    }
    return { label: 'delete', value: undefined, send: (send) => send('DELETE', at) };
  }
}

/** Takes what is stored as known, where it may be. @returns what is wrong */
function settle(name: Name, item: StoredObject | undefined): string | undefined {
  const { known, pending } = name;
  const data = item?.data ?? {};
  const value = item === undefined ? undefined : data['value'];
  if (item !== undefined && (value === undefined || data['copy'] !== value.repeat(Number(data['times'])))) return `${name.name} is torn`;
  const revision = Number(item?.metadata?.resourceVersion ?? known.revision);
  const uid = item?.metadata?.uid;
  if (value === known.value) {
    if (item !== undefined && (revision !== known.revision || uid !== known.uid))
      return `${name.name} was not written, but is ${revision} ${String(uid)} instead of ${known.revision} ${String(known.uid)}`;
  } else if (pending === null || pending.value !== value) {
    const asked = pending === null ? '' : `, asked for was ${String(pending.value)}`;
    return `${name.name} is ${String(value)}, acknowledged was ${String(known.value)}${asked}`;
  } else if (item !== undefined && revision <= known.revision) {
    return `${name.name} was written at ${revision}, before ${known.revision}`;
  }
  name.known = { value, revision, uid };
  name.pending = null;
  return undefined;
}

if (process.argv[2] === '--writer') {
  const writer = new Writer(Number(process.argv[3]), Number(process.argv[4]));
  process.on('disconnect', () => process.exit());
  process.on('message', (message: { readonly url: string; readonly highest: number; readonly storm: boolean }) => {
    const work = async (): Promise<Report> => {
      const problem = await writer.check(message.url, message.highest);
      if (problem !== undefined) return { problem, highest: 0, writes: {} };
      process.send?.({ checked: true });
      return message.storm ? writer.storm(message.url) : { highest: 0, writes: {} };
    };
    void work()
      .catch((error: unknown): Report => ({ problem: String(error), highest: 0, writes: {} }))
      .then((report) => process.send?.({ report }));
  });
}
