import { canonicalJson, isArray, isObject, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import {
  compileType,
  ConflictError,
  deducedType,
  extractFields,
  FieldSet,
  formatPath,
  mergeTyped,
  typesFromDefinitions,
  Updater,
  validateTyped,
  type Converter,
  type Managers,
  type TypedValue,
  type TypeSchema,
  type TypeSource,
  type VersionedSet,
} from '@flux-ts/merge';

import { readCorpus, runCases, same, yaml, type Case, type CorpusFile, type Outcome } from './suite.ts';

type Types = (apiVersion: string) => TypeSchema;

function parser(file: CorpusFile, parse: JsonObject): Types {
  if (parse['deduced'] === true) return () => deducedType;
  const source: TypeSource = typesFromDefinitions(yaml(file.schemas[String(parse['schema'])]));
  return (apiVersion) => compileType(source, String(parse['type'] ?? apiVersion));
}

/** Renames every key at every depth. */
function renameKeys(value: JsonValue, rename: (key: string) => string): JsonValue {
  if (isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), renameKeys(item as JsonValue, rename)]));
}

/** The converters that the suite's description names. */
function converterOf(kind: string, types: () => Types): Converter {
  const at = (object: TypedValue, apiVersion: string, value: JsonValue): TypedValue => ({
    type: object.type.deduced ? object.type : types()(apiVersion),
    value,
  });
  switch (kind) {
    case 'renaming':
      return {
        convert: (object, apiVersion) => {
          const from = object.type.name ?? '';
          const suffix = (key: string): string => (key.endsWith(from) ? key.slice(0, key.length - from.length) + apiVersion : key);
          return at(object, apiVersion, renameKeys(object.value, suffix));
        },
      };
    case 'repeating':
      return {
        convert: (object, apiVersion) => {
          const count = Number(/^v(\d+)$/.exec(apiVersion)?.[1] ?? 0);
          if (count === 0 || count > 5) return undefined;
          // the first line of the YAML, which is the first key, stays
          const first = isObject(object.value) ? sortedKeys(object.value)[0] : undefined;
          const renamed = renameKeys(object.value, (key) => (key[0] as string).repeat(count));
          if (first === undefined || !isObject(renamed)) return at(object, apiVersion, renamed);
          const initial = (first[0] as string).repeat(count);
          return at(
            object,
            apiVersion,
            Object.fromEntries(Object.entries(renamed).map(([key, item]) => [key === initial ? first : key, item as JsonValue])),
          );
        },
      };
    case 'reliantFields':
      return { convert: (object, apiVersion) => at(object, apiVersion, reliant(object, apiVersion)) };
    default:
      return { convert: (object) => object };
  }
}

/** v2 calls `required_field_bar` what v1 calls `field_foo_rely_on_bar`; v2 objects without it cannot be converted. */
function reliant(object: TypedValue, apiVersion: string): JsonValue {
  if (object.type.name === apiVersion || !isObject(object.value)) return object.value;
  if (object.type.name === 'v2' && !Object.hasOwn(object.value, 'required_field_bar')) throw new Error('required_field_bar is missing');
  const names: Readonly<Record<string, string>> = {
    required_field_bar: 'field_foo_rely_on_bar',
    field_foo_rely_on_bar: 'required_field_bar',
  };
  return renameKeys(object.value, (key) => names[key] ?? key);
}

interface State {
  live: TypedValue | undefined;
  managers: Managers;
  types: Types;
}

function apply(state: State, updater: Updater, op: JsonObject, force: boolean): void {
  const apiVersion = String(op['apiVersion']);
  const manager = String(op['manager']);
  const type = state.types(apiVersion);
  let value = yaml(op['object']);
  validateTyped(type, value);
  const live = liveAt(state, apiVersion, type);
  if (op['op'] === 'extractApply') {
    const owned = state.managers.get(manager)?.set.leaves();
    if (owned !== undefined) value = mergeTyped(type, extractFields(type, live.value, owned), value) ?? null;
  }
  const result = updater.apply({ live, config: { type, value }, apiVersion, managers: state.managers, manager, force });
  state.managers = result.managers;
  if (result.object !== undefined) state.live = result.object;
}

