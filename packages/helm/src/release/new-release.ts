import type { Rendered } from '../render/render-chart.ts';
import { chartRecord, hookRecord } from './convert.ts';
import type { ReleaseRecord, ReleaseStatus } from './record.ts';

/** What a new revision is recorded with. Times as RFC 3339 text. */
export interface NewRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly description: string;
  readonly nowText: string;
  /** When the first revision was deployed; default: now. */
  readonly firstDeployedText?: string;
  readonly applyMethod?: 'ssa' | 'csa';
  readonly labels?: Readonly<Record<string, string>>;
}

/** Makes the record of a rendered chart. */
export function newRelease(rendered: Rendered, init: NewRelease): ReleaseRecord {
  return {
    name: init.name,
    info: {
      first_deployed: init.firstDeployedText ?? init.nowText,
      last_deployed: init.nowText,
      description: init.description,
      status: init.status,
      notes: rendered.notes,
    },
    chart: chartRecord(rendered.chart),
    config: rendered.config,
    manifest: rendered.manifest,
    hooks: rendered.hooks.map(hookRecord),
    version: init.revision,
    namespace: init.namespace,
    apply_method: init.applyMethod ?? 'ssa',
    ...(init.labels === undefined ? {} : { labels: init.labels }),
  };
}

/** The same release in another state. */
export function withStatus(record: ReleaseRecord, status: ReleaseStatus, description: string): ReleaseRecord {
  return { ...record, info: { ...record.info, status, description } };
}
