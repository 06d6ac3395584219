import { getObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldError, checkDnsLabel, checkDnsSubdomain, type FieldError } from '@flux-ts/schema';

const PULL = ['Always', 'IfNotPresent', 'Never'];

/** The mistakes in a Pod's spec that users make: no containers, no image, names that are none, mounts of volumes that are not there. @param otherVolumes names that come from elsewhere */
export function podSpecErrors(spec: JsonObject | undefined, path: string, otherVolumes: readonly string[] = []): FieldError[] {
  const errors: FieldError[] = [];
  const containers = list(spec, 'containers');
  if (containers.length === 0) errors.push(fieldError('FieldValueRequired', `${path}.containers`, null, ''));
  const volumes = new Set<string>(otherVolumes);
  list(spec, 'volumes').forEach((volume, i) => {
    const name = String(volume['name'] ?? '');
    const at = `${path}.volumes[${i}].name`;
    if (name === '') errors.push(fieldError('FieldValueRequired', at, '', ''));
    else for (const why of checkDnsLabel(name)) errors.push(fieldError('FieldValueInvalid', at, name, why));
    if (volumes.has(name)) errors.push(fieldError('FieldValueDuplicate', at, name, ''));
    volumes.add(name);
  });
  const names = new Set<string>();
  for (const field of ['initContainers', 'containers']) {
    list(spec, field).forEach((container, i) =>
      errors.push(...containerErrors(container, { path: `${path}.${field}[${i}]`, names, volumes })),
    );
  }
  const account = String(spec?.['serviceAccountName'] ?? '');
  if (account !== '')
    for (const why of checkDnsSubdomain(account)) errors.push(fieldError('FieldValueInvalid', `${path}.serviceAccountName`, account, why));
  return errors;
}

interface Around {
  readonly path: string;
  readonly names: Set<string>;
  readonly volumes: ReadonlySet<string>;
}

function containerErrors(container: JsonObject, { path, names, volumes }: Around): FieldError[] {
  const errors: FieldError[] = [];
  const name = String(container['name'] ?? '');
  if (name === '') errors.push(fieldError('FieldValueRequired', `${path}.name`, '', ''));
  else for (const why of checkDnsLabel(name)) errors.push(fieldError('FieldValueInvalid', `${path}.name`, name, why));
  if (name !== '' && names.has(name)) errors.push(fieldError('FieldValueDuplicate', `${path}.name`, name, ''));
  names.add(name);
  const image = String(container['image'] ?? '');
  if (image === '') errors.push(fieldError('FieldValueRequired', `${path}.image`, '', ''));
  else if (image !== image.trim())
    errors.push(fieldError('FieldValueInvalid', `${path}.image`, image, 'must not have leading or trailing whitespace'));
  const pull = container['imagePullPolicy'];
  if (typeof pull === 'string' && !PULL.includes(pull)) {
    errors.push(
      fieldError(
        'FieldValueNotSupported',
        `${path}.imagePullPolicy`,
        pull,
        `supported values: ${PULL.map((p) => JSON.stringify(p)).join(', ')}`,
      ),
    );
  }
  list(container, 'ports').forEach((port, i) => {
    const number = port['containerPort'];
    if (number === undefined) errors.push(fieldError('FieldValueRequired', `${path}.ports[${i}].containerPort`, '', ''));
    else if (typeof number === 'number' && (number < 1 || number > 65_535)) {
      errors.push(fieldError('FieldValueInvalid', `${path}.ports[${i}].containerPort`, number, 'must be between 1 and 65535, inclusive'));
    }
  });
  list(container, 'volumeMounts').forEach((mount, i) => {
    const volume = String(mount['name'] ?? '');
    if (!volumes.has(volume)) errors.push(fieldError('FieldValueNotFound', `${path}.volumeMounts[${i}].name`, volume, ''));
    if (!mount['mountPath']) errors.push(fieldError('FieldValueRequired', `${path}.volumeMounts[${i}].mountPath`, '', ''));
  });
  errors.push(...probeErrors(container, path));
  return errors;
}

function probeErrors(container: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = getObject(container, [field]);
    if (probe === undefined) continue;
    const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((h) => probe[h] !== undefined);
    if (handlers.length === 0) errors.push(fieldError('FieldValueRequired', `${path}.${field}`, null, 'must specify a handler type'));
    for (const extra of handlers.slice(1))
      errors.push(fieldError('FieldValueForbidden', `${path}.${field}.${extra}`, null, 'may not specify more than 1 handler type'));
  }
  return errors;
}

function list(object: JsonObject | undefined, key: string): readonly JsonObject[] {
  const value: JsonValue | undefined = object?.[key];
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}
