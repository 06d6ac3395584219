import { describe, expect, test } from 'vitest';
import { renderFiles } from '../testing.ts';
import { chartFromRelease, hooksOfRelease } from './convert.ts';
import { configDigest, observationDigest, observationText } from './digest.ts';
import { deployedRelease, historyToPrune, isPending, lastRelease, sortHistory } from './history.ts';
import { newRelease, withStatus } from './new-release.ts';
import { parseRelease, releaseJson } from './release-json.ts';
import { decodeReleaseSecret, encodeReleaseSecret, releaseSecretName } from './secret.ts';
import type { ReleaseRecord } from './record.ts';

const rendered = renderFiles(
  {
    'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\nkeywords: [x]\nannotations: {b: "1", a: "2"}\n',
    'values.yaml': 'a: 1\n',
    'templates/a.yaml': 'kind: ConfigMap\nmetadata: {name: a}\ndata: {x: "<&>é"}\n',
    'templates/h.yaml': 'kind: Job\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "2"}}\n',
    'templates/t.yaml': 'kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n',
    'templates/NOTES.txt': 'done',
    'README.md': 'hi',
  },
  { values: { z: 1n, b: { d: 1, c: null } } },
);
const record: ReleaseRecord = newRelease(rendered, {
  name: 'r',
  namespace: 'ns',
  revision: 3,
  status: 'deployed',
  description: 'Install complete',
  nowText: '2026-01-02T03:04:05.12345+02:00',
  labels: { team: 'x' },
});

describe('release records', () => {
  test('print in the order and with the escapes of Go', () => {
    const text = releaseJson(record);
    expect(text).toMatch(
      /^\{"name":"r","info":\{"first_deployed":"2026-01-02T03:04:05.12345\+02:00","last_deployed":.*"description":"Install complete","status":"deployed","notes":"done"\},"chart":\{"metadata":\{"name":"c","version":"0.1.0","keywords":\["x"\],"apiVersion":"v2","annotations":\{"a":"2","b":"1"\}\},"lock":null,/,
    );
    expect(text).toContain('"config":{"b":{"c":null,"d":1},"z":1}');
    expect(text).toContain('\\u003c\\u0026\\u003eé');
    expect(text).toContain('"events":["pre-install"],"last_run":{"phase":""},"weight":2}');
    expect(text).toMatch(/"version":3,"namespace":"ns","apply_method":"ssa"\}$/);
  });
  test('survive the Secret', () => {
    const secret = encodeReleaseSecret(record, { namespace: 'ns', createdAtSeconds: 12.7, modifiedAtSeconds: 20 });
    expect(secret).toMatchObject({
      metadata: {
        name: 'sh.helm.release.v1.r.v3',
        labels: { name: 'r', owner: 'helm', status: 'deployed', version: '3', createdAt: '12', modifiedAt: '20', team: 'x' },
      },
      type: 'helm.sh/release.v1',
    });
    const back = decodeReleaseSecret(secret);
    expect(releaseJson(back)).toBe(releaseJson(record));
    expect(back.labels).toEqual({ team: 'x' });
    expect(releaseSecretName('a', 1)).toBe('sh.helm.release.v1.a.v1');
  });
  test('plain JSON without gzip is read, everything else is a clear error', () => {
    const data = (bytes: string): { data: { release: string } } => ({
      data: { release: Buffer.from(Buffer.from(bytes).toString('base64')).toString('base64') },
    });
    expect(decodeReleaseSecret(data('{"name":"x","version":2}'))).toMatchObject({ name: 'x', version: 2 });
    expect(() => decodeReleaseSecret(data('nope'))).toThrow('the Secret holds no release');
    expect(() => decodeReleaseSecret({})).toThrow('has no key "release"');
  });
  test("read Helm 3's empty times as absent", () => {
    const old = parseRelease(
      '{"name":"x","info":{"deleted":"","status":"failed"},"hooks":[{"name":"h","last_run":{"started_at":"","completed_at":"","phase":"Failed"}}],"version":1}',
    );
    expect(old.info).toEqual({ status: 'failed' });
    expect(old.hooks?.[0]?.last_run).toEqual({ phase: 'Failed' });
  });
  test('give back chart and hooks', () => {
    const chart = chartFromRelease(record);
    expect(chart?.metadata.name).toBe('c');
    expect(Buffer.from(chart?.templates[0]?.data ?? []).toString()).toBe('kind: ConfigMap\nmetadata: {name: a}\ndata: {x: "<&>é"}\n');
    expect(hooksOfRelease(record)).toEqual(rendered.hooks);
    expect(withStatus(record, 'superseded', 'Superseded by 4').info.status).toBe('superseded');
  });
});

describe('digests', () => {
  test('of an empty observation', () => {
    const empty = parseRelease('{"name":"foo"}');
    expect(observationText(empty)).toBe(
      '{"name":"foo","version":0,"info":{},"chartMetadata":{},"config":null,"manifest":"","hooks":null,"namespace":""}\n',
    );
    expect(observationDigest(empty)).toBe('sha256:f1498f27a16a09cd7e1ee610d924df065c03d30035638babc95dd9a8d412ce4d');
  });
  test('leave tests out and count the OCI digest', () => {
    expect(observationText(record)).not.toContain('"name":"t"');
    expect(observationText(record)).toContain('"name":"h"');
    expect(observationDigest(record, { ociDigest: 'sha256:a' })).not.toBe(observationDigest(record));
  });
  test.each([
    [{}, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [
      {
        replicas: 3,
        ports: [
          { port: 8080, protocol: 'TCP' },
          { protocol: 'UDP', port: 9090 },
        ],
        image: { tag: 'latest', repository: 'nginx' },
      },
      'fcdc2b0de1581a3633ada4afee3f918f6eaa5b5ab38c3fef03d5b48d3f85d9f6',
    ],
    [
      {
        replicas: 3,
        test: {
          '632bd80235a05f4192aefade': 'value1',
          '632bd80ddf416cf32fd50679': 'value2',
          '632bd817c559818a52307da2': 'value3',
          '632bd82398e71231a98004b6': 'value4',
        },
      },
      '8a980fcbeadd6f05818f07e8aec14070c22250ca3d96af1fcd5f93b3e85b4d70',
    ],
  ])('of values %#', (values, want) => {
    expect(configDigest(values)).toBe(`sha256:${want}`);
  });
});

describe('history', () => {
  const of = (...states: string[]): ReleaseRecord[] =>
    states.map((status, i) => ({ ...record, version: i + 1, info: { status: status as 'deployed' } }));
  test('sorts, finds the last and the deployed one', () => {
    const records = of('superseded', 'deployed', 'failed').reverse();
    expect(sortHistory(records).map((r) => r.version)).toEqual([1, 2, 3]);
    expect([lastRelease(records)?.version, deployedRelease(records)?.version]).toEqual([3, 2]);
    expect(isPending(of('pending-upgrade')[0] as ReleaseRecord)).toBe(true);
  });
  test('prunes the oldest but never the deployed one', () => {
    expect(historyToPrune(of('superseded', 'deployed', 'failed', 'failed'), 2).map((r) => r.version)).toEqual([1, 3]);
    expect(historyToPrune(of('superseded', 'deployed'), 0)).toEqual([]);
  });
});
