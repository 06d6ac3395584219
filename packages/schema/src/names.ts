const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const VALUE = `(${KEY})?`;

const LABEL_RE = new RegExp(`^${LABEL}$`);
const SUBDOMAIN_RE = new RegExp(`^${SUBDOMAIN}$`);
const DNS_1035_RE = new RegExp(`^${DNS_1035}$`);
const KEY_RE = new RegExp(`^${KEY}$`);
const VALUE_RE = new RegExp(`^${VALUE}$`);

/** A check of a name: what is wrong with it, nothing where it is right. */
export type NameCheck = (name: string) => string[];

function mismatch(message: string, pattern: string, ...examples: readonly string[]): string {
  const such = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (${such === '' ? '' : `e.g. ${such}`}regex used for validation is '${pattern}')`;
}

function tooLong(name: string, limitBytes: number): string[] {
  return Buffer.byteLength(name) > limitBytes ? [`must be no more than ${limitBytes} bytes`] : [];
}

/** An RFC 1123 label: names of namespaces, containers. */
export function checkDnsLabel(name: string): string[] {
  if (name.length <= 63 && LABEL_RE.test(name)) return [];
  const errors = tooLong(name, 63);
  if (LABEL_RE.test(name)) return errors;
  if (SUBDOMAIN_RE.test(name)) return [...errors, 'must not contain dots'];
  const message =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, mismatch(message, LABEL, 'my-name', '123-abc')];
}

/** An RFC 1123 subdomain: names of most objects. */
export function checkDnsSubdomain(name: string): string[] {
  if (name.length <= 253 && SUBDOMAIN_RE.test(name)) return [];
  const errors = tooLong(name, 253);
  if (SUBDOMAIN_RE.test(name)) return errors;
  const message =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, mismatch(message, SUBDOMAIN, 'example.com')];
}

/** An RFC 1035 label: names of Services; kinds and resources of CustomResourceDefinitions. */
export function checkDns1035Label(name: string): string[] {
  const errors = tooLong(name, 63);
  if (DNS_1035_RE.test(name)) return errors;
  const message =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...errors, mismatch(message, DNS_1035, 'my-name', 'abc-123')];
}

/** Nearly all keys are right: their texts are not made. What matches is ASCII, so its length is that of its bytes. */
function isQualifiedName(name: string): boolean {
  const slash = name.indexOf('/');
  if (slash < 0) return name.length <= 63 && KEY_RE.test(name);
  if (slash === 0 || slash > 253 || name.length - slash > 64) return false;
  return KEY_RE.test(name.slice(slash + 1)) && SUBDOMAIN_RE.test(name.slice(0, slash));
}

/** A key of a label or annotation, or a finalizer: a name with an optional domain and slash before it. */
export function checkQualifiedName(name: string): string[] {
  if (isQualifiedName(name)) return [];
  const text = mismatch(
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    KEY,
    'MyName',
    'my.name',
    '123-abc',
  );
  const parts = name.split('/');
  if (parts.length > 2) return [`a valid label key ${text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const errors: string[] = [];
  const last = parts.at(-1) as string;
  if (parts.length === 2) {
    if (parts[0] === '') errors.push('prefix part must be non-empty');
    else errors.push(...checkDnsSubdomain(parts[0] as string).map((e) => `prefix part ${e}`));
  }
  if (last === '') errors.push('name part must be non-empty');
  else errors.push(...tooLong(last, 63).map((e) => `name part ${e}`));
  if (!KEY_RE.test(last)) errors.push(`name part ${text}`);
  return errors;
}

/** The value of a label. */
export function checkLabelValue(value: string): string[] {
  if (value.length <= 63 && VALUE_RE.test(value)) return [];
  const errors = tooLong(value, 63);
  if (VALUE_RE.test(value)) return errors;
  const message =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...errors, mismatch(message, VALUE, 'MyValue', 'my_value', '12345')];
}

/** A name that may stand in a URL path: names of RBAC objects and others without rules of their own. */
export function checkPathSegment(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return checkPathSegmentPrefix(name);
}

/** The beginning of a name that may stand in a URL path (`generateName`). */
export function checkPathSegmentPrefix(name: string): string[] {
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

/** Makes the check of a `generateName` out of that of a name: a hyphen at the end, with what is before it, is allowed. */
export function asPrefix(check: NameCheck): NameCheck {
  return (name) => check(name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
}
