import { digest, type DigestAlgorithm, type JsonObject } from '@flux-ts/base';
import { printYamlV2 } from '@flux-ts/yaml';
import type { ReleaseRecord } from './record.ts';
import { GoMap, hookJson, infoJson, metadataJson, printGo } from './release-json.ts';

/** What the digest of a release is made with. */
export interface ObservationOptions {
  /** Default sha256. */
  readonly algorithm?: DigestAlgorithm;
  /** The digest of the OCI artifact that the chart came from. */
  readonly ociDigest?: string;
}

/** The text that {@link observationDigest} is the digest of. */
export function observationText(record: ReleaseRecord, ociDigest = ''): string {
  const hooks = (record.hooks ?? []).filter((hook) => !(hook.events ?? []).includes('test'));
  const config = record.config;
  const text = printGo({
    name: record.name,
    version: record.version,
    info: infoJson(record.info),
    chartMetadata: metadataJson(record.chart.metadata) ?? {},
    config: config === null || Object.keys(config).length === 0 ? null : new GoMap(config),
    manifest: record.manifest,
    hooks: hooks.length === 0 ? null : hooks.map(hookJson),
    namespace: record.namespace,
    ...(ociDigest === '' ? {} : { ociDigest }),
  });
  return `${text}\n`;
}

/**
 * The digest that a HelmRelease's history keeps of a release: of name, revision, info, chart metadata, values, manifest,
 * hooks (without tests) and namespace. Another one means that somebody else changed the release.
 */
export function observationDigest(record: ReleaseRecord, options: ObservationOptions = {}): string {
  return digest(observationText(record, options.ociDigest), options.algorithm ?? 'sha256');
}

/** The digest of values that a HelmRelease's history keeps; no values give the digest of nothing. */
export function configDigest(values: JsonObject | null, algorithm: DigestAlgorithm = 'sha256'): string {
  if (values === null || Object.keys(values).length === 0) return digest('', algorithm);
  return digest(printYamlV2(values, { keyOrder: 'bytes' }), algorithm);
}
