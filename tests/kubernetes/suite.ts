import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isObject, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';

/** A case of a corpus file. */
export type Case = JsonObject;

/** A file of the corpus: schemas and cases. */
export interface CorpusFile {
  readonly path: string;
  readonly schemas: JsonObject;
  readonly stages: JsonObject;
  readonly cases: readonly Case[];
}

/** How one case went; `problem` is undefined where it passed. */
export interface Outcome {
  readonly suite: string;
  readonly name: string;
  readonly problem: string | undefined;
}

/** Reads a corpus file. */
export function readCorpus(corpus: string, path: string): CorpusFile {
  const file = parseJson(readFileSync(join(corpus, `${path}.json`), 'utf8'));
  if (!isObject(file)) throw new TypeError(`${path} is not an object`);
  return {
    path,
    schemas: (file['schemas'] ?? {}) as JsonObject,
    stages: (file['stages'] ?? {}) as JsonObject,
    cases: file['cases'] as readonly Case[],
  };
}

/** Reads a YAML text of the corpus; an empty text is null. */
export function yaml(text: JsonValue | undefined): JsonValue {
  return parseYaml(String(text ?? ''));
}

/** Runs every case of a file; what the check throws is the case's problem. */
export function runCases(file: CorpusFile, check: (test: Case) => void): Outcome[] {
  return file.cases.map((test) => {
    let problem: string | undefined;
    try {
      check(test);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    return { suite: file.path, name: String(test['name']), problem };
  });
}

/** Fails a case where two texts of values differ. */
export function same(what: string, got: string, want: string): void {
  if (got !== want) throw new Error(`${what}\n    got  ${got}\n    want ${want}`);
}
