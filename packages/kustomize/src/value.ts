import { define, goJsonNumber } from '@flux-ts/base';
import { KyamlScalar, readKyamlScalar, scalarTag, scalarText, type KyamlValue } from '@flux-ts/yaml';

/** A value in a manifest: plain JSON, with a box round scalars whose text is not canonical. Never changed in place. */
export type KValue = KyamlValue;

/** A mapping of a manifest. */
export interface KObject {
  readonly [key: string]: KValue;
}

/** A scalar of a manifest. */
export type KScalar = null | boolean | number | bigint | string | KyamlScalar;

/** Tells whether a value is a mapping. */
export function isMap(value: KValue | undefined): value is KObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof KyamlScalar);
}

/** Tells whether a value is a sequence. */
export function isSeq(value: KValue | undefined): value is readonly KValue[] {
  return Array.isArray(value);
}

/** Tells whether a value is a scalar, null included. */
export function isScalar(value: KValue | undefined): value is KScalar {
  return value !== undefined && (typeof value !== 'object' || value === null || value instanceof KyamlScalar);
}

/** Tells whether a value is missing or null. */
export function isNullish(value: KValue | undefined): value is null | undefined {
  return value === undefined || value === null || (value instanceof KyamlScalar && value.tag === '!!null');
}

/** Tells whether a value is missing, null, an empty mapping or an empty sequence. */
export function isEmpty(value: KValue | undefined): boolean {
  if (isNullish(value)) return true;
  if (isSeq(value)) return value.length === 0;
  if (!isMap(value)) return false;
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}

/** Gives a mapping's own field. */
export function fieldOf(value: KValue | undefined, name: string): KValue | undefined {
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The text of a scalar as it stands in YAML (the text of a string, `8080`, `012`); undefined for null, mappings and sequences. */
export function textOf(value: KValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (isNullish(value) || !isScalar(value)) return undefined;
  return scalarText(value);
}

/** The text of a scalar, `null` included (as `null`, or `~` where it was written so); empty for anything else. */
export function rawText(value: KValue | undefined): string {
  if (typeof value === 'string') return value;
  if (value === undefined || !isScalar(value)) return '';
  return scalarText(value);
}

/** Tells whether a scalar is a string. */
export function isString(value: KValue | undefined): value is string | KyamlScalar {
  return typeof value === 'string' || (value instanceof KyamlScalar && scalarTag(value) === '!!str');
}

/** Copies a mapping and sets one field; gives the same mapping where nothing changes. */
export function withField(object: KObject, name: string, value: KValue): KObject {
  if (Object.hasOwn(object, name) && object[name] === value) return object;
  const copy: Record<string, KValue> = { ...object };
  if (name === '__proto__') define(copy as never, name, value as never);
  else copy[name] = value;
  return copy;
}

/** Copies a mapping without one field; gives the same mapping where it is absent. */
export function withoutField(object: KObject, name: string): KObject {
  if (!Object.hasOwn(object, name)) return object;
  const copy: Record<string, KValue> = { ...object };
  delete copy[name];
  return copy;
}

/** Sets the text of a scalar whose tag is left to YAML: a text that was quoted stays a string, any other is read as plain YAML. */
export function retext(old: KValue | undefined, text: string): KValue {
  const plain = readKyamlScalar(text);
  if (typeof plain === 'string' || !isString(old)) return plain;
  return typeof readKyamlScalar(rawText(old)) === 'string' ? plain : text;
}

/** Sets the text of a scalar and keeps its tag: a string stays a string, a number stays one. @throws where the text does not fit a number's or boolean's tag */
export function retextTagged(old: KScalar, text: string): KValue {
  if (isString(old) || (isNullish(old) && text === '')) return text;
  const plain = readKyamlScalar(text);
  const tag = scalarTag(old);
  if (isScalar(plain) && (scalarTag(plain) === tag || (tag === '!!float' && scalarTag(plain) === '!!int'))) return plain;
  return new KyamlScalar(text, tag, text);
}

/** A JSON number, boolean, string or null as plain text, as Go's `%v` prints it. */
export function goText(value: KScalar): string {
  if (typeof value === 'number') return goJsonNumber(value);
  return rawText(value);
}
