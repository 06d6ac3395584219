import { forbidden, type FieldError } from './field-error.ts';
import type { SchemaNode } from './node.ts';
import type { CompiledRule } from './rule-compiler.ts';

/** The most that one rule may cost, estimated. */
const RULE_LIMIT = 10_000_000;
/** The most that all rules of a schema may cost together. */
const TOTAL_LIMIT = 100_000_000;
const NAMED_AT_MOST = 4;

function tooCostly(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** How often a node's children can be there for each time that it is; `undefined` where nothing limits it. */
function childrenOf(node: SchemaNode): number | undefined {
  const keyword = node.type === 'array' ? 'maxItems' : node.type === 'object' && node.allowsAdditional ? 'maxProperties' : undefined;
  if (keyword === undefined) return 1;
  const limit = node.number(keyword);
  return limit === undefined ? undefined : Math.max(0, limit);
}

/** How often the values below a node can be there in one object. @param times the same of the node itself */
export function timesBelow(node: SchemaNode, times: number | undefined): number | undefined {
  const children = childrenOf(node);
  return times === undefined || children === undefined ? undefined : times * children;
}

/** Adds up what the rules of a schema may cost. */
export class RuleCosts {
  #total = 0;
  #highest: { readonly path: string; readonly cost: number }[] = [];

  /** Counts a rule, and tells where it alone costs too much. @param times how often its value can be there, where the schema says so */
  add(rule: CompiledRule, path: string, times: number | undefined): FieldError[] {
    const estimate = rule.estimate?.();
    if (estimate === undefined) return [];
    const cost = estimate.cost * (times ?? estimate.times);
    const { messageCost } = estimate;
    const errors = this.#count('estimated rule cost', cost, `${path}.rule`);
    return messageCost === undefined
      ? errors
      : [...errors, ...this.#count('estimated messageExpression cost', messageCost, `${path}.messageExpression`)];
  }

  #count(what: string, cost: number, path: string): FieldError[] {
    this.#total += cost;
    if (cost >= TOTAL_LIMIT / 100) {
      this.#highest = [...this.#highest, { path, cost }].sort((a, b) => b.cost - a.cost).slice(0, NAMED_AT_MOST);
    }
    return cost > RULE_LIMIT ? [forbidden(path, tooCostly(what, cost, RULE_LIMIT))] : [];
  }

  /** What is wrong with the sum. @param path where the schema stands */
  errors(path: string): FieldError[] {
    if (this.#total <= TOTAL_LIMIT) return [];
    const words = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [...this.#highest.map((rule) => forbidden(rule.path, words)), forbidden(path, tooCostly(what, this.#total, TOTAL_LIMIT))];
  }
}
