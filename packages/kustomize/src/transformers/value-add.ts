import { isObject, type JsonObject } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';
import { failure } from '../errors.ts';
import { wrongKind } from '../field-spec.ts';
import type { Selector } from '../kustomization.ts';
import { baseName } from '../paths.ts';
import { isMap, isNullish, isScalar, rawText, retext, withField, type KObject, type KValue, fieldOf } from '../value.ts';
import { namespaceSetter } from './namespace.ts';
import type { Transformer, TransformerContext } from './transformer.ts';

/** Where a value goes. */
export interface ValueTarget {
  readonly selector?: Selector;
  readonly fieldPath?: string;
  readonly filePathPosition?: number;
}

/** A value and where it goes. */
export interface ValueAddOptions {
  readonly value?: string;
  readonly targets?: readonly ValueTarget[];
  readonly targetFilePath?: string;
}

function splitFields(path: string): string[] {
  const out: string[] = [];
  for (const part of path.split('/')) {
    const last = out[out.length - 1];
    if (last?.endsWith('\\') === true) out[out.length - 1] = `${last.slice(0, -1)}/${part}`;
    else out.push(part);
  }
  return out;
}

function insertPart(path: string, position: number, part: string): string {
  const parts = path === '' ? [] : path.split('/').filter((p, i) => p !== '' || i === 0);
  let at = Math.max(0, Math.min(position, parts.length));
  if (parts.length > 0 && parts[0] === '' && at < parts.length) at++;
  return parts.toSpliced(at, 0, part).join('/');
}

function setAt(value: KValue, steps: readonly string[], change: (old: KValue | undefined) => KValue): KValue {
  const [step, ...rest] = steps;
  if (step === undefined) {
    if (!isScalar(value)) throw wrongKind('ScalarNode', value);
    return change(isNullish(value) ? undefined : value);
  }
  const object: KObject = isMap(value) ? value : {};
  const child = fieldOf(object, step);
  return withField(object, step, setAt(child ?? (rest.length === 0 ? '' : {}), rest, change));
}

/** Puts one value into fields of many resources. @throws KustomizeError where the configuration is wrong */
export function valueAddTransformer(options: ValueAddOptions, context: TransformerContext): Transformer {
  const trimmed = (options.value ?? '').trim();
  const value = trimmed === '' ? baseName(context.loader.root) : trimmed;
  const targets = [...(options.targets ?? [])];
  if ((options.targetFilePath ?? '') !== '') {
    const file = parseYaml(Buffer.from(context.loader.load(options.targetFilePath as string)).toString('utf8'));
    const more = isObject(file) ? (file as JsonObject)['targets'] : undefined;
    if (Array.isArray(more)) targets.push(...(more as unknown as ValueTarget[]));
  }
  if (targets.length === 0) throw failure('must specify at least one target');
  for (const target of targets) {
    if ((target.fieldPath ?? '') === '') throw failure('fieldPath cannot be empty');
    if ((target.filePathPosition ?? 0) < 0) throw failure(`value of FilePathPosition (${target.filePathPosition ?? 0}) cannot be negative`);
  }
  const setNamespace = namespaceSetter({ namespace: value, specs: [] });
  return {
    name: 'ValueAddTransformer',
    detail: `value ${value}`,
    transform(map) {
      for (const target of targets) {
        const resources = target.selector === undefined ? map.resources : map.select(target.selector);
        for (const resource of resources) {
          if (target.fieldPath === 'metadata/namespace') {
            resource.object = setNamespace(resource.object);
            continue;
          }
          const position = target.filePathPosition ?? 0;
          resource.object = setAt(resource.object, splitFields(target.fieldPath as string), (old) =>
            retext(old, position > 0 ? insertPart(old === undefined ? '' : rawText(old), position - 1, value) : value),
          ) as KObject;
        }
      }
    },
  };
}
