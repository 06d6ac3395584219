// Runs the suite of rules of Kubernetes' own tests through the schema engine with this package's compiler.
import { isArray, isObject, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Correlation } from '../../../schema/src/correlation.ts';
import {
  FieldPathError,
  formatFieldError,
  NAMED_FORMATS,
  resolveFieldPath,
  RuleSet,
  SchemaNode,
  type FieldError,
  type RuleOutcome,
} from '../../../schema/src/index.ts';
import { celRules } from '../../src/index.ts';

interface Case {
  readonly name: string;
  readonly op: string;
  readonly schema?: JsonObject;
  readonly obj?: JsonValue;
  readonly oldObj?: JsonValue;
  readonly valid?: readonly string[];
  readonly errors?: Readonly<Record<string, string>> | readonly (string | { readonly type: string; readonly field: string })[];
  readonly warnings?: readonly string[];
  readonly isRoot?: boolean;
  readonly expectSkipped?: boolean;
  readonly expectedCost?: number;
  readonly costBudget?: number;
  readonly perCallLimit?: number;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly expectedValidationErr?: string;
  readonly expectedRemainingBudget?: number;
  readonly row?: { readonly fieldPath: string; readonly validFieldPath?: string; readonly errDetail?: string };
}

interface RunOptions {
  readonly budget?: number | undefined;
  readonly ratchet?: boolean;
  readonly perCallLimit?: number | undefined;
}

function run(schema: JsonObject, c: Case, options: RunOptions = {}): RuleOutcome {
  const node = new SchemaNode(schema);
  const rules = new RuleSet(
    node,
    celRules({ formats: NAMED_FORMATS, ...(options.perCallLimit === undefined ? {} : { callCostLimit: options.perCallLimit }) }),
    c.isRoot === true,
  );
  const old = c.oldObj === null ? undefined : c.oldObj;
  const correlation = options.ratchet === true && old !== undefined ? new Correlation(node, c.obj ?? null, old) : undefined;
  return rules.run(
    { self: c.obj ?? null, oldSelf: old },
    { path: 'root', correlation, ...(options.budget === undefined ? {} : { budget: options.budget }) },
  );
}

function texts(errors: readonly FieldError[]): string {
  return errors.map(formatFieldError).join(' | ');
}

function runRules(c: Case): string[] {
  const problems: string[] = [];
  const schemaWith = (rule: string): JsonObject => ({ ...c.schema, 'x-kubernetes-validations': [{ rule }] });
  for (const rule of c.valid ?? []) {
    const outcome = run(schemaWith(rule), c);
    if (outcome.errors.length > 0) problems.push(`${rule}: ${texts(outcome.errors)}`);
    const cost = 10_000_000 - outcome.remaining;
    if (c.expectedCost !== undefined && cost !== c.expectedCost) problems.push(`${rule}: costs ${cost}, want ${c.expectedCost}`);
  }
  for (const [rule, want] of Object.entries((c.errors ?? {}) as Record<string, string>)) {
    const said = texts(run(schemaWith(rule), c).errors);
    if (!said.includes(want)) problems.push(`${rule}: said [${said}], want ${want}`);
  }
  return problems;
}

/** Every wanted part is in one message, and every message has a wanted part. */
function matchParts(
  what: string,
  errors: readonly FieldError[],
  wanted: readonly (string | { readonly type: string; readonly field: string })[],
): string[] {
  const left = [...errors];
  const problems: string[] = [];
  for (const want of wanted) {
    const at = left.findIndex((e) =>
      typeof want === 'string' ? formatFieldError(e).includes(want) : e.type === want.type && e.field === want.field,
    );
    if (at < 0) problems.push(`no ${what} with ${JSON.stringify(want)} in [${texts(errors)}]`);
    else left.splice(at, 1);
  }
  return [...problems, ...left.map((e) => `${what} too many: ${formatFieldError(e)}`)];
}

