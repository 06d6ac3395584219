import type { JsonObject } from '@flux-ts/base';
import type { ChartMetadata } from '../chart/model.ts';
import type { HookExecution } from '../render/hooks.ts';

/** The states of a release. */
export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

/** What happened to a release and when. Times stay the texts that were read: RFC 3339 with nanoseconds. */
export interface ReleaseInfoRecord {
  readonly first_deployed?: string;
  readonly last_deployed?: string;
  readonly deleted?: string;
  readonly description?: string;
  readonly status?: ReleaseStatus;
  readonly rollback_revision?: number;
  readonly notes?: string;
  readonly resources?: JsonObject;
}

/** A hook as a release stores it. */
export interface HookRecord {
  readonly name?: string;
  readonly kind?: string;
  readonly path?: string;
  readonly manifest?: string;
  readonly events?: readonly string[];
  readonly last_run?: HookExecution;
  readonly weight?: number;
  readonly delete_policies?: readonly string[];
  readonly output_log_policies?: readonly string[];
}

/** A chart as a release stores it: without its subcharts, contents in base64. */
export interface ChartRecord {
  readonly metadata: ChartMetadata | null;
  readonly lock: JsonObject | null;
  readonly templates: readonly FileRecord[] | null;
  readonly values: JsonObject | null;
  readonly schema: string | null;
  readonly schemamodtime?: string;
  readonly files: readonly FileRecord[] | null;
  readonly modtime?: string;
}

/** A file of a stored chart. */
export interface FileRecord {
  readonly name: string;
  readonly data: string;
  readonly modtime?: string;
}

/** A release as Helm 3 and Helm 4 store it: the keys are those of their JSON. */
export interface ReleaseRecord {
  readonly name: string;
  readonly info: ReleaseInfoRecord;
  readonly chart: ChartRecord;
  readonly config: JsonObject | null;
  readonly manifest: string;
  readonly hooks: readonly HookRecord[] | null;
  readonly version: number;
  readonly namespace: string;
  /** How it was applied; absent means client-side (Helm 3). */
  readonly apply_method?: 'ssa' | 'csa';
  /** Kept beside the JSON, on the Secret. */
  readonly labels?: Readonly<Record<string, string>>;
}
