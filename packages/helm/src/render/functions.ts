import { define, goJson, isArray, isFluxError, isObject, type Clock, type JsonObject, type JsonValue, type Random } from '@flux-ts/base';
import {
  functionTable,
  goBuiltins,
  GoError,
  goFunc,
  goInt64,
  goQuote,
  GoValue,
  integerOf,
  mergeTables,
  NIL_MAP,
  parseGoJson,
  sprigFunctions,
  TemplateError,
  TemplateSet,
  toJsonValue,
  type CompiledTemplate,
  type CallContext,
  type FunctionTable,
  type GoFunc,
  type MaybeValue,
  type TemplateCache,
  type TemplateMap,
  type TemplateValue,
} from '@flux-ts/gotemplate';
import { parseYamlFloats, printYaml, printYamlV3 } from '@flux-ts/yaml';
import type { HelmMajor } from '../values/coalesce.ts';
import { printToml } from './toml-print.ts';
import { readToml } from './toml-read.ts';

/** Reads an object of the cluster for `lookup`; undefined where there is none. With an empty name: a list. */
export type Lookup = (apiVersion: string, kind: string, namespace: string, name: string) => JsonObject | undefined;

/** What one render gives its functions. */
export interface RenderEnv {
  readonly lookup: Lookup | undefined;
  readonly cache: TemplateCache;
  /** `required` and `fail` only warn. */
  readonly lint: boolean;
  readonly warn: ((message: string) => void) | undefined;
  /** How often each template is being included right now. */
  readonly included: Map<string, number>;
}

const MAX_INCLUDES = 1000;
const ERROR_START = 'HELM_ERR_START';
const ERROR_END = 'HELM_ERR_END';

/** Takes the message of `fail` or `required` out of an error's text; undefined where neither made it. */
export function failMessage(text: string): string | undefined {
  const from = text.indexOf(ERROR_START);
  const to = text.lastIndexOf(ERROR_END);
  return from < 0 || to < from ? undefined : text.slice(from + ERROR_START.length, to);
}

function wrapped(message: string): GoError {
  return new GoError(ERROR_START + message + ERROR_END);
}

function envOf(ctx: CallContext): RenderEnv {
  return ctx.env as RenderEnv;
}

/** The output of templates shows Go's text for missing values; Helm takes it out of files and of `tpl`. */
export function withoutNoValue(text: string): string {
  return text.includes('<no value>') ? text.replaceAll('<no value>', '') : text;
}

const include: GoFunc = goFunc<[string, MaybeValue]>('include', ['string', 'any'], ([name, data], ctx) => {
  const { included } = envOf(ctx);
  const open = included.get(name) ?? 0;
  if (open > MAX_INCLUDES) throw new GoError(`rendering template has a nested reference name: ${name}: unable to execute template`);
  included.set(name, open + 1);
  try {
    return ctx.execute(name, data);
  } finally {
    included.set(name, open);
  }
});

const tpl: GoFunc = goFunc<[string, MaybeValue]>('tpl', ['string', 'any'], ([text, data], ctx) => {
  if (!text.includes('{{')) return withoutNoValue(text);
  const outer = ctx.set;
  if (!(outer instanceof TemplateSet)) throw new TypeError('tpl runs inside a TemplateSet only');
  const { functions, missingKey, name } = outer;
  // parsed by itself first: an empty text must not stand for the text of a `tpl` around it, which has the same name
  const own = new TemplateSet({ functions, missingKey, name, cache: envOf(ctx).cache });
  try {
    own.parse(name, text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new GoError(`cannot parse template ${goQuote(text)}: ${error.message}`, error);
  }
  const names = own.names();
  const set = names.length > 1 ? outer.clone() : outer;
  if (names.length > 1) for (const each of names) set.add(each, own.lookup(each) as CompiledTemplate);
  const main = own.lookup(name);
  if (main === undefined) return '';
  try {
    return withoutNoValue(set.runTemplate(main, data ?? undefined, { budget: ctx.budget, depth: ctx.depth + 1, env: ctx.env }));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new GoError(`error during tpl function execution for ${goQuote(text)}: ${error.message}`, error);
  }
});

const required: GoFunc = goFunc<[string, MaybeValue]>('required', ['string', 'any'], ([message, value], ctx) => {
  if (value !== null && value !== undefined && value !== '') return value;
  const { lint, warn } = envOf(ctx);
  if (!lint) throw wrapped(message);
  warn?.(`missing required value: ${message}`);
  return '';
});

const fail: GoFunc = goFunc<[string]>('fail', ['string'], ([message], ctx) => {
  const { lint, warn } = envOf(ctx);
  if (!lint) throw wrapped(message);
  warn?.(`template called fail: ${message}`);
  return '';
});

const lookup: GoFunc = goFunc<[string, string, string, string]>(
  'lookup',
  ['string', 'string', 'string', 'string'],
  ([apiVersion, kind, namespace, name], ctx) => {
    const found = envOf(ctx).lookup?.(apiVersion, kind, namespace, name);
    return found === undefined ? {} : (structuredClone(found) as TemplateMap);
  },
);

/** Integers of templates as bigint, so that yaml.v3 and TOML print them as integers. */
function withIntegers(value: MaybeValue): JsonValue {
  const integer = integerOf(value);
  if (integer !== undefined) return BigInt(integer);
  if (value instanceof GoValue) return withIntegers(toJsonValue(value) as TemplateValue);
  if (isArray(value)) return (value as readonly MaybeValue[]).map(withIntegers);
  if (!isObject(value)) return (value ?? null) as JsonValue;
  const out: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) define(out, key, withIntegers((value as TemplateMap)[key]));
  return out;
}

