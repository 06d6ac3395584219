import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { didYouMean, FluxError, getArray, getString, isObject, type JsonObject } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';

/** A mirror file that cannot be used. */
export class MirrorError extends FluxError<'MIRROR_FILE' | 'MIRROR_CHART'> {}

/** One rule: URLs that begin with the prefix are served from local charts or a local Git repository. */
export interface MirrorRule {
  /** `https://charts.example.com`, `oci://ghcr.io/owner/charts` or `https://github.com/owner/repository`. */
  readonly prefix: string;
  /** Folders or archives of charts, absolute. */
  readonly charts: readonly string[];
  /** A folder with a Git repository or plain files, absolute. */
  readonly git?: string;
}

/**
 * Reads a mirror file (`mirrors:` of `{prefix, charts: [DIR or TGZ, ...]}` or `{prefix, git: DIR}`); paths are relative to it.
 * @throws MirrorError with file and entry where it is wrong; YamlError
 */
export function readMirrorFile(path: string): readonly MirrorRule[] {
  const document = parseYaml(readFileSync(path), { file: path });
  const fail = (message: string): never => {
    throw new MirrorError({ code: 'MIRROR_FILE', message: `${path}: ${message}` });
  };
  const mirrors = getArray(document, ['mirrors']);
  if (mirrors === undefined) return fail('a list "mirrors" is needed, of {prefix, charts: [...]} or {prefix, git: DIR}');
  const absolute = (text: string): string => (isAbsolute(text) ? text : join(dirname(path), text));
  return mirrors.map((entry, i) => {
    if (!isObject(entry)) return fail(`mirrors[${i}]: an object is needed`);
    const unknown = Object.keys(entry).find((key) => !['prefix', 'charts', 'git'].includes(key));
    if (unknown !== undefined) return fail(`mirrors[${i}]: unknown field "${unknown}"${hint(unknown)}`);
    const prefix = getString(entry, ['prefix']);
    if (prefix === undefined || !/^(https?|oci|ssh):\/\//.test(prefix))
      return fail(`mirrors[${i}].prefix: a URL that begins with https://, http://, oci:// or ssh:// is needed`);
    return rule(entry, { prefix: prefix.replace(/\/+$/, ''), absolute, fail: (message) => fail(`mirrors[${i}]: ${message}`) });
  });
}

function rule(
  entry: JsonObject,
  at: { readonly prefix: string; readonly absolute: (text: string) => string; readonly fail: (message: string) => never },
): MirrorRule {
  const charts = (getArray(entry, ['charts']) ?? []).map((chart) =>
    typeof chart === 'string' ? at.absolute(chart) : at.fail('charts: paths are needed'),
  );
  const git = getString(entry, ['git']);
  if ((git === undefined) === (charts.length === 0)) return at.fail('either "charts" or "git" is needed');
  return { prefix: at.prefix, charts, ...(git === undefined ? {} : { git: at.absolute(git) }) };
}

function hint(word: string): string {
  const near = didYouMean(word, ['prefix', 'charts', 'git']);
  return near === undefined ? '' : `, did you mean "${near}"?`;
}
