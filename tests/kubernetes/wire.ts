import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { canonicalJson, isObject, parseJson, type JsonValue } from '@flux-ts/base';
import { decodeEnvelope, loadKinds } from '@flux-ts/schema';

import { readCorpus, runCases, same, type Outcome } from './suite.ts';

/** Protobuf messages and the JSON that they stand for. */
export async function wire(corpus: string): Promise<Outcome[]> {
  const kinds = await loadKinds();
  return readdirSync(join(corpus, 'wire')).flatMap((name) =>
    runCases(readCorpus(corpus, `wire/${name.replace(/\.json$/, '')}`), (test) => {
      const { apiVersion, kind, message } = decodeEnvelope(Buffer.from(String(test['pb']), 'base64'));
      const codec = kinds.codec(apiVersion, kind);
      if (codec === undefined) throw new Error(`there is no ${apiVersion} ${kind}`);
      const want: JsonValue = typeof test['json'] === 'string' ? parseJson(test['json']) : (test['json'] ?? null);
      const got = codec.decodeProtobuf(message);
      difference(got, want, '');
      // the canonical form of the official JSON is the official JSON, but for what is newer than the served version
      if (isObject(want) && codec.unknownFields(want).length === 0)
        same('canonical', canonicalJson(codec.canonicalise(want)), canonicalJson(want));
    }),
  );
}

function difference(got: JsonValue | undefined, want: JsonValue | undefined, path: string): void {
  if (isObject(got) && isObject(want)) {
    for (const key of new Set([...Object.keys(got), ...Object.keys(want)])) difference(got[key], want[key], `${path}.${key}`);
    return;
  }
  const text = (value: JsonValue | undefined): string => (value === undefined ? 'nothing' : canonicalJson(value));
  same(path, text(got), text(want));
}
