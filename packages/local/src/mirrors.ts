import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestHex, type JsonObject, type JsonValue } from '@flux-ts/base';
import { DiskFileSystem } from '@flux-ts/archive';
import { serveGit, snapshotFolder, type GitServer } from '@flux-ts/git';
import { chartArchive, loadChart, type Chart } from '@flux-ts/helm';
import { HELM_CHART_LAYER, HELM_CONFIG, pushArtifact, serveRegistry, type OciRegistry } from '@flux-ts/oci';
import { printYaml } from '@flux-ts/yaml';
import { MirrorError, type MirrorRule } from './mirror-file.ts';

/** Local stand-ins for hosts that are not asked: chart repositories, registries, Git repositories, all on loopback. */
export interface Mirrors {
  /** The URL to use in place of one that a source names; the longest prefix wins, other URLs stay. */
  rewrite(url: string): string;
  /** Serves a Git repository folder (bare) for a URL prefix. */
  addGit(prefix: string, repository: string): string;
  close(): Promise<void>;
}

/** The date of every entry in a mirrored index: fixed, so that revisions do not move. */
const INDEX_DATE = '2000-01-01T00:00:00Z';

interface PackedChart {
  readonly chart: Chart;
  readonly bytes: Uint8Array;
  readonly file: string;
}

/**
 * Packs and serves what the rules name.
 * @param workDir where Git folders are snapshotted
 * @throws MirrorError where a chart cannot be loaded
 */
export async function startMirrors(rules: readonly MirrorRule[], workDir: string): Promise<Mirrors> {
  const targets = new Map<string, Target>();
  const repositories = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const git = await serveGit({ repository: (path) => repositories.get(path.replace(/\.git$/, '')) });
  const web = await serveFiles(files);
  const registry = rules.some((rule) => rule.prefix.startsWith('oci://')) ? await serveRegistry() : undefined;
  const addGit = (prefix: string, repository: string): string => {
    const path = `/${repositories.size}`;
    repositories.set(path, repository);
    targets.set(prefix, { url: `${git.url}${path}`, whole: true });
    return `${git.url}${path}`;
  };
  for (const [i, rule] of rules.entries()) {
    if (rule.git !== undefined) addGit(rule.prefix, await bareRepository(rule.git, join(workDir, `mirror-${i}`)));
    else if (rule.prefix.startsWith('oci://') && registry !== undefined)
      targets.set(rule.prefix, { url: await pushCharts(registry, `m${i}`, rule.charts), whole: false });
    else targets.set(rule.prefix, { url: addIndex(files, `${web.url}/m${i}`, rule.charts), whole: false });
  }
  return { rewrite: (url) => rewriteUrl(targets, url), addGit, close: () => closeAll(git, web, registry) };
}

interface Target {
  readonly url: string;
  /** The target stands for the whole URL (a Git repository); else what follows the prefix is kept. */
  readonly whole: boolean;
}

function rewriteUrl(targets: ReadonlyMap<string, Target>, url: string): string {
  let best: string | undefined;
  for (const prefix of targets.keys()) if (covers(prefix, url) && (best === undefined || prefix.length > best.length)) best = prefix;
  if (best === undefined) return url;
  const target = targets.get(best) as Target;
  return target.whole ? target.url : target.url + url.slice(best.length);
}

/** A prefix ends at a boundary of the path: `https://h/a` covers `https://h/a/b` and not `https://h/ab`. */
function covers(prefix: string, url: string): boolean {
  return url === prefix || url === `${prefix}.git` || url === `${prefix}/` || url.startsWith(`${prefix}/`);
}

async function bareRepository(folder: string, store: string): Promise<string> {
  const bare =
    statSync(join(folder, 'HEAD'), { throwIfNoEntry: false })?.isFile() === true &&
    statSync(join(folder, 'objects'), { throwIfNoEntry: false })?.isDirectory() === true;
  if (bare) return folder;
  await mkdir(store, { recursive: true });
  await snapshotFolder(folder, store);
  return store;
}

function pack(path: string): PackedChart {
  try {
    const isFile = statSync(path).isFile();
    const chart = isFile ? loadChart({ archive: readFileSync(path) }) : loadChart({ fs: new DiskFileSystem(path), path: '/' });
    const bytes = isFile ? readFileSync(path) : chartArchive(chart);
    return { chart, bytes, file: `${chart.metadata.name}-${chart.metadata.version}.tgz` };
  } catch (error) {
    throw new MirrorError({
      code: 'MIRROR_CHART',
      message: `${path}: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
}

function addIndex(files: Map<string, Uint8Array>, base: string, paths: readonly string[]): string {
  const path = new URL(base).pathname;
  const entries: Record<string, JsonValue[]> = {};
  for (const { chart, bytes, file } of paths.map(pack)) {
    files.set(`${path}/${file}`, bytes);
    const entry: JsonObject = { ...(chart.metadata as unknown as JsonObject), urls: [file], created: INDEX_DATE, digest: digestHex(bytes) };
    entries[chart.metadata.name] = [...(entries[chart.metadata.name] ?? []), entry];
  }
  files.set(`${path}/index.yaml`, Buffer.from(printYaml({ apiVersion: 'v1', generated: INDEX_DATE, entries })));
  return base;
}

async function pushCharts(registry: OciRegistry, name: string, paths: readonly string[]): Promise<string> {
  for (const { chart, bytes } of paths.map(pack)) {
    const reference = {
      registry: registry.host,
      repository: `${name}/${chart.metadata.name}`,
      tag: chart.metadata.version.replaceAll('+', '_'),
    };
    const config = Buffer.from(JSON.stringify(chart.metadata));
    await pushArtifact(
      reference,
      {
        layer: bytes,
        layerMediaType: HELM_CHART_LAYER,
        config,
        configMediaType: HELM_CONFIG,
        annotations: { 'org.opencontainers.image.created': INDEX_DATE },
      },
      { auth: { insecure: true } },
    );
  }
  return `http://${registry.host}/${name}`;
}

interface FileServer {
  readonly url: string;
  readonly server: Server;
}

async function serveFiles(files: ReadonlyMap<string, Uint8Array>): Promise<FileServer> {
  const server = createServer((request, response) => {
    const bytes = files.get(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    if (bytes === undefined) response.writeHead(404).end('not found\n');
    else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function closeAll(git: GitServer, web: FileServer, registry: OciRegistry | undefined): Promise<void> {
  web.server.closeAllConnections();
  await Promise.all([git.close(), registry?.close(), new Promise<void>((resolve) => web.server.close(() => resolve()))]);
}
