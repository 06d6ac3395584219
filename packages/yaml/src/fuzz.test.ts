import { canonicalJson, goJson, type JsonValue } from '@flux-ts/base';
import { expect, test } from 'vitest';
import { Generator } from '../test/conformance/generate.ts';
import { Composer } from './composer.ts';
import { decodeV2 } from './decode-v2.ts';
import { parseKyaml, parseNodes, parseYaml, parseYamlDocuments, parseYamlStrict, printNodes, printYaml, YamlError } from './index.ts';
import { readLimits } from './options.ts';
import { readSource } from './source.ts';

/** A result or an error's text; anything but a YamlError is a crash. */
function outcome<T>(read: () => T): { readonly value: T } | { readonly error: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof YamlError) return { error: error.detail };
    throw error;
  }
}

/** The faithful reader alone. */
function faithful(text: string, strict: boolean): JsonValue {
  const limits = readLimits(undefined);
  const document = new Composer(readSource(text), 'v2', limits).next();
  return document === undefined ? null : decodeV2(document, { limits, strict });
}

test('1,000 mutated texts crash no reader', () => {
  const generator = new Generator(20_260);
  let errors = 0;
  for (let i = 0; i < 1000; i++) {
    let text = generator.document();
    for (let n = generator.below(4); n >= 0; n--) text = generator.mutate(text);
    if ('error' in outcome(() => parseYaml(text))) errors++;
    outcome(() => parseYamlDocuments(text));
    outcome(() => parseKyaml(text));
    outcome(() => printNodes(parseNodes(text)));
    outcome(() => parseYaml(Buffer.from(text, 'utf8').subarray(generator.below(3))));
  }
  // a fuzzer that breaks nothing, or everything, tests nothing
  expect(errors).toBeGreaterThan(300);
  expect(errors).toBeLessThan(950);
});

test('the fast reader agrees with the faithful one', () => {
  const generator = new Generator(4711);
  for (let i = 0; i < 1000; i++) {
    const text = generator.chance(0.5) ? generator.objects() : generator.scalarDocument();
    for (const strict of [false, true]) {
      const fast = outcome(() => (strict ? parseYamlStrict : parseYaml)(text));
      const slow = outcome(() => faithful(text, strict));
      expect(fast, text).toEqual(
        'error' in slow && /unsupported (?:value|map key)/.test(slow.error)
          ? expect.objectContaining({ error: expect.any(String) as string })
          : normal(slow),
      );
    }
  }
});

test('the fast reader agrees with the faithful one about anchors', () => {
  const lines = [
    'a: &x 1',
    'b: *x',
    'c: &x "q" # why',
    'd: &y\n  k: v',
    'e: *x foo',
    'f: &x-1_ two\n  lines',
    'g: *x-1_',
    'h: &x &y v',
    'i: &x [1]',
    'j: &x |\n  text',
    'k: &x',
    "l: &x 'it''s'",
    'm: *x : 1',
    'n: &x !!str 1',
    'o: [*x]',
    'p: &x: 1',
    'q: &é 1',
    '&x r: 1',
    '*x : s',
    '- &x t',
    '- *x',
    '- &x u: 1',
    't: &x ~',
    'u: &x 2001-01-01',
    'v: &x - 1',
    'w:\n- &x 1\n- *x',
    '<<: *x',
    '---',
  ];
  const generator = new Generator(31);
  for (let i = 0; i < 4000; i++) {
    const text = Array.from({ length: 1 + generator.below(4) }, () => lines[generator.below(lines.length)] as string).join('\n');
    const fast = outcome(() => parseYaml(text));
    expect(fast, text).toEqual(normal(outcome(() => faithful(text, false))));
  }
});

function normal(result: ReturnType<typeof outcome<JsonValue>>): unknown {
  return 'error' in result ? { error: result.error.replace(/^error converting YAML to JSON: /, '') } : result;
}

test('what is printed is read back', () => {
  const generator = new Generator(99);
  for (let i = 0; i < 500; i++) {
    const value = generator.value(4);
    const printed = outcome(() => printYaml(value));
    // NEL and C1 controls do not survive in Go either, and it writes the key << without quotes
    if ('error' in printed || /[\u007f-\u009f]|<<":/.test(canonicalJson(value))) continue;
    expect(goJson(parseYaml(printed.value)), printed.value).toBe(goJson(asRead(value)));
  }
});

/** -0 is an int to YAML, and whole floats beyond 2^53 come back exact. */
function asRead(value: JsonValue): JsonValue {
  return parseYaml(printYaml(value));
}
