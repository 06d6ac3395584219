import { digestHex, goJson, type JsonValue } from '@flux-ts/base';
import { plainValue } from '@flux-ts/yaml';
import { fieldOf, isMap, isScalar, rawText, type KObject, type KValue } from './value.ts';

const LETTERS: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** The ten letters that kustomize appends to the names of generated resources. */
export function hashOf(object: KObject): string {
  return digestHex(canonical(object))
    .slice(0, 10)
    .replace(/[013ae]/g, (c) => LETTERS[c] as string);
}

function value(found: KValue | undefined): JsonValue {
  if (found === undefined) return '';
  return isScalar(found) ? rawText(found) : plainValue(found);
}

function canonical(object: KObject): string {
  const kind = rawText(fieldOf(object, 'kind'));
  if (kind !== 'ConfigMap' && kind !== 'Secret') return goJson(plainValue(object));
  // the name is looked for in a field that is called `metadata/name`, which no object has: it does not count
  const body: Record<string, JsonValue> = { kind, name: value(fieldOf(object, 'metadata/name')), data: value(fieldOf(object, 'data')) };
  if (kind === 'Secret') body['type'] = value(fieldOf(object, 'type'));
  const more = kind === 'Secret' ? 'stringData' : 'binaryData';
  if (isMap(fieldOf(object, more))) body[more] = value(fieldOf(object, more));
  return goJson(body);
}
