import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FileSystem } from '@flux-ts/base';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ArchiveError } from './errors.ts';
import { DiskFileSystem } from './disk-file-system.ts';
import { gunzip, gzip } from './gzip.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import { packTar, packTarGz } from './pack.ts';
import { cleanPath } from './paths.ts';
import { readTar } from './tar.ts';
import { unpackTar, unpackTarGz } from './unpack.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ArchiveError) return error.code;
    throw error;
  }
  return 'no error';
}

/** A one-member archive with any name, which packTar would refuse to write. */
function rawTar(name: string, flag = '0', link = '', body = 'x'): Uint8Array {
  const tar = Buffer.from(packTar([{ path: 'n'.repeat(Math.max(1, name.length)), bytes: body }], { directories: false }));
  tar.fill(0, 0, 100);
  tar.write(name, 0, 'utf8');
  tar.write(flag, 156, 'latin1');
  tar.write(link, 157, 'utf8');
  tar.write('        ', 148, 'latin1');
  let sum = 0;
  for (const byte of tar.subarray(0, 512)) sum += byte;
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return tar;
}

const dir = mkdtempSync(join(tmpdir(), 'archive-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('packTarGz', () => {
  const entries = [
    { path: 'b/z.yaml', bytes: 'z' },
    { path: 'b.yaml', bytes: 'b' },
    { path: 'b/a/run.sh', mode: 0o755, bytes: 'run' },
  ];
  test('gives the same bytes for any order of the entries', () => {
    expect(packTarGz(entries)).toEqual(packTarGz([...entries].reverse()));
  });
  test('walks folders in lexical order with Flux modes, epoch and no owner', () => {
    const tar = readTar(gunzip(packTarGz(entries), 1e6));
    expect(tar.map((e) => [e.path, e.mode.toString(8), e.mtimeSeconds])).toEqual([
      ['b/', '750', 0],
      ['b/a/', '750', 0],
      ['b/a/run.sh', '700', 0],
      ['b/z.yaml', '600', 0],
      ['b.yaml', '600', 0],
    ]);
  });
  test('writes what the tar program reads', () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/file-ü.txt`;
    const split = `${'d'.repeat(90)}/${'e'.repeat(90)}`;
    writeFileSync(
      join(dir, 'a.tgz'),
      packTarGz(
        [
          { path: long, bytes: 'long' },
          { path: split, bytes: '' },
        ].slice(0, 1),
      ),
    );
    expect(execFileSync('tar', ['-xzOf', join(dir, 'a.tgz'), long]).toString()).toBe('long');
    writeFileSync(join(dir, 'b.tgz'), packTarGz([{ path: split, bytes: 'split' }]));
    expect(execFileSync('tar', ['-xzOf', join(dir, 'b.tgz'), split]).toString()).toBe('split');
  });
  test('packs and unpacks any set of files', () => {
    const name = fc.stringMatching(/^[a-z0-9ü]{1,60}$/);
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((p) => `f/${p.join('/')}`);
    fc.assert(
      fc.property(fc.dictionary(path, fc.string({ maxLength: 40 }), { maxKeys: 6 }), (files) => {
        const list = Object.entries(files);
        const clash = list.some(([a]) => list.some(([b]) => b.startsWith(`${a}/`)));
        fc.pre(!clash);
        const back = unpackTarGz(packTarGz(list.map(([p, bytes]) => ({ path: p, bytes }))));
        expect(Object.fromEntries(back.map((e) => [e.path, Buffer.from(e.bytes).toString()]))).toEqual(files);
      }),
      { numRuns: 60 },
    );
  });
  test('refuses a path that leaves the archive', () => {
    expect(codeOf(() => packTar([{ path: '../x', bytes: '' }]))).toBe('ARCHIVE_UNSAFE_PATH');
  });
});

describe('unpackTar', () => {
  test.each(['../x', 'a/../../x', '/etc/passwd', 'C:\\x', 'C:/x', '..\\..\\x', '\\x'])('refuses the entry %s', (name) => {
    expect(codeOf(() => unpackTar(rawTar(name)))).toBe('ARCHIVE_UNSAFE_PATH');
  });
  test('keeps ./ and inner .. inside the archive', () => {
    expect(unpackTar(rawTar('./a/../b')).map((e) => e.path)).toEqual(['b']);
  });
  test.each(['1', '2'])('leaves out or refuses links (type %s)', (flag) => {
    expect(unpackTar(rawTar('link', flag, '/etc/passwd', ''))).toEqual([]);
    expect(codeOf(() => unpackTar(rawTar('link', flag, '/etc/passwd', ''), { links: 'refuse' }))).toBe('ARCHIVE_UNSAFE_PATH');
  });
  test('reads what the tar program writes, GNU and pax long names too', () => {
    const long = `${'l'.repeat(120)}/${'m'.repeat(120)}.txt`;
    mkdirSync(join(dir, 'src', 'l'.repeat(120)), { recursive: true });
    writeFileSync(join(dir, 'src', long), 'hello');
    for (const format of ['gnu', 'pax']) {
      const bytes = execFileSync('tar', [`--format=${format}`, '-czf', '-', '-C', join(dir, 'src'), '.']);
      expect(unpackTarGz(bytes).map((e) => [e.path, Buffer.from(e.bytes).toString()])).toEqual([[long, 'hello']]);
    }
  });
  test('stops at each of its bounds', () => {
    const many = packTar(Array.from({ length: 20 }, (_, i) => ({ path: `f${i}`, bytes: 'x' })));
    expect(codeOf(() => unpackTar(many, { maxEntries: 10 }))).toBe('ARCHIVE_TOO_LARGE');
    expect(codeOf(() => unpackTar(packTar([{ path: 'f', bytes: 'x'.repeat(100) }]), { maxFileBytes: 99 }))).toBe('ARCHIVE_TOO_LARGE');
    expect(codeOf(() => unpackTarGz(gzip(many), { maxBytes: 1000 }))).toBe('ARCHIVE_TOO_LARGE');
    expect(codeOf(() => unpackTarGz(gzip(many), { maxCompressedBytes: 10 }))).toBe('ARCHIVE_TOO_LARGE');
  });
  test('does not expand a bomb', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    expect(codeOf(() => unpackTarGz(bomb, { maxRatio: 100 }))).toBe('ARCHIVE_TOO_LARGE');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
  test('says when the bytes are no archive', () => {
    expect(codeOf(() => unpackTarGz(Buffer.from('hello')))).toBe('ARCHIVE_CORRUPT');
    expect(codeOf(() => unpackTarGz(gzip(Buffer.alloc(600, 65))))).toBe('ARCHIVE_CORRUPT');
    expect(codeOf(() => unpackTarGz(packTarGz([{ path: 'a', bytes: 'abc' }]).subarray(0, 60)))).toBe('ARCHIVE_CORRUPT');
  });
  test('never crashes on damaged archives', () => {
    const good = Buffer.from(
      packTar([
        { path: 'a/b', bytes: 'hello' },
        { path: 'ü'.repeat(80), bytes: 'x' },
      ]),
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bad = Buffer.from(good);
        bad[at] = byte;
        try {
          unpackTar(bad);
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('file systems', () => {
  const files = [
    { path: 'a/b.yaml', bytes: 'b' },
    { path: '/a/c/d.yaml', bytes: 'd' },
    { path: 'z', bytes: '' },
  ];
  const disk = join(dir, 'disk');
  mkdirSync(join(disk, 'a/c'), { recursive: true });
  writeFileSync(join(disk, 'a/b.yaml'), 'b');
  writeFileSync(join(disk, 'a/c/d.yaml'), 'd');
  writeFileSync(join(disk, 'z'), '');
  writeFileSync(join(dir, 'secret'), 'secret');

  test.each([
    ['memory', new MemoryFileSystem(files)],
    ['disk', new DiskFileSystem(disk)],
  ])('%s lists, reads and cleans paths', (_, fs) => {
    expect(fs.list('/')).toEqual(['a', 'z']);
    expect(fs.list('/a')).toEqual(['b.yaml', 'c']);
    expect(Buffer.from(fs.read('/a/../a/./c//d.yaml')).toString()).toBe('d');
    expect(fs.stat('/a')).toEqual({ kind: 'directory', sizeBytes: 0 });
    expect(fs.stat('/a/b.yaml')).toEqual({ kind: 'file', sizeBytes: 1 });
    expect(fs.stat('/a/b.yaml/x')).toBeUndefined();
    expect(fs.realPath('/a/c/')).toBe('/a/c');
    expect(codeOf(() => fs.read('/nope'))).toBe('ARCHIVE_NOT_FOUND');
    expect(codeOf(() => fs.list('/a/b.yaml'))).toBe('ARCHIVE_NOT_FOUND');
    expect(codeOf(() => fs.read('/a'))).toBe('ARCHIVE_NOT_FOUND');
  });
  test('disk at the root of everything gives paths as they are', () => {
    const fs = new DiskFileSystem('/');
    const file = fs.list(realpathSync(disk)).map((name) => join(realpathSync(disk), name))[0] as string;
    expect(fs.realPath(realpathSync(disk))).toBe(realpathSync(disk));
    expect(fs.stat(file)).toBeDefined();
    expect(fs.realPath('/')).toBe('/');
  });
  test('disk follows links inside its root and refuses those that leave it', () => {
    symlinkSync('a/c', join(disk, 'in'));
    symlinkSync('../secret', join(disk, 'out'));
    symlinkSync(dir, join(disk, 'outdir'));
    symlinkSync('loop', join(disk, 'loop'));
    const fs = new DiskFileSystem(disk);
    expect(Buffer.from(fs.read('/in/d.yaml')).toString()).toBe('d');
    expect(fs.realPath('/in/d.yaml')).toBe('/a/c/d.yaml');
    for (const path of ['/out', '/outdir', '/outdir/secret']) {
      expect(codeOf(() => fs.read(path))).toBe('ARCHIVE_UNSAFE_PATH');
      expect(codeOf(() => fs.stat(path))).toBe('ARCHIVE_UNSAFE_PATH');
    }
    expect(Buffer.from(fs.read('/../../z')).toString()).toBe('');
    expect(codeOf(() => fs.read('/loop'))).toBe('ARCHIVE_UNSAFE_PATH');
  });
  test('memory gives a changed copy', () => {
    const fs = new MemoryFileSystem(files);
    expect(Buffer.from(fs.with([{ path: 'z', bytes: 'new' }]).read('/z')).toString()).toBe('new');
    expect(fs.read('/z').length).toBe(0);
  });
  test('cleanPath never climbs above the root', () => {
    expect(['../../x', 'a//b/', '', '/a/b/../..'].map(cleanPath)).toEqual(['/x', '/a/b', '/', '/']);
  });
});

test.each([
  ['in memory', (): FileSystem => new MemoryFileSystem([{ path: 'a/b.yaml', bytes: 'x' }])],
  [
    'on disk',
    (): FileSystem => {
      const dir = mkdtempSync(join(tmpdir(), 'flux-archive-'));
      mkdirSync(join(dir, 'a'));
      return new DiskFileSystem(dir);
    },
  ],
])('a folder %s says that it is none when it is read as a file', (_, make) => {
  expect(() => make().read('/a')).toThrow('read /a: is a directory');
  expect(() => make().read('/c')).toThrow('open /c: no such file or directory');
});
