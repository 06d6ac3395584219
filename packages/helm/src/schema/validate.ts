// Long because the keywords that contain schemas share one state: the scope, what is evaluated, the failures.
import { compareBytes, isArray, isObject, own, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { GoRegexp } from '@flux-ts/gotemplate';
import { valuesError } from '../errors.ts';
import { failureText, quoteText, type SchemaFailure } from './failure.ts';
import { checkCount, checkNumber, checkScalars, checkString } from './keywords.ts';
import { SchemaDocument, type SchemaNode } from './node.ts';
import { equalValues, numberText } from './numbers.ts';

const MAX_STEPS = 500_000;
const MAX_DEPTH = 2_000;

/** What a scope checks: the chain finds references that lead in a circle on one value. */
interface Scope {
  readonly node: SchemaNode;
  readonly value: JsonValue;
  readonly depth: number;
  readonly location: string;
  readonly parent: Scope | undefined;
  /** Where a new value begins in the chain. */
  readonly fresh: boolean;
}

/** Properties and items that nothing has looked at; undefined where nobody asks. */
interface Unevaluated {
  readonly props: Set<string> | undefined;
  readonly items: Set<number> | undefined;
}

interface Check {
  readonly scope: Scope;
  readonly path: readonly string[];
  readonly schema: JsonObject;
  readonly left: Unevaluated;
  readonly quick: boolean;
  readonly errors: SchemaFailure[];
}

const NOTHING: Unevaluated = { props: undefined, items: undefined };
const QUICK: SchemaFailure = { kind: 'leaf', path: [], message: '', causes: [] };

/** A compiled values.schema.json. */
export class ValuesSchema {
  readonly #document: SchemaDocument;
  readonly #regexps = new Map<string, (text: string) => boolean>();
  #steps = 0;

  /** @param schema the parsed schema @param text its text @throws ValuesError VALUES_SCHEMA for an unknown dialect */
  constructor(schema: JsonValue, text: string) {
    this.#document = new SchemaDocument(schema, text);
  }

  /**
   * Checks a value.
   * @returns undefined, or the reasons, one a line, in the words of Helm's schema library
   * @throws ValuesError VALUES_SCHEMA for references that cannot be followed and schemas that cost too much
   */
  check(value: JsonValue): string | undefined {
    this.#steps = 0;
    const node = this.#document.root;
    const scope: Scope = { node, value, depth: 0, location: '', parent: undefined, fresh: true };
    const failure = this.#run(scope, [], NOTHING, false)[0];
    return failure === undefined ? undefined : failureText(failure);
  }

  #test(pattern: string): (text: string) => boolean {
    let test = this.#regexps.get(pattern);
    if (test === undefined) {
      const compiled = new GoRegexp(pattern);
      test = (text) => compiled.test(text);
      this.#regexps.set(pattern, test);
    }
    return test;
  }

  #fail(check: Check, message: string, causes: readonly SchemaFailure[] = []): void {
    check.errors.push(check.quick ? QUICK : { kind: 'leaf', path: check.path, message, causes });
  }

  /** Checks one value against one node; gives the failure (if any) and what was left unevaluated. */
  #run(scope: Scope, path: readonly string[], caller: Unevaluated, quick: boolean): readonly [SchemaFailure | undefined, Unevaluated] {
    if (++this.#steps > MAX_STEPS || scope.depth > MAX_DEPTH) {
      throw valuesError('VALUES_SCHEMA', 'the schema takes too many steps to check these values');
    }
    const { node, value } = scope;
    if (typeof node.value === 'boolean' || !isObject(node.value)) {
      if (node.value !== false) return [undefined, caller];
      return [quick ? QUICK : { kind: 'leaf', path, message: 'false schema', causes: [] }, NOTHING];
    }
    const schema = node.value;
    const check: Check = { scope, path, schema, left: this.#track(schema, value, caller), quick, errors: [] };
    const loop = findLoop(scope);
    if (loop !== undefined) {
      this.#fail(check, `both ${scope.location} and ${loop.location} resolve to one schema causing reference cycle`);
      return [check.errors[0], NOTHING];
    }
    if (node.draft >= 2019 || !Object.hasOwn(schema, '$ref')) {
      checkScalars(schema, node.draft, value, (message) => this.#fail(check, message));
      if (check.errors.length > 0) return [check.errors[0], NOTHING];
    }
    const ref = own(schema, '$ref');
    if (typeof ref === 'string') {
      const failure = this.#reference(check, '$ref', this.#document.resolve(ref, node));
      if (node.draft < 2019) return [failure, failure === undefined ? check.left : NOTHING];
      if (failure !== undefined) check.errors.push(failure);
    }
    if (isArray(value)) this.#array(check, value);
    else if (isObject(value)) this.#object(check, value);
    else if (typeof value === 'string')
      checkString(
        schema,
        value,
        (pattern) => this.#test(pattern),
        (message) => this.#fail(check, message),
      );
    else if (typeof value === 'number' || typeof value === 'bigint') checkNumber(schema, value, (message) => this.#fail(check, message));
    if (!quick || check.errors.length === 0) {
      if (node.draft >= 2019) this.#dynamicRefs(check);
      this.#conditions(check);
      if (node.draft >= 2019) this.#unevaluated(check, value);
    }
    if (check.errors.length <= 1) return [check.errors[0], check.errors.length === 0 ? check.left : NOTHING];
    return [{ kind: 'group', path, message: 'validation failed', causes: check.errors }, NOTHING];
  }

  #track(schema: JsonObject, value: JsonValue, caller: Unevaluated): Unevaluated {
    if (!this.#document.tracksEvaluation) return NOTHING;
    const asks = caller.props !== undefined || caller.items !== undefined;
    if (isObject(value) && (asks || Object.hasOwn(schema, 'unevaluatedProperties')))
      return { props: new Set(Object.keys(value)), items: undefined };
    if (isArray(value) && (asks || Object.hasOwn(schema, 'unevaluatedItems'))) return { props: undefined, items: new Set(value.keys()) };
    return NOTHING;
  }

  #self(check: Check, schema: JsonValue, location: string, quick = false): SchemaFailure | undefined {
    const node = this.#document.node(schema, check.scope.node);
    return this.#selfNode(check, node, location, quick);
  }

  #selfNode(check: Check, node: SchemaNode, location: string, quick = false): SchemaFailure | undefined {
    const { scope } = check;
    const next: Scope = {
      node,
      value: scope.value,
      depth: scope.depth + 1,
      location: scope.location + location,
      parent: scope,
      fresh: false,
    };
    const [failure, left] = this.#run(next, check.path, check.left, check.quick || quick);
    if (failure === undefined) {
      for (const name of check.left.props ?? []) if (left.props?.has(name) !== true) check.left.props?.delete(name);
      for (const i of check.left.items ?? []) if (left.items?.has(i) !== true) check.left.items?.delete(i);
    }
    return failure;
  }

  #value(
    check: Check,
    schema: JsonValue,
    value: JsonValue,
    where: { readonly token: string; readonly location: string },
  ): SchemaFailure | undefined {
    const { scope } = check;
    const node = this.#document.node(schema, scope.node);
    const location = scope.location + where.location;
    const next: Scope = { node, value, depth: scope.depth + 1, location, parent: scope, fresh: true };
    return this.#run(next, check.quick ? check.path : [...check.path, where.token], NOTHING, check.quick)[0];
  }

  #add(check: Check, failure: SchemaFailure | undefined): void {
    if (failure !== undefined) check.errors.push(failure);
  }

  #reference(check: Check, keyword: string, node: SchemaNode): SchemaFailure | undefined {
    const failure = this.#selfNode(check, node, `/${keyword}`);
    if (failure === undefined || check.quick) return failure;
    const causes = failure.kind === 'group' ? failure.causes : [failure];
    return { kind: 'reference', path: check.path, message: 'validation failed', causes };
  }

  #dynamicRefs(check: Check): void {
    const { schema, scope } = check;
    const recursive = own(schema, '$recursiveRef');
    if (typeof recursive === 'string' && scope.node.draft === 2019) {
      let target = this.#document.resolve(recursive, scope.node);
      if (isObject(target.value) && own(target.value, '$recursiveAnchor') === true) {
        for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
          const root = at.node.resource.root;
          if (isObject(root) && own(root, '$recursiveAnchor') === true) target = this.#document.node(root, at.node);
        }
      }
      this.#add(check, this.#reference(check, '$recursiveRef', target));
    }
    const dynamic = own(schema, '$dynamicRef');
    if (typeof dynamic === 'string' && scope.node.draft === 2020) {
      let target = this.#document.resolve(dynamic, scope.node);
      const anchor = dynamic.slice(dynamic.indexOf('#') + 1);
      if (isObject(target.value) && own(target.value, '$dynamicAnchor') === anchor) {
        for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
          const found = at.node.resource.dynamicAnchors.get(anchor);
          if (found !== undefined) target = this.#document.node(found, { ...at.node, value: at.node.resource.root });
        }
      }
      this.#add(check, this.#reference(check, '$dynamicRef', target));
    }
  }

  #missing(object: JsonObject, names: JsonValue | undefined): string[] {
    if (!isArray(names)) return [];
    return names.filter((name): name is string => typeof name === 'string' && !Object.hasOwn(object, name));
  }

  #object(check: Check, object: JsonObject): void {
    const { schema } = check;
    const draft = check.scope.node.draft;
    checkCount(schema, Object.keys(object).length, ['minProperties', 'maxProperties'], (message) => this.#fail(check, message));
    const missing = this.#missing(object, own(schema, 'required'));
    if (missing.length > 0) {
      this.#fail(check, `missing ${missing.length === 1 ? 'property' : 'properties'} ${missing.map(quoteText).join(', ')}`);
    }
    if (check.quick && check.errors.length > 0) return;
    this.#dependencies(check, object, 'dependencies');
    this.#properties(check, object);
    const names = own(schema, 'propertyNames');
    if (names !== undefined && draft >= 6) {
      for (const name of sortedKeys(object)) {
        const failure = this.#value(check, names, name, { token: name, location: '/propertyNames' });
        if (failure !== undefined) {
          const inner = failure.kind === 'group' ? failure.causes : [failure];
          // the name is checked as a value by itself: its place is the root
          const causes = inner.map((c) => withoutPrefix(c, check.path.length + 1));
          check.errors.push({ kind: 'leaf', path: [], message: `invalid propertyName ${quoteText(name)}`, causes });
        }
      }
    }
    if (draft >= 2019) {
      this.#dependencies(check, object, 'dependentSchemas');
      this.#dependencies(check, object, 'dependentRequired');
    }
  }

  #dependencies(check: Check, object: JsonObject, keyword: string): void {
    const table = own(check.schema, keyword);
    if (!isObject(table)) return;
    for (const name of sortedKeys(table)) {
      if (!Object.hasOwn(object, name)) continue;
      const need = table[name] as JsonValue;
      if (isArray(need)) {
        const missing = this.#missing(object, need);
        if (missing.length > 0) this.#fail(check, `properties ${missing.map(quoteText).join(', ')} required, if ${quoteText(name)} exists`);
      } else this.#add(check, this.#self(check, need, `/${keyword}/${name}`));
    }
  }

  #properties(check: Check, object: JsonObject): void {
    const { schema } = check;
    const properties = own(schema, 'properties');
    const known = isObject(properties) ? properties : undefined;
    const patternTable = own(schema, 'patternProperties');
    const patterns = isObject(patternTable) ? Object.entries(patternTable) : [];
    const additional = own(schema, 'additionalProperties');
    if (known === undefined && patterns.length === 0 && additional === undefined) return;
    const extra: string[] = [];
    for (const name of sortedKeys(object)) {
      if (check.quick && check.errors.length > 0) return;
      const value = object[name] as JsonValue;
      let evaluated = false;
      const property = known === undefined ? undefined : own(known, name);
      if (property !== undefined) {
        evaluated = true;
        this.#add(check, this.#value(check, property, value, { token: name, location: `/properties/${name}` }));
      }
      for (const [pattern, inner] of patterns) {
        if (!this.#test(pattern)(name)) continue;
        evaluated = true;
        this.#add(check, this.#value(check, inner, value, { token: name, location: `/patternProperties/${pattern}` }));
      }
      if (!evaluated && additional !== undefined) {
        evaluated = true;
        if (additional === false) extra.push(name);
        else if (additional !== true)
          this.#add(check, this.#value(check, additional, value, { token: name, location: '/additionalProperties' }));
      }
      if (evaluated) check.left.props?.delete(name);
    }
    if (extra.length > 0) this.#fail(check, `additional properties ${extra.sort(compareBytes).map(quoteText).join(', ')} not allowed`);
  }

  #array(check: Check, array: readonly JsonValue[]): void {
    const { schema } = check;
    checkCount(schema, array.length, ['minItems', 'maxItems'], (message) => this.#fail(check, message));
    if (own(schema, 'uniqueItems') === true) {
      const pair = duplicate(array);
      if (pair !== undefined) this.#fail(check, `items at ${numberText(pair[0])} and ${numberText(pair[1])} are equal`);
    }
    const modern = check.scope.node.draft >= 2020;
    const items = own(schema, 'items');
    const list = own(schema, modern ? 'prefixItems' : 'items');
    const first = isArray(list) ? list : [];
    let done = Math.min(first.length, array.length);
    for (let i = 0; i < done; i++) this.#item(check, array[i] as JsonValue, i, first[i] as JsonValue);
    const rest = modern ? items : isArray(items) ? own(schema, 'additionalItems') : items;
    if (rest === false && !modern && isArray(items)) {
      if (done !== array.length) this.#fail(check, `last ${numberText(array.length - done)} additionalItem(s) not allowed`);
    } else if (rest !== undefined && !isArray(rest)) {
      // upstream counts these from the first one that no earlier keyword looked at
      for (let i = 0; done < array.length; done++, i++) this.#item(check, array[done] as JsonValue, i, rest);
    }
    for (let i = 0; i < done; i++) check.left.items?.delete(i);
    this.#contains(check, array);
  }

  #item(check: Check, item: JsonValue, i: number, schema: JsonValue): void {
    this.#add(check, this.#value(check, schema, item, { token: String(i), location: '/items' }));
  }

  #contains(check: Check, array: readonly JsonValue[]): void {
    const { schema } = check;
    const draft = check.scope.node.draft;
    const wanted = own(schema, 'contains');
    if (wanted === undefined || draft < 6) return;
    const failures: SchemaFailure[] = [];
    const matched: number[] = [];
    for (const [i, item] of array.entries()) {
      const failure = this.#value(check, wanted, item, { token: String(i), location: '/contains' });
      if (failure !== undefined) failures.push(failure);
      else {
        matched.push(i);
        if (draft >= 2020) check.left.items?.delete(i);
      }
    }
    const min = draft >= 2019 ? own(schema, 'minContains') : undefined;
    const max = draft >= 2019 ? own(schema, 'maxContains') : undefined;
    const at = `matched ${matched.length} items at ${matched.join(' ')}`;
    if (typeof min === 'number') {
      const but = matched.length === 0 ? 'none matched' : at;
      if (matched.length < min) this.#fail(check, `min ${min} items required to match contains schema, but ${but}`, failures);
    } else if (matched.length === 0) this.#fail(check, 'no items match contains schema', failures);
    if (typeof max === 'number' && matched.length > max) this.#fail(check, `max ${max} items required to match contains schema, but ${at}`);
  }

  #conditions(check: Check): void {
    const { schema } = check;
    const draft = check.scope.node.draft;
    const not = own(schema, 'not');
    if (not !== undefined && this.#self(check, not, '/not', true) === undefined) this.#fail(check, "'not' failed");
    const all = own(schema, 'allOf');
    if (isArray(all)) {
      const failures: SchemaFailure[] = [];
      for (const [i, inner] of all.entries()) {
        const failure = this.#self(check, inner, `/allOf/${i}`);
        if (failure === undefined) continue;
        failures.push(failure);
        if (check.quick) break;
      }
      if (failures.length > 0) this.#fail(check, "'allOf' failed", failures);
    }
    const any = own(schema, 'anyOf');
    if (isArray(any) && any.length > 0) this.#anyOf(check, any);
    const one = own(schema, 'oneOf');
    if (isArray(one) && one.length > 0) this.#oneOf(check, one);
    const condition = draft >= 7 ? own(schema, 'if') : undefined;
    if (condition !== undefined) {
      const branch = this.#self(check, condition, '/if', true) === undefined ? 'then' : 'else';
      const inner = own(schema, branch);
      if (inner !== undefined) this.#add(check, this.#self(check, inner, `/${branch}`));
    }
  }

  #anyOf(check: Check, any: readonly JsonValue[]): void {
    const failures: SchemaFailure[] = [];
    let matched = false;
    for (const [i, inner] of any.entries()) {
      const failure = this.#self(check, inner, `/anyOf/${i}`);
      if (failure !== undefined) failures.push(failure);
      else {
        matched = true;
        if ((check.left.props?.size ?? 0) === 0 && (check.left.items?.size ?? 0) === 0) break;
      }
    }
    if (!matched) this.#fail(check, "'anyOf' failed", failures);
  }

  #oneOf(check: Check, one: readonly JsonValue[]): void {
    const failures: SchemaFailure[] = [];
    let matched = -1;
    for (const [i, inner] of one.entries()) {
      const failure = this.#self(check, inner, `/oneOf/${i}`, matched !== -1);
      if (failure !== undefined) {
        if (matched === -1) failures.push(failure);
      } else if (matched === -1) matched = i;
      else {
        this.#fail(check, `'oneOf' failed, subschemas ${matched}, ${i} matched`);
        break;
      }
    }
    if (matched === -1) this.#fail(check, "'oneOf' failed, none matched", failures);
  }

  #unevaluated(check: Check, value: JsonValue): void {
    const props = own(check.schema, 'unevaluatedProperties');
    if (isObject(value) && props !== undefined) {
      for (const name of [...(check.left.props ?? [])].sort(compareBytes)) {
        this.#add(check, this.#value(check, props, value[name] as JsonValue, { token: name, location: '/unevaluatedProperties' }));
      }
      check.left.props?.clear();
    }
    const items = own(check.schema, 'unevaluatedItems');
    if (isArray(value) && items !== undefined) {
      for (const i of [...(check.left.items ?? [])].sort((a, b) => a - b)) {
        this.#add(check, this.#value(check, items, value[i] as JsonValue, { token: String(i), location: '/unevaluatedItems' }));
      }
      check.left.items?.clear();
    }
  }
}

/** The outer scope that checks the same value against the same schema, where there is one. */
function findLoop(scope: Scope): Scope | undefined {
  if (scope.fresh) return undefined;
  for (let at = scope.parent; at !== undefined; at = at.parent) {
    if (at.node.value === scope.node.value) return at;
    if (at.fresh) return undefined;
  }
  return undefined;
}

function withoutPrefix(failure: SchemaFailure, length: number): SchemaFailure {
  return { ...failure, path: failure.path.slice(length), causes: failure.causes.map((c) => withoutPrefix(c, length)) };
}

function duplicate(array: readonly JsonValue[]): readonly [number, number] | undefined {
  for (let i = 1; i < array.length; i++) {
    for (let j = 0; j < i; j++) if (equalValues(array[i] as JsonValue, array[j] as JsonValue)) return [j, i];
  }
  return undefined;
}
