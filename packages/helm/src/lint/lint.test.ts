import { MemoryFileSystem } from '@flux-ts/archive';
import { seededRandom, VirtualClock } from '@flux-ts/base';
import { expect, test } from 'vitest';
import { lintChart } from './lint-chart.ts';

function lint(files: Readonly<Record<string, string>>, values = {}): string[] {
  const fs = new MemoryFileSystem(Object.entries(files).map(([path, bytes]) => ({ path, bytes })));
  return lintChart({ fs, folderName: 'c', values, clock: new VirtualClock(), random: seededRandom(1) }).map(
    (m) => `[${m.severity}] ${m.path}: ${m.message}`,
  );
}

const CHART = 'apiVersion: v2\nname: c\nversion: 0.1.0\nicon: https://example.com/i.png\n';

test('a good chart has no messages', () => {
  expect(
    lint({ 'Chart.yaml': CHART, 'values.yaml': 'a: 1\n', 'templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }),
  ).toEqual([]);
});

test('Chart.yaml is looked at field by field', () => {
  const chart = 'name: a/b\nversion: 1\nappVersion: 1.5\nmaintainers: [{name: x, email: nope}]\nsources: [nope]\n';
  expect(lint({ 'Chart.yaml': chart, 'values.yaml': '', 'templates/a.txt': '' }).slice(0, 7)).toEqual([
    '[ERROR] Chart.yaml: chart name "a/b" is invalid',
    '[ERROR] Chart.yaml: apiVersion is required. The value must be either "v1" or "v2"',
    "[ERROR] Chart.yaml: version should be of type string but it's of type float64",
    "[ERROR] Chart.yaml: appVersion should be of type string but it's of type float64",
    "[WARNING] Chart.yaml: version '1' is not a valid SemVerV2",
    "[ERROR] Chart.yaml: invalid email 'nope' for maintainer 'x'",
    "[ERROR] Chart.yaml: invalid source URL 'nope'",
  ]);
});

test('templates are rendered, with required and fail as warnings, and their output is looked at', () => {
  const messages = lint({
    'Chart.yaml': CHART,
    'templates/a.yaml':
      'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: Bad_Name}\nx: {{ required "r" .Values.x }}{{ fail "f" }}\n',
    'templates/b.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\n',
    'templates/c.json': '{}',
    'crds/x.yaml': 'kind: Other\napiVersion: v1\n',
  });
  expect(messages[0]).toBe('[INFO] values.yaml: file does not exist');
  expect(messages[1]).toContain('[WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: "Bad_Name"');
  expect(messages[2]).toContain('[WARNING] templates/a.yaml: extensions/v1beta1 Ingress is deprecated in v1.14+');
  expect(messages.slice(3)).toEqual([
    '[ERROR] templates/b.yaml: a Deployment must contain matchLabels or matchExpressions, and "b" does not',
    "[ERROR] templates/c.json: file extension '.json' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
    "[ERROR] crds/x.yaml: apiVersion is not in 'apiextensions.k8s.io'",
    "[ERROR] crds/x.yaml: object kind is not 'CustomResourceDefinition'",
  ]);
});

test('what cannot be rendered, read or loaded is an error', () => {
  const files = { 'Chart.yaml': CHART, 'values.yaml': '' };
  expect(lint({ ...files, 'templates/a.yaml': '{{ nope }}' })).toEqual([
    '[ERROR] templates/: parse error at (c/templates/a.yaml:1): function "nope" not defined',
  ]);
  expect(lint({ ...files, 'templates/a.yaml': 'a: b: c' })[0]).toContain('[ERROR] templates/a.yaml: unable to parse YAML: ');
  expect(lint({ 'Chart.yaml': '- a' })[0]).toContain('[ERROR] Chart.yaml: unable to parse YAML');
  expect(lint({ ...files, 'values.yaml': 'a: [', 'templates/a.yaml': '' })[0]).toContain('[ERROR] values.yaml: unable to parse YAML: ');
});

test('dependencies and folder agree, or it says so', () => {
  const files = {
    'Chart.yaml': `${CHART}dependencies: [{name: x, version: 1.0.0, repository: ""}]\n`,
    'values.yaml': '',
    'templates/a.yaml': '',
    'charts/y/Chart.yaml': 'name: yy\nversion: 1.0.0\n',
  };
  expect(lint(files)).toEqual([
    '[WARNING] c: chart directory is missing these dependencies: x',
    '[ERROR] c: chart metadata is missing these dependencies: yy',
  ]);
});
