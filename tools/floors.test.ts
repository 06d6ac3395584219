import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';

const tools = dirname(fileURLToPath(import.meta.url));
const roots: string[] = [];
let root: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function floors(): { readonly ok: boolean; readonly out: string } {
  try {
    return { ok: true, out: execFileSync(process.execPath, [join(root, 'tools/floors.mjs'), root], { encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    return { ok: false, out: String((error as { stderr?: unknown }).stderr) };
  }
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flux-floors-'));
  roots.push(root);
  mkdirSync(join(root, 'tools'));
  cpSync(join(tools, 'floors.mjs'), join(root, 'tools/floors.mjs'));
  write('tools/floors.json', JSON.stringify({ scope: '@x', floors: [['low'], ['left', 'right']], cells: ['right/a', 'right/b'] }));
  for (const name of ['low', 'left', 'right']) {
    write(
      `packages/${name}/package.json`,
      JSON.stringify({ dependencies: name === 'low' ? { '@x/left': '1' } : { '@x/low': '1', '@x/right': '1' } }),
    );
    write(`packages/${name}/src/index.ts`, 'export const a = 1;\n');
  }
});
afterAll(() => {
  for (const dir of roots) rmSync(dir, { recursive: true, force: true });
});

test('floors passes when imports go down', () => {
  write('packages/left/src/index.ts', "import { a } from '@x/low';\nexport const b = a;\n");
  expect(floors()).toEqual({ ok: true, out: 'floors: 3 files, 0 breaches\n' });
});

test.each([
  ['an upward import', 'packages/low/src/index.ts', "export { a } from '@x/left';", 'floor 0 may not import floor 1'],
  ['a sideways import', 'packages/left/src/index.ts', "export { a } from '@x/right';", 'floor 1 may not import floor 1'],
  ['an undeclared dependency', 'packages/left/src/index.ts', "import left from 'left-pad';", 'not declared in package.json'],
  ['an undeclared package of the house', 'packages/right/src/index.ts', "import('@x/nobody');", 'nobody stands on no floor'],
  ['a built-in without its prefix', 'packages/left/src/index.ts', "import fs from 'fs';", 'write node:fs'],
  [
    'a relative import that leaves the package',
    'packages/left/src/index.ts',
    "import '../../low/src/index.ts';",
    'may not leave the package',
  ],
  ['an import of a file of another package', 'packages/left/src/index.ts', "import '@x/low/src/index.ts';", 'import the package'],
])('floors refuses %s', (_, path, text, message) => {
  write(path, `${text}\n`);
  const { ok, out } = floors();
  expect(ok).toBe(false);
  expect(out).toContain(message);
});

test('floors refuses an import from a sibling cell, a cycle, and a package without a place', () => {
  write('packages/right/src/a/one.ts', "import '../b/two.ts';\n");
  write('packages/right/src/b/two.ts', 'export const two = 2;\n');
  write('packages/low/src/x.ts', "import './y.ts';\n");
  write('packages/low/src/y.ts', "import './x.ts';\n");
  write('packages/stray/src/index.ts', '');
  const { ok, out } = floors();
  expect(ok).toBe(false);
  expect(out).toContain('right/b is a closed cell');
  expect(out).toContain('cycle: packages/low/src/x.ts > packages/low/src/y.ts > packages/low/src/x.ts');
  expect(out).toContain('packages/stray: stands on no floor');
});
