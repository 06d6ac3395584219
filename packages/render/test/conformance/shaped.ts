// Judges the cases that are plain input and expected output.
import { canonicalJson, errorMessage, getObject, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { readValues } from '@flux-ts/helm';
import {
  composeValues,
  defaultPatterns,
  expand,
  matchIgnore,
  parseIgnorePatterns,
  setValue,
  valuesDigest,
  VariableNotSetError,
  vcsPatterns,
  type ValuesReference,
} from '../../src/index.ts';

/** A case with input and expected output. */
export interface ShapedCase {
  readonly suite: string;
  readonly source: { readonly test: string };
  readonly input: JsonObject;
  readonly expected: JsonObject;
  readonly mode?: string;
}

/** What is wrong; nothing where the case passes. */
export function runShaped(test: ShapedCase): readonly string[] {
  switch (test.suite) {
    case 'envsubst':
      return substitution(test);
    case 'sourceignore':
      return ignored(test);
    case 'chartutil':
      return values(test);
    default:
      return [`no way to run a case of ${test.suite}`];
  }
}

function differs(got: JsonValue, wanted: JsonValue): readonly string[] {
  return canonicalJson(got) === canonicalJson(wanted) ? [] : [`got ${canonicalJson(got)}`, `not ${canonicalJson(wanted)}`];
}

function substitution({ input, expected, mode }: ShapedCase): readonly string[] {
  let output: string | undefined;
  try {
    output = expand(String(input['text']), (input['vars'] ?? {}) as Record<string, string>, { strict: mode === 'TestExpandStrict' });
  } catch (error) {
    return error instanceof VariableNotSetError && expected['error'] === 'errVarNotSet' ? [] : [errorMessage(error)];
  }
  return expected['error'] === undefined ? differs(output, expected['output'] ?? '') : [`got ${output}, not an error`];
}

function ignored({ source, input, expected }: ShapedCase): readonly string[] {
  const domain = (input['domain'] ?? []) as readonly string[];
  const base =
    source.test === 'TestVCSPatterns' ? vcsPatterns(domain) : source.test === 'TestDefaultPatterns' ? defaultPatterns(domain) : [];
  const patterns = [...base, ...parseIgnorePatterns(String(input['ignore'] ?? ''), domain)];
  return [true, false].flatMap((wanted) =>
    ((expected[wanted ? 'ignored' : 'kept'] ?? []) as readonly string[])
      .filter((path) => matchIgnore(patterns, path.split('/'), false) !== wanted)
      .map((path) => `${path} is ${wanted ? 'kept' : 'ignored'}`),
  );
}

function values({ source, input, expected }: ShapedCase): readonly string[] {
  try {
    if (source.test === 'TestDigestValues') return differs(valuesDigest((input['values'] ?? {}) as JsonObject), expected['digest'] ?? '');
    const got = source.test.startsWith('TestReplacePath') ? replaced(input) : composed(input);
    return expected['error'] === true ? [`got ${canonicalJson(got)}, not an error`] : differs(got, expected['values'] ?? {});
  } catch (error) {
    return expected['error'] === true ? [] : [errorMessage(error)];
  }
}

function replaced(input: JsonObject): JsonObject {
  return setValue({}, { path: String(input['path']), value: String(input['value'] ?? ''), literal: input['literal'] === true });
}

function composed(input: JsonObject): JsonObject {
  const resources = (input['resources'] ?? []) as readonly JsonObject[];
  const result = composeValues(
    {
      namespace: 'default',
      valuesFrom: (input['references'] ?? []) as unknown as readonly ValuesReference[],
      values: readValues(String(input['values'] ?? '')),
    },
    (kind, name) => {
      const found = resources.find((one) => getString(one, ['kind']) === kind && getString(one, ['metadata', 'name']) === name);
      return found === undefined ? undefined : ((getObject(found, ['data']) ?? {}) as Record<string, string>);
    },
  );
  return result.values;
}
