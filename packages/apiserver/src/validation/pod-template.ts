import type { JsonObject } from '@flux-ts/base';
import { annotations, labels } from './labels.ts';
import { podAnnotations } from './pod-annotations.ts';
import { podSpec } from './pod-spec.ts';
import { list, part } from './read.ts';
import type { Report } from './report.ts';

/** A template of Pods. @param claimedVolumes names of volumes that come from elsewhere */
export function podTemplate(
  template: JsonObject | undefined,
  { path, claimedVolumes }: { path: string; claimedVolumes?: readonly string[] },
  report: Report,
): void {
  const metadata = part(template, 'metadata');
  const spec = part(template, 'spec');
  // upstream's paths leave out the metadata here
  labels(part(metadata, 'labels'), `${path}.labels`, report);
  annotations(part(metadata, 'annotations'), `${path}.annotations`, report);
  podAnnotations(part(metadata, 'annotations'), { path: `${path}.annotations`, spec }, report);
  podSpec(spec, { path: `${path}.spec`, ...(claimedVolumes === undefined ? {} : { claimedVolumes }) }, report);
  if (list(spec, 'ephemeralContainers').length > 0)
    report.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
}
