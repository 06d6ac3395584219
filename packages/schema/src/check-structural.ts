import { canonicalJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { coerceMetadata } from './coerce-metadata.ts';
import { forbidden, invalid, type FieldError } from './field-error.ts';
import { SchemaNode } from './node.ts';
import { validateEmbedded } from './object-meta.ts';
import { findingsToErrors, OpenApiValidator } from './openapi.ts';
import { prune } from './prune.ts';
import type { CelCompiler } from './rule-compiler.ts';
import { RuleSet } from './rules.ts';
import { KeywordCheck, META_FIELDS } from './schema-keywords.ts';
import { patternSource } from './structural-schema.ts';
import { formErrors, propertyPath, unsupportedKeyword } from './structural-form.ts';

/** How {@link checkStructural} checks. */
export interface CheckStructuralOptions {
  /** Where the schema stands; default "spec.validation.openAPIV3Schema", as in definitions of one version. */
  readonly path?: string;
  /** Compiles the rules; without it they are not compiled. */
  readonly cel?: CelCompiler;
  /** The version has the subresource `status`: then the root knows fewer keywords. */
  readonly status?: boolean;
}

const ROOT_KEYWORDS = [
  'Description',
  'Type',
  'Format',
  'Title',
  'Maximum',
  'ExclusiveMaximum',
  'Minimum',
  'ExclusiveMinimum',
  'MaxLength',
  'MinLength',
  'Pattern',
  'MaxItems',
  'MinItems',
  'UniqueItems',
  'MultipleOf',
  'Required',
  'Items',
  'Properties',
  'ExternalDocs',
  'Example',
  'XPreserveUnknownFields',
  'XValidations',
];
const ROOT_NAMES: ReadonlySet<string> = new Set(
  ROOT_KEYWORDS.map((name) => name.replace(/^XV/, 'xKubernetesV').replace(/^XP/, 'xKubernetesP').toLowerCase()),
);

function rootErrors(schema: JsonObject, path: string): FieldError[] {
  const strange = ['id', '$schema', '$ref'].some((key) => schema[key] !== undefined);
  if (!strange && schema['type'] !== undefined && schema['type'] !== 'object') {
    const words = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [invalid(`${path}.type`, schema['type'], words)];
  }
  const other = Object.keys(schema).some(
    (key) => !ROOT_NAMES.has(key.replaceAll('-', '').toLowerCase()) && (schema[key] !== false || key === 'additionalProperties'),
  );
  if (!other) return [];
  const words = `only [${ROOT_KEYWORDS.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalid(path, schema, words)];
}

/** Defaults have to be valid and without unknown fields themselves; of those of metadata only the types are looked at. */
class DefaultCheck {
  readonly errors: FieldError[] = [];
  readonly #cel: CelCompiler | undefined;
  readonly #openapi = new OpenApiValidator(patternSource());

  constructor(cel: CelCompiler | undefined) {
    this.#cel = cel;
  }

  node(node: SchemaNode, at: string, insideMeta: boolean, isRoot = false): void {
    const embedded = isRoot || node.embeddedResource;
    const value = node.default;
    if (value !== undefined) this.#check(node, `${at}.default`, value, { embedded, isRoot, insideMeta: insideMeta && !embedded });
    if (node.items !== undefined) this.node(node.items, `${at}.items`, insideMeta && !embedded);
    for (const name of node.propertyNames) {
      const meta = embedded ? META_FIELDS.includes(name) : insideMeta;
      this.node(node.property(name) as SchemaNode, propertyPath(at, name), meta);
    }
  }

  #check(
    node: SchemaNode,
    path: string,
    value: JsonValue,
    { embedded, isRoot, insideMeta }: { readonly embedded: boolean; readonly isRoot: boolean; readonly insideMeta: boolean },
  ): void {
    if (!insideMeta) {
      if (canonicalJson(prune(value, node, embedded).value) !== canonicalJson(value))
        this.errors.push(invalid(path, value, 'must not have unknown fields'));
      const coerced = coerceMetadata(value, node, { resourceRoot: embedded }).error;
      const problems = coerced === undefined ? validateEmbedded(value, node, embedded) : [coerced];
      if (problems.length > 0) {
        this.errors.push(...problems.map((error) => ({ ...error, field: belowPath(path, error.field) })));
        return;
      }
    }
    const found = findingsToErrors(this.#openapi.validate(value, node, '').errors, path);
    this.errors.push(...found);
    if (found.length > 0 || this.#cel === undefined) return;
    const rules = new RuleSet(node, this.#cel, isRoot);
    const asUpdate = rules.run({ self: value, oldSelf: value }, { path }).errors;
    this.errors.push(...asUpdate, ...(asUpdate.length === 0 ? rules.run({ self: value }, { path }).errors : []));
  }
}

function belowPath(path: string, field: string): string {
  if (field === '<nil>' || field === '') return path;
  return `${path}${field.startsWith('[') ? '' : '.'}${field}`;
}

/**
 * Tells what keeps a schema from being accepted in a CustomResourceDefinition: what is not structural, defaults that
 * are not valid, keywords that are not known or do not go together, and rules that do not compile or may cost too much.
 * @param schema the `openAPIV3Schema` of a version
 */
export function checkStructural(schema: JsonObject, options: CheckStructuralOptions = {}): FieldError[] {
  const path = options.path ?? 'spec.validation.openAPIV3Schema';
  const errors = options.status === true ? rootErrors(schema, path) : [];
  if (schema['nullable'] === true) errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'));
  const unsupported = unsupportedKeyword(schema);
  const form = unsupported === undefined ? formErrors(schema, path) : [];
  const defaults = new DefaultCheck(options.cel);
  const structural = unsupported === undefined && form.length === 0;
  if (structural) defaults.node(new SchemaNode(schema), path, false, true);
  const sound = structural && defaults.errors.length === 0;
  const keywords = new KeywordCheck(sound ? options.cel : undefined);
  keywords.root(schema, path);
  errors.push(...form, ...defaults.errors, ...keywords.schemaErrors, ...keywords.ruleErrors, ...keywords.costErrors);
  return errors.length === 0 && unsupported !== undefined ? [invalid(path, '', unsupported)] : errors;
}
