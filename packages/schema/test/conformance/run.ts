// Runs the CRD suites of Kubernetes' own tests: pruning, defaulting, list types, embedded metadata.
import { deepEqual, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyDefaults, pruneNulls } from '../../src/defaults.ts';
import type { FieldError } from '../../src/index.ts';
import { validateListTypes } from '../../src/list-type.ts';
import { SchemaNode } from '../../src/node.ts';
import { coerceMetadata } from '../../src/coerce-metadata.ts';
import { validateEmbedded } from '../../src/object-meta.ts';
import { prune } from '../../src/prune.ts';

interface Case {
  readonly name: string;
  readonly op?: string;
  readonly json?: string;
  readonly schema?: JsonObject | null;
  readonly expected?: string;
  readonly pruned?: readonly string[];
  readonly isResourceRoot?: boolean;
  readonly includeRoot?: boolean;
  readonly dropInvalidFields?: boolean;
  readonly expectedError?: boolean;
  readonly unknownFields?: readonly string[];
  readonly obj?: JsonValue;
  readonly object?: JsonValue;
  readonly errors?: readonly { readonly type: string; readonly path: readonly string[] }[];
}

const EMBEDDED: JsonObject = { 'x-kubernetes-embedded-resource': true };
/** The schema that upstream's validation test is written for. */
const VALIDATED: JsonObject = {
  properties: {
    embedded: EMBEDDED,
    nested: { ...EMBEDDED, properties: { embedded: EMBEDDED } },
    items: { items: EMBEDDED },
    additionalProperties: { additionalProperties: EMBEDDED },
  },
};

function node(schema: JsonObject | null | undefined): SchemaNode | undefined {
  return schema === null || schema === undefined ? undefined : new SchemaNode(schema);
}

function compareErrors(got: readonly FieldError[], want: NonNullable<Case['errors']>): string | undefined {
  const a = got
    .map((e) => `${e.type} ${e.field}`)
    .sort()
    .join('; ');
  const b = want
    .map((e) => `${e.type} ${e.path.join('.')}`)
    .sort()
    .join('; ');
  return a === b ? undefined : `got [${a}], want [${b}]`;
}

function compareValues(got: JsonValue, want: string): string | undefined {
  return deepEqual(got, parseJson(want)) ? undefined : `got ${JSON.stringify(got)}, want ${want}`;
}

function runCase(suite: string, c: Case): string | undefined {
  const schema = node(c.schema);
  if (suite === 'listtype') return compareErrors(validateListTypes(c.obj ?? null, schema, 'root'), c.errors ?? []);
  if (suite === 'pruning') {
    const { value, pruned } = prune(parseJson(c.json ?? ''), schema, c.isResourceRoot === true);
    return (
      compareValues(value, c.expected ?? '') ??
      (pruned.join() === (c.pruned ?? []).join() ? undefined : `pruned ${pruned.join()}, want ${(c.pruned ?? []).join()}`)
    );
  }
  if (suite === 'defaulting') {
    const input = parseJson(c.json ?? '');
    return compareValues(c.op === 'pruneNulls' ? pruneNulls(input, schema) : applyDefaults(input, schema), c.expected ?? '');
  }
  if (c.op === 'embedded') return compareErrors(validateEmbedded(c.object ?? null, new SchemaNode(EMBEDDED)), c.errors ?? []);
  if (c.op === 'validate')
    return compareErrors(
      validateEmbedded(parseJson(c.object as string), new SchemaNode(VALIDATED), c.includeRoot === true),
      c.errors ?? [],
    );
  const got = coerceMetadata(parseJson(c.json ?? ''), schema, {
    dropInvalid: c.dropInvalidFields === true,
    resourceRoot: c.includeRoot === true,
  });
  if ((got.error !== undefined) !== (c.expectedError === true))
    return `error ${JSON.stringify(got.error)}, want ${String(c.expectedError)}`;
  if (c.expectedError === true) return undefined;
  const unknown = got.unknown.join();
  return (
    compareValues(got.value, c.expected ?? '') ??
    (unknown === (c.unknownFields ?? []).join() ? undefined : `unknown ${unknown}, want ${(c.unknownFields ?? []).join()}`)
  );
}

const at = process.argv.indexOf('--corpus');
const corpus =
  at > 0 ? (process.argv[at + 1] as string) : fileURLToPath(new URL('../../../../../shared/corpus/kubernetes/crd', import.meta.url));
if (!existsSync(corpus)) {
  console.log(`skipped: there is no corpus at ${corpus}`);
  process.exit(0);
}
let passed = 0;
let failed = 0;
for (const suite of ['pruning', 'defaulting', 'listtype', 'objectmeta']) {
  const { cases } = parseJson(readFileSync(join(corpus, `${suite}.json`), 'utf8')) as unknown as { readonly cases: readonly Case[] };
  let good = 0;
  for (const c of cases) {
    const problem = runCase(suite, c);
    if (problem === undefined) good++;
    else console.error(`${suite}/${c.name}: ${problem}`);
  }
  console.log(`${suite}: ${good} of ${cases.length}`);
  passed += good;
  failed += cases.length - good;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
