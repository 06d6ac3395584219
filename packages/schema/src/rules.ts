import { goQuote, isArray, isObject, own, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { OldItems, type Correlation } from './correlation.ts';
import { duplicate, fieldError, fieldPath, forbidden, invalid, required, type FieldError } from './field-error.ts';
import { SchemaNode, type ValidationRule } from './node.ts';
import type { CelCompiler, CompiledRule, RuleInput, RuleResult } from './rule-compiler.ts';
import { FieldPathError, resolveFieldPath } from './rule-field-path.ts';

/** What all rules of one object may cost together. */
export const RULE_COST_BUDGET = 10_000_000;

const LONGEST_MESSAGE_BYTES = 5 * 1024;
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** Rules of a node and of what is below it; only nodes with rules are here. */
interface RuleNode {
  readonly node: SchemaNode;
  readonly rules: readonly { readonly rule: ValidationRule; readonly compiled: CompiledRule; readonly path: string }[];
  readonly properties: ReadonlyMap<string, RuleNode>;
  readonly additional: RuleNode | undefined;
  readonly items: RuleNode | undefined;
  readonly allOf: readonly RuleNode[];
}

function rulePath(rule: ValidationRule, node: SchemaNode): string {
  if (rule.fieldPath === undefined || rule.fieldPath === '') return '';
  try {
    return resolveFieldPath(rule.fieldPath, node).path;
  } catch (error) {
    if (error instanceof FieldPathError) return '';
    throw error;
  }
}

function compileNode(constraints: SchemaNode, node: SchemaNode, cel: CelCompiler, resourceRoot: boolean): RuleNode | undefined {
  const written = constraints.rules;
  const compiled = written.length === 0 ? [] : cel.compile(node.raw, written, resourceRoot);
  const rules = written.flatMap((rule, i) =>
    rule.rule.trim() === '' ? [] : [{ rule, compiled: compiled[i] as CompiledRule, path: rulePath(rule, node) }],
  );
  const below = (inner: SchemaNode | undefined, outer: SchemaNode | undefined): RuleNode | undefined =>
    inner === undefined || outer === undefined ? undefined : compileNode(inner, outer, cel, outer.embeddedResource);
  const properties = new Map<string, RuleNode>();
  for (const name of constraints.propertyNames) {
    const child = below(constraints.property(name), node.property(name));
    if (child !== undefined) properties.set(name, child);
  }
  const additional = below(constraints.additional, node.additional);
  const items = below(constraints.items, node.items);
  const allOf = constraints.branches('allOf').flatMap((branch) => compileNode(branch, node, cel, resourceRoot) ?? []);
  if (rules.length === 0 && properties.size === 0 && additional === undefined && items === undefined && allOf.length === 0)
    return undefined;
  return { node, rules, properties, additional, items, allOf };
}

/** Whether a schema holds a rule anywhere: most hold none, and then nothing is compiled. */
function hasRules(value: JsonValue): boolean {
  if (isArray(value)) return value.some(hasRules);
  if (!isObject(value)) return false;
  return isArray(value['x-kubernetes-validations']) || Object.keys(value).some((key) => hasRules(value[key] as JsonValue));
}

interface Ratchet {
  readonly current: Correlation | undefined;
  readonly parent: Correlation | undefined;
}

function unchanged(ratchet: Ratchet): boolean {
  return (ratchet.current ?? ratchet.parent)?.unchanged === true;
}

function below(ratchet: Ratchet, step: (current: Correlation) => Correlation | undefined): Ratchet {
  return ratchet.current === undefined ? ratchet : { current: step(ratchet.current), parent: ratchet.current };
}

function ruleText(rule: ValidationRule): string {
  return (rule.message === undefined || rule.message === '' ? rule.rule : rule.message).trim();
}

function errorFor(path: string, value: JsonValue | undefined, detail: string, reason: string | undefined): FieldError {
  if (reason === 'FieldValueForbidden') return forbidden(path, detail);
  if (reason === 'FieldValueRequired') return required(path, detail);
  // upstream drops the detail of a duplicate
  return reason === 'FieldValueDuplicate' ? duplicate(path, value) : invalid(path, value, detail);
}

/** What a run of rules found; `warnings` are errors of what did not change. */
export interface RuleOutcome {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly FieldError[];
  /** What is left of the budget; negative where it ran out. */
  readonly remaining: number;
}

/** One pass over an object; holds what is left of the budget. */
class RulePass {
  readonly errors: FieldError[] = [];
  readonly warnings: FieldError[] = [];
  remaining: number;

  constructor(budget: number) {
    this.remaining = budget;
  }

  get #spent(): boolean {
    return this.remaining < 0;
  }

  run(rules: RuleNode, path: string, self: JsonValue, old: JsonValue | undefined, ratchet: Ratchet): void {
    if (self === null) return;
    this.#own(rules, path, self, old, ratchet);
    for (const branch of rules.allOf) if (!this.#spent) this.run(branch, path, self, old, { current: undefined, parent: ratchet.parent });
    if (this.#spent) return;
    if (isArray(self)) this.#items(rules, path, self, old, ratchet);
    else if (isObject(self)) this.#fields(rules, path, self, old, ratchet);
  }

  #items(rules: RuleNode, path: string, self: readonly JsonValue[], old: JsonValue | undefined, ratchet: Ratchet): void {
    if (rules.items === undefined) return;
    const oldItems = new OldItems(rules.node, old);
    for (const [i, item] of self.entries()) {
      this.run(
        rules.items,
        fieldPath.index(path, i),
        item,
        oldItems.get(item),
        below(ratchet, (c) => c.index(i)),
      );
      if (this.#spent) return;
    }
  }

  #fields(rules: RuleNode, path: string, self: JsonObject, old: JsonValue | undefined, ratchet: Ratchet): void {
    for (const key of sortedKeys(self)) {
      const value = self[key] as JsonValue;
      const oldValue = isObject(old) ? own(old, key) : undefined;
      const hidden = ratchet.parent === undefined && (key === 'apiVersion' || key === 'kind');
      const next: Ratchet = hidden ? { current: undefined, parent: undefined } : below(ratchet, (c) => c.key(key));
      const property = rules.properties.get(key);
      if (property !== undefined) this.run(property, fieldPath.child(path, key), value, oldValue, next);
      if (rules.additional !== undefined && !this.#spent) this.run(rules.additional, fieldPath.key(path, key), value, oldValue, next);
      if (this.#spent) return;
    }
  }

  #stop(error: FieldError): void {
    this.errors.push(error);
    this.remaining = -1;
  }

  #own(rules: RuleNode, path: string, self: JsonValue, old: JsonValue | undefined, ratchet: Ratchet): void {
    if (rules.rules.length === 0) return;
    const at = fieldPath.orNil(path);
    const type = rules.node.type;
    if (this.remaining <= 0) {
      this.#stop(invalid(at, type, OUT_OF_BUDGET));
      return;
    }
    const oldSelf = old === null ? undefined : old;
    for (const { rule, compiled, path: relative } of rules.rules) {
      if (compiled.error !== undefined) {
        this.errors.push(invalid(at, type, `rule compile error: ${compiled.error}`));
        continue;
      }
      if (compiled.usesOldSelf && oldSelf === undefined && rule.optionalOldSelf !== true) continue;
      const input: RuleInput = { self, oldSelf };
      const result = compiled.evaluate(input);
      if (result.cost > this.remaining) {
        this.#stop(invalid(at, type, OUT_OF_BUDGET));
        return;
      }
      this.remaining -= result.cost;
      if (result.error !== undefined) {
        const text = ruleText(rule);
        if (result.limitExceeded === true) {
          this.#stop(
            invalid(
              at,
              type,
              `'${result.error}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`,
            ),
          );
          return;
        }
        const detail = result.error.startsWith('no such overload')
          ? `'${result.error}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`
          : `${result.error} evaluating rule: ${text}`;
        this.errors.push(invalid(at, type, detail));
        continue;
      }
      if (result.value === true) continue;
      const errorPath = relative === '' ? at : fieldPath.child(path, relative);
      const report = (error: FieldError): void =>
        void (!compiled.usesOldSelf && unchanged(ratchet) ? this.warnings : this.errors).push(error);
      const said = compiled.message?.(input);
      let message: string | undefined;
      if (said !== undefined) {
        const refusal = this.#messageRefusal(said, rule);
        if (refusal !== undefined) {
          report(invalid(errorPath, type, refusal));
          this.remaining = -1;
          return;
        }
        this.remaining -= said.cost;
        message = usableMessage(said);
      }
      const fallback = rule.message === undefined || rule.message === '' ? `failed rule: ${ruleText(rule)}` : rule.message.trim();
      report(errorFor(errorPath, type === 'object' || type === 'array' ? undefined : self, message ?? fallback, rule.reason));
    }
  }

  #messageRefusal(said: RuleResult, rule: ValidationRule): string | undefined {
    if (said.cost > this.remaining)
      return 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
    return said.limitExceeded === true
      ? `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuote(rule.messageExpression ?? '')}`
      : undefined;
  }
}