function trimmed(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** Go's helpers swallow what cannot be marshalled: an empty text. */
function quietly(name: string, print: (value: MaybeValue) => string): GoFunc {
  return goFunc<[MaybeValue]>(name, ['any'], ([value]) => {
    try {
      return print(value);
    } catch (error) {
      if (error instanceof GoError) return '';
      throw error;
    }
  });
}

function loudly(name: string, print: (value: MaybeValue) => string): GoFunc {
  return goFunc<[MaybeValue]>(name, ['any'], ([value]) => print(value));
}

function yamlText(value: MaybeValue): string {
  return trimmed(printYaml(toJsonValue(value)));
}

function jsonText(value: MaybeValue): string {
  return goJson(toJsonValue(value));
}

function tomlText(value: MaybeValue): string {
  return printToml(withIntegers(value));
}

function goJsonKind(value: JsonValue): string {
  if (isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

/** A reader into a map or list: errors and what has the wrong shape become part of the answer. */
function reader(name: string, want: 'map' | 'list', read: (text: string) => JsonValue): GoFunc {
  const prefix = name.startsWith('fromYaml') ? 'error unmarshaling JSON: while decoding JSON: ' : '';
  return goFunc<[string]>(name, ['string'], ([text]) => {
    const answer = (message: string): TemplateValue => (want === 'map' ? { Error: message } : [message]);
    let value: JsonValue;
    try {
      value = read(text);
    } catch (error) {
      if (!isFluxError(error)) throw error;
      return answer(error.message);
    }
    if (value === null) return want === 'map' ? NIL_MAP : [];
    if (want === 'map' ? isObject(value) : isArray(value)) return value as TemplateValue;
    const target = want === 'map' ? 'map[string]interface {}' : '[]interface {}';
    return answer(`${prefix}json: cannot unmarshal ${goJsonKind(value)} into Go value of type ${target}`);
  });
}

/** TOML's integers are int64 in templates. */
function tomlValue(value: JsonValue): TemplateValue {
  if (typeof value === 'bigint') return goInt64(value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value);
  if (isArray(value)) return value.map(tomlValue);
  if (!isObject(value)) return value;
  const out: Record<string, TemplateValue> = {};
  for (const key of Object.keys(value)) define(out as Record<string, JsonValue>, key, tomlValue(value[key] as JsonValue) as JsonValue);
  return out;
}

const fromToml: GoFunc = goFunc<[string]>('fromToml', ['string'], ([text]) => {
  try {
    return tomlValue(readToml(text));
  } catch (error) {
    if (error instanceof GoError) return { Error: error.message };
    throw error;
  }
});

const ALWAYS: readonly GoFunc[] = [
  include,
  tpl,
  required,
  fail,
  lookup,
  quietly('toYaml', yamlText),
  quietly('toYamlPretty', (value) => trimmed(printYamlV3(withIntegers(value), { indent: 2 }))),
  reader('fromYaml', 'map', parseYamlFloats),
  reader('fromYamlArray', 'list', parseYamlFloats),
  quietly('toJson', jsonText),
  loudly('mustToJson', jsonText),
  reader('fromJson', 'map', parseGoJson),
  reader('fromJsonArray', 'list', parseGoJson),
  goFunc<[MaybeValue]>('toToml', ['any'], ([value]) => {
    try {
      return tomlText(value);
    } catch (error) {
      if (error instanceof GoError) return error.message;
      throw error;
    }
  }),
  fromToml,
  // names are never looked up: an answer would tell the chart about the network, a question would tell the network about values
  goFunc<[string]>('getHostByName', ['string'], () => ''),
];

const ONLY_4: readonly GoFunc[] = [loudly('mustToYaml', yamlText), loudly('mustToToml', tomlText)];

/** The functions of Helm's templates: Go's own, sprig's (without env and expandenv) and Helm's. */
export function helmFunctions(env: { readonly clock: Clock; readonly random: Random; readonly helmVersion: HelmMajor }): FunctionTable {
  const sprig = new Map(sprigFunctions(env));
  sprig.delete('env');
  sprig.delete('expandenv');
  return mergeTables(goBuiltins(), sprig, functionTable(ALWAYS, env.helmVersion === 4 ? ONLY_4 : []));
}
