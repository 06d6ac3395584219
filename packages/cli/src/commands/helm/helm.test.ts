import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chartArchive, loadChart } from '@flux-ts/helm';
import { DiskFileSystem } from '@flux-ts/archive';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Io } from '../../frame/io.ts';
import { helmLintCommand } from './lint.ts';
import { helmShowCommand } from './show.ts';
import { helmTemplateCommand } from './template.ts';

const dir = mkdtempSync(join(tmpdir(), 'helm-command-'));
const FILES: Readonly<Record<string, string>> = {
  'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n',
  'c/values.yaml': 'a: 1\n',
  'c/templates/a.yaml':
    'kind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}", namespace: {{ .Release.Namespace }}}\ndata: {a: {{ .Values.a | quote }}, v: {{ .Capabilities.KubeVersion.Version }}}\n',
  'c/templates/b.yaml': '{{ if .Values.bad }}{{ .Values.bad.x.y }}{{ end }}kind: Secret\n',
  'c/templates/t.yaml': 'kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n',
  'c/crds/x.yaml': 'kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n',
  'slow/Chart.yaml': 'apiVersion: v2\nname: slow\nversion: 1.0.0\n',
  'slow/templates/a.yaml': '{{ range until 1000000 }}{{ bcrypt "x" }}{{ end }}',
  'deep/Chart.yaml': 'apiVersion: v2\nname: deep\nversion: 0.1.0\n',
  // more blocks than charts have: the threads that tests run in have larger stacks than commands
  'deep/templates/_h.tpl': `{{ define "down" }}${'{{ with . }}'.repeat(60)}{{ if gt . 1.0 }}{{ include "down" (subf . 1.0) }}{{ end }}${'{{ end }}'.repeat(60)}{{ end }}`,
  'deep/templates/x.yaml': 'a: {{ include "down" (float64 .Values.n) | quote }}\n',
  'v.yaml': 'a: from file\n',
  'several.yaml': 'a: first\n---\na: second\n',
  'text.txt': 'from text',
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  writeFileSync(join(dir, 'c.tgz'), chartArchive(loadChart({ fs: new DiskFileSystem(join(dir, 'c')), path: '/' })));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(
  command: (words: readonly string[], io: Io) => Promise<number>,
  line: string,
  more: Partial<Io> = {},
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => void (out += typeof text === 'string' ? text : Buffer.from(text).toString()),
    err: (text) => void (err += text),
    input: () => Promise.resolve(Buffer.from('a: from stdin\n')),
    env: {},
    cwd: dir,
    isTerminal: false,
    signal: new AbortController().signal,
    ...more,
  };
  return { code: await command(line.split(' '), io), out, err };
}

test.each([
  ['r c', 'a: "1"'],
  ['r ./c.tgz', 'a: "1"'],
  ['c', 'name: "release-name", namespace: default'],
  ['r c -n ns', 'name: "r", namespace: ns'],
  ['r c -f v.yaml', 'a: "from file"'],
  ['r c -f -', 'a: "from stdin"'],
  ['r c -f v.yaml --set a=2', 'a: "2"'],
  ['r c --set-file a=text.txt', 'a: "from text"'],
  ['r c --set-json a="j"', 'a: "j"'],
  ['r c --set-literal a=x,y={1}', 'a: "x,y={1}"'],
  ['r c --kube-version 1.30.1', 'v: v1.30.1'],
  ['--name-template n-{{1}}x c', 'name: "n-1x"'],
  ['r c --include-crds', '# Source: c/crds/x.yaml'],
  ['r c --helm-version 3', 'v: v1.32.0'],
  ['r c -f several.yaml', 'a: "second"'],
  ['r c -f several.yaml --helm-version 3', 'a: "first"'],
])('helm template %s', async (line, want) => {
  const { code, out, err } = await run(helmTemplateCommand, line);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toContain(want);
});

test('helm template leaves out what its flags say', async () => {
  expect((await run(helmTemplateCommand, 'r c')).out).toContain('kind: Pod');
  expect((await run(helmTemplateCommand, 'r c --no-hooks')).out).not.toContain('kind: Pod');
  expect((await run(helmTemplateCommand, 'r c --skip-tests')).out).not.toContain('kind: Pod');
  expect((await run(helmTemplateCommand, 'r c -s templates/b.yaml')).out).toBe('---\n# Source: c/templates/b.yaml\nkind: Secret\n');
});

