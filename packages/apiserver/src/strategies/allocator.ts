import type { JsonObject } from '@flux-ts/base';
import type { Store } from '../storage/store.ts';

const SERVICES = '/services';
const NODE_PORTS = { from: 30_000, to: 32_767 };

/**
 * Gives Services their addresses and node ports: the lowest that is free of 10.96.0.0/12 and 30000-32767.
 * What is in use is read from the stored Services themselves, once, then kept.
 */
export class Allocator {
  readonly #store: Store;
  readonly #addresses = new Map<string, string>();
  readonly #ports = new Map<number, string>();
  #read = false;
  #nextAddress = 1;
  #nextPort = NODE_PORTS.from;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A free cluster IP. @param family IPv6 ones are of fd00:10:96::/108. @throws RangeError when all are taken */
  address(family = 'IPv4'): string {
    this.#load();
    for (let tries = 0; tries < 1 << 20; tries++) {
      const n = this.#nextAddress++ & 0xfffff;
      const low = (n & 0xffff).toString(16);
      const address =
        family === 'IPv6'
          ? `fd00:10:96::${n > 0xffff ? `${(n >> 16).toString(16)}:` : ''}${low}`
          : `10.${96 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
      if (n % 256 !== 0 && n % 256 !== 255 && n !== 10 && !this.#addresses.has(address)) return address;
    }
    throw new RangeError('range is full');
  }

  /** A free node port. @param taken ports that the same object uses already. @throws RangeError when all are taken */
  port(taken: ReadonlySet<number>): number {
    this.#load();
    const total = NODE_PORTS.to - NODE_PORTS.from + 1;
    for (let tries = 0; tries < total; tries++) {
      const port = NODE_PORTS.from + ((this.#nextPort++ - NODE_PORTS.from) % total);
      if (!this.#ports.has(port) && !taken.has(port)) return port;
    }
    throw new RangeError('range is full');
  }

  /** Whose address this is: `namespace/name`, or undefined. */
  ownerOfAddress(address: string): string | undefined {
    this.#load();
    return this.#addresses.get(address);
  }

  /** Whose port this is. */
  ownerOfPort(port: number): string | undefined {
    this.#load();
    return this.#ports.get(port);
  }

  /** Books what a stored Service uses, and frees what its older version used. */
  record(stored: JsonObject | undefined, old: JsonObject | undefined): void {
    this.#load();
    if (old !== undefined)
      this.#each(
        old,
        (a) => this.#addresses.delete(a),
        (p) => this.#ports.delete(p),
      );
    if (stored !== undefined) this.#book(stored);
  }

  #book(service: JsonObject): void {
    const { namespace, name } = service['metadata'] as { namespace: string; name: string };
    const owner = `${namespace}/${name}`;
    this.#each(
      service,
      (a) => this.#addresses.set(a, owner),
      (p) => this.#ports.set(p, owner),
    );
  }

  #each(service: JsonObject, address: (a: string) => unknown, port: (p: number) => unknown): void {
    const spec = (service['spec'] ?? {}) as JsonObject;
    for (const ip of (spec['clusterIPs'] as readonly string[] | undefined) ?? []) if (ip !== 'None' && ip !== '') address(ip);
    for (const p of (spec['ports'] as readonly JsonObject[] | undefined) ?? [])
      if (typeof p['nodePort'] === 'number' && p['nodePort'] > 0) port(p['nodePort']);
    if (typeof spec['healthCheckNodePort'] === 'number' && spec['healthCheckNodePort'] > 0) port(spec['healthCheckNodePort']);
  }

  #load(): void {
    if (this.#read) return;
    this.#read = true;
    for (const stored of this.#store.table(SERVICES).list()) this.#book(stored.object);
  }
}
