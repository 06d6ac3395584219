import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE } from '../../test/hostile-charts.ts';
import { buildWorker, type BuiltWorker } from '../../test/worker-script.ts';

interface Line {
  readonly name?: string;
  readonly said?: string;
  readonly after?: string;
  readonly maxMiB?: number;
}

let built: BuiltWorker;
let lines: readonly Line[] = [];

beforeAll(async () => {
  built = await buildWorker(join(import.meta.dirname, '../../test/hostile-run.ts'));
  const { stdout } = await promisify(execFile)(process.execPath, [String(built.script.url)]);
  lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}, 300_000);

afterAll(() => built.remove());

describe('hostile charts in workers', () => {
  test.each(HOSTILE)('$name is stopped with a clear error and the next chart is rendered', ({ name, says }) => {
    const line = lines.find((each) => each.name === name);
    expect(line?.said).toMatch(says);
    expect(line?.after).toBe('---\n# Source: c/templates/a.yaml\nkind: ConfigMap\nmetadata: {name: r}\n');
  });
  test('all of them together leave the process below 500 MB', () => {
    expect(lines.at(-1)?.maxMiB).toBeLessThan(500_000_000 / 1_048_576);
  });
});
