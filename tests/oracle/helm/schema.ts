// Checks values against many schemas with the real helm 4 (one chart with a subchart for each schema) and with this
// project, and compares the messages.  npx tsx --conditions=flux-ts-source tests/oracle/helm/schema.ts
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskFileSystem } from '@flux-ts/archive';
import { errorMessage, type JsonValue } from '@flux-ts/base';
import { coalesceValues, loadChart, processDependencies, validateValues } from '@flux-ts/helm';
import { oraclePath } from '../../../tools/oracle.mjs';

const d = (n: string): string => `http://json-schema.org/draft-0${n}/schema#`;
const D2019 = 'https://json-schema.org/draft/2019-09/schema';
const D2020 = 'https://json-schema.org/draft/2020-12/schema';
const on = (schema: JsonValue, x: JsonValue, draft?: string): [JsonValue, JsonValue] => [
  { ...(draft === undefined ? {} : { $schema: draft }), properties: { x: schema } },
  { x },
];

const IF = JSON.parse('{"if":{"type":"string"},"then":{"minLength":3},"else":{"type":"integer"}}') as JsonValue;

const CASES: [JsonValue, JsonValue][] = [
  ...(['string', 'integer', 'number', 'boolean', 'array', 'object', 'null'] as const).flatMap((type) =>
    [1, 1.5, 'a', true, [], {}, 1000000, 1e21].map((x) => on({ type }, x)),
  ),
  on({ type: ['object', 'string', 'null', 'integer'] }, 1.5),
  on({ enum: ['a'] }, 'b'),
  on({ enum: ['a', 1, null, true, 1.5, "it's", 'q"x'] }, 'b'),
  on({ enum: [{ a: 1 }, 'x'] }, 'b'),
  on({ enum: [1000000, 1e21, 0.1] }, 5),
  on({ const: 'a' }, 'b', d('7')),
  on({ const: 12345.678 }, 'b'),
  on({ const: { a: 1 } }, 'b'),
  on({ minimum: 10 }, 5),
  on({ minimum: 100000 }, 5.25),
  on({ maximum: 1 }, 123456789),
  on({ maximum: 1 }, 1234567.125),
  on({ exclusiveMinimum: 5 }, 5),
  on({ exclusiveMaximum: 5 }, 5),
  on({ minimum: 5, exclusiveMinimum: true }, 5, d('4')),
  on({ multipleOf: 3 }, 10),
  on({ multipleOf: 0.1 }, 0.35),
  on({ multipleOf: 0.1 }, 0.3),
  on({ minLength: 3 }, 'ab'),
  on({ maxLength: 1 }, 'é€𝄞'),
  on({ maxLength: 1 }, 'x'.repeat(1500)),
  on({ pattern: '^a+$' }, 'b\'\n"c'),
  on({ minItems: 2 }, [1]),
  on({ maxItems: 1 }, [1, 2, 3]),
  on({ uniqueItems: true }, [1, 'a', 1.0]),
  on({ items: { type: 'string' } }, [1, 'a', 2]),
  on({ items: [{ type: 'string' }], additionalItems: false }, ['a', 1, 2], d('7')),
  on({ items: [{ type: 'string' }], additionalItems: { type: 'string' } }, ['a', 1, 2], d('7')),
  on({ prefixItems: [{ type: 'string' }], items: false }, ['a', 1]),
  on({ prefixItems: [{ type: 'string' }], items: { type: 'string' } }, [1, 1]),
  on({ contains: { type: 'string' } }, [1, 2]),
  on({ contains: { type: 'string' }, minContains: 2 }, ['a', 2]),
  on({ contains: { type: 'string' }, minContains: 2 }, [1]),
  on({ contains: { type: 'string' }, maxContains: 1 }, ['a', 'b', 1]),
  on({ required: ['a'] }, {}),
  on({ required: ['b', 'a'] }, { c: 1 }),
  on({ minProperties: 2 }, { a: 1 }),
  on({ maxProperties: 1 }, { a: 1, b: 2 }),
  on({ additionalProperties: false, properties: { a: {} } }, { a: 1, 'b/c': 2 }),
  on({ additionalProperties: { type: 'string' } }, { a: 1 }),
  on({ patternProperties: { '^x': { type: 'string' } } }, { xa: 1, b: 2 }),
  on({ propertyNames: { maxLength: 2 } }, { abc: 1 }),
  on({ propertyNames: { pattern: '^a' } }, { bc: 1 }, d('7')),
  on({ dependencies: { a: ['b', 'c'] } }, { a: 1 }, d('7')),
  on({ dependencies: { a: { required: ['b'] } } }, { a: 1 }, d('7')),
  on({ dependentRequired: { a: ['b'] } }, { a: 1 }),
  on({ dependentSchemas: { a: { required: ['b'] } } }, { a: 1 }),
  on({ not: { type: 'string' } }, 'a'),
  on({ allOf: [{ type: 'string' }, { minLength: 3 }] }, 'a'),
  on({ allOf: [{ type: 'string' }, { type: 'boolean' }] }, 1),
  on({ anyOf: [{ type: 'string' }, { type: 'boolean' }] }, 1),
  on({ oneOf: [{ type: 'string' }, { type: 'boolean' }] }, 1),
  on({ oneOf: [{ type: 'string' }, { minLength: 1 }, { maxLength: 9 }] }, 'abc'),
  on(IF, 'a'),
  on(IF, 1.5),
  on(false, 1),
  [{ properties: { x: { $ref: '#/definitions/a' } }, definitions: { a: { type: 'string' } }, $schema: d('7') }, { x: 1 }],
  [{ properties: { x: { $ref: '#/$defs/a', minLength: 3 } }, $defs: { a: { type: 'string', pattern: '^b' } } }, { x: 'a' }],
  [{ properties: { x: { $ref: '#/$defs/a' } }, $defs: { a: { required: ['p'], minProperties: 2 } } }, { x: {} }],
  [{ properties: { x: { $ref: '#/$defs/a' } }, $defs: { a: { $anchor: 'A', type: 'string' } } }, { x: 1 }],
  [{ properties: { x: { $ref: '#A' } }, $defs: { a: { $anchor: 'A', type: 'string' } } }, { x: 1 }],
  [
    { $id: 'https://example.com/root.json', properties: { x: { $ref: 'item.json' } }, $defs: { a: { $id: 'item.json', type: 'string' } } },
    { x: 1 },
  ],
  [{ properties: { x: { $ref: '#' } }, additionalProperties: false }, { x: { x: { y: 1 } } }],
  [
    {
      type: 'object',
      properties: { a: { type: 'object', properties: { b: { type: 'array', items: { type: 'object', required: ['c'] } } } } },
    },
    { a: { b: [{ c: 1 }, {}] } },
  ],
  [
    { unevaluatedProperties: false, properties: { a: {} } },
    { a: 1, zz: 2 },
  ],
  [
    { unevaluatedProperties: false, allOf: [{ properties: { a: {} } }], anyOf: [{ properties: { b: { type: 'string' } } }, {}] },
    { a: 1, b: 2 },
  ],
  on({ unevaluatedItems: false, prefixItems: [{}] }, [1, 2]),
  [
    { properties: { x: {} }, required: ['y', 'z'], additionalProperties: false },
    { x: 1, w: 2 },
  ],
  on({ type: 'string', format: 'ipv4' }, '1.2.3', D2020),
  on({ type: 'string', format: 'ipv4' }, '1.2.3', D2019),
  ...[
    'date',
    'time',
    'date-time',
    'email',
    'hostname',
    'ipv4',
    'ipv6',
    'uri',
    'uri-reference',
    'uuid',
    'duration',
    'json-pointer',
    'relative-json-pointer',
    'regex',
    'period',
    'iri',
    'unknown',
  ].flatMap((format) =>
    [
      '',
      'x',
      '1.2.3',
      '300.1.1.1',
      '01.1.1.1',
      '::1',
      'fe80::1%eth0',
      '2024-02-30',
      '2024-01-02T03:04:05Z',
      '25:00:00Z',
      'a@b',
      '@',
      'a@-b',
      'http://x',
      'http://x y',
      'http://[::1]/a',
      '%zz',
      ':a',
      'P1D',
      'PT',
      'P1H',
      '/a~2',
      '1/a',
      '(',
      'é',
      '123e4567-e89b-12d3-a456-42661417400g',
    ].map((x) => on({ format }, x, d('7'))),
  ),
];