test.each([
  ['--include-crds', '"helm template" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] [flags]'],
  ['r nope', 'non-absolute URLs should be in form of repo_name/path_to_chart, got: nope'],
  ['r ./nope', 'path "./nope" not found'],
  ['r c d e', 'expected at most two arguments, unexpected arguments: d, e'],
  ['r c -s templates/zz.yaml', 'could not find template templates/zz.yaml in chart'],
  ['r c --kube-version nope', 'invalid kube version \'nope\': could not parse "nope" as version'],
  ['r c --set a', 'failed parsing --set data: key "a" has no value'],
  ['r c -f nope.yaml', 'open nope.yaml: no such file or directory'],
  ['r c --validate', '--validate is not supported: it asks a cluster, and this command never does'],
  ['r c --nope', 'unknown flag: --nope'],
])('helm template %s fails with its text', async (line, want) => {
  const { code, out, err } = await run(helmTemplateCommand, line);
  expect(err).toBe(`Error: ${want}\n`);
  expect([code, out]).toEqual([1, '']);
});

test('helm template explains on request', async () => {
  const plain = await run(helmTemplateCommand, 'r c --set bad.z=1');
  expect(plain.err).toBe(
    'Error: c/templates/b.yaml:1:30\n  executing "c/templates/b.yaml" at <.Values.bad.x.y>:\n    nil pointer evaluating interface {}.y\n\nUse --debug flag to render out invalid YAML\n',
  );
  const explained = await run(helmTemplateCommand, 'r c --set bad.z=1 --explain');
  expect(explained.err).toContain('> 1 | {{ if .Values.bad }}{{ .Values.bad.x.y }}');
  expect(explained.err).toContain('.Values.bad.x is not set; did you mean .Values.bad.z?');
  expect(explained.err).toContain('--set bad.z=1 has bad, but no x in it');
});

test('helm template runs again with a larger stack when includes are nested deeper than the usual one holds', async () => {
  const asked: (readonly string[])[] = [];
  const again = (flags: readonly string[]): Promise<number> => Promise.resolve(asked.push(flags) + 6);
  expect(await run(helmTemplateCommand, 'r deep --set n=5', { again })).toMatchObject({ code: 0, err: '' });
  expect(await run(helmTemplateCommand, 'r deep --set n=990', { again })).toEqual({ code: 7, out: '', err: '' });
  expect(asked).toEqual([['--stack-size=6000']]);
  const { code, err } = await run(helmTemplateCommand, 'r deep --set n=990', { again: () => Promise.resolve(undefined) });
  expect([code, err]).toEqual([1, 'Error: rendering deep/templates/x.yaml was stopped: the template is nested too deep\n']);
});

test('helm show and lint print what Helm prints', async () => {
  expect((await run(helmShowCommand, 'chart c')).out).toBe('apiVersion: v2\nname: c\nversion: 0.1.0\n\n');
  expect((await run(helmShowCommand, 'values c')).out).toBe('a: 1\n\n');
  expect((await run(helmShowCommand, 'crds c')).out).toContain('---\nkind: CustomResourceDefinition');
  const lint = await run(helmLintCommand, 'c nope');
  expect(lint.out).toContain('==> Linting c\n[INFO] Chart.yaml: icon is recommended\n');
  expect(lint.out).toContain('Error unable to check Chart.yaml file in chart: stat nope/Chart.yaml: no such file or directory');
  expect([lint.code, lint.err]).toEqual([1, 'Error: 2 chart(s) linted, 1 chart(s) failed\n']);
});

test('a template that never ends is stopped when its time is up', async () => {
  const got = await run(helmTemplateCommand, 'r slow --timeout 50ms');
  expect(got).toMatchObject({ code: 1, out: '' });
  expect(got.err).toContain(
    'Error: rendering chart slow 1.0.0 for release default/r was stopped: it took longer than 50ms; look for loops',
  );
});
