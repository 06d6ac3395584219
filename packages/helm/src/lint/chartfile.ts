import { errorMessage, isObject, own, type FileSystem, type JsonObject, type JsonValue } from '@flux-ts/base';
import { formatGo, typeName, type TemplateValue } from '@flux-ts/gotemplate';
import { SemverError, parseVersion, tryParseVersion } from '@flux-ts/semver';
import { parseYaml } from '@flux-ts/yaml';
import { metadataOf } from '../chart/metadata.ts';
import type { ChartMetadata } from '../chart/model.ts';
import type { Report } from './message.ts';

const FILE = 'Chart.yaml';

function isUrl(text: string): boolean {
  return /^(https?|ftp):\/\/[^\s/?#]+\.?[^\s]*$/i.test(text);
}

function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

function textTypes(raw: JsonObject, report: Report): void {
  for (const key of ['version', 'appVersion']) {
    const value = own(raw, key);
    if (value === undefined && key === 'appVersion') continue;
    if (value === undefined || value === null)
      report('ERROR', FILE, key === 'version' ? 'unable to retrieve version' : 'unable to retrieve appVersion');
    else if (typeof value !== 'string')
      report('ERROR', FILE, `${key} should be of type string but it's of type ${typeName(value as TemplateValue)}`);
  }
}

function versionRule(metadata: ChartMetadata, report: Report): void {
  if (metadata.version === '') return report('ERROR', FILE, 'version is required');
  if (tryParseVersion(metadata.version) === undefined) return report('ERROR', FILE, `version '${metadata.version}' is not a valid SemVer`);
  try {
    parseVersion(metadata.version, { strict: true });
  } catch (error) {
    if (!(error instanceof SemverError)) throw error;
    report('WARNING', FILE, `version '${metadata.version}' is not a valid SemVerV2`);
  }
}

function peopleRules(metadata: ChartMetadata, report: Report): void {
  for (const person of metadata.maintainers ?? []) {
    if (person.name === undefined) return report('ERROR', FILE, 'each maintainer requires a name');
    if (person.email !== undefined && !isEmail(person.email))
      return report('ERROR', FILE, `invalid email '${person.email}' for maintainer '${person.name}'`);
    if (person.url !== undefined && !isUrl(person.url))
      return report('ERROR', FILE, `invalid url '${person.url}' for maintainer '${person.name}'`);
  }
}

function linkRules(metadata: ChartMetadata, report: Report): void {
  const bad = metadata.sources?.find((source) => !isUrl(source));
  if (bad !== undefined) report('ERROR', FILE, `invalid source URL '${bad}'`);
  if (metadata.icon === undefined) report('INFO', FILE, 'icon is recommended');
  else if (!isUrl(metadata.icon)) report('ERROR', FILE, `invalid icon URL '${metadata.icon}'`);
}

/** Checks Chart.yaml. @returns its content, or undefined where it cannot be read (which ends the other rules) */
export function lintChartfile(fs: FileSystem, report: Report): ChartMetadata | undefined {
  let raw: JsonValue;
  try {
    raw = parseYaml(fs.read(`/${FILE}`));
    if (!isObject(raw))
      throw new TypeError('error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type v2.Metadata');
    metadataOf(raw);
  } catch (error) {
    report('ERROR', FILE, `unable to parse YAML\n\t${errorMessage(error)}`);
    return undefined;
  }
  const metadata = metadataOf(raw);
  if (metadata.name === '') report('ERROR', FILE, 'name is required');
  else if (metadata.name.includes('/')) report('ERROR', FILE, `chart name ${formatGo('%q', [metadata.name])} is invalid`);
  const api = own(raw, 'apiVersion');
  if (api === undefined || api === null || api === '') {
    report('ERROR', FILE, 'apiVersion is required. The value must be either "v1" or "v2"');
  } else if (api !== 'v1' && api !== 'v2') {
    report('ERROR', FILE, `apiVersion '${metadata.apiVersion}' is not valid. The value must be either "v1" or "v2"`);
  }
  textTypes(raw, report);
  versionRule(metadata, report);
  peopleRules(metadata, report);
  linkRules(metadata, report);
  if (metadata.type !== undefined && metadata.apiVersion !== 'v2') {
    report('ERROR', FILE, `chart type is not valid in apiVersion '${metadata.apiVersion}'. It is valid in apiVersion 'v2'`);
  }
  if ((metadata.dependencies?.length ?? 0) > 0 && metadata.apiVersion !== 'v2') {
    report(
      'ERROR',
      FILE,
      `dependencies are not valid in the Chart file with apiVersion '${metadata.apiVersion}'. They are valid in apiVersion 'v2'`,
    );
  }
  return metadata;
}