function liveAt(state: State, apiVersion: string, type: TypeSchema): TypedValue {
  if (state.live === undefined) return { type, value: null };
  const converted = CONVERT.get(state)?.convert(state.live, apiVersion);
  if (converted === undefined) throw new Error(`the live object cannot be converted to ${apiVersion}`);
  return converted;
}

const CONVERT = new WeakMap<State, Converter>();

function step(state: State, updater: Updater, file: CorpusFile, op: JsonObject): void {
  const apiVersion = String(op['apiVersion']);
  switch (op['op']) {
    case 'changeParser': {
      state.types = parser(file, op['parser'] as JsonObject);
      if (state.live !== undefined) {
        const type = state.live.type.deduced ? deducedType : state.types(state.live.type.name ?? 'v1');
        state.live = { type, value: state.live.value };
        validateTyped(type, state.live.value, { allowDuplicates: true });
      }
      return;
    }
    case 'update': {
      const type = state.types(apiVersion);
      const next = { type, value: yaml(op['object']) };
      validateTyped(type, next.value, { allowDuplicates: true });
      const live = liveAt(state, apiVersion, type);
      state.managers = updater.update(live, next, { apiVersion, managers: state.managers, manager: String(op['manager']) });
      state.live = next;
      return;
    }
    case 'apply': {
      const conflicts = op['conflicts'];
      if (!isArray(conflicts)) return apply(state, updater, op, false);
      let got: string[] = [];
      try {
        apply(state, updater, op, false);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        got = error.conflicts.map(({ manager, path }) => `${manager} ${formatPath(path)}`);
      }
      const want = conflicts
        .map((c) => c as JsonObject)
        .map((c) => `${String(c['manager'])} ${formatPath(FieldSet.of(c['path'] as readonly string[]).paths()[0] ?? [])}`);
      return same('conflicts', got.sort().join('; '), want.sort().join('; '));
    }
    default:
      return apply(state, updater, op, true);
  }
}

function run(file: CorpusFile, test: Case): void {
  const state: State = { live: undefined, managers: new Map(), types: parser(file, test['parser'] as JsonObject) };
  const converter = converterOf(String(test['converter']), () => state.types);
  CONVERT.set(state, converter);
  const ignored = new Map<string, FieldSet>();
  for (const [version, set] of Object.entries((test['ignoredFields'] ?? {}) as JsonObject))
    ignored.set(version, FieldSet.fromJson(set as JsonValue));
  for (const [version, filter] of Object.entries((test['ignoreFilter'] ?? {}) as JsonObject))
    ignored.set(version, FieldSet.fromJson((filter as JsonObject)['exclude'] ?? {}));
  const updater = new Updater({ converter, ignored: (version) => ignored.get(version) });
  if (test['expectError'] === true) {
    try {
      for (const op of test['ops'] as readonly JsonObject[]) step(state, updater, file, op);
    } catch {
      return;
    }
    throw new Error('no operation failed');
  }
  for (const op of test['ops'] as readonly JsonObject[]) step(state, updater, file, op);
  if (test['object'] !== undefined) {
    const apiVersion = String(test['apiVersion']);
    const type = state.types(apiVersion);
    same('live', canonicalJson(liveAt(state, apiVersion, type).value), canonicalJson(yaml(test['object'])));
  }
  if (test['managed'] !== undefined) same('managed', describe(state.managers), describeExpected(test['managed'] as JsonObject));
  for (const [manager, { set }] of state.managers) if (set.isEmpty) throw new Error(`${manager} owns nothing`);
}

function line(manager: string, owned: VersionedSet): string {
  return `${manager} ${owned.apiVersion} ${canonicalJson(owned.set.toJson())}`;
}

function describe(managers: Managers): string {
  return [...managers]
    .map(([manager, owned]) => line(manager, owned))
    .sort()
    .join('\n         ');
}

function describeExpected(managed: JsonObject): string {
  return Object.entries(managed)
    .map(([manager, entry]) => {
      const { apiVersion, applied, fieldsV1 } = entry as JsonObject;
      return line(manager, { apiVersion: String(apiVersion), applied: applied === true, set: FieldSet.fromJson(fieldsV1 ?? {}) });
    })
    .sort()
    .join('\n         ');
}

/** Structured merge, whole histories of an object. */
export function smdMerge(corpus: string): Outcome[] {
  const file = readCorpus(corpus, 'smd/merge');
  return runCases(file, (test) => run(file, test));
}
