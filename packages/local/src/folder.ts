import { watch } from 'node:fs';
import type { Clock, Logger } from '@flux-ts/base';
import { snapshotFolder, type Snapshot } from '@flux-ts/git';

const SETTLE_MS = 250;

/** A folder that is served as a Git branch and snapshotted again when something in it is saved. */
export interface ServedFolder {
  readonly dir: string;
  /** The bare repository. */
  readonly store: string;
  readonly branch: string;
  /** The commit at the tip. */
  readonly head: string;
  close(): void;
}

/**
 * Serves a folder from a store beside it; `changed` is called with each new commit.
 * @throws GitError
 */
export async function serveFolder(
  dir: string,
  options: { readonly store: string; readonly clock: Clock; readonly log: Logger; readonly changed: (snapshot: Snapshot) => void },
): Promise<ServedFolder> {
  const { store, clock, log, changed } = options;
  let latest = await snapshotFolder(dir, store);
  let cancel: (() => void) | undefined;
  let work = Promise.resolve();
  const refresh = async (): Promise<void> => {
    const next = await snapshotFolder(dir, store, { branch: latest.branch });
    if (next.hash === latest.hash) return;
    latest = next;
    changed(next);
  };
  const watcher = watch(dir, { recursive: true }, (_, file) => {
    if (file !== null && /^\.git[\\/](?!HEAD|refs|packed-refs)|^\.git$/.test(file)) return;
    cancel?.();
    cancel = clock.schedule(SETTLE_MS, () => {
      work = work.then(refresh).catch((error: unknown) => log.error('cannot read the folder', { dir, error: String(error) }));
    });
  });
  watcher.on('error', (error) => log.error('cannot watch the folder', { dir, error: String(error) }));
  return {
    dir,
    store,
    branch: latest.branch,
    get head() {
      return latest.hash;
    },
    close: () => {
      cancel?.();
      watcher.close();
    },
  };
}
