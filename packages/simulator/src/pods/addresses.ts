import { getString, type JsonObject } from '@flux-ts/base';
import { uidOf } from '@flux-ts/kube';
import { shortHash } from '../hash.ts';

const HOSTS = 253;

/** Gives each Pod an address of the node's range 10.244.0.0/16 that no other Pod has. */
export class AddressBook {
  readonly #owners = new Map<string, string>();
  readonly #addresses = new Map<string, string>();

  /** The address of a Pod: the one it has, else a free one that depends on nothing but the Pods before it. */
  of(pod: JsonObject): string {
    const uid = uidOf(pod);
    const known = this.#addresses.get(uid);
    if (known !== undefined) return known;
    const start = Number.parseInt(Buffer.from(shortHash(uid, 4)).toString('hex'), 16);
    for (let n = 0; n < 256 * HOSTS; n++) {
      const at = (start + n) % (256 * HOSTS);
      const address = `10.244.${Math.floor(at / HOSTS)}.${(at % HOSTS) + 2}`;
      if (this.#owners.has(address)) continue;
      this.#take(address, uid);
      return address;
    }
    return '10.244.0.1'; // more Pods than addresses: they share one
  }

  #take(address: string, uid: string): void {
    this.#owners.set(address, uid);
    this.#addresses.set(uid, address);
  }

  /** Takes note of the address that a Pod has. */
  seen(pod: JsonObject): void {
    const address = getString(pod, ['status', 'podIP']);
    if (address?.startsWith('10.244.') === true && !this.#addresses.has(uidOf(pod))) this.#take(address, uidOf(pod));
  }

  /** Frees the address of a Pod that is gone. */
  gone(pod: JsonObject): void {
    const uid = uidOf(pod);
    const address = this.#addresses.get(uid);
    this.#addresses.delete(uid);
    if (address !== undefined && this.#owners.get(address) === uid) this.#owners.delete(address);
  }
}
