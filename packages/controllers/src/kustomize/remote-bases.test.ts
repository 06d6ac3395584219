import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runGit, serveGit, type GitServer } from '@flux-ts/git';
import { configMapText, createWorld, kustomization, type World } from '../../test/world.ts';
import type { ControllerOptions } from '../options.ts';
import { createKustomizeController } from './controller.ts';

const root = mkdtempSync(join(tmpdir(), 'flux-bases-test-'));
const workDir = join(root, 'work');
let git: GitServer;
let world: World;

beforeAll(async () => {
  const repo = join(root, 'repo');
  mkdirSync(workDir);
  mkdirSync(join(repo, 'base'), { recursive: true });
  writeFileSync(join(repo, 'base', 'kustomization.yaml'), 'resources: [cm.yaml]\nnamePrefix: far-\n');
  writeFileSync(join(repo, 'base', 'cm.yaml'), configMapText('base'));
  await runGit(['init', '-q', '-b', 'main', '--', repo]);
  await runGit(['add', '-A'], { cwd: repo });
  await runGit(['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', 'base'], { cwd: repo });
  git = await serveGit({ repository: (path) => (path === '/base.git' ? join(repo, '.git') : undefined) });
});

afterAll(async () => {
  await git.close();
  rmSync(root, { recursive: true, force: true });
});

afterEach(() => world.close());

async function start(resources: readonly string[], options: ControllerOptions = {}): Promise<void> {
  world = await createWorld({ real: true });
  world.start(createKustomizeController({ ...world.deps(), workDir }, options));
  await world.source('repo', 'main@sha1:a', { 'app/kustomization.yaml': `resources: ${JSON.stringify(resources)}\n` });
  await world.apply(kustomization('app'));
}

const told = (): string => {
  const ready = world.ready('Kustomization', 'default/app');
  return ready === undefined ? '' : `${ready.status} ${ready.reason} ${ready.message}`;
};

test.each(['?ref=main', ''])('bases come from repositories and files from URLs: %s', async (ref) => {
  await start([`${git.url}/base.git//base${ref}`, 'https://files.example/cm.yaml']);
  world.files.set('https://files.example/cm.yaml', Buffer.from(configMapText('file')));
  await world.until('app is ready', () => told().startsWith('True'));
  expect(world.find('ConfigMap', 'default/far-base')).toBeDefined();
  expect(world.find('ConfigMap', 'default/file')).toBeDefined();
  expect(readdirSync(workDir)).toEqual([]);
});

test.each([
  { what: 'a branch that is not there', path: '/base.git//base?ref=gone', want: /gone/ },
  { what: 'a repository that is not there', path: '/none.git//base', want: /404|not found/ },
])('$what fails the build', async ({ path, want }) => {
  await start([git.url + path]);
  await world.until('the failure', () => told().startsWith('False BuildFailed'));
  expect(told()).toMatch(want);
});

test('a file URL and a host with --no-remote-bases are refused', async () => {
  await start([`file://${join(root, 'repo')}//base`]);
  await world.until('the failure', () => told().startsWith('False BuildFailed'));
  await world.close();
  await start([`${git.url}/base.git//base`], { noRemoteBases: true });
  await world.until('the refusal', () => told().startsWith('False BuildFailed'));
  expect(told()).toContain('needs the network, which this build was not given');
});
