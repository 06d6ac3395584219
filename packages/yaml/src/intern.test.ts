import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { parseYaml } from './read-sigs.ts';

const MIB = 1024 * 1024;

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

test('a reader keeps short texts, not the documents that they were cut from, when it is used again', () => {
  const before = heapBytes();
  const read = Array.from({ length: 40 }, (_, i) => parseYaml(`name: a text of its own ${i}\n# ${'x'.repeat(MIB)}\n`));
  // what was read is a part of the document, and may keep it
  read.length = 0;
  expect(heapBytes() - before).toBeLessThan(10 * MIB);
});
