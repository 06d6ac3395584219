import type { JsonObject, JsonValue } from '@flux-ts/base';
import type { ValidationRule } from './node.ts';

/** What a rule is run with. */
export interface RuleInput {
  readonly self: JsonValue;
  /** The old value; absent on create and where no old value is known. */
  readonly oldSelf?: JsonValue | undefined;
}

/** What a rule answered: `value` or `error`, and what it cost in CEL units. */
export interface RuleResult {
  readonly value?: JsonValue | undefined;
  readonly error?: string;
  /** The limit of one call was passed; nothing more may run. */
  readonly limitExceeded?: boolean;
  readonly cost: number;
}

/** What a rule may cost at most in CEL units, by the limits that its schema sets. */
export interface RuleEstimate {
  readonly cost: number;
  /** The cost of its `messageExpression`, where it has one. */
  readonly messageCost?: number;
  /** How often the value that it is about fits into a request. */
  readonly times: number;
}

/** One compiled rule. */
export interface CompiledRule {
  /** Why the rule does not compile. */
  readonly error?: string;
  /** Why its `messageExpression` does not; then `message` is used instead. */
  readonly messageError?: string;
  readonly usesOldSelf: boolean;
  evaluate(input: RuleInput): RuleResult;
  /** The rule's `messageExpression`, where it has one that compiles. */
  readonly message?: (input: RuleInput) => RuleResult;
  /** Asked when a schema is checked; without it rules may cost anything. */
  readonly estimate?: () => RuleEstimate;
}

/** Compiles the rules of one schema node; `@flux-ts/cel` implements it. */
export interface CelCompiler {
  /** @param resourceRoot the node is a whole resource: `apiVersion`, `kind`, `metadata.name` and `generateName` are known */
  compile(schema: JsonObject, rules: readonly ValidationRule[], resourceRoot: boolean): readonly CompiledRule[];
}
