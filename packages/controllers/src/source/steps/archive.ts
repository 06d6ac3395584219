import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { DiskFileSystem, packTarGz, type PackEntry } from '@flux-ts/archive';
import { ignoreMatcher } from '@flux-ts/render';

/** A folder to pack. */
export interface ArchiveRequest {
  readonly dir: string;
  /** spec.ignore: patterns that come last. */
  readonly ignore?: string | undefined;
  readonly signal: AbortSignal;
}

/** Packs a folder as an artifact: ignore rules applied, links replaced by what they point to, same content same bytes. */
export async function archiveFolder(request: ArchiveRequest): Promise<Uint8Array> {
  const matcher = ignoreMatcher({
    tree: new DiskFileSystem(request.dir),
    root: '/',
    ...(request.ignore === undefined ? {} : { patterns: request.ignore }),
  });
  const root = await realpath(request.dir);
  const entries: PackEntry[] = [];
  const seen = new Set<string>();

  async function walk(dir: string, prefix: string): Promise<void> {
    request.signal.throwIfAborted();
    for (const entry of await readdir(dir, { withFileTypes: true })) {
      const path = `${prefix}${entry.name}`;
      const full = join(dir, entry.name);
      const target = entry.isSymbolicLink() ? await linkTarget(full, root) : full;
      if (target === undefined) continue; // a link to nowhere or out of the tree
      const info = await stat(target);
      if (matcher.ignored(path, info.isDirectory())) continue;
      if (info.isDirectory()) {
        if (entry.isSymbolicLink()) {
          const key = `${await realpath(target)}`;
          if (seen.has(key) || full.startsWith(key + sep)) continue; // a link back to a folder above
          seen.add(key);
        }
        await walk(target, `${path}/`);
      } else if (info.isFile()) {
        entries.push({ path, mode: info.mode & 0o777, bytes: await readFile(target) });
      }
    }
  }

  await walk(request.dir, '');
  return packTarGz(entries);
}

async function linkTarget(path: string, root: string): Promise<string | undefined> {
  try {
    const target = await realpath(path);
    return target === root || target.startsWith(root + sep) ? target : undefined;
  } catch {
    return undefined;
  }
}
