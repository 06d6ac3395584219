import { isIP } from 'node:net';
import type { JsonObject, JsonValue } from '@flux-ts/base';
import { invalid, type FieldError } from '@flux-ts/schema';
import type { Strategy, StrategyInput } from './strategy.ts';

type Mutable = Record<string, JsonValue>;

function specOf(object: JsonObject): JsonObject {
  return (object['spec'] ?? {}) as JsonObject;
}

function ports(spec: JsonObject): readonly JsonObject[] {
  return (spec['ports'] as readonly JsonObject[] | undefined) ?? [];
}

/** Services: addresses and ports are given once and kept. */
export const serviceStrategy: Strategy = {
  names: 'label1035',
  returnsDeleted: true,
  prepareCreate: (object, input) => ({ ...object, spec: allocate(specOf(object), input), status: { loadBalancer: {} } }),
  prepareUpdate: (next, old, input) => ({ ...next, spec: allocate(carryOver(specOf(next), specOf(old)), input) }),
  validateCreate: (object, input) => allocationErrors(object, undefined, input),
  validateUpdate: (next, old, input) => allocationErrors(next, old, input),
  afterWrite: (stored, old, core) => core.allocator.record(stored, old),
  afterDelete: (old, core) => core.allocator.record(undefined, old),
};

/** What an update leaves out is what was there: addresses, families, node ports. */
function carryOver(next: JsonObject, old: JsonObject): JsonObject {
  const out: Mutable = { ...next };
  const external = next['type'] === 'ExternalName';
  if (external) {
    for (const field of [
      'clusterIP',
      'clusterIPs',
      'ipFamilies',
      'ipFamilyPolicy',
      'internalTrafficPolicy',
      'allocateLoadBalancerNodePorts',
    ])
      delete out[field];
    return out;
  }
  if (old['type'] === 'ExternalName') return out;
  if (!out['clusterIP'] && out['clusterIPs'] === undefined) {
    for (const field of ['clusterIP', 'clusterIPs']) if (old[field] !== undefined) out[field] = old[field];
  }
  for (const field of ['ipFamilies', 'ipFamilyPolicy']) if (out[field] === undefined && old[field] !== undefined) out[field] = old[field];
  if (!out['healthCheckNodePort'] && old['healthCheckNodePort'] && needsHealthPort(out))
    out['healthCheckNodePort'] = old['healthCheckNodePort'] as JsonValue;
  if (usesNodePorts(out)) {
    const known = new Map(ports(old).map((p) => [`${String(p['port'])}/${String(p['protocol'])}`, p['nodePort']]));
    out['ports'] = ports(next).map((p) => {
      const kept = known.get(`${String(p['port'])}/${String(p['protocol'])}`);
      return p['nodePort'] || kept === undefined ? p : { ...p, nodePort: kept };
    });
  } else if (usesNodePorts(old)) {
    // No longer reachable on nodes: the ports that were given go, those that the user names stay
    const given = new Set(ports(old).map((p) => p['nodePort']));
    out['ports'] = ports(next).map((p) => (given.has(p['nodePort']) ? withoutNodePort(p) : p));
  }
  return out;
}

function withoutNodePort(port: JsonObject): JsonObject {
  const { nodePort: _, ...rest } = port as Mutable;
  return rest;
}

function usesNodePorts(spec: JsonObject): boolean {
  return spec['type'] === 'NodePort' || (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
}

function needsHealthPort(spec: JsonObject): boolean {
  return spec['type'] === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local';
}

function allocate(spec: JsonObject, { core, dryRun }: StrategyInput): JsonObject {
  const out: Mutable = { ...spec };
  if (spec['type'] !== 'ExternalName') {
    const families = (spec['ipFamilies'] as readonly string[] | undefined) ?? ['IPv4'];
    const given = (spec['clusterIPs'] as readonly string[] | undefined) ?? [];
    const first = given[0] ?? (spec['clusterIP'] as string | undefined) ?? '';
    // A dry run books nothing, but shows what would be given
    const address = first === '' ? core.allocator.address(families[0]) : first;
    out['clusterIP'] = spec['clusterIP'] === undefined || spec['clusterIP'] === '' ? address : spec['clusterIP'];
    const others =
      given.length > 0 || address === 'None' ? given.slice(1) : families.slice(1).map((family) => core.allocator.address(family));
    out['clusterIPs'] = [address, ...others];
    out['ipFamilyPolicy'] ??= 'SingleStack';
    out['ipFamilies'] ??= [address.includes(':') ? 'IPv6' : 'IPv4'];
    if (address === 'None' && spec['selector'] === undefined && spec['ipFamilyPolicy'] === undefined)
      out['ipFamilyPolicy'] = 'RequireDualStack';
  }
  if (usesNodePorts(out)) {
    const taken = new Set(ports(out).map((p) => Number(p['nodePort'] ?? 0)));
    out['ports'] = ports(out).map((p) => {
      if (p['nodePort']) return p;
      const port = core.allocator.port(taken);
      taken.add(port);
      return { ...p, nodePort: port };
    });
  }
  if (needsHealthPort(out) && !out['healthCheckNodePort']) out['healthCheckNodePort'] = core.allocator.port(new Set());
  void dryRun;
  return out;
}

/** What was asked for by name and cannot be given. */
function allocationErrors(object: JsonObject, old: JsonObject | undefined, { core }: StrategyInput): FieldError[] {
  const spec = specOf(object);
  const errors: FieldError[] = [];
  const { namespace, name } = object['metadata'] as { namespace: string; name: string };
  const self = `${namespace}/${name}`;
  ports(spec).forEach((port, i) => {
    const nodePort = port['nodePort'];
    if (typeof nodePort !== 'number' || nodePort === 0 || !usesNodePorts(spec)) return;
    const owner = core.allocator.ownerOfPort(nodePort);
    const at = `spec.ports[${i}].nodePort`;
    if (nodePort < 30_000 || nodePort > 32_767)
      errors.push(invalid(at, nodePort, 'provided port is not in the valid range. The range of valid ports is 30000-32767'));
    else if (owner !== undefined && owner !== self) errors.push(invalid(at, nodePort, 'provided port is already allocated'));
  });
  const address = spec['clusterIP'];
  if (old !== undefined || typeof address !== 'string' || isIP(address) === 0) return errors;
  const owner = core.allocator.ownerOfAddress(address);
  const failed = `failed to allocate IP ${address}`;
  if (owner !== undefined && owner !== self)
    errors.push(invalid('spec.clusterIPs', [address], `${failed}: provided IP is already allocated`));
  else if (!/^10\.(9[6-9]|1[01]\d)\./.test(address) && !address.includes(':')) {
    const why = `${failed}: the provided network does not match the current range, the range of valid IPs is 10.96.0.0/12`;
    errors.push(invalid('spec.clusterIPs', [address], why));
  }
  return errors;
}
