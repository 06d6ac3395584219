import type { ReleaseRecord } from './record.ts';

/** Sorts revisions, oldest first. @returns a new array */
export function sortHistory<T extends Pick<ReleaseRecord, 'version'>>(records: readonly T[]): T[] {
  return [...records].sort((a, b) => a.version - b.version);
}

/** The newest revision. */
export function lastRelease<T extends Pick<ReleaseRecord, 'version'>>(records: readonly T[]): T | undefined {
  return sortHistory(records).at(-1);
}

/** The newest revision that is deployed. */
export function deployedRelease<T extends Pick<ReleaseRecord, 'version' | 'info'>>(records: readonly T[]): T | undefined {
  return sortHistory(records)
    .filter((record) => record.info.status === 'deployed')
    .at(-1);
}

/**
 * The revisions to delete, oldest first, so that at most `keep` stay; the deployed one always stays.
 * Before a new revision is stored, Helm makes room: `keep` is then the history's limit less one. Zero or less keeps all.
 */
export function historyToPrune<T extends Pick<ReleaseRecord, 'version' | 'info'>>(records: readonly T[], keep: number): T[] {
  if (keep <= 0) return [];
  const deployed = deployedRelease(records);
  const out: T[] = [];
  for (const record of sortHistory(records)) {
    if (records.length - out.length <= keep) break;
    if (record !== deployed) out.push(record);
  }
  return out;
}

/** Tells whether another operation holds the release. */
export function isPending(record: Pick<ReleaseRecord, 'info'>): boolean {
  return record.info.status?.startsWith('pending-') ?? false;
}
