import { createHash } from 'node:crypto';
import type { HttpResponse } from '@flux-ts/base';
import { formatReference, OciError, parseReference, type OciReference } from './reference.ts';
import { Session, type OciOptions } from './session.ts';

const MANIFESTS =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json';

/** The media type of a Helm chart's archive. */
export const HELM_CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
/** The media type of a Helm chart's configuration (its Chart.yaml as JSON). */
export const HELM_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
/** The media type of a chart's provenance file. */
export const HELM_PROVENANCE_LAYER = 'application/vnd.cncf.helm.chart.provenance.v1.prov';
/** The media type of what `flux push artifact` packs. */
export const FLUX_CONTENT_LAYER = 'application/vnd.cncf.flux.content.v1.tar+gzip';
/** The media type of a Flux artifact's configuration. */
export const FLUX_CONFIG = 'application/vnd.cncf.flux.config.v1+json';

/** A blob that a manifest names. */
export interface OciDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image manifest, as far as artifacts use it. */
export interface OciManifest {
  readonly mediaType?: string;
  readonly config?: OciDescriptor;
  readonly layers?: readonly OciDescriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Where a reference points to now. */
export interface OciResolved {
  /** `sha256:<hex>` of the manifest's bytes. */
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: OciManifest;
}

function toReference(reference: string | OciReference): OciReference {
  return typeof reference === 'string' ? parseReference(reference) : reference;
}

function checkDigest(bytes: Uint8Array, digest: string, what: string): void {
  const [algorithm = '', hex] = digest.split(':');
  if (!['sha256', 'sha384', 'sha512'].includes(algorithm) || createHash(algorithm).update(bytes).digest('hex') !== hex) {
    throw new OciError({ code: 'OCI_DIGEST', message: `${what}: the content does not have the digest ${digest}` });
  }
}

/** Lists a repository's tags as the registry gives them, all pages. @throws OciError */
export async function listTags(reference: string | OciReference, options: OciOptions = {}): Promise<readonly string[]> {
  const session = new Session(toReference(reference), options);
  const tags: string[] = [];
  let path: string | undefined = 'tags/list?n=1000';
  for (let page = 0; path !== undefined && page < 1000; page++) {
    const response = await session.call({ path });
    const body = JSON.parse(response.body.toString()) as { tags?: readonly string[] | null };
    tags.push(...(body.tags ?? []));
    path = nextPage(response);
  }
  return tags;
}

function nextPage(response: HttpResponse): string | undefined {
  const link = /<([^>]+)>;\s*rel="?next"?/.exec(String(response.headers['link'] ?? ''))?.[1];
  if (link === undefined) return undefined;
  const url = new URL(link, response.url);
  return url.host === new URL(response.url).host ? url.pathname + url.search : undefined;
}

async function fetchManifest(session: Session, options: OciOptions): Promise<OciResolved> {
  const { reference } = session;
  const response = await session.call({
    path: `manifests/${reference.digest ?? reference.tag ?? 'latest'}`,
    headers: { accept: MANIFESTS },
  });
  const digest = reference.digest ?? `sha256:${createHash('sha256').update(response.body).digest('hex')}`;
  checkDigest(response.body, digest, formatReference(reference));
  const body = JSON.parse(response.body.toString()) as OciManifest & {
    manifests?: readonly (OciDescriptor & { platform?: { os?: string; architecture?: string } })[];
  };
  const mediaType = body.mediaType ?? String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (body.layers === undefined && body.manifests !== undefined) {
    const first = body.manifests.find((m) => m.platform?.os === 'linux' && m.platform.architecture === 'amd64') ?? body.manifests[0];
    if (first === undefined)
      throw new OciError({ code: 'OCI_PROTOCOL', message: `${formatReference(reference)}: the index names no manifest` });
    return fetchManifest(
      new Session(
        { ...toReference(reference), digest: first.digest },
        { ...options, ...(options.rewrite === undefined ? {} : { rewrite: (url: string) => url }) },
      ),
      options,
    );
  }
  return { digest, mediaType, manifest: body };
}

/** Finds out the digest and manifest of a tag or digest. @throws OciError */
export async function resolve(reference: string | OciReference, options: OciOptions = {}): Promise<OciResolved> {
  return fetchManifest(new Session(toReference(reference), options), options);
}

/** Fetches a blob and checks its digest. */
async function pullBlob(session: Session, descriptor: OciDescriptor): Promise<Uint8Array> {
  const { body } = await session.call({ path: `blobs/${descriptor.digest}` });
  checkDigest(body, descriptor.digest, formatReference(session.reference));
  return body;
}

/** A pulled layer. */
export interface PulledArtifact {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** The manifest's digest: what revisions are made of. */
  readonly digest: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Pulls one layer of an artifact: the first of the given media type, or the first.
 * @throws OciError OCI_NOT_FOUND where there is no such layer
 */
export async function pullArtifact(
  reference: string | OciReference,
  select: { readonly layerMediaType?: string } = {},
  options: OciOptions = {},
): Promise<PulledArtifact> {
  const session = new Session(toReference(reference), options);
  const { manifest, digest } = await fetchManifest(session, options);
  const layers = manifest.layers ?? [];
  const layer = select.layerMediaType === undefined ? layers[0] : layers.find((l) => l.mediaType === select.layerMediaType);
  if (layer === undefined) {
    const message =
      select.layerMediaType === undefined
        ? 'no layers found in artifact'
        : `failed to find layer with media type '${select.layerMediaType}' in artifact`;
    throw new OciError({ code: 'OCI_NOT_FOUND', message });
  }
  return { bytes: await pullBlob(session, layer), mediaType: layer.mediaType, digest, annotations: manifest.annotations ?? {} };
}

/** A pulled Helm chart. */
export interface PulledChart {
  /** The chart's .tgz. */
  readonly bytes: Uint8Array;
  /** Digest of the archive. */
  readonly digest: string;
  readonly manifestDigest: string;
  readonly provenance?: Uint8Array;
}

/** Pulls a Helm chart; `+` of its version stands as `_` in the tag. @throws OciError */
export async function pullChart(reference: string | OciReference, options: OciOptions = {}): Promise<PulledChart> {
  const named = typeof reference === 'string' ? parseReference(reference.replaceAll('+', '_')) : reference;
  const session = new Session(named, options);
  const { manifest, digest } = await fetchManifest(session, options);
  const layer = manifest.layers?.find((l) => l.mediaType === HELM_CHART_LAYER || l.mediaType === 'application/tar+gzip');
  if (layer === undefined)
    throw new OciError({ code: 'OCI_NOT_FOUND', message: `${formatReference(named)}: the artifact holds no Helm chart` });
  const provenance = manifest.layers?.find((l) => l.mediaType === HELM_PROVENANCE_LAYER);
  return {
    bytes: await pullBlob(session, layer),
    digest: layer.digest,
    manifestDigest: digest,
    ...(provenance === undefined ? {} : { provenance: await pullBlob(session, provenance) }),
  };
}

/** What is pushed. */
export interface PushRequest {
  readonly layer: Uint8Array;
  readonly layerMediaType: string;
  /** Default `{}`. */
  readonly config?: Uint8Array;
  readonly configMediaType: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Pushes an artifact of one layer. @returns the manifest's digest @throws OciError */
export async function pushArtifact(
  reference: string | OciReference,
  request: PushRequest,
  options: OciOptions = {},
): Promise<{ readonly digest: string }> {
  const named = toReference(reference);
  const session = new Session(named, options);
  const config = await pushBlob(session, request.config ?? Buffer.from('{}'), request.configMediaType);
  const layer = await pushBlob(session, request.layer, request.layerMediaType);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [layer],
      ...(request.annotations === undefined ? {} : { annotations: request.annotations }),
    }),
  );
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  await session.call({
    method: 'PUT',
    path: `manifests/${named.tag ?? digest}`,
    headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    body: manifest,
    push: true,
  });
  return { digest };
}

async function pushBlob(session: Session, bytes: Uint8Array, mediaType: string): Promise<OciDescriptor> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const descriptor = { mediaType, digest, size: bytes.length };
  const known = await session.call({ method: 'HEAD', path: `blobs/${digest}`, push: true }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof OciError && error.code === 'OCI_NOT_FOUND') return false;
      throw error;
    },
  );
  if (known) return descriptor;
  const started = await session.call({ method: 'POST', path: 'blobs/uploads/', push: true });
  const url = new URL(String(started.headers['location'] ?? ''), started.url);
  url.searchParams.set('digest', digest);
  await session.call({ method: 'PUT', path: url.href, headers: { 'content-type': 'application/octet-stream' }, body: bytes, push: true });
  return descriptor;
}
