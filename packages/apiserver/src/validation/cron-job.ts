import type { JsonObject } from '@flux-ts/base';
import { scheduleProblem } from './cron-schedule.ts';
import { jobSpec } from './job.ts';
import { selectorText } from './labels.ts';
import { has, part, text } from './read.ts';
import type { Report } from './report.ts';
import { nonNegatives, oneOf } from './values.ts';

const LONGEST_NAME = 52;

function schedule(object: JsonObject, report: Report, old: JsonObject | undefined): void {
  const spec = part(object, 'spec');
  const value = text(spec, 'schedule');
  const at = 'spec.schedule';
  if (value === '') return report.required(at);
  const problem = scheduleProblem(value);
  if (problem !== undefined) report.invalid(at, value, problem);
  if (!value.includes('TZ')) return;
  const allowed = text(part(old, 'spec'), 'schedule').includes('TZ');
  if (!allowed) report.invalid(at, value, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  else if (has(spec, 'timeZone')) report.invalid(at, value, 'cannot use both timeZone field and TZ or CRON_TZ in schedule');
}

function timeZone(zone: string, report: Report): void {
  const wrong = (why: string): void => report.invalid('spec.timeZone', zone, why);
  if (zone === '') return wrong('timeZone must be nil or non-empty string');
  const strange = zone.split('/').some((p) => p === '.' || p === '..' || p.startsWith('-') || !/^[A-Za-z.\-_0-9+]{1,14}$/.test(p));
  if (strange) return wrong(`unknown time zone ${zone}`);
  if (zone.toLowerCase() === 'local') wrong('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  else if (!isKnownZone(zone)) wrong(`unknown time zone ${zone}`);
}

function isKnownZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A CronJob, new or changed. */
export function cronJob(object: JsonObject, report: Report, old?: JsonObject): void {
  const spec = part(object, 'spec');
  schedule(object, report, old);
  nonNegatives(spec, { keys: ['startingDeadlineSeconds'], path: 'spec' }, report);
  const zone = spec?.['timeZone'];
  if (typeof zone === 'string' && (old === undefined || part(old, 'spec')?.['timeZone'] !== zone)) timeZone(zone, report);
  oneOf(text(spec, 'concurrencyPolicy'), { path: 'spec.concurrencyPolicy', supported: ['Allow', 'Forbid', 'Replace'] }, report);
  const job = part(part(spec, 'jobTemplate'), 'spec') ?? {};
  jobSpec(job, 'spec.jobTemplate.spec', report);
  const selector = part(job, 'selector');
  if (selector !== undefined)
    report.invalidShown('spec.jobTemplate.spec.selector', selectorText(selector), '`selector` will be auto-generated');
  if (job['manualSelector'] === true) report.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']);
  nonNegatives(spec, { keys: ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'], path: 'spec' }, report);
  const name = text(part(object, 'metadata'), 'name');
  if (old === undefined && name.length > LONGEST_NAME) report.invalid('metadata.name', name, 'must be no more than 52 characters');
}
