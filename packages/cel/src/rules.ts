import type { JsonObject, JsonValue } from '@flux-ts/base';
import { kubernetesEnvs, type CelEnv, type KubernetesEnvOptions } from './env.ts';
import { CelError } from './errors.ts';
import { CALL_COST_LIMIT, compileCel, type CelProgram } from './program.ts';
import { schemaSizes, sizeAt, timesInRequest, type SizeNode } from './schema-sizes.ts';
import { isEmbedded, schemaType, withResourceFields } from './schema-types.ts';
import { schemaValue } from './schema-values.ts';
import { optionalOf, type CelType } from './types.ts';
import { CelOptional, NONE, type CelValue } from './values.ts';

/** One rule of `x-kubernetes-validations`, as far as it is compiled here. */
export interface RuleSource {
  readonly rule: string;
  readonly messageExpression?: string;
  readonly optionalOldSelf?: boolean;
}

/** What a rule is run with; without `oldSelf` there is no old value. */
export interface RuleVariables {
  readonly self: JsonValue;
  readonly oldSelf?: JsonValue | undefined;
}

/** What a rule answered: a value, or an error with cel-go's text. */
export interface RuleAnswer {
  readonly value?: JsonValue | undefined;
  readonly error?: string;
  readonly limitExceeded?: boolean;
  readonly cost: number;
}

/** What a rule may cost at most, by the limits that its schema sets; 2^64 where there is no bound. */
export interface RuleEstimate {
  readonly cost: number;
  /** The cost of its `messageExpression`. */
  readonly messageCost?: number;
  /** How often the value that it is about fits into a request. */
  readonly times: number;
}

/** A rule ready to run; one that does not compile says why in `error`. */
export interface RuleProgram {
  readonly error?: string;
  readonly messageError?: string;
  readonly usesOldSelf: boolean;
  evaluate(variables: RuleVariables): RuleAnswer;
  readonly message?: (variables: RuleVariables) => RuleAnswer;
  /** Of rules that compile. */
  readonly estimate?: () => RuleEstimate;
}

/** Compiles the rules of one schema node. It is what the schema engine takes as its `cel`. */
export interface RuleCompiler {
  compile(schema: JsonObject, rules: readonly RuleSource[], resourceRoot: boolean): readonly RuleProgram[];
}

function broken(error: string): RuleProgram {
  return { error, usesOldSelf: false, evaluate: () => ({ error, cost: 0 }) };
}

function compileText(text: string, env: CelEnv): CelProgram | string {
  try {
    return compileCel(text, env);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return error.message.startsWith('program instantiation failed') ? error.message : `compilation failed: ${error.message}`;
  }
}

/** How {@link celRules} compiles. */
export interface CelRulesOptions extends KubernetesEnvOptions {
  /** The most that one call may cost. Default: Kubernetes' limit. */
  readonly callCostLimit?: number;
}

/** The rules of one node: they share types and the form of the values. */
class NodeRules {
  readonly #schema: JsonObject;
  readonly #plainEnv: CelEnv;
  readonly #optionalEnv: CelEnv;
  readonly #costLimit: number;
  readonly #resourceRoot: boolean;
  #sizes: SizeNode | undefined;

  constructor(
    schema: JsonObject,
    type: CelType,
    shared: { readonly makeEnv: ReturnType<typeof kubernetesEnvs>; readonly costLimit: number; readonly resourceRoot: boolean },
  ) {
    const { makeEnv } = shared;
    this.#resourceRoot = shared.resourceRoot;
    this.#schema = schema;
    this.#costLimit = shared.costLimit;
    this.#plainEnv = makeEnv([
      ['self', type],
      ['oldSelf', type],
    ]);
    this.#optionalEnv = makeEnv([
      ['self', type],
      ['oldSelf', optionalOf(type)],
    ]);
  }

  compile(source: RuleSource): RuleProgram {
    if (source.rule.trim() === '') return { usesOldSelf: false, evaluate: () => ({ value: true, cost: 0 }) };
    const optional = source.optionalOldSelf === true;
    const env = optional ? this.#optionalEnv : this.#plainEnv;
    const program = compileText(source.rule, env);
    if (typeof program === 'string') return broken(program);
    if (program.type.kind !== 'bool') return broken('cel expression must evaluate to a bool');
    const usesOldSelf = program.variables.has('oldSelf');
    const evaluate = (variables: RuleVariables): RuleAnswer => this.#run(program, variables, optional);
    const estimate = (): RuleEstimate => this.#estimate(program);
    if (source.messageExpression === undefined || source.messageExpression === '') return { usesOldSelf, evaluate, estimate };
    const message = compileText(source.messageExpression, env);
    if (typeof message === 'string') {
      const messageError = message.replace(/^(compilation failed|program instantiation failed)/, (words) =>
        words.startsWith('program') ? 'messageExpression instantiation failed' : `messageExpression ${words}`,
      );
      return { usesOldSelf, evaluate, estimate, messageError };
    }
    if (message.type.kind !== 'string')
      return { usesOldSelf, evaluate, estimate, messageError: 'messageExpression must evaluate to a string' };
    return {
      usesOldSelf,
      evaluate,
      estimate: () => this.#estimate(program, message),
      message: (variables) => this.#run(message, variables, optional),
    };
  }

  #estimate(program: CelProgram, message?: CelProgram): RuleEstimate {
    this.#sizes ??= schemaSizes(this.#schema, this.#resourceRoot);
    const sizes = this.#sizes;
    const cost = (of: CelProgram): number => of.estimate((path) => (sizes === undefined ? undefined : sizeAt(sizes, path)));
    return {
      cost: cost(program),
      ...(message === undefined ? {} : { messageCost: cost(message) }),
      times: timesInRequest(sizes?.bytes ?? 0),
    };
  }

  #run(program: CelProgram, { self, oldSelf }: RuleVariables, optional: boolean): RuleAnswer {
    const old = (): CelValue | undefined => {
      if (oldSelf === undefined) return optional ? NONE : undefined;
      const value = schemaValue(oldSelf, this.#schema);
      return optional ? new CelOptional(value) : value;
    };
    const outcome = program.run((name) => (name === 'self' ? schemaValue(self, this.#schema) : name === 'oldSelf' ? old() : undefined), {
      costLimit: this.#costLimit,
    });
    if (outcome.error !== undefined)
      return { error: outcome.error.message, limitExceeded: outcome.error.code === 'CEL_COST', cost: outcome.cost };
    const { value } = outcome;
    return { value: typeof value === 'boolean' || typeof value === 'string' ? value : undefined, cost: outcome.cost };
  }
}

/**
 * Makes the compiler of `x-kubernetes-validations`, with `self` and `oldSelf` of the schema's types.
 * @see apiextensions-apiserver v0.36 pkg/apiserver/schema/cel
 */
export function celRules(options: CelRulesOptions = {}): RuleCompiler {
  const shared = { makeEnv: kubernetesEnvs(options), costLimit: options.callCostLimit ?? CALL_COST_LIMIT };
  return {
    compile: (schema, rules, resourceRoot) => {
      const type = schemaType(schema, 'selfType', resourceRoot);
      if (type === undefined)
        return rules.map(() => broken('rule compiler initialization error: failed to convert to declType for CEL validation rules'));
      const whole = resourceRoot || isEmbedded(schema) ? withResourceFields(schema) : schema;
      const node = new NodeRules(whole, type, { ...shared, resourceRoot });
      return rules.map((rule) => node.compile(rule));
    },
  };
}
