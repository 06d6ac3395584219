import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  formatReference,
  HELM_CHART_LAYER,
  HELM_CONFIG,
  listTags,
  OciError,
  parseReference,
  pullArtifact,
  pullChart,
  pushArtifact,
  resolve,
  serveRegistry,
  type OciRegistry,
} from './index.ts';

let registry: OciRegistry;
let locked: OciRegistry;
const auth = { insecure: true };
const layer = Buffer.from('a chart');

beforeAll(async () => {
  registry = await serveRegistry();
  locked = await serveRegistry({ credentials: { username: 'u', password: 'p' } });
});
afterAll(async () => {
  await registry.close();
  await locked.close();
});

describe('oci', () => {
  test('a chart is pushed, listed, resolved and pulled; a plus in its version is an underscore in the tag', async () => {
    const { digest } = await pushArtifact(
      `${registry.host}/charts/app:1.0.0_a`,
      { layer, layerMediaType: HELM_CHART_LAYER, configMediaType: HELM_CONFIG, annotations: { k: 'v' } },
      { auth },
    );
    expect(await listTags(`oci://${registry.host}/charts/app`, { auth })).toEqual(['1.0.0_a']);
    expect((await resolve(`${registry.host}/charts/app:1.0.0_a`, { auth })).digest).toBe(digest);
    const chart = await pullChart(`oci://${registry.host}/charts/app:1.0.0+a`, { auth });
    expect(Buffer.from(chart.bytes).equals(layer)).toBe(true);
    expect(chart.manifestDigest).toBe(digest);
    expect((await pullArtifact(`${registry.host}/charts/app@${digest}`, {}, { auth })).annotations).toEqual({ k: 'v' });
  });

  test('tags come from all pages', async () => {
    for (let i = 0; i < 3; i++)
      await pushArtifact(`${registry.host}/many:v${i}`, { layer, layerMediaType: 'x/y', configMediaType: 'x/z' }, { auth });
    expect(await listTags(`${registry.host}/many`, { auth })).toEqual(['v0', 'v1', 'v2']);
  });

  test('credentials come from a docker configuration of the same host only', async () => {
    const config = (host: string): string =>
      JSON.stringify({ auths: { [`https://${host}`]: { auth: Buffer.from('u:p').toString('base64') } } });
    await pushArtifact(
      `${locked.host}/a:v1`,
      { layer, layerMediaType: 'x/y', configMediaType: 'x/z' },
      { auth: { insecure: true, dockerConfigJson: config(locked.host) } },
    );
    await expect(
      listTags(`${locked.host}/a`, { auth: { insecure: true, dockerConfigJson: config('elsewhere.example.com') } }),
    ).rejects.toMatchObject({ code: 'OCI_AUTH' });
  });

  test('a mirror takes the place of the named registry and gets no credentials', async () => {
    const rewrite = (url: string): string => url.replace('oci://ghcr.io/o', `http://${registry.host}`);
    await pushArtifact(`${registry.host}/app:v1`, { layer, layerMediaType: HELM_CHART_LAYER, configMediaType: HELM_CONFIG }, { auth });
    expect(Buffer.from((await pullChart('oci://ghcr.io/o/app:v1', { rewrite })).bytes).equals(layer)).toBe(true);
    const toLocked = (url: string): string => url.replace('oci://ghcr.io/o', `http://${locked.host}`);
    await expect(listTags('oci://ghcr.io/o/a', { rewrite: toLocked, auth: { username: 'u', password: 'p' } })).rejects.toMatchObject({
      code: 'OCI_AUTH',
    });
  });

  test('a missing tag, a blob over the limit and a wrong digest are told apart', async () => {
    await expect(resolve(`${registry.host}/app:none`, { auth })).rejects.toMatchObject({ code: 'OCI_NOT_FOUND' });
    await expect(resolve(`${registry.host}/app@sha256:${'0'.repeat(64)}`, { auth })).rejects.toMatchObject({ code: 'OCI_NOT_FOUND' });
    await expect(pullChart(`${registry.host}/app:v1`, { auth, maxBytes: 3 })).rejects.toMatchObject({ code: 'OCI_TOO_LARGE' });
  });

  test.each([
    ['oci://ghcr.io/a/b:v1', { registry: 'ghcr.io', repository: 'a/b', tag: 'v1' }],
    ['localhost:5000/a@sha256:ab', { registry: 'localhost:5000', repository: 'a', digest: 'sha256:ab' }],
  ])('the reference %s is read and printed', (text, want) => {
    expect(parseReference(text)).toEqual(want);
    expect(formatReference(parseReference(text))).toBe(text.replace('oci://', ''));
  });

  test.each(['ghcr.io', 'ghcr.io/A/B', 'ghcr.io/a:b/c:', 'ghcr.io/../x'])('the reference %s is refused', (text) => {
    expect(() => parseReference(text)).toThrow(OciError);
  });
});
