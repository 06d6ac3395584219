import { canonicalJson, type JsonValue } from '@flux-ts/base';
import {
  compareTyped,
  compileType,
  deducedType,
  extractFields,
  FieldSet,
  mergeTyped,
  reconcileFieldSet,
  removeFields,
  toFieldSet,
  typesFromDefinitions,
  validateTyped,
  type TypeSchema,
} from '@flux-ts/merge';

import { readCorpus, runCases, same, yaml, type Case, type CorpusFile, type Outcome } from './suite.ts';

const json = (value: JsonValue | undefined): string => (value === undefined ? 'nothing' : canonicalJson(value));
const fields = (set: FieldSet): string => canonicalJson(set.toJson());
const expected = (value: JsonValue | undefined): string => fields(FieldSet.fromJson(value ?? {}));

function typeOf(file: CorpusFile, test: Case, key = 'schema'): TypeSchema {
  const schema = test[key];
  return schema === undefined ? deducedType : compileType(typesFromDefinitions(yaml(file.schemas[String(schema)])), String(test['type']));
}

function valid(type: TypeSchema, value: JsonValue, allowDuplicates: boolean): string | undefined {
  try {
    validateTyped(type, value, { allowDuplicates });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function merge(type: TypeSchema, test: Case): void {
  const lhs = yaml(test['lhs']);
  const rhs = yaml(test['rhs']);
  validateTyped(type, lhs, { allowDuplicates: true });
  validateTyped(type, rhs);
  same('merged', json(mergeTyped(type, lhs, rhs)), json(yaml(test['out'])));
}

function compare(type: TypeSchema, test: Case): void {
  const lhs = yaml(test['lhs']);
  const rhs = yaml(test['rhs']);
  const there = compareTyped(type, lhs, rhs);
  same('added', fields(there.added), expected(test['added']));
  same('modified', fields(there.modified), expected(test['modified']));
  same('removed', fields(there.removed), expected(test['removed']));
  const back = compareTyped(type, rhs, lhs);
  same('added, the other way', fields(back.added), expected(test['removed']));
  same('removed, the other way', fields(back.removed), expected(test['added']));
}

function remove(type: TypeSchema, test: Case): void {
  const object = yaml(test['object']);
  const set = FieldSet.fromJson(test['set'] ?? {});
  for (const [key, got] of [
    ['removeOutput', removeFields(type, object, set)],
    ['extractOutput', extractFields(type, object, set)],
  ] as const) {
    if (test[key] !== 'unparseable') same(key, json(got), json(yaml(test[key])));
  }
}

function reversible(type: TypeSchema, test: Case): void {
  const pso = yaml(test['pso']);
  const merged = mergeTyped(type, yaml(test['object']), pso) ?? null;
  same('extracted', json(extractFields(type, merged, toFieldSet(type, pso).leaves())), json(pso));
}

function validate(type: TypeSchema, test: Case): void {
  const object = yaml(test['object']);
  const strict = valid(type, object, false);
  const loose = valid(type, object, true);
  const verdict = strict === undefined ? 'valid' : loose === undefined ? 'duplicates' : 'invalid';
  same(`verdict (${strict ?? ''})`, verdict, String(test['verdict']));
}

function reconcile(type: TypeSchema, test: Case): void {
  const got = reconcileFieldSet(type, FieldSet.fromJson(test['oldFields'] ?? {}));
  const want = test['fixedFields'];
  same('fixed', got === undefined ? 'null' : fields(got), want === null ? 'null' : expected(want));
}

function deduced(type: TypeSchema, test: Case): void {
  if (test['op'] === 'merge') merge(type, test);
  else if (test['op'] === 'compare') compare(type, test);
  else if (test['set'] !== undefined) same('set', fields(toFieldSet(type, yaml(test['object']))), expected(test['set']));
  else if (test['op'] === 'validate') validateTyped(type, yaml(test['object']));
  else throw new Error(`unknown operation ${String(test['op'])}`);
}

/** Structured merge, operation by operation. */
export function smdTyped(corpus: string): Outcome[] {
  const run = (name: string, check: (type: TypeSchema, test: Case) => void): Outcome[] => {
    const file = readCorpus(corpus, `smd/${name}`);
    return runCases(file, (test) => check(typeOf(file, test), test));
  };
  return [
    ...run('typed-merge', merge),
    ...run('typed-compare', compare),
    ...run('typed-remove', remove),
    ...run('typed-reversible-extract', reversible),
    ...run('typed-extract-with-keys', (type, test) =>
      same(
        'extracted',
        json(extractFields(type, yaml(test['object']), FieldSet.fromJson(test['set'] ?? {}), { withKeys: true })),
        json(yaml(test['wantOutput'])),
      ),
    ),
    ...run('typed-toset', (type, test) => same('set', fields(toFieldSet(type, yaml(test['object']))), expected(test['set']))),
    ...run('typed-reconcile', reconcile),
    ...run('typed-validate', validate),
    ...run('typed-deduced', deduced),
  ];
}