/** The text of a message expression where it can be used: one line, not empty, not too long. */
function usableMessage(said: RuleResult): string | undefined {
  if (typeof said.value !== 'string') return undefined;
  const text = said.value.trim();
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > LONGEST_MESSAGE_BYTES ? undefined : text;
}

/** The compiled rules of a schema. */
export class RuleSet {
  readonly #root: RuleNode | undefined;

  /** Compiles the rules of a schema; a rule that does not compile is reported when it should run. */
  constructor(schema: SchemaNode, cel: CelCompiler, resourceRoot: boolean) {
    this.#root = hasRules(schema.raw) ? compileNode(schema, schema, cel, resourceRoot) : undefined;
  }

  /** There is no rule. */
  get empty(): boolean {
    return this.#root === undefined;
  }

  /**
   * Runs the rules against an object.
   * @see apiextensions-apiserver v0.36 pkg/apiserver/schema/cel/validation.go
   */
  run(
    input: RuleInput,
    options: { readonly path?: string; readonly correlation?: Correlation | undefined; readonly budget?: number } = {},
  ): RuleOutcome {
    const pass = new RulePass(options.budget ?? RULE_COST_BUDGET);
    if (this.#root !== undefined)
      pass.run(this.#root, options.path ?? '', input.self, input.oldSelf, { current: options.correlation, parent: undefined });
    return pass;
  }
}

/** What upstream says where rules were not run because the object is wrong already. */
export const RULES_NOT_RUN: FieldError = fieldError(
  'FieldValueInvalid',
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);
