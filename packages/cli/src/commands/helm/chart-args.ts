import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { DiskFileSystem } from '@flux-ts/archive';
import { errorMessage, type JsonObject } from '@flux-ts/base';
import {
  loadChart,
  mergeValues,
  parseSet,
  parseSetFile,
  parseSetJson,
  parseSetLiteral,
  parseSetString,
  readValues,
  type HelmMajor,
  type Chart,
} from '@flux-ts/helm';
import type { FlagSpec, Flags } from '../../frame/flags.ts';
import type { Io } from '../../frame/io.ts';

/** The flags that give values, in all commands. */
export const VALUE_FLAGS: readonly FlagSpec[] = [
  { name: 'values', short: 'f', type: 'strings', usage: 'specify values in a YAML file (can specify multiple)' },
  {
    name: 'set',
    type: 'stringArray',
    usage: 'set values on the command line (can specify multiple or separate values with commas: key1=val1,key2=val2)',
  },
  { name: 'set-string', type: 'stringArray', usage: 'set STRING values on the command line' },
  { name: 'set-json', type: 'stringArray', usage: 'set JSON values on the command line (key1=jsonval1 or a JSON object)' },
  { name: 'set-file', type: 'stringArray', usage: 'set values from respective files specified via the command line (key1=path1)' },
  { name: 'set-literal', type: 'stringArray', usage: 'set a literal STRING value on the command line' },
];

/** One source of values, as the user named it. */
export interface ValuesLayer {
  readonly name: string;
  readonly values: JsonObject;
}

/** What the value flags give together, and each of them by itself for explanations. */
export interface GivenValues {
  readonly values: JsonObject;
  readonly layers: readonly ValuesLayer[];
}

/** An error whose text is Helm's: printed as `Error: text`. */
export class HelmCommandError extends Error {}

function path(io: Io, name: string): string {
  return isAbsolute(name) ? name : join(io.cwd, name);
}

async function readSource(io: Io, name: string): Promise<Uint8Array> {
  if (name === '-') return io.input();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) throw new HelmCommandError(`values are read from files only, not from ${name}`);
  try {
    return readFileSync(path(io, name));
  } catch {
    throw new HelmCommandError(`open ${name}: no such file or directory`);
  }
}

/** Reads `-f` and the `--set` family in Helm's order: files, set-json, set, set-string, set-file, set-literal. */
export async function givenValues(flags: Flags, io: Io, helmVersion: HelmMajor = 4): Promise<GivenValues> {
  let values: JsonObject = {};
  const layers: ValuesLayer[] = [];
  for (const name of flags.strings('values')) {
    const data = await readSource(io, name);
    try {
      const layer = readValues(data, helmVersion);
      layers.push({ name, values: layer });
      values = mergeValues(values, layer);
    } catch (error) {
      throw new HelmCommandError(`failed to parse ${name}: ${errorMessage(error)}`, { cause: error });
    }
  }
  const apply = (flag: string, read: (text: string, into: JsonObject) => JsonObject): void => {
    for (const text of flags.strings(flag)) {
      try {
        values = read(text, values);
        layers.push({ name: `--${flag} ${text}`, values: read(text, {}) });
      } catch (error) {
        const why = flag === 'set-json' ? ` ${text}` : `: ${errorMessage(error)}`;
        throw new HelmCommandError(`failed parsing --${flag} data${why}`, { cause: error });
      }
    }
  };
  apply('set-json', (text, into) => (text.trim().startsWith('{') ? mergeValues(into, readValues(text)) : parseSetJson(text, into)));
  apply('set', parseSet);
  apply('set-string', parseSetString);
  apply('set-file', (text, into) =>
    parseSetFile(text, into, (name) => {
      try {
        return readFileSync(path(io, name), 'utf8');
      } catch {
        throw new HelmCommandError(`open ${name}: no such file or directory`);
      }
    }),
  );
  apply('set-literal', parseSetLiteral);
  return { values, layers };
}

/** Loads the chart that an argument names: a folder or a packaged chart. Repositories and registries are not asked. */
export function chartAt(name: string, io: Io, helmVersion: HelmMajor = 4): Chart {
  const at = path(io, name);
  const stat = statSync(at, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (name.startsWith('oci://') || /^https?:\/\//.test(name))
      throw new HelmCommandError(`${name}: charts are read from folders and archives only`);
    if (isAbsolute(name) || name.startsWith('.')) throw new HelmCommandError(`path ${JSON.stringify(name)} not found`);
    const repository = name.split('/', 2);
    if (repository.length < 2) throw new HelmCommandError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${name}`);
    throw new HelmCommandError(`repo ${repository[0]} not found`);
  }
  try {
    if (stat.isDirectory()) return loadChart({ fs: new DiskFileSystem(at), path: '/' }, { helmVersion });
    return loadChart({ archive: readFileSync(at) }, { helmVersion });
  } catch (error) {
    if (stat.isFile() && /gzip|tar/.test(errorMessage(error))) {
      throw new HelmCommandError(`file '${resolve(at)}' does not appear to be a gzipped archive; got 'application/octet-stream'`, {
        cause: error,
      });
    }
    throw error;
  }
}
