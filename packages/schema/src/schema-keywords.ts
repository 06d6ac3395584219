import { goJson, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldPath, forbidden, invalid, notSupported, required, type FieldError } from './field-error.ts';
import { SchemaNode, type ValidationRule } from './node.ts';
import { FieldPathError, resolveFieldPath } from './rule-field-path.ts';
import { RuleCosts, timesBelow } from './rule-costs.ts';
import type { CelCompiler } from './rule-compiler.ts';
import { propertyPath, unsupportedKeyword } from './structural-form.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const LIST_TYPES = ['atomic', 'set', 'map'];
const MAP_TYPES = ['atomic', 'granular'];
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
/** The fields that every resource has. */
export const META_FIELDS: readonly string[] = ['apiVersion', 'kind', 'metadata'];
const UNKNOWN_KEYWORDS = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];
const LINE_BREAK = /[\n\r]/;

/** What holds for a schema and everything below it. */
interface Inherited {
  /** Why no default may be given here. */
  readonly noDefaults: string | undefined;
  readonly insideMeta: boolean;
  /** The list or map whose old and new items cannot be matched: rules below it may not look at the old value. */
  readonly uncorrelated: string | undefined;
  /** Rules are compiled here. */
  readonly rules: boolean;
  /** How often a value can be here in one object; `undefined` where nothing limits that. */
  readonly times: number | undefined;
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Goes through all sub-schemas and notes keywords that may not be used, or not so. */
export class KeywordCheck {
  readonly schemaErrors: FieldError[] = [];
  readonly ruleErrors: FieldError[] = [];
  /** Of all rules together. */
  costErrors: readonly FieldError[] = [];
  readonly #cel: CelCompiler | undefined;
  readonly #costs = new RuleCosts();

  /** @param cel compiles the rules; without it they are not compiled */
  constructor(cel: CelCompiler | undefined) {
    this.#cel = cel;
  }

  root(schema: JsonObject, at: string): void {
    const inherited: Inherited = {
      noDefaults: undefined,
      insideMeta: false,
      uncorrelated: undefined,
      rules: this.#cel !== undefined,
      times: 1,
    };
    this.#node(new SchemaNode(schema), at, inherited, true);
    this.costErrors = this.#costs.errors(at);
  }

  #add(error: FieldError): void {
    this.schemaErrors.push(error);
  }

