import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small OCI registry in memory, on loopback: mirrors and tests use it. */
export interface OciRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  close(): Promise<void>;
}

/** How the registry behaves. */
export interface OciRegistryOptions {
  readonly port?: number;
  /** Basic credentials that every request must carry. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Also take pushes. Default true. */
  readonly push?: boolean;
}

interface Blob {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

interface State {
  readonly blobs: Map<string, Blob>;
  /** repository -> tag -> digest */
  readonly tags: Map<string, Map<string, string>>;
  readonly uploads: Map<string, Buffer[]>;
}

const MAX_BLOB_BYTES = 256 * 1024 * 1024;

/** Starts a registry that keeps what it is given in memory. @see OCI distribution specification 1.1 */
export async function serveRegistry(options: OciRegistryOptions = {}): Promise<OciRegistry> {
  const state: State = { blobs: new Map(), tags: new Map(), uploads: new Map() };
  const server = createServer((request, response) => {
    respond(request, response, { state, options }).catch((error: unknown) => {
      if (!response.headersSent) send(response, 500, { body: String(error) });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

interface Answer {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(response: ServerResponse, status: number, answer: Answer = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
}

function problem(response: ServerResponse, status: number, code: string): void {
  send(response, status, { body: JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }) });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  context: { readonly state: State; readonly options: OciRegistryOptions },
): Promise<void> {
  const { state, options } = context;
  if (options.credentials !== undefined) {
    const want = `Basic ${Buffer.from(`${options.credentials.username}:${options.credentials.password}`).toString('base64')}`;
    if (request.headers.authorization !== want)
      return send(response, 401, {
        headers: { 'www-authenticate': 'Basic realm="registry"' },
        body: '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
      });
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/v2/' || url.pathname === '/v2') return send(response, 200, { body: '{}' });
  const match = /^\/v2\/(.+?)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname);
  if (match === null) return problem(response, 404, 'NAME_UNKNOWN');
  const [, repository = '', kind = '', rest = ''] = match;
  const writes = request.method !== 'GET' && request.method !== 'HEAD';
  if (writes && options.push === false) return problem(response, 405, 'UNSUPPORTED');
  if (kind === 'tags') return listTags(response, state, { repository, url });
  if (kind === 'manifests')
    return writes
      ? putManifest(request, response, { state, repository, name: rest })
      : get(request, response, { state, digest: state.tags.get(repository)?.get(rest) ?? rest });
  if (rest.startsWith('uploads/')) return upload(request, response, { state, repository, id: rest.slice(8), url });
  return get(request, response, { state, digest: rest });
}

function listTags(response: ServerResponse, state: State, query: { readonly repository: string; readonly url: URL }): void {
  const tags = state.tags.get(query.repository);
  if (tags === undefined) return problem(response, 404, 'NAME_UNKNOWN');
  const limit = Number(query.url.searchParams.get('n') ?? '1000');
  const last = query.url.searchParams.get('last');
  const names = [...tags.keys()].sort().filter((name) => last === null || name > last);
  const page = names.slice(0, limit);
  const link: Record<string, string> =
    page.length < names.length ? { link: `</v2/${query.repository}/tags/list?n=${limit}&last=${page.at(-1) ?? ''}>; rel="next"` } : {};
  send(response, 200, { body: JSON.stringify({ name: query.repository, tags: page }), headers: link });
}

function get(request: IncomingMessage, response: ServerResponse, query: { readonly state: State; readonly digest: string }): void {
  const blob = query.state.blobs.get(query.digest);
  if (blob === undefined) return problem(response, 404, 'MANIFEST_UNKNOWN');
  const headers = { 'content-type': blob.mediaType, 'docker-content-digest': query.digest, 'content-length': String(blob.bytes.length) };
  send(response, 200, { headers, ...(request.method === 'HEAD' ? {} : { body: blob.bytes }) });
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BLOB_BYTES) throw new Error('blob too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function putManifest(
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly state: State; readonly repository: string; readonly name: string },
): Promise<void> {
  const { state, repository, name } = target;
  const bytes = await read(request);
  const digest = digestOf(bytes);
  state.blobs.set(digest, { bytes, mediaType: request.headers['content-type'] ?? 'application/vnd.oci.image.manifest.v1+json' });
  const tags = state.tags.get(repository) ?? new Map<string, string>();
  state.tags.set(repository, tags);
  if (!name.startsWith('sha256:')) tags.set(name, digest);
  send(response, 201, { headers: { location: `/v2/${repository}/manifests/${digest}`, 'docker-content-digest': digest } });
}

async function upload(
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly state: State; readonly repository: string; readonly id: string; readonly url: URL },
): Promise<void> {
  const { state, repository, url } = target;
  const id = target.id === '' ? randomUUID() : target.id;
  if (request.method !== 'POST' && !state.uploads.has(id)) return problem(response, 404, 'BLOB_UPLOAD_UNKNOWN');
  const chunks = state.uploads.get(id) ?? [];
  chunks.push(await read(request));
  state.uploads.set(id, chunks);
  const digest = url.searchParams.get('digest');
  if (digest === null) {
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return send(response, 202, {
      headers: { location: `/v2/${repository}/blobs/uploads/${id}`, range: `0-${Math.max(0, sizeBytes - 1)}`, 'docker-upload-uuid': id },
    });
  }
  state.uploads.delete(id);
  const bytes = Buffer.concat(chunks);
  if (digestOf(bytes) !== digest) return problem(response, 400, 'DIGEST_INVALID');
  state.blobs.set(digest, { bytes, mediaType: 'application/octet-stream' });
  send(response, 201, { headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest } });
}
