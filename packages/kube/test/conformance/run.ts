// Runs foreign cases of kstatus and of the apply manager's pure parts: `--corpus DIR` names the folder of the suites.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deepEqual, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';
import { parseLabelSelector } from '@flux-ts/schema';
import { augmentStatus, computeStatus, maskSecretData, normalizeDryRun, selects } from '../../src/index.ts';

interface Case {
  readonly name: string;
  readonly input?: JsonObject;
  readonly expected?: JsonObject;
  readonly row?: JsonObject;
}

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf('--corpus');
const corpus = resolve(at < 0 ? join(here, '../../../../../shared/corpus/flux') : (process.argv[at + 1] ?? '.'));
const ledger = JSON.parse(readFileSync(join(here, 'expectations.json'), 'utf8')) as Readonly<Record<string, string>>;
const NOW = Date.UTC(2026, 0, 1);

function cases(suite: string): readonly Case[] {
  const file = join(corpus, suite, 'cases.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }).cases : [];
}

interface Wanted {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

function hasAll(have: readonly Wanted[], wanted: readonly Wanted[]): boolean {
  return wanted.every((w) => have.some((c) => c.type === w.type && c.status === w.status && c.reason === w.reason));
}

function kstatus(c: Case): boolean | undefined {
  const { input, expected } = c;
  if (input === undefined || expected === undefined) return undefined;
  const parsed = parseYaml(String(input['manifest']));
  if (!isObject(parsed)) return undefined;
  if (input['withConditions'] === undefined) {
    const result = computeStatus(parsed, { nowMs: NOW, strictJobs: false });
    const wanted = (expected['conditions'] ?? []) as unknown as readonly Wanted[];
    const absent = (expected['absentConditionTypes'] ?? []) as readonly string[];
    return (
      result.status === expected['status'] && hasAll(result.conditions, wanted) && !result.conditions.some((x) => absent.includes(x.type))
    );
  }
  const before = input['withConditions'] as readonly JsonObject[];
  const status = { ...(parsed['status'] as JsonObject | undefined), ...(before.length === 0 ? {} : { conditions: before }) };
  const after = augmentStatus(Object.keys(status).length === 0 ? parsed : { ...parsed, status }, {
    nowMs: NOW,
    timeText: 't',
    strictJobs: false,
  });
  const have = ((after['status'] as JsonObject | undefined)?.['conditions'] ?? []) as unknown as readonly Wanted[];
  return hasAll(have, (expected['conditions'] ?? []) as unknown as readonly Wanted[]);
}

/** Cases about a dry run are ours; the others are the renderer's. */
function normalize(c: Case): boolean | undefined {
  if (!c.name.includes('/TestNormalizeDryRunUnstructured/') || c.input === undefined || c.expected === undefined) return undefined;
  const got: JsonValue = normalizeDryRun(c.input['object'] as JsonObject);
  return deepEqual(got, c.expected['object']);
}

function sanitize(c: Case): boolean | undefined {
  if (!c.name.startsWith('sanitize/') || c.row === undefined) return undefined;
  const { input, want } = c.row as { readonly input?: JsonObject; readonly want?: JsonObject };
  const of = (value: JsonValue | undefined): JsonObject | undefined => (isObject(value) ? value : undefined);
  const got = maskSecretData(of(input?.['old']), of(input?.['new']));
  return deepEqual(got.before ?? null, of(want?.['old']) ?? null) && deepEqual(got.after ?? null, of(want?.['new']) ?? null);
}

/** Cases about selectors of ignore rules. What a row leaves out is empty. */
function selector(c: Case): boolean | undefined {
  if (!c.name.startsWith('selector/') || c.row === undefined) return undefined;
  const { row } = c;
  const given = isObject(row['selector']) ? row['selector'] : undefined;
  const rule = given && Object.fromEntries(Object.entries(given).map(([key, value]) => [key[0]?.toLowerCase() + key.slice(1), value]));
  const text = (key: string): string => (typeof row[key] === 'string' ? row[key] : '');
  const group = text('group');
  const object = isObject(row['u'])
    ? row['u']
    : {
        apiVersion: group === '' ? text('version') : `${group}/${text('version')}`,
        kind: text('kind'),
        metadata: { name: text('n'), namespace: text('ns'), labels: row['labels'] ?? {}, annotations: row['annotations'] ?? {} },
      };
  return selects(rule, object, parseLabelSelector) === (row['want'] === true);
}

const SUITES: readonly (readonly [string, (c: Case) => boolean | undefined])[] = [
  ['kstatus', kstatus],
  ['ssa-normalize', normalize],
  ['ssa', sanitize],
  ['ssa-jsondiff', selector],
];

let passed = 0;
let failed = 0;
for (const [suite, judge] of SUITES) {
  let [good, bad, other] = [0, 0, 0];
  for (const c of cases(suite)) {
    const id = `${suite}/${c.name}`;
    const ok = judge(c);
    if (ok === undefined) {
      other++;
    } else if (ok === (ledger[id] === undefined)) {
      good++;
    } else {
      bad++;
      console.log(`${ok ? 'passes unexpectedly' : 'fails'}: ${id}`);
    }
  }
  console.log(`${suite}: ${good} as expected, ${bad} not, ${other} not run here`);
  passed += good;
  failed += bad;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