  #node(node: SchemaNode, at: string, inherited: Inherited, isRoot = false): void {
    const before = this.schemaErrors.length;
    this.#standard(node, at, inherited);
    this.#children(node, at, inherited, isRoot);
    if (node.raw['x-kubernetes-preserve-unknown-fields'] === false)
      this.#add(invalid(`${at}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
    this.#listAndMapTypes(node, at);
    if (node.listType === 'map') this.#mapList(node, at);
    this.#keyedItems(node, at);
    for (const [i, rule] of node.rules.entries()) this.#rule(rule, node, fieldPath.index(`${at}.x-kubernetes-validations`, i));
    // where the schema is wrong, what is said about rules would only confuse
    if (inherited.rules && this.schemaErrors.length === before) this.#compile(node, at, inherited, isRoot);
  }

  #standard(node: SchemaNode, at: string, inherited: Inherited): void {
    const { raw, type } = node;
    if (type !== '' && !TYPES.includes(type)) this.#add(notSupported(`${at}.type`, type, TYPES));
    if (node.default !== undefined && inherited.noDefaults !== undefined)
      this.#add(forbidden(`${at}.default`, `must not be set ${inherited.noDefaults}`));
    for (const keyword of UNKNOWN_KEYWORDS)
      if (!isEmpty(raw[keyword]) || (keyword === 'additionalItems' && raw[keyword] === false))
        this.#add(forbidden(`${at}.${keyword}`, `${keyword} is not supported`));
    if (type === 'null') this.#add(forbidden(`${at}.type`, 'type cannot be set to null, use nullable as an alternative'));
    if (isArray(raw['items']) && raw['items'].length > 0)
      this.#add(forbidden(`${at}.items`, 'items must be a schema object and not an array'));
    if (inherited.insideMeta && node.embeddedResource)
      this.#add(forbidden(`${at}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'));
    if (raw['uniqueItems'] === true)
      this.#add(forbidden(`${at}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
    const additional = raw['additionalProperties'];
    if (node.propertyNames.length > 0 && (additional === false || isObject(additional)))
      this.#add(forbidden(`${at}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  }

  #children(node: SchemaNode, at: string, inherited: Inherited, isRoot: boolean): void {
    const times = timesBelow(node, inherited.times);
    if (node.additional !== undefined) {
      const noDefaults = inherited.insideMeta ? 'inside additionalProperties applying to object metadata' : inherited.noDefaults;
      this.#node(node.additional, `${at}.additionalProperties`, { ...inherited, noDefaults, times });
    }
    const within = inherited.uncorrelated ?? at;
    for (const name of node.propertyNames) {
      const meta = (isRoot || node.embeddedResource) && META_FIELDS.includes(name);
      this.#node(node.property(name) as SchemaNode, propertyPath(at, name), {
        rules: inherited.rules,
        times,
        uncorrelated: node.mapType === 'atomic' ? within : inherited.uncorrelated,
        insideMeta: inherited.insideMeta || meta,
        noDefaults: isRoot && meta ? `in top-level ${name}` : inherited.noDefaults,
      });
    }
    const plain: Inherited = { ...inherited, rules: false };
    if (node.negated !== undefined) this.#node(node.negated, `${at}.not`, plain);
    for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const)
      for (const [i, branch] of node.branches(junctor).entries()) this.#node(branch, fieldPath.index(`${at}.${junctor}`, i), plain);
    const uncorrelated = node.listType === 'map' ? inherited.uncorrelated : within;
    if (node.items !== undefined) this.#node(node.items, `${at}.items`, { ...inherited, uncorrelated, times });
  }

  #typed(type: string, wanted: string, at: string, keyword: string): boolean {
    if (type === wanted) return true;
    const words = `must be ${wanted} if ${keyword} is specified`;
    this.#add(type === '' ? required(`${at}.type`, words) : invalid(`${at}.type`, type, words));
    return false;
  }

  #listAndMapTypes(node: SchemaNode, at: string): void {
    const { mapType, listType } = node;
    if (mapType !== undefined) {
      this.#typed(node.type, 'object', at, 'x-kubernetes-map-type');
      if (!MAP_TYPES.includes(mapType)) this.#add(notSupported(`${at}.x-kubernetes-map-type`, mapType, MAP_TYPES));
    }
    if (listType !== undefined) {
      if (this.#typed(node.type, 'array', at, 'x-kubernetes-list-type') && listType === 'set') this.#set(node.items, `${at}.items`);
      if (!LIST_TYPES.includes(listType)) this.#add(notSupported(`${at}.x-kubernetes-list-type`, listType, LIST_TYPES));
    }
    if (node.listMapKeys.length === 0 || listType === 'map') return;
    const words = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const path = `${at}.x-kubernetes-list-type`;
    this.#add(listType === undefined ? required(path, words) : invalid(path, listType, words));
  }

  #set(items: SchemaNode | undefined, at: string): void {
    const words = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    // upstream shows the list type in both cases
    const shown = items?.listType ?? null;
    if (items?.type === 'array' && (items.listType ?? 'atomic') !== 'atomic')
      this.#add(invalid(`${at}.x-kubernetes-list-type`, shown, words));
    if (items?.type === 'object' && items.mapType !== 'atomic') this.#add(invalid(`${at}.x-kubernetes-map-type`, shown, words));
  }

  #mapList(node: SchemaNode, at: string): void {
    const keys = node.listMapKeys;
    const { items } = node;
    if (keys.length === 0) this.#add(required(`${at}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
    if (items === undefined) {
      this.#add(required(`${at}.items`, 'must have a schema if x-kubernetes-list-type is map'));
      return;
    }
    if (items.type !== 'object') {
      this.#add(invalid(`${at}.items.type`, items.type, "must be object if parent array's x-kubernetes-list-type is map"));
      return;
    }
    for (const [i, key] of keys.entries()) {
      const type = items.property(key)?.type;
      if (type === undefined) this.#add(invalid(`${at}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'));
      else if (type === 'array' || type === 'object') {
        const path = `${propertyPath(`${at}.items`, key)}.type`;
        this.#add(invalid(path, 'object', "must be a scalar type if parent array's x-kubernetes-list-type is map"));
      }
      if (keys.indexOf(key) < i) this.#add(invalid(`${at}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'));
    }
  }

  #keyedItems(node: SchemaNode, at: string): void {
    const { items, listType } = node;
    if (items === undefined || (listType !== 'set' && listType !== 'map')) return;
    if (items.nullable) this.#add(forbidden(`${at}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
    if (listType === 'set') return;
    for (const key of node.listMapKeys) {
      const property = items.property(key);
      if (property === undefined) continue;
      const path = propertyPath(`${at}.items`, key);
      if (!items.required.includes(key) && property.default === undefined) {
        const words = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
        this.#add(required(`${path}.default`, words));
      }
      if (property.nullable)
        this.#add(forbidden(`${path}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
    }
  }

  #rule(rule: ValidationRule, node: SchemaNode, at: string): void {
    const message = text(rule.message);
    const messageExpression = text(rule.messageExpression);
    const path = text(rule.fieldPath);
    const written = text(rule.rule).trim();
    if (written === '') this.#add(required(`${at}.rule`, 'rule is not specified'));
    else if (message !== '' && message.trim() === '') this.#add(invalid(`${at}.message`, message, 'must be non-empty if specified'));
    else if (LINE_BREAK.test(message.trim())) this.#add(invalid(`${at}.message`, message, 'must not contain line breaks'));
    else if (LINE_BREAK.test(written) && message === '')
      this.#add(required(`${at}.message`, 'message must be specified if rule contains line breaks'));
    if (messageExpression !== '' && messageExpression.trim() === '')
      this.#add(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'));
    if (rule.reason !== undefined && !REASONS.includes(rule.reason)) this.#add(notSupported(`${at}.reason`, rule.reason, REASONS));
    if (path === '') return;
    if (path.trim() === '') this.#add(invalid(`${at}.fieldPath`, path, 'must be non-empty if specified'));
    if (LINE_BREAK.test(path)) this.#add(invalid(`${at}.fieldPath`, path, 'must not contain line breaks'));
    // of a schema with unknown keywords nothing can be said
    if (unsupportedKeyword(node.raw) !== undefined) return;
    try {
      resolveFieldPath(path, node);
    } catch (error) {
      if (!(error instanceof FieldPathError)) throw error;
      this.#add(invalid(`${at}.fieldPath`, path, 'must be a valid path'));
    }
  }

  #compile(node: SchemaNode, at: string, inherited: Inherited, isRoot: boolean): void {
    const { rules } = node;
    if (rules.length === 0) return;
    const compiled = this.#cel?.compile(node.raw, rules, isRoot) ?? [];
    for (const [i, program] of compiled.entries()) {
      const rule = rules[i] as ValidationRule;
      const path = fieldPath.index(`${at}.x-kubernetes-validations`, i);
      this.ruleErrors.push(...this.#costs.add(program, path, inherited.times));
      if (program.error !== undefined) this.ruleErrors.push(invalidRule(`${path}.rule`, rule, program.error));
      if (program.messageError !== undefined) this.ruleErrors.push(invalidRule(`${path}.messageExpression`, rule, program.messageError));
      if (!program.usesOldSelf) {
        if (rule.optionalOldSelf !== undefined)
          this.ruleErrors.push(invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
      } else if (inherited.uncorrelated !== undefined) {
        const words = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${inherited.uncorrelated}`;
        this.ruleErrors.push(invalid(`${path}.rule`, rule.rule, words));
      }
    }
  }
}

/** An error that shows the whole rule, with the names and the order of Go's fields. */
function invalidRule(path: string, rule: ValidationRule, detail: string): FieldError {
  const fields: [string, JsonValue][] = [
    ['Rule', rule.rule],
    ['Message', text(rule.message)],
    ['MessageExpression', text(rule.messageExpression)],
    ['Reason', rule.reason ?? null],
    ['FieldPath', text(rule.fieldPath)],
    ['OptionalOldSelf', rule.optionalOldSelf ?? null],
  ];
  const shown = `{${fields.map(([name, value]) => `"${name}":${goJson(value)}`).join(',')}}`;
  return { ...invalid(path, Object.fromEntries(fields), detail), shown };
}
