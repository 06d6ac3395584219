import { formatTime, isObject, parseTime, type JsonObject, type JsonValue } from '@flux-ts/base';
import { configDigest, observationDigest, type ReleaseRecord } from '@flux-ts/helm';
import type { StatusDraft } from '@flux-ts/runtime';

/** A release as it stands in status.history. */
export interface Snapshot {
  readonly apiVersion?: string;
  readonly digest: string;
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly status: string;
  readonly chartName: string;
  readonly chartVersion: string;
  readonly appVersion?: string;
  readonly configDigest: string;
  readonly firstDeployed: string;
  readonly lastDeployed: string;
  readonly deleted?: string;
  readonly testHooks?: Readonly<Record<string, TestHookStatus>>;
  readonly ociDigest?: string;
}

/** What became of a test hook. */
export interface TestHookStatus {
  readonly lastStarted?: string;
  readonly lastCompleted?: string;
  readonly phase?: string;
}

const MAX_HISTORY = 5;

function time(text: string | undefined): string | undefined {
  const ms = text === undefined ? undefined : parseTime(text);
  return ms === undefined ? undefined : formatTime(ms);
}

/** The snapshot of a release record. @param ociDigest of the artifact that its chart came from */
export function snapshotOf(
  record: ReleaseRecord,
  more: { readonly ociDigest?: string | undefined; readonly testHooks?: Snapshot['testHooks'] } = {},
): Snapshot {
  const { info } = record;
  const metadata = record.chart.metadata;
  const deleted = time(info.deleted);
  return {
    apiVersion: 'v2',
    digest: observationDigest(record, more.ociDigest === undefined ? {} : { ociDigest: more.ociDigest }),
    name: record.name,
    namespace: record.namespace,
    version: record.version,
    status: info.status ?? 'unknown',
    chartName: metadata?.name ?? '',
    chartVersion: metadata?.version ?? '',
    ...(metadata?.appVersion === undefined ? {} : { appVersion: metadata.appVersion }),
    configDigest: configDigest(record.config),
    firstDeployed: time(info.first_deployed) ?? '',
    lastDeployed: time(info.last_deployed) ?? '',
    ...(deleted === undefined ? {} : { deleted }),
    ...(more.testHooks === undefined ? {} : { testHooks: more.testHooks }),
    ...(more.ociDigest === undefined ? {} : { ociDigest: more.ociDigest }),
  };
}

/** `namespace/name.vN`. */
export function fullName(snapshot: Snapshot): string {
  return `${snapshot.namespace}/${snapshot.name}.v${snapshot.version}`;
}

/** `chart@version`. */
export function chartNameOf(snapshot: Snapshot): string {
  return `${snapshot.chartName}@${snapshot.chartVersion}`;
}

/** Whether tests have been run for the release. */
export function wasTested(snapshot: Snapshot): boolean {
  return snapshot.testHooks !== undefined;
}

/** Whether a test of the release has failed. */
export function hasFailedTest(snapshot: Snapshot): boolean {
  return Object.values(snapshot.testHooks ?? {}).some((h) => h.phase === 'Failed');
}

function read(value: JsonObject): Snapshot {
  return value as unknown as Snapshot;
}

/** The history in a draft, newest first. */
export function readHistory(draft: StatusDraft): readonly Snapshot[] {
  const list = draft.get('history');
  if (!Array.isArray(list)) return [];
  return (list as readonly JsonValue[])
    .filter(isObject)
    .map(read)
    .sort((a, b) => b.version - a.version);
}

/** The newest release. */
export function latest(draft: StatusDraft): Snapshot | undefined {
  return readHistory(draft)[0];
}

/** Writes a history into a draft; an empty one takes the field away. */
export function writeHistory(draft: StatusDraft, history: readonly Snapshot[]): void {
  draft.set('history', history.length === 0 ? undefined : (history as unknown as JsonValue));
}

/** Puts a snapshot into the history: in the place of its version, or in front. */
export function recordSnapshot(draft: StatusDraft, snapshot: Snapshot): void {
  const history = readHistory(draft);
  const known = history.some((s) => targets(s, snapshot));
  writeHistory(draft, known ? history.map((s) => (targets(s, snapshot) ? snapshot : s)) : [snapshot, ...history]);
}

/** Whether two snapshots are of one release version. */
export function targets(a: Snapshot, b: Pick<Snapshot, 'name' | 'namespace' | 'version'>): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.version === b.version;
}

function isGood(snapshot: Snapshot, ignoreTests: boolean): boolean {
  return (snapshot.status === 'deployed' || snapshot.status === 'superseded') && (ignoreTests || !hasFailedTest(snapshot));
}

/** The release before the newest that was deployed well. */
export function previous(draft: StatusDraft, ignoreTests: boolean): Snapshot | undefined {
  return readHistory(draft)
    .slice(1)
    .find((s) => isGood(s, ignoreTests));
}

/** Forgets what is older than the previous good release, or beyond five. */
export function truncate(draft: StatusDraft, ignoreTests: boolean): void {
  const history = readHistory(draft);
  const at = history.findIndex((s, i) => i > 0 && isGood(s, ignoreTests));
  writeHistory(draft, at > 0 ? history.slice(0, at + 1) : history.slice(0, MAX_HISTORY));
}

/** The times and phases of the tests in a release record, by name. */
export function testHooksOf(record: ReleaseRecord): Readonly<Record<string, TestHookStatus>> {
  const out: Record<string, TestHookStatus> = {};
  for (const hook of record.hooks ?? []) {
    if (!(hook.events ?? []).includes('test')) continue;
    const run = hook.last_run;
    const lastStarted = time(run?.started_at);
    const lastCompleted = time(run?.completed_at);
    out[hook.name ?? ''] = {
      ...(lastStarted === undefined ? {} : { lastStarted }),
      ...(lastCompleted === undefined ? {} : { lastCompleted }),
      ...(run === undefined || run.phase === '' ? {} : { phase: run.phase }),
    };
  }
  return out;
}
