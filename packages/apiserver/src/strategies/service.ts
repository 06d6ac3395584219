import { deepEqual, getPath, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError, type FieldError } from '@flux-ts/schema';
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
  validateCreate: (object, input) => validate(object, undefined, input),
  validateUpdate(next, old, input) {
    return [...validate(next, old, input), ...addressChange(specOf(next), specOf(old))];
  },
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
    const first = (spec['clusterIPs'] as readonly string[] | undefined)?.[0] ?? (spec['clusterIP'] as string | undefined) ?? '';
    // A dry run books nothing, but shows what would be given
    const address = first === '' ? core.allocator.address() : first;
    out['clusterIP'] = address;
    out['clusterIPs'] = (spec['clusterIPs'] as readonly string[] | undefined) ?? [address];
    if ((out['clusterIPs'] as readonly string[])[0] !== address) out['clusterIPs'] = [address];
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

function validate(object: JsonObject, old: JsonObject | undefined, { core }: StrategyInput): FieldError[] {
  const spec = specOf(object);
  const errors: FieldError[] = [];
  const { namespace, name } = object['metadata'] as { namespace: string; name: string };
  const self = `${namespace}/${name}`;
  const headless = spec['clusterIP'] === 'None';
  if (ports(spec).length === 0 && !headless && spec['type'] !== 'ExternalName')
    errors.push(fieldError('FieldValueRequired', 'spec.ports', null, ''));
  if (spec['type'] === 'ExternalName' && !spec['externalName']) errors.push(fieldError('FieldValueRequired', 'spec.externalName', '', ''));
  ports(spec).forEach((port, i) => {
    const number = port['port'];
    if (typeof number === 'number' && (number < 1 || number > 65_535)) {
      errors.push(fieldError('FieldValueInvalid', `spec.ports[${i}].port`, number, 'must be between 1 and 65535, inclusive'));
    }
    if (ports(spec).length > 1 && !port['name']) errors.push(fieldError('FieldValueRequired', `spec.ports[${i}].name`, '', ''));
    const nodePort = port['nodePort'];
    if (typeof nodePort !== 'number' || nodePort === 0) return;
    const owner = core.allocator.ownerOfPort(nodePort);
    if (nodePort < 30_000 || nodePort > 32_767) {
      errors.push(
        fieldError(
          'FieldValueInvalid',
          `spec.ports[${i}].nodePort`,
          nodePort,
          'provided port is not in the valid range. The range of valid ports is 30000-32767',
        ),
      );
    } else if (owner !== undefined && owner !== self)
      errors.push(fieldError('FieldValueInvalid', `spec.ports[${i}].nodePort`, nodePort, 'provided port is already allocated'));
  });
  const address = spec['clusterIP'];
  if (old === undefined && typeof address === 'string' && address !== '' && address !== 'None') {
    const owner = core.allocator.ownerOfAddress(address);
    if (owner !== undefined && owner !== self) {
      errors.push(
        fieldError('FieldValueInvalid', 'spec.clusterIPs', [address], `failed to allocate IP ${address}: provided IP is already allocated`),
      );
    } else if (!/^10\.(9[6-9]|1[01]\d)\./.test(address) && !address.includes(':')) {
      const why = `failed to allocate IP ${address}: the provided network does not match the current range`;
      errors.push(fieldError('FieldValueInvalid', 'spec.clusterIPs', [address], `${why}, the range of valid IPs is 10.96.0.0/12`));
    }
  }
  return errors;
}

function addressChange(next: JsonObject, old: JsonObject): FieldError[] {
  if (next['type'] === 'ExternalName' || old['type'] === 'ExternalName' || !getPath(old, ['clusterIPs', 0])) return [];
  const errors: FieldError[] = [];
  if (getPath(next, ['clusterIPs', 0]) !== getPath(old, ['clusterIPs', 0])) {
    errors.push(fieldError('FieldValueInvalid', 'spec.clusterIPs[0]', next['clusterIPs'] ?? null, 'may not change once set'));
  }
  if (!deepEqual(getPath(next, ['ipFamilies', 0]), getPath(old, ['ipFamilies', 0]))) {
    errors.push(fieldError('FieldValueInvalid', 'spec.ipFamilies[0]', next['ipFamilies'] ?? null, 'may not change once set'));
  }
  if (needsHealthPort(next) && needsHealthPort(old) && next['healthCheckNodePort'] !== old['healthCheckNodePort']) {
    errors.push(fieldError('FieldValueInvalid', 'spec.healthCheckNodePort', next['healthCheckNodePort'] ?? null, 'field is immutable'));
  }
  return errors;
}