const helm = oraclePath('helm4');
if (helm === undefined) {
  console.log('helm 4 is not installed (node tools/oracle.mjs install): skipped');
  console.log('0 passed, 0 failed');
} else {
  const dir = mkdtempSync(join(tmpdir(), 'schema-'));
  const names = CASES.map((_, i) => `s${String(i).padStart(4, '0')}`);
  const dependencies = names.map((name) => ({ name, version: '0.1.0', repository: '' }));
  mkdirSync(join(dir, 'templates'));
  writeFileSync(join(dir, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name: 'c', version: '0.1.0', dependencies }));
  for (const [i, [schema, values]] of CASES.entries()) {
    const at = join(dir, 'charts', names[i] as string);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name: names[i], version: '0.1.0' }));
    writeFileSync(join(at, 'values.yaml'), JSON.stringify(values));
    const own = schema as Record<string, JsonValue>;
    const closed = own['additionalProperties'] === false || own['unevaluatedProperties'] === false;
    const open = closed ? { ...own, properties: { ...(own['properties'] as object), global: {} } } : own;
    writeFileSync(join(at, 'values.schema.json'), JSON.stringify(open));
  }
  let want = '';
  try {
    execFileSync(helm, ['template', 'r', dir], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1e9 });
  } catch (error) {
    want = String((error as { stderr?: unknown }).stderr);
  }
  let got = '';
  const chart = processDependencies(loadChart({ fs: new DiskFileSystem(dir), path: '/' }), {});
  try {
    validateValues(chart, coalesceValues(chart, {}));
  } catch (error) {
    got = `Error: ${errorMessage(error)}\n`;
  }
  const split = (text: string): Map<string, string> =>
    new Map(text.split(/^(?=s\d{4}:$)/m).map((part): [string, string] => [part.slice(0, 5), part.slice(7).trim()]));
  const [a, b] = [split(want), split(got)];
  let passed = 0;
  let failed = 0;
  for (const [i, name] of names.entries()) {
    if (a.get(name) === b.get(name)) passed++;
    else {
      failed++;
      console.log(`${JSON.stringify(CASES[i])}\n  want ${a.get(name)}\n  got  ${b.get(name)}`);
    }
  }
  rmSync(dir, { recursive: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
