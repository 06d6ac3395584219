import { deepEqual, getArray, getObject, getPath, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { checkStructural, fieldError, type CelCompiler, type FieldError } from '@flux-ts/schema';
import type { Strategy, StrategyInput } from '../strategies/strategy.ts';
import { finalizersOf, metaString, withMetadata } from '../write/metadata.ts';
import { addVersions } from './additive.ts';
import { CLEANUP } from './crd-status.ts';

/** CustomResourceDefinitions: names filled in, versions checked, served as soon as they are stored. */
export const crdStrategy: Strategy = {
  generation: true,
  prepareCreate: (object) =>
    withMetadata(
      { ...object, spec: filledIn(object), status: initialStatus() },
      { finalizers: [...new Set([...finalizersOf(object), CLEANUP])] },
    ),
  prepareUpdate(next, old, input) {
    const spec = filledIn(next);
    const added = isAdditive(input, getString(old, ['spec', 'group']) ?? '')
      ? addVersions({ ...next, spec }, old, input)
      : { ...next, spec };
    // The cleanup finalizer is the server's own: a manifest without it does not take it away
    const finalizers = finalizersOf(added);
    if (!finalizersOf(old).includes(CLEANUP) || finalizers.includes(CLEANUP)) return added;
    return withMetadata(added, { finalizers: [...finalizers, CLEANUP] });
  },
  validateCreate: (object, { core }) => definitionErrors(object, { cel: core.cel }),
  validateUpdate(next, old, { core }) {
    const errors = definitionErrors(next, { cel: core.cel, old });
    for (const path of ['spec.group', 'spec.names.plural', 'spec.names.kind', 'spec.scope']) {
      const steps = path.split('.');
      if (getPath(next, steps) !== getPath(old, steps))
        errors.push(fieldError('FieldValueInvalid', path, getPath(next, steps) ?? null, 'field is immutable'));
    }
    const names = new Set(versionsOf(next).map((v) => String(v['name'])));
    (getArray(old, ['status', 'storedVersions']) ?? []).forEach((stored, i) => {
      if (!names.has(String(stored))) {
        errors.push(
          fieldError(
            'FieldValueInvalid',
            `status.storedVersions[${i}]`,
            stored,
            'missing from spec.versions; must appear in spec.versions, or be removed from status.storedVersions',
          ),
        );
      }
    });
    return errors;
  },
  afterWrite: (stored, _old, core) => core.custom.accept(stored),
  afterDelete: (old, core) => core.custom.remove(old),
};

function isAdditive({ core }: StrategyInput, group: string): boolean {
  return core.additiveCrds.some((suffix) => group === suffix || group.endsWith(suffix));
}

function initialStatus(): JsonObject {
  return { conditions: [], acceptedNames: { kind: '', plural: '' }, storedVersions: [] };
}

function versionsOf(crd: JsonObject): readonly JsonObject[] {
  return (getArray(crd, ['spec', 'versions']) ?? []).filter(isObject);
}

function filledIn(crd: JsonObject): JsonObject {
  const spec = getObject(crd, ['spec']) ?? {};
  const names: Record<string, JsonValue> = { ...getObject(spec, ['names']) };
  const kind = typeof names['kind'] === 'string' ? names['kind'] : '';
  if (!names['singular']) names['singular'] = kind.toLowerCase();
  if (!names['listKind'] && kind !== '') names['listKind'] = `${kind}List`;
  const conversion = getObject(spec, ['conversion']) ?? { strategy: 'None' };
  return { ...spec, names, conversion };
}

interface Around {
  readonly cel: CelCompiler | undefined;
  readonly old?: JsonObject;
}

function definitionErrors(crd: JsonObject, around: Around): FieldError[] {
  const spec = getObject(crd, ['spec']) ?? {};
  const names = getObject(spec, ['names']) ?? {};
  const errors: FieldError[] = [];
  const required = (field: string, value: JsonValue | undefined): void => {
    if (value === undefined || value === '') errors.push(fieldError('FieldValueRequired', field, ''));
  };
  required('spec.group', spec['group']);
  required('spec.scope', spec['scope']);
  for (const field of ['plural', 'singular', 'kind', 'listKind']) required(`spec.names.${field}`, names[field]);
  const wanted = `${String(names['plural'])}.${String(spec['group'])}`;
  if (metaString(crd, 'name') !== wanted)
    errors.push(fieldError('FieldValueInvalid', 'metadata.name', metaString(crd, 'name'), `must be spec.names.plural+"."+spec.group`));
  const versions = versionsOf(crd);
  if (versions.length === 0)
    errors.push(fieldError('FieldValueInvalid', 'spec.versions', [], 'must have exactly one version marked as storage version'));
  else if (versions.filter((v) => v['storage'] === true).length !== 1) {
    errors.push(fieldError('FieldValueInvalid', 'spec.versions', versions, 'must have exactly one version marked as storage version'));
  }
  const seen = new Set<string>();
  const schemas = versions.map((version) => getObject(version, ['schema', 'openAPIV3Schema']));
  // a schema that all versions share is looked at once, and named as the internal form has it
  const shared = schemas.every((schema) => schema !== undefined && deepEqual(schema, schemas[0]));
  versions.forEach((version, i) => {
    const name = String(version['name'] ?? '');
    if (seen.has(name)) errors.push(fieldError('FieldValueInvalid', `spec.versions[${i}].name`, name, 'must be unique'));
    seen.add(name);
    const schema = schemas[i];
    const at = shared ? 'spec.validation.openAPIV3Schema' : `spec.versions[${i}].schema.openAPIV3Schema`;
    if (schema === undefined) errors.push(fieldError('FieldValueRequired', at, '', 'schemas are required'));
    else if (!shared || i === 0) errors.push(...schemaErrors(version, schema, { ...around, at }));
  });
  return errors;
}

/** What is wrong with the schema of a version; one that was there before is not asked again. */
function schemaErrors(version: JsonObject, schema: JsonObject, { cel, old, at }: Around & { readonly at: string }): FieldError[] {
  const before = old === undefined ? undefined : versionsOf(old).find((v) => v['name'] === version['name']);
  if (before !== undefined && deepEqual(getObject(before, ['schema', 'openAPIV3Schema']), schema)) return [];
  const status = getPath(version, ['subresources', 'status']) !== undefined;
  return checkStructural(schema, { path: at, status, ...(cel === undefined ? {} : { cel }) });
}