function runMessage(c: Case): string[] {
  const schema: JsonObject = {
    type: 'object',
    properties: { str: { type: 'string' } },
    'x-kubernetes-validations': [
      {
        rule: 'self.str == "something that it is not"',
        ...(c.message === undefined ? {} : { message: c.message }),
        messageExpression: c.messageExpression ?? '',
      },
    ],
  };
  // the rule itself costs 5 here and nothing in the case
  const ruleCost =
    10_000_000 -
    run({ ...schema, 'x-kubernetes-validations': [{ rule: 'self.str == "something that it is not"' }] }, { ...c, obj: { str: 'a string' } })
      .remaining;
  const budget = c.costBudget === undefined ? undefined : c.costBudget + ruleCost;
  const limited = c.perCallLimit === undefined ? undefined : Math.max(c.perCallLimit, ruleCost);
  const outcome = run(schema, { ...c, obj: { str: 'a string' } }, { budget, perCallLimit: limited });
  const problems: string[] = [];
  if (c.expectedValidationErr !== undefined && !texts(outcome.errors).includes(c.expectedValidationErr))
    problems.push(`said [${texts(outcome.errors)}], want ${c.expectedValidationErr}`);
  if (c.expectedRemainingBudget !== undefined && outcome.remaining !== c.expectedRemainingBudget)
    problems.push(`${outcome.remaining} left, want ${c.expectedRemainingBudget}`);
  return problems;
}

function runFieldPath(c: Case): string[] {
  const row = c.row as NonNullable<Case['row']>;
  try {
    const { path } = resolveFieldPath(row.fieldPath, new SchemaNode(c.schema ?? {}));
    if (row.errDetail !== undefined) return [`gave ${path}, want error ${row.errDetail}`];
    return row.validFieldPath !== undefined && !path.includes(row.validFieldPath) ? [`gave ${path}, want ${row.validFieldPath}`] : [];
  } catch (error) {
    if (!(error instanceof FieldPathError)) throw error;
    return row.errDetail !== undefined && error.message.includes(row.errDetail)
      ? []
      : [`said ${error.message}, want ${row.errDetail ?? row.validFieldPath ?? 'a path'}`];
  }
}

/** The suite of optional old values takes every rule as one of them. */
function withOptionalOldSelf(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withOptionalOldSelf);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, v]) => [key, withOptionalOldSelf(v)]));
  return typeof copy['rule'] === 'string' ? { ...copy, optionalOldSelf: true } : copy;
}

function runCase(c: Case): string[] {
  if (c.op === 'rules') return runRules(c);
  if (c.op === 'message') return runMessage(c);
  if (c.op === 'fieldPath') return runFieldPath(c);
  const schema = c.op === 'optionalOldSelf' ? (withOptionalOldSelf(c.schema ?? {}) as JsonObject) : (c.schema ?? {});
  const outcome = run(schema, c, { ratchet: c.op === 'ratcheting', budget: c.costBudget });
  return [
    ...matchParts('error', outcome.errors, (c.errors ?? []) as readonly string[]),
    ...(c.warnings === undefined ? [] : matchParts('warning', outcome.warnings, c.warnings)),
  ];
}

const option = process.argv.indexOf('--corpus');
const corpus =
  option > 0
    ? (process.argv[option + 1] as string)
    : fileURLToPath(new URL('../../../../../shared/corpus/kubernetes/crd', import.meta.url));
if (!existsSync(corpus)) {
  console.log(`skipped: there is no corpus at ${corpus}`);
  process.exit(0);
}
const { cases } = parseJson(readFileSync(join(corpus, 'cel.json'), 'utf8')) as unknown as { readonly cases: readonly Case[] };
const ledger = JSON.parse(readFileSync(new URL('./expectations.json', import.meta.url), 'utf8')) as Readonly<Record<string, string>>;
let passed = 0;
let failed = 0;
let known = 0;
let expressions = 0;
for (const c of cases) {
  expressions += (c.valid?.length ?? 0) + (c.op === 'rules' ? Object.keys(c.errors ?? {}).length : 0);
  const problems = runCase(c);
  const reason = ledger[c.name];
  if (problems.length === 0 && reason === undefined) passed++;
  else if (problems.length > 0 && reason !== undefined) known++;
  else {
    failed++;
    console.error(`${c.name}: ${problems.length === 0 ? 'passes, but is in the ledger' : problems.slice(0, 5).join('\n   ')}`);
  }
}
console.log(`${cases.length} cases with ${expressions} expressions; ${known} known failures`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
