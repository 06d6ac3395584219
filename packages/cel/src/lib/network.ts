import { goQuote } from '@flux-ts/base';
import { isIPv4, isIPv6 } from 'node:net';
import { evalError } from '../errors.ts';
import type { Implementation, Library } from '../functions.ts';
import { CelOpaque, type CelValue } from '../values.ts';

interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

interface Prefix {
  readonly address: Address;
  readonly length: number;
}

function v4Bits(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function v6Bits(text: string): bigint {
  const expanded = text.replace(/(\d+\.\d+\.\d+\.\d+)$/, (v4) => {
    const bits = v4Bits(v4);
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  });
  const [head, tail] = expanded.split('::') as [string, string | undefined];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** Prints an address in the one form that is canonical. */
function printAddress({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(16 * (7 - i))) & 0xffffn));
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

function whyNot(text: string): string {
  if (/^\d+(\.\d*)*$/.test(text)) {
    const parts = text.split('.');
    if (parts.some((part) => part.length > 1 && part.startsWith('0'))) return 'IPv4 field has octet with leading zero';
    if (parts.some((part) => Number(part) > 255)) return 'IPv4 field has value >255';
    if (parts.includes('')) return 'IPv4 field must have at least one digit';
    if (parts.length < 4) return 'IPv4 address too short';
    if (parts.length > 4) return 'IPv4 address too long';
  }
  return 'unable to parse IP';
}

/** Reads an address as Kubernetes does: no zones, no IPv4 inside IPv6. @throws CelError */
function parseAddress(text: string): Address {
  const bare = text.split('%')[0] as string;
  if (isIPv4(text) && !text.split('.').some((part) => part.length > 1 && part.startsWith('0'))) return { family: 4, bits: v4Bits(text) };
  if (!isIPv6(bare))
    throw evalError(`IP Address ${goQuote(text)} parse error during conversion from string: ParseAddr(${goQuote(text)}): ${whyNot(text)}`);
  if (text.includes('%')) throw evalError(`IP address ${goQuote(text)} with zone value is not allowed`);
  const bits = v6Bits(text);
  if (bits >> 32n === 0xffffn) throw evalError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  return { family: 6, bits };
}

/** Reads an address and a length. @throws CelError */
function parsePrefix(text: string): Prefix {
  const fail = (why: string): Error =>
    evalError(
      `network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${goQuote(text)}): ${why}`,
    );
  const slash = text.lastIndexOf('/');
  if (slash < 0) throw fail("no '/'");
  const host = text.slice(0, slash);
  const digits = text.slice(slash + 1);
  let address: Address;
  try {
    address = parseAddress(host);
  } catch (error) {
    const message = (error as Error).message;
    if (message.includes('mapped'))
      throw evalError(
        `network address parse error during conversion from string: IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`,
      );
    throw fail(`ParseAddr(${goQuote(host)}): ${whyNot(host)}`);
  }
  if (!/^(0|[1-9]\d*)$/.test(digits)) throw fail(`bad bits after slash: ${goQuote(digits)}`);
  if (Number(digits) > (address.family === 4 ? 32 : 128)) throw fail('prefix length out of range');
  return { address, length: Number(digits) };
}

function hostBits({ address, length }: Prefix): bigint {
  return BigInt((address.family === 4 ? 32 : 128) - length);
}

function ipValue(address: Address): CelOpaque {
  return new CelOpaque('net.IP', printAddress(address), address);
}

function cidrValue(prefix: Prefix): CelOpaque {
  return new CelOpaque('net.CIDR', `${printAddress(prefix.address)}/${prefix.length}`, prefix);
}

function addressOf(value: CelValue | undefined): Address | undefined {
  return value instanceof CelOpaque && value.typeName === 'net.IP' ? (value.data as Address) : undefined;
}

function prefixOf(value: CelValue | undefined): Prefix | undefined {
  return value instanceof CelOpaque && value.typeName === 'net.CIDR' ? (value.data as Prefix) : undefined;
}

function contains(prefix: Prefix, address: Address): boolean {
  const shift = hostBits(prefix);
  return prefix.address.family === address.family && prefix.address.bits >> shift === address.bits >> shift;
}

function readable(read: (text: string) => unknown): Implementation {
  return ([text]) => {
    if (typeof text !== 'string') return undefined;
    try {
      read(text);
      return true;
    } catch {
      return false;
    }
  };
}

/** A question about an address, with the answers for both families. */
function about(v4: (bits: bigint) => boolean, v6: (bits: bigint) => boolean): Implementation {
  return ([value]) => {
    const address = addressOf(value);
    return address === undefined ? undefined : (address.family === 4 ? v4 : v6)(address.bits);
  };
}

const unspecified = { v4: (b: bigint): boolean => b === 0n, v6: (b: bigint): boolean => b === 0n };
const loopback = { v4: (b: bigint): boolean => b >> 24n === 127n, v6: (b: bigint): boolean => b === 1n };
const linkLocalMulticast = {
  v4: (b: bigint): boolean => b >> 8n === 0xe00000n,
  v6: (b: bigint): boolean => ((b >> 112n) & 0xff0fn) === 0xff02n,
};
const linkLocalUnicast = { v4: (b: bigint): boolean => b >> 16n === 0xa9fen, v6: (b: bigint): boolean => b >> 118n === 0x3fan };
const multicast = { v4: (b: bigint): boolean => b >> 28n === 0xen, v6: (b: bigint): boolean => b >> 120n === 0xffn };
const globalUnicast = {
  v4: (b: bigint): boolean => b !== 0xffffffffn && !unspecified.v4(b) && !loopback.v4(b) && !multicast.v4(b) && !linkLocalUnicast.v4(b),
  v6: (b: bigint): boolean => !unspecified.v6(b) && !loopback.v6(b) && !multicast.v6(b) && !linkLocalUnicast.v6(b),
};

/** Addresses and networks. */
export const NETWORK: Library = {
  signatures: `string_to_ip: ip(string) -> net.IP
is_ip: isIP(string) -> bool
ip_is_canonical: ip.isCanonical(string) -> bool
ip_family: net.IP::family() -> int
ip_is_unspecified: net.IP::isUnspecified() -> bool
ip_is_loopback: net.IP::isLoopback() -> bool
ip_is_link_local_multicast: net.IP::isLinkLocalMulticast() -> bool
ip_is_link_local_unicast: net.IP::isLinkLocalUnicast() -> bool
ip_is_global_unicast: net.IP::isGlobalUnicast() -> bool
ip_to_string: string(net.IP) -> string
string_to_cidr: cidr(string) -> net.CIDR
is_cidr: isCIDR(string) -> bool
cidr_contains_ip_string: net.CIDR::containsIP(string) -> bool
cidr_contains_ip_ip: net.CIDR::containsIP(net.IP) -> bool
cidr_contains_cidr_string: net.CIDR::containsCIDR(string) -> bool
cidr_contains_cidr: net.CIDR::containsCIDR(net.CIDR) -> bool
cidr_ip: net.CIDR::ip() -> net.IP
cidr_prefix_length: net.CIDR::prefixLength() -> int
cidr_masked: net.CIDR::masked() -> net.CIDR
cidr_to_string: string(net.CIDR) -> string`,
  implementations: {
    ip: ([value]) => {
      if (typeof value === 'string') return ipValue(parseAddress(value));
      const prefix = prefixOf(value);
      return prefix === undefined ? undefined : ipValue(prefix.address);
    },
    isIP: readable(parseAddress),
    'ip.isCanonical': ([text]) => (typeof text === 'string' ? printAddress(parseAddress(text)) === text : undefined),
    family: ([value]) => {
      const address = addressOf(value);
      return address === undefined ? undefined : BigInt(address.family);
    },
    isUnspecified: about(unspecified.v4, unspecified.v6),
    isLoopback: about(loopback.v4, loopback.v6),
    isLinkLocalMulticast: about(linkLocalMulticast.v4, linkLocalMulticast.v6),
    isLinkLocalUnicast: about(linkLocalUnicast.v4, linkLocalUnicast.v6),
    isGlobalUnicast: about(globalUnicast.v4, globalUnicast.v6),
    cidr: ([text]) => (typeof text === 'string' ? cidrValue(parsePrefix(text)) : undefined),
    isCIDR: readable(parsePrefix),
    containsIP: ([network, value]) => {
      const prefix = prefixOf(network);
      const address = typeof value === 'string' ? parseAddress(value) : addressOf(value);
      return prefix === undefined || address === undefined ? undefined : contains(prefix, address);
    },
    containsCIDR: ([network, value]) => {
      const prefix = prefixOf(network);
      const other = typeof value === 'string' ? parsePrefix(value) : prefixOf(value);
      return prefix === undefined || other === undefined ? undefined : prefix.length <= other.length && contains(prefix, other.address);
    },
    prefixLength: ([network]) => {
      const prefix = prefixOf(network);
      return prefix === undefined ? undefined : BigInt(prefix.length);
    },
    masked: ([network]) => {
      const prefix = prefixOf(network);
      if (prefix === undefined) return undefined;
      const shift = hostBits(prefix);
      return cidrValue({
        address: { family: prefix.address.family, bits: (prefix.address.bits >> shift) << shift },
        length: prefix.length,
      });
    },
  },
  types: ['net.IP', 'net.CIDR'],
};
