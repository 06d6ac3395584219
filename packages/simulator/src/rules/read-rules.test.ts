import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fitsGlob } from './glob.ts';
import { readSimulatorRules } from './read-rules.ts';
import { RulesError } from './rules.ts';

const HEAD = 'apiVersion: simulator.flux-ts.dev/v1alpha1\nkind: SimulatorRules\n';

function mistakes(text: string): readonly string[] {
  try {
    readSimulatorRules(text, 'r.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    return error.diagnostics.map((d) => `${d.line}:${d.column} ${d.message} | ${d.hint ?? ''}`);
  }
}

describe('a rules file', () => {
  test('is read with its defaults', () => {
    const text = `${HEAD}failures:
- match: {kind: Deployment, namespace: apps, name: podinfo*, labels: "app=podinfo,tier!=db", image: "ghcr.io/*"}
  fail: CrashLoopBackOff
  after: 1m
  for: 30s
  times: 2
  probability: 0.5
- fail: PVCPending
- match: {name: slow}
  delay: 5s
readiness:
- {group: cert-manager.io, kind: Certificate, after: 2s}
`;
    const { failures, readiness } = readSimulatorRules(text, 'r.yaml');
    expect(failures[0]).toMatchObject({
      match: { kind: 'Deployment', namespace: 'apps', name: 'podinfo*', image: 'ghcr.io/*' },
      fail: 'CrashLoopBackOff',
      afterMs: 60_000,
      forMs: 30_000,
      times: 2,
      probability: 0.5,
      place: 'r.yaml:4',
    });
    expect(failures[0]?.match.labels?.matches({ app: 'podinfo', tier: 'web' })).toBe(true);
    expect(failures.slice(1)).toMatchObject([
      { match: { kind: 'PersistentVolumeClaim' }, fail: 'PVCPending', afterMs: 0, probability: 1 },
      { match: { kind: 'Pod', name: 'slow' }, delayMs: 5000 },
    ]);
    expect(readiness).toEqual([{ group: 'cert-manager.io', kind: 'Certificate', afterMs: 2000, status: {}, place: 'r.yaml:14' }]);
  });

  test('of the README is one', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, text = ''] = /```yaml\n([^]*?)```/.exec(readme) ?? [];
    const { failures, readiness } = readSimulatorRules(text, 'README.md');
    expect(failures.map((rule) => rule.fail ?? rule.delayMs)).toEqual(['CrashLoopBackOff', 'JobFailed', 'NotReady', 20_000]);
    expect(readiness[0]?.status['revision']).toBe(1);
  });

  test.each(['', '# nothing\n', HEAD])('%j has no rules', (text) => {
    expect(readSimulatorRules(text, 'r.yaml')).toEqual({ failures: [], readiness: [] });
  });

  test.each([
    ['failures: []\n', '1:1 apiVersion is missing | write apiVersion: simulator.flux-ts.dev/v1alpha1'],
    ['apiVersion: v1\nkind: SimulatorRules\n', '1:13 apiVersion: "v1" is unknown | use one of simulator.flux-ts.dev/v1alpha1'],
    [`${HEAD}failure: []\n`, '3:1 failure: unknown field | did you mean "failures"?'],
    [`${HEAD}failures: {}\n`, '3:11 failures: a list is needed, not an object | begin each item with "- "'],
    [
      `${HEAD}failures: [web]\n`,
      '3:12 failures[0]: an object is needed, not the text "web" | write its fields: match, fail, delay, after, for, times, probability',
    ],
    [`${HEAD}failures: [{fail: OOMKiled}]\n`, /^3:19 failures\[0\]\.fail: "OOMKiled" is unknown \| did you mean "OOMKilled"\?/],
    [`${HEAD}failures: [{fail: NotReady, fail: NotReady}]\n`, /is there twice|already/],
    [`${HEAD}failures: [{match: {name: a}}]\n`, /^3:12 failures\[0\]: nothing happens \| give it "fail"/],
    [
      `${HEAD}failures: [{fail: NotReady, delay: 5}]\n`,
      /^3:36 failures\[0\]\.delay: time: missing unit in duration "5" \| write a duration/,
    ],
    [`${HEAD}failures: [{fail: NotReady, for: -5s}]\n`, /^3:34 failures\[0\]\.for: -5s is negative/],
    [
      `${HEAD}failures: [{fail: NotReady, times: 1.5}]\n`,
      '3:36 failures[0].times: 1.5 is not a whole number of at least 1 | write a number of at least 1',
    ],
    [
      `${HEAD}failures: [{fail: NotReady, probability: 2}]\n`,
      '3:42 failures[0].probability: 2 is not a number from 0 to 1 | write a number from 0 to 1',
    ],
    [`${HEAD}failures: [{fail: ImagePullBackOff, after: 1s}]\n`, /^3:44 failures\[0\]\.after: ImagePullBackOff cannot begin later/],
    [`${HEAD}failures: [{fail: LBPending, match: {kind: Pod}}]\n`, /LBPending is a failure of a Service, not of a Pod/],
    [`${HEAD}failures: [{fail: LBPending, match: {image: a}}]\n`, /a Service has no image/],
    [`${HEAD}failures: [{fail: NotReady, match: {labels: "a b"}}]\n`, /failures\[0\]\.match\.labels: .* \| write a selector/],
    [`${HEAD}readiness: [{group: a.io}]\n`, /^3:13 readiness\[0\]\.kind is missing/],
    [`${HEAD}readiness: [{group: apps, kind: Deployment}]\n`, /"apps" is not the group of a custom kind/],
    [`${HEAD}readiness: [{group: a.io, kind: A, status: ready}]\n`, /status: an object is needed, not the text "ready"/],
    [
      `${HEAD}readiness: [{group: a.io, kind: A, status: {conditions: [{type: Ready, status: true}]}}]\n`,
      /not the boolean true \| write it in quotes: "True"/,
    ],
    [`${HEAD}---\n${HEAD}`, /a second document \| put all rules into one/],
  ])('%j is refused with its place and what to do', (text, wanted) => {
    let found: readonly string[];
    try {
      found = mistakes(text);
    } catch (error) {
      found = [String(error)]; // YAML's own complaint
    }
    expect(found.length).toBeGreaterThan(0);
    if (typeof wanted === 'string') expect(found).toContain(wanted);
    else
      expect(
        found.some((line) => wanted.test(line)),
        found.join('\n'),
      ).toBe(true);
  });

  test('tells all mistakes at once, in the order of the file', () => {
    expect(mistakes(`${HEAD}failures:\n- fail: A\n  delay: b\n- fail: C\n`).map((line) => line.split(' ')[0])).toEqual([
      '4:9',
      '5:10',
      '6:9',
    ]);
  });
});

test.each([
  ['*', '', true],
  ['podinfo*', 'podinfo-1', true],
  ['*/podinfo:6.?.*', 'ghcr.io/stefanprodan/podinfo:6.5.1', true],
  ['*/podinfo:6.?.*', 'ghcr.io/stefanprodan/podinfo:7.5.1', false],
  ['a.c', 'abc', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-b-b-', false],
  ['', 'a', false],
])('the glob %j on %j gives %s', (glob, text, fits) => {
  expect(fitsGlob(glob, text)).toBe(fits);
});
