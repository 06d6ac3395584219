import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkout,
  GitError,
  listRemote,
  maskUrls,
  openWorkTree,
  parseRemote,
  revisionOf,
  runGit,
  serveGit,
  snapshotFolder,
  type GitServer,
} from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'flux-git-test-'));
const author = { name: 'A', email: 'a@example.com', when: '2026-01-01T00:00:00Z' };
let open: GitServer;
let locked: GitServer;

function folder(): string {
  return mkdtempSync(join(root, 'd-'));
}

beforeAll(async () => {
  await runGit(['init', '-q', '--bare', '--', join(root, 'fleet.git')]);
  const repository = (path: string): string | undefined => (path === '/o/fleet.git' ? join(root, 'fleet.git') : undefined);
  open = await serveGit({ repository, push: true });
  locked = await serveGit({ repository, credentials: { username: 'git', password: 's3cret' } });
});

afterAll(async () => {
  await open.close();
  await locked.close();
  rmSync(root, { recursive: true, force: true });
});

describe('git', () => {
  test('an empty repository is told apart, then a work tree commits and pushes, and the tree comes back unchanged', async () => {
    const url = `${open.url}/o/fleet.git`;
    await expect(checkout({ url, ref: { branch: 'main' }, dir: folder() })).rejects.toMatchObject({ code: 'GIT_EMPTY' });
    const tree = await openWorkTree(url, { branch: 'main', dir: folder() });
    expect(await tree.head()).toBeUndefined();
    const files = new Map<string, string>([
      ['a/b.yaml', 'x: 1\r\n'],
      ['.gitattributes', '*.yaml text eol=lf export-ignore\n'],
    ]);
    const hash = await tree.commit(files, 'first line\n\nbody', author);
    expect(await tree.commit(files, 'again', author)).toBeUndefined();
    await tree.push();
    const dir = folder();
    const got = await checkout({ url, ref: { branch: 'main' }, dir });
    expect(got).toMatchObject({ hash, revision: `main@sha1:${hash}`, message: 'first line', author: 'A <a@example.com>' });
    expect(readFileSync(join(dir, 'a/b.yaml'), 'utf8')).toBe('x: 1\r\n');
    expect(existsSync(join(dir, '.git'))).toBe(false);
    await expect(checkout({ url, ref: { branch: 'other' }, dir: folder() })).rejects.toMatchObject({ code: 'GIT_REF_NOT_FOUND' });
  });

  test('a commit of the past, a sparse folder and a tag by semver are checked out', async () => {
    const url = `${open.url}/o/fleet.git`;
    const tree = await openWorkTree(url, { branch: 'main', dir: folder() });
    const first = await tree.head();
    await tree.commit(new Map([['c/d.yaml', 'y: 2\n']]), 'second', author);
    await runGit(['tag', '-a', 'v1.2.0', '-m', 'v'], {
      cwd: tree.dir,
      env: { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' },
    });
    await tree.push();
    await runGit(['push', '-q', url, 'v1.2.0'], { cwd: tree.dir });
    const past = folder();
    expect((await checkout({ url, ref: { branch: 'main', commit: first as string }, dir: past })).revision).toBe(`main@sha1:${first}`);
    expect(readdirSync(past).sort()).toEqual(['.gitattributes', 'a']);
    const sparse = folder();
    await checkout({ url, ref: { branch: 'main' }, dir: sparse, sparse: ['./c'] });
    expect(readdirSync(sparse)).toEqual(['c']);
    const got = await checkout({ url, ref: { semver: '1.x' }, dir: folder(), semver: (_, tags) => tags[0] });
    expect(got.revision).toBe(`v1.2.0@sha1:${got.hash}`);
    expect(await tree.head()).toBe(got.hash);
  });

  test('credentials are needed, work as basic auth, and never show in an error', async () => {
    const url = `${locked.url}/o/fleet.git`;
    const wrong = await listRemote(url, { auth: { username: 'git', password: 'wr0ng' } }).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: 'GIT_AUTH' });
    expect(String(wrong)).not.toContain('wr0ng');
    expect((await listRemote(url, { auth: { username: 'git', password: 's3cret' } })).map((ref) => ref.name)).toContain('refs/heads/main');
  });

  test('credentials are dropped when a mirror moves the URL to another host', async () => {
    const error = await listRemote('https://git.example.com/o/fleet.git', {
      auth: { username: 'git', password: 's3cret' },
      rewrite: () => `${locked.url}/o/fleet.git`,
    }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'GIT_AUTH' });
  });

  test.each([
    ['file:///etc', 'serve the repository over http'],
    ['ext::sh -c id', 'unsupported URL scheme'],
    ['nonsense', 'failed to parse url'],
  ])('the URL %s is refused', (url, message) => {
    expect(() => parseRemote(url)).toThrow(message);
    expect(() => parseRemote(url)).toThrow(GitError);
  });

  test('a folder is served as its HEAD when clean and as a commit on top when changed, and is never written to', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'a.yaml'), 'a: 1\n');
    const plain = await snapshotFolder(dir, join(root, 'store-1'));
    expect(plain).toMatchObject({ branch: 'main', dirty: true });
    expect(await snapshotFolder(dir, join(root, 'store-2'))).toEqual(plain);
    expect(existsSync(join(dir, '.git'))).toBe(false);
    await runGit(['init', '-q'], { cwd: dir });
    await runGit(['add', '-A'], { cwd: dir });
    const who = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b.c', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b.c' };
    await runGit(['commit', '-q', '-m', 'x'], { cwd: dir, env: who });
    const head = (await runGit(['rev-parse', 'HEAD'], { cwd: dir })).toString().trim();
    expect(await snapshotFolder(dir, join(root, 'store-3'))).toEqual({ hash: head, branch: 'main', dirty: false });
    writeFileSync(join(dir, 'b.yaml'), 'b: 1\n');
    const index = readFileSync(join(dir, '.git', 'index'));
    const dirty = await snapshotFolder(dir, join(root, 'store-3'));
    expect(dirty.dirty).toBe(true);
    expect(readFileSync(join(dir, '.git', 'index')).equals(index)).toBe(true);
    const server = await serveGit({ repository: () => join(root, 'store-3') });
    const out = folder();
    expect((await checkout({ url: `${server.url}/r`, ref: { branch: 'main' }, dir: out })).hash).toBe(dirty.hash);
    expect(readdirSync(out).sort()).toEqual(['a.yaml', 'b.yaml']);
    await server.close();
  });

  test('a work tree refuses paths that leave it or touch .git', async () => {
    const dir = folder();
    mkdirSync(join(dir, 'x'));
    symlinkSync('/etc', join(dir, 'x', 'link'));
    const tree = await openWorkTree(`${open.url}/o/fleet.git`, { branch: 'new', dir: folder() });
    for (const path of ['../x', '/etc/x', 'a/.GIT/config'])
      await expect(tree.commit(new Map([[path, 'x']]), 'm', author)).rejects.toThrow('will not write');
  });

  test('revisions and URLs are written as Flux does', () => {
    expect(revisionOf('refs/heads/feature/x', 'a'.repeat(40))).toBe(`feature/x@sha1:${'a'.repeat(40)}`);
    expect(revisionOf('refs/pull/1/head', 'a'.repeat(40), true)).toBe(`refs/pull/1/head@sha1:${'a'.repeat(40)}`);
    expect(revisionOf(undefined, 'a'.repeat(40))).toBe(`sha1:${'a'.repeat(40)}`);
    expect(maskUrls("fatal: 'https://u:p@h/x'")).toBe("fatal: 'https://h/x'");
  });
});
