import { isObject, Lru, type JsonObject, type JsonValue } from '@flux-ts/base';
import { RE2JS } from 're2js';
import { Correlation } from './correlation.ts';
import { applyDefaults, pruneNulls } from './defaults.ts';
import type { FieldError, FieldErrorType } from './field-error.ts';
import { validateListTypes } from './list-type.ts';
import { SchemaNode } from './node.ts';
import { coerceMetadata } from './coerce-metadata.ts';
import { validateEmbedded } from './object-meta.ts';
import { findingsToErrors, OpenApiValidator, type PatternSource } from './openapi.ts';
import { prune, type PruneResult } from './prune.ts';
import type { CelCompiler } from './rule-compiler.ts';
import { RuleSet, RULES_NOT_RUN } from './rules.ts';

/** How {@link compileSchema} reads a schema. */
export interface CompileSchemaOptions {
  /** Compiles `x-kubernetes-validations`; without it no rule is run. */
  readonly cel?: CelCompiler;
  /** The schema is that of a whole resource: `apiVersion`, `kind` and `metadata` are never pruned. Default true. */
  readonly resourceRoot?: boolean;
}

/** How {@link StructuralSchema.validate} checks. */
export interface ValidateOptions {
  /** What the object was before: turns on transition rules, and drops errors of what did not change. */
  readonly oldValue?: JsonValue | undefined;
  /** Run `x-kubernetes-validations`. Default true. */
  readonly cel?: boolean;
}

/** A schema ready to prune, fill in defaults and validate. Nothing is changed in place. */
export interface StructuralSchema {
  /** Takes unknown fields away; metadata of embedded resources loses its unknown fields, too. */
  prune(value: JsonValue): PruneResult;
  /** Fills in defaults; a null where null is not allowed counts as absent. */
  applyDefaults(value: JsonValue): JsonValue;
  /** What a write stores and a read shows: pruned, without forbidden nulls, with defaults. */
  normalize(value: JsonValue): PruneResult;
  /** All that is wrong with a value, in the API server's words. */
  validate(value: JsonValue, options?: ValidateOptions): FieldError[];
  /** The schema below a path of property names, "[]" for items and "{}" for map values; `undefined` where there is none. */
  field(path: readonly string[]): JsonObject | undefined;
  readonly root: SchemaNode;
}

const BLOCKING: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

class CompiledSchema implements StructuralSchema {
  readonly root: SchemaNode;
  readonly #options: CompileSchemaOptions;
  readonly #resourceRoot: boolean;
  readonly #openapi: OpenApiValidator;
  #rules: RuleSet | undefined;

  constructor(schema: JsonObject, options: CompileSchemaOptions) {
    this.root = new SchemaNode(schema);
    this.#options = options;
    this.#resourceRoot = options.resourceRoot ?? true;
    this.#openapi = new OpenApiValidator(patternSource());
  }

  prune(value: JsonValue): PruneResult {
    const { value: pruned, pruned: paths } = prune(value, this.root, this.#resourceRoot);
    const coerced = coerceMetadata(pruned, this.root, { dropInvalid: true });
    return { value: coerced.unknown.length === 0 ? pruned : coerced.value, pruned: [...paths, ...coerced.unknown].sort() };
  }

  applyDefaults(value: JsonValue): JsonValue {
    return applyDefaults(value, this.root);
  }

  normalize(value: JsonValue): PruneResult {
    const { value: known, pruned } = this.prune(value);
    return { value: applyDefaults(pruneNulls(known, this.root), this.root), pruned };
  }

  validate(value: JsonValue, options: ValidateOptions = {}): FieldError[] {
    const { oldValue } = options;
    const correlation = oldValue === undefined ? undefined : new Correlation(this.root, value, oldValue);
    const errors = findingsToErrors(this.#openapi.validate(value, this.root, '', correlation).errors, '');
    errors.push(...validateEmbedded(value, this.root));
    // a list that was wrong before may stay wrong
    if (oldValue === undefined || validateListTypes(oldValue, this.root).length === 0) errors.push(...validateListTypes(value, this.root));
    if (options.cel === false || this.#options.cel === undefined) return errors;
    this.#rules ??= new RuleSet(this.root, this.#options.cel, this.#resourceRoot);
    if (errors.some((error) => BLOCKING.has(error.type))) return this.#rules.empty ? errors : [...errors, RULES_NOT_RUN];
    return [...errors, ...this.#rules.run({ self: value, oldSelf: oldValue }, { correlation }).errors];
  }

  field(path: readonly string[]): JsonObject | undefined {
    let node: SchemaNode | undefined = this.root;
    for (const step of path) node = step === '[]' ? node?.items : step === '{}' ? node?.additional : node?.property(step);
    return node?.raw;
  }
}

/** Compiles patterns and keeps them. */
export function patternSource(): PatternSource {
  const patterns = new Lru<string, RE2JS | string>(1000);
  return (pattern) => {
    let compiled = patterns.get(pattern);
    if (compiled === undefined) {
      compiled = compilePattern(pattern);
      patterns.set(pattern, compiled);
    }
    return compiled;
  };
}

function compilePattern(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Makes a schema ready for use. Nothing is checked here: what is wrong with a schema itself the checks of CustomResourceDefinitions tell.
 * Patterns and rules are compiled when they are first needed.
 * @param schema the `openAPIV3Schema` of a version of a CustomResourceDefinition
 */
export function compileSchema(schema: JsonObject, options: CompileSchemaOptions = {}): StructuralSchema {
  return new CompiledSchema(isObject(schema) ? schema : {}, options);
}
