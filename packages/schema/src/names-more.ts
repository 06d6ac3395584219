import { fieldPath, forbidden, invalid, required, type FieldError } from './field-error.ts';
import { isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName } from './names.ts';

function mismatch(message: string, pattern: string, ...examples: readonly string[]): string {
  const such = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (${such === '' ? '' : `e.g. ${such}`}regex used for validation is '${pattern}')`;
}

const PORT_NAME_RE = /^(?=[^a-z]*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;
const CONFIG_KEY_RE = /^(?!\.\.?$|\.\.)[-._a-zA-Z0-9]{1,253}$/;

function matches(text: string, pattern: string): boolean {
  return new RegExp(`^${pattern}$`).test(text);
}

function longest(text: string, limitBytes: number): string[] {
  return Buffer.byteLength(text) > limitBytes ? [`must be no more than ${limitBytes} bytes`] : [];
}

/** A number between two others. */
export function checkRange(value: number, min: number, max: number): string[] {
  return value >= min && value <= max ? [] : [`must be between ${min} and ${max}, inclusive`];
}

/** A TCP or UDP port. */
export function checkPortNumber(port: number): string[] {
  return checkRange(port, 1, 65_535);
}

/** A user or group id. */
export function checkUnixId(id: number): string[] {
  return checkRange(id, 0, 2 ** 31 - 1);
}

/** The name of a port, as IANA has it. */
export function checkPortName(name: string): string[] {
  if (name.length <= 15 && PORT_NAME_RE.test(name)) return [];
  const errors = longest(name, 15);
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (name !== '' && (name.startsWith('-') || name.endsWith('-'))) errors.push('must not begin or end with a hyphen');
  return errors;
}

/** The name of an HTTP header. */
export function checkHttpHeaderName(name: string): string[] {
  const pattern = '[-A-Za-z0-9]+';
  return matches(name, pattern)
    ? []
    : [mismatch("a valid HTTP header must consist of alphanumeric characters or '-'", pattern, 'X-Header-Name')];
}

/** A percentage: "25%". */
export function checkPercent(text: string): string[] {
  const pattern = '[0-9]+%';
  return matches(text, pattern)
    ? []
    : [mismatch("a valid percent string must be a numeric string followed by an ending '%'", pattern, '1%', '93%')];
}

function dots(text: string): string[] {
  if (text === '.') return ["must not be '.'"];
  if (text === '..') return ["must not be '..'"];
  return text.startsWith('..') ? ["must not start with '..'"] : [];
}

/** A key of a ConfigMap or Secret. */
export function checkConfigKey(key: string): string[] {
  if (CONFIG_KEY_RE.test(key)) return [];
  const pattern = '[-._a-zA-Z0-9]+';
  const errors = longest(key, 253);
  if (!matches(key, pattern))
    errors.push(
      mismatch("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", pattern, 'key.name', 'KEY_NAME', 'key-name'),
    );
  return [...errors, ...dots(key)];
}

/** The name of an environment variable, as it was once and still is where it must be portable. */
export function checkEnvName(name: string): string[] {
  const pattern = '[-._a-zA-Z][-._a-zA-Z0-9]*';
  const message =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
  return [...(matches(name, pattern) ? [] : [mismatch(message, pattern, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')]), ...dots(name)];
}

/** The name of an environment variable as containers take it: printable ASCII without "=". */
export function checkRelaxedEnvName(name: string): string[] {
  if (name === '') return ['environment variable name must be non-empty'];
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** An identifier of the language C. */
export function checkCIdentifier(name: string): string[] {
  const pattern = '[A-Za-z_][A-Za-z0-9_]*';
  const message =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return matches(name, pattern) ? [] : [mismatch(message, pattern, 'my_name', 'MY_NAME', 'MyName')];
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;

/** A host name for every name below a domain: `*.example.com`. */
export function checkWildcardSubdomain(name: string): string[] {
  const pattern = `\\*\\.${SUBDOMAIN}`;
  const message =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...longest(name, 253), ...(matches(name, pattern) ? [] : [mismatch(message, pattern, '*.example.com')])];
}

/** A subdomain whose labels may hold underscores. */
export function checkSubdomainWithUnderscore(name: string): string[] {
  const label = '[a-z0-9_]([-a-z0-9_]*[a-z0-9])?';
  const pattern = `${label}(\\.${label})*`;
  const message =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_', or '.', and must start and end with an alphanumeric character";
  // an underscore alone is no label
  const valid = matches(name, pattern) && !name.split('.').some((part) => /^_+$/.test(part));
  return [...longest(name, 253), ...(valid ? [] : [mismatch(message, pattern, 'example.com')])];
}

/** A domain of at least two labels, with or without a dot at its end. */
export function checkFullyQualifiedDomain(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const domain = name.endsWith('.') ? name.slice(0, -1) : name;
  const errors = checkDnsSubdomain(domain);
  if (errors.length > 0) return [invalid(path, domain, errors.join(','))];
  const labels = domain.split('.');
  if (labels.length < 2) return [invalid(path, domain, 'should be a domain with at least two segments separated by dots')];
  return labels.flatMap((label) => {
    const wrong = checkDnsLabel(label);
    return wrong.length > 0 ? [invalid(path, label, wrong.join(','))] : [];
  });
}

/** A domain of at least three labels, as API groups of extensions are. */
export function checkFullyQualifiedName(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const errors = checkDnsSubdomain(name);
  if (errors.length > 0) return [invalid(path, name, errors.join(','))];
  return name.split('.').length < 3 ? [invalid(path, name, 'should be a domain with at least three segments separated by dots')] : [];
}

/** A domain, a slash and a path: the name of a controller. */
export function checkDomainPrefixedPath(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)];
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return [invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const host = text.slice(0, slash);
  const hostErrors = checkDnsSubdomain(host);
  if (hostErrors.length > 0) return hostErrors.map((detail) => invalid(path, host, detail));
  const rest = text.slice(slash + 1);
  const pattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
  return matches(rest, pattern) ? [] : [invalid(path, rest, mismatch('Invalid path', pattern))];
}

/** A domain, a slash and a name: the key of a condition that is not Kubernetes' own. */
export function checkDomainPrefixedKey(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)];
  const errors = checkQualifiedName(text).map((detail) => invalid(path, text, detail));
  if (text.split('/').length !== 2) errors.push(invalid(path, text, 'must be a domain-prefixed key (such as "acme.io/foo")'));
  return errors;
}

const IMMUTABLE = 'field is immutable';

/**
 * What an update may not do to metadata: change what identifies the object, go back in generation, add finalizers while the
 * object is being deleted, leave out the resourceVersion.
 */
export function validateMetadataUpdate(next: JsonObject, old: JsonObject, path = 'metadata'): FieldError[] {
  const errors: FieldError[] = [];
  const at = (name: string): string => fieldPath.child(path, name);
  if (present(old, 'deletionTimestamp') !== undefined)
    errors.push(...checkNoNewFinalizers(finalizers(next), finalizers(old), at('finalizers')));
  if ((present(next, 'resourceVersion') ?? '') === '') errors.push(invalid(at('resourceVersion'), '', 'must be specified for an update'));
  const generation = Number(present(next, 'generation') ?? 0);
  if (generation < Number(present(old, 'generation') ?? 0)) errors.push(invalid(at('generation'), generation, 'must not be decremented'));
  for (const name of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']) {
    const value = present(next, name);
    if ((value ?? '') !== (present(old, name) ?? '')) {
      const empty = name.endsWith('Timestamp') || name.endsWith('Seconds') ? null : '';
      errors.push(invalid(at(name), value ?? empty, IMMUTABLE));
    }
  }
  return errors;
}

/** Finalizers that come while the object is being deleted. */
export function checkNoNewFinalizers(next: readonly string[], old: readonly string[], path: string): FieldError[] {
  const added = [...new Set(next)].filter((finalizer) => !old.includes(finalizer)).sort();
  if (added.length === 0) return [];
  const shown = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [forbidden(path, `no new finalizers can be added if the object is being deleted, found new finalizers []string{${shown}}`)];
}

function present(metadata: JsonObject, name: string): JsonValue | undefined {
  return own(metadata, name) ?? undefined;
}

function finalizers(metadata: JsonObject): string[] {
  const list = own(metadata, 'finalizers');
  return isArray(list) && isObject(metadata) ? list.map(String) : [];
}
