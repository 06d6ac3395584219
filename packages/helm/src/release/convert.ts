import type { JsonObject } from '@flux-ts/base';
import type { Chart, ChartFile } from '../chart/model.ts';
import type { Hook } from '../render/hooks.ts';
import type { ChartRecord, FileRecord, HookRecord, ReleaseRecord } from './record.ts';

function fileRecord(file: ChartFile): FileRecord {
  const modtime = file.mtimeSeconds === undefined ? {} : { modtime: rfc3339(file.mtimeSeconds) };
  return { name: file.name, data: Buffer.from(file.data).toString('base64'), ...modtime };
}

/** Seconds since the epoch as RFC 3339. */
function rfc3339(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = Math.floor(seconds - days * 86_400);
  // civil date from days, proleptic Gregorian
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}Z`;
}

/** The chart as a release stores it. */
export function chartRecord(chart: Chart): ChartRecord {
  const lock = chart.lock === undefined ? null : (JSON.parse(JSON.stringify(chart.lock)) as JsonObject);
  return {
    metadata: chart.metadata,
    lock,
    templates: chart.templates.map(fileRecord),
    values: chart.values,
    schema: chart.schema === undefined ? null : Buffer.from(chart.schema).toString('base64'),
    files: chart.files.map(fileRecord),
  };
}

/** A hook as a release stores it. */
export function hookRecord(hook: Hook): HookRecord {
  return {
    name: hook.name,
    kind: hook.kind,
    path: hook.path,
    manifest: hook.manifest,
    events: hook.events,
    last_run: hook.lastRun ?? { phase: '' },
    weight: hook.weight,
    delete_policies: hook.deletePolicies,
    output_log_policies: hook.outputLogPolicies,
  };
}

/** The hooks of a stored release, as rendering gives them. */
export function hooksOfRelease(record: ReleaseRecord): Hook[] {
  return (record.hooks ?? []).map((hook) => ({
    name: hook.name ?? '',
    kind: hook.kind ?? '',
    path: hook.path ?? '',
    manifest: hook.manifest ?? '',
    events: (hook.events ?? []) as Hook['events'],
    ...(hook.last_run === undefined || (hook.last_run.phase === '' && hook.last_run.started_at === undefined)
      ? {}
      : { lastRun: hook.last_run }),
    weight: hook.weight ?? 0,
    deletePolicies: hook.delete_policies ?? [],
    outputLogPolicies: hook.output_log_policies ?? [],
  }));
}

/** The chart of a stored release: templates, files and values, but no subcharts (releases do not store them). */
export function chartFromRelease(record: ReleaseRecord): Chart | undefined {
  const { metadata, templates, values, schema, files } = record.chart;
  if (metadata === null) return undefined;
  const read = (file: FileRecord): ChartFile => ({ name: file.name, data: Buffer.from(file.data, 'base64') });
  return {
    metadata,
    values: values ?? {},
    ...(schema === null || schema === undefined ? {} : { schema: Buffer.from(schema, 'base64') }),
    templates: (templates ?? []).map(read),
    files: (files ?? []).map(read),
    raw: [],
    subcharts: [],
  };
}
