import { ArchiveError, expand, walkTar, type UnpackLimits } from '@flux-ts/archive';
import { errorMessage, type FileSystem } from '@flux-ts/base';
import { chartError } from '../errors.ts';
import { helmIgnore } from './ignore.ts';
import type { ChartFile } from './model.ts';

/** What loading a chart may cost. Sizes in bytes. */
export interface LoadLimits {
  /** All files together, unpacked. Default 100 MiB, as Helm. */
  readonly maxChartBytes?: number;
  /** One file. Default 5 MiB, as Helm. */
  readonly maxFileBytes?: number;
  /** Default 10,000. */
  readonly maxFiles?: number;
}

const MIB = 1024 * 1024;
const BOM: readonly number[] = [0xef, 0xbb, 0xbf];

function withoutBom(data: Uint8Array): Uint8Array {
  return BOM.every((byte, i) => data[i] === byte) ? data.subarray(3) : data;
}

/** Go's path.Clean for a relative path. */
function clean(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else out.push(part);
  }
  return out.length === 0 ? '.' : out.join('/');
}

function entryName(path: string): string {
  const delimiter = path.includes('\\') ? '\\' : '/';
  const parts = path.split(delimiter);
  const rest = parts.slice(1).join('/');
  if (rest.startsWith('/')) throw chartError('CHART_UNSAFE', 'chart illegally contains absolute paths');
  const name = clean(rest);
  if (name === '.')
    throw chartError('CHART_UNSAFE', `chart illegally contains content outside the base directory: ${JSON.stringify(path)}`);
  if (name.startsWith('..')) throw chartError('CHART_UNSAFE', 'chart illegally references parent directory');
  if (/^[a-zA-Z]:\//.test(name)) throw chartError('CHART_UNSAFE', 'chart contains illegally named files');
  if (parts[0] === 'Chart.yaml') throw chartError('CHART_INVALID', 'chart yaml not in base directory');
  return name;
}

/**
 * Gives the files of a packaged chart, the folder around them taken off.
 * @throws ChartError CHART_UNSAFE for paths that leave the chart, CHART_TOO_LARGE beyond the limits, CHART_INVALID else
 */
export function archiveFiles(bytes: Uint8Array, limits: LoadLimits = {}): ChartFile[] {
  const maxChart = limits.maxChartBytes ?? 100 * MIB;
  const maxFile = limits.maxFileBytes ?? 5 * MIB;
  const maxFiles = limits.maxFiles ?? 10_000;
  const files: ChartFile[] = [];
  try {
    // tar's own blocks add to the contents: room for a header and padding of each file
    const bounds: UnpackLimits = { maxBytes: maxChart + maxFiles * 1024 };
    for (const entry of walkTar(expand(bytes, bounds))) {
      if (entry.kind === 'directory') continue;
      const name = entryName(entry.path);
      // links carry no content and are never followed
      if (entry.kind !== 'file') continue;
      if (entry.bytes.length > maxFile) {
        throw chartError(
          'CHART_TOO_LARGE',
          `decompressed chart file ${JSON.stringify(entry.path)} is larger than the maximum file size ${maxFile}`,
        );
      }
      if (files.length >= maxFiles) throw chartError('CHART_TOO_LARGE', `the chart has more than ${maxFiles} files`);
      files.push({ name, data: withoutBom(entry.bytes), mtimeSeconds: entry.mtimeSeconds });
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    if (error.code === 'ARCHIVE_TOO_LARGE') {
      throw chartError('CHART_TOO_LARGE', `decompressed chart is larger than the maximum size ${maxChart}`, error);
    }
    throw chartError('CHART_INVALID', error.message, error);
  }
  const total = files.reduce((sum, file) => sum + file.data.length, 0);
  if (total > maxChart) throw chartError('CHART_TOO_LARGE', `decompressed chart is larger than the maximum size ${maxChart}`);
  if (files.length === 0) throw chartError('CHART_INVALID', 'no files in chart archive');
  return files;
}

/**
 * Gives the files of a chart's folder, without what its .helmignore names, in the order of a directory walk.
 * Differs: links that lead out of the file system's root are refused, upstream follows them.
 * @throws ChartError CHART_UNSAFE, CHART_TOO_LARGE, CHART_MISSING_FILE
 */
export function directoryFiles(fs: FileSystem, path: string, limits: LoadLimits = {}): ChartFile[] {
  const maxFile = limits.maxFileBytes ?? 5 * MIB;
  const maxFiles = limits.maxFiles ?? 10_000;
  const root = path === '/' ? '' : path.replace(/\/+$/, '');
  const files: ChartFile[] = [];
  let total = 0;
  const walk = (folder: string, depth: number): void => {
    if (depth > 100) throw chartError('CHART_UNSAFE', `${folder}: folders are nested too deeply`);
    for (const entry of fs.list(`${root}/${folder}`)) {
      const name = folder === '' ? entry : `${folder}/${entry}`;
      const stat = fs.stat(`${root}/${name}`);
      if (stat === undefined) {
        throw chartError('CHART_INVALID', `cannot load irregular file ${name} as it has file mode type bits set`);
      }
      const isDirectory = stat.kind === 'directory';
      if (ignored(name, isDirectory)) continue;
      if (isDirectory) {
        walk(name, depth + 1);
        continue;
      }
      if (stat.sizeBytes > maxFile) {
        throw chartError('CHART_TOO_LARGE', `chart file ${JSON.stringify(entry)} is larger than the maximum file size ${maxFile}`);
      }
      total += stat.sizeBytes;
      if (total > (limits.maxChartBytes ?? 100 * MIB)) throw chartError('CHART_TOO_LARGE', 'the chart is larger than the maximum size');
      if (files.length >= maxFiles) throw chartError('CHART_TOO_LARGE', `the chart has more than ${maxFiles} files`);
      files.push({ name, data: withoutBom(fs.read(`${root}/${name}`)) });
    }
  };
  let ignored: (name: string, isDirectory: boolean) => boolean;
  try {
    const hasIgnore = fs.stat(`${root}/.helmignore`)?.kind === 'file';
    ignored = helmIgnore(hasIgnore ? Buffer.from(fs.read(`${root}/.helmignore`)).toString('utf8') : '');
    walk('', 0);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw chartError(error.code === 'ARCHIVE_UNSAFE_PATH' ? 'CHART_UNSAFE' : 'CHART_MISSING_FILE', errorMessage(error), error);
  }
  return files;
}
