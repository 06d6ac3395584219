import { describe, expect, test } from 'vitest';
import { HelmCaches } from './engine.ts';
import { globMatcher } from './glob.ts';
import { deletesHook, hooksFor, waitsForHook } from './hooks.ts';
import { installOrder, sortByKind, uninstallOrder } from './kinds.ts';
import { lineOrigins } from './line-origins.ts';
import { splitManifests } from './split.ts';
import { explainRenderError } from '../explain.ts';
import { RenderError } from '../errors.ts';
import { chartOf, renderFiles } from '../testing.ts';
import { getString, seededRandom, VirtualClock } from '@flux-ts/base';

/** What one expression prints. */
function value(expression: string, files: Readonly<Record<string, string>> = {}, helmVersion: 3 | 4 = 4): string {
  const rendered = renderFiles(
    { 'templates/a.yaml': `{{ define "x" }}${expression}{{ end }}x: {{ include "x" . | toJson }}`, ...files },
    { helmVersion },
  );
  return getString(rendered.objects()[0]?.object, ['x']) ?? '';
}

function error(files: Readonly<Record<string, string>>, helmVersion: 3 | 4 = 4): RenderError {
  try {
    renderFiles(files, { helmVersion });
  } catch (caught) {
    if (caught instanceof RenderError) return caught;
    throw caught;
  }
  throw new Error('it rendered');
}

describe('renderChart', () => {
  test('sorts by kind, then file, takes hooks out, leaves notes and partials aside', () => {
    const rendered = renderFiles({
      'templates/b.yaml': 'kind: Service\nmetadata: {name: b}\n---\nkind: Namespace\n',
      'templates/a.yaml': 'kind: Service\nmetadata: {name: a}\n---\n\n---\nkind: Foo\n---\nkind: Bar\n',
      'templates/h.yaml':
        'kind: Job\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: "post-install,test-success", helm.sh/hook-weight: "-3"}\n',
      'templates/u.yaml': 'kind: Job\nmetadata: {annotations: {helm.sh/hook: never}}\n',
      'templates/NOTES.txt': 'hello {{ .Release.Name }}',
      'templates/_p.tpl': '{{ define "p" }}{{ end }}kind: Never',
    });
    expect(rendered.manifest.match(/kind: \w+/g)).toEqual(['kind: Namespace', 'kind: Service', 'kind: Service', 'kind: Bar', 'kind: Foo']);
    expect(rendered.objects().map((o) => o.source)).toEqual(['b', 'a', 'b', 'a', 'a'].map((n) => `c/templates/${n}.yaml`));
    expect(rendered.hooks).toMatchObject([
      { name: 'h', kind: 'Job', events: ['post-install', 'test'], weight: -3, path: 'c/templates/h.yaml' },
    ]);
    expect(rendered.notes).toBe('hello r');
  });
  test('gives the values that the templates saw, whatever they did to them', () => {
    const rendered = renderFiles({ 'values.yaml': 'a: 1\n', 'templates/a.yaml': '{{ $_ := set .Values "b" 2 }}x: {{ .Values.b }}' });
    expect(rendered.manifest).toContain('x: 2');
    expect(rendered.values).toEqual({ a: 1 });
  });
  test('checks the version of Kubernetes that the chart wants', () => {
    const files = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\nkubeVersion: ">=1.99"\n' };
    expect(error(files).message).toBe('chart requires kubeVersion: >=1.99 which is incompatible with Kubernetes v1.36.0');
  });
  test('puts crds in front and never renders them', () => {
    const files = { 'crds/x.yaml': 'kind: CustomResourceDefinition\ntext: "{{ not a template }}"\n', 'templates/a.yaml': 'kind: A' };
    expect(renderFiles(files).manifest).not.toContain('not a template');
    expect(renderFiles(files, { includeCrds: true }).manifest).toBe(
      '---\n# Source: c/crds/x.yaml\nkind: CustomResourceDefinition\ntext: "{{ not a template }}"\n\n---\n# Source: c/templates/a.yaml\nkind: A\n',
    );
  });
  test('a library gives nothing but its partials', () => {
    const files = {
      'charts/l/Chart.yaml': 'name: l\nversion: 1.0.0\ntype: library\n',
      'charts/l/templates/_l.tpl': '{{ define "l" }}from lib{{ end }}',
      'charts/l/templates/no.yaml': 'kind: No',
      'templates/a.yaml': 'kind: {{ include "l" . }}',
    };
    expect([...renderFiles(files).files.keys()]).toEqual(['c/templates/a.yaml']);
  });
  test('caches give the same output', () => {
    const caches = new HelmCaches();
    const files = { 'templates/a.yaml': 'kind: A\nx: {{ .Values.x | default 1 }}\n' };
    const first = renderFiles(files, { caches }).manifest;
    expect(renderFiles(files, { caches }).manifest).toBe(first);
    expect(renderFiles(files, { caches, values: { x: 2 } }).manifest).toContain('x: 2');
  });
  test('parents override what subcharts define', () => {
    const files = {
      'charts/s/Chart.yaml': 'name: s\nversion: 1.0.0\n',
      'charts/s/templates/_d.tpl': '{{ define "d" }}child{{ end }}',
      'charts/s/templates/a.yaml': 'x: {{ include "d" . }}',
      'templates/_d.tpl': '{{ define "d" }}parent{{ end }}',
    };
    expect(renderFiles(files).files.get('c/charts/s/templates/a.yaml')).toBe('x: parent');
  });
});

describe('functions and objects', () => {
  test.each([
    ['{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.HelmVersion.Version }}', 'v1.36.0 36 v4.2.3'],
    [
      '{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "nope/v1" }} {{ len .Capabilities.APIVersions }}',
      'true false 55',
    ],
    [
      '{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.Service }}',
      'r ns 1 true Helm',
    ],
    ['{{ .Chart.Name }} {{ .Chart.IsRoot }} {{ .Chart.Nope }}|{{ .Template.BasePath }}', 'c true <no value>|c/templates'],
    ['{{ .Files.Get "f/a.txt" }}|{{ .Files.Get "nope" }}|{{ .Files.Lines "f/b.txt" }}', 'AAA||[1 2]'],
    ['{{ range $p, $_ := .Files.Glob "f/*" }}{{ $p }} {{ end }}', 'f/a.txt f/b.txt '],
    ['{{ (.Files.Glob "f/*").AsConfig }}', 'a.txt: AAA\nb.txt: |\n  1\n  2'],
    ['{{ (.Files.Glob "f/a*").AsSecrets }}', 'a.txt: QUFB'],
    ['{{ tpl "{{ .Release.Name }}{{ define \\"q\\" }}Q{{ end }}{{ include \\"q\\" . }}" . }}', 'rQ'],
    ['{{ tpl "a {{ tpl \\"  \\" . }}b" . }}', 'a   b'],
    ['{{ tpl "{{ .Values.none }}|" . }}', '|'],
    ['{{ toYaml (dict "a" (list 1 2.5 "x")) }}', 'a:\n- 1\n- 2.5\n- x'],
    ['{{ toYamlPretty (dict "a" (list 1 1000000.0)) }}', 'a:\n  - 1\n  - 1e+06'],
    ['{{ fromYaml "a: [1" }}', "map[Error:error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']']"],
    [
      '{{ fromYaml "[1]" }}',
      'map[Error:error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}]',
    ],
    [
      '{{ fromYamlArray "a: 1" }}',
      '[error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value of type []interface {}]',
    ],
    ['{{ fromJson "{\\"a\\":1}" }} {{ fromJsonArray "[1]" }}', 'map[a:1] [1]'],
    ['{{ toJson (dict "a" "<&>") }}', '{"a":"\\u003c\\u0026\\u003e"}'],
    ['{{ toToml (dict "a" 1 "b" (dict "c" 2.0 "d" (list (dict "e" true)))) }}', 'a = 1\n\n[b]\n  c = 2.0\n\n  [[b.d]]\n    e = true\n'],
    [
      '{{ fromToml "a = 1\\n[b]\\nc = [1.5, \\"x\\"]\\nd.e = 2024-01-02" | toJson }}',
      '{"a":1,"b":{"c":[1.5,"x"],"d":{"e":"2024-01-02T00:00:00Z"}}}',
    ],
    ['{{ fromToml "a = " }}', 'map[Error:toml: line 1: unexpected EOF; expected value]'],
    ['{{ lookup "v1" "Secret" "ns" "x" }} {{ getHostByName "localhost" }}', 'map[] '],
    ['{{ required "no" "yes" }}', 'yes'],
  ])('%s', (expression, want) => {
    expect(value(expression, { 'f/a.txt': 'AAA', 'f/b.txt': '1\n2\n' })).toBe(want);
  });
  test('lookup asks the given reader', () => {
    const rendered = renderFiles(
      { 'templates/a.yaml': 'x: {{ (lookup "v1" "Secret" "ns" "n").data.k }}' },
      { lookup: (...args) => (args.join() === 'v1,Secret,ns,n' ? { data: { k: 'v' } } : undefined) },
    );
    expect(rendered.manifest).toContain('x: v');
  });
  test('Helm 3 has its own .Chart, versions and no mustToYaml', () => {
    expect(value('{{ .Chart.Name }} {{ .Capabilities.HelmVersion.Version }} {{ .Capabilities.KubeVersion }}', {}, 3)).toBe(
      'c v3.17.3 v1.32.0',
    );
    expect(error({ 'templates/a.yaml': '{{ .Chart.Nope }}' }, 3).message).toContain("can't evaluate field Nope in type");
    expect(error({ 'templates/a.yaml': '{{ mustToYaml 1 }}' }, 3).message).toBe(
      'parse error at (c/templates/a.yaml:1): function "mustToYaml" not defined',
    );
  });
});

describe('errors', () => {
  const nested = {
    'templates/_h.tpl': '{{ define "l" }}\n{{ .a.b.c }}{{ end }}',
    'templates/a.yaml': 'x: {{ include "l" (dict "a" nil) }}',
  };
  test('Helm 4 prints a block a level, Helm 3 one chain', () => {
    expect(error(nested).message).toBe(
      'c/templates/a.yaml:1:6\n  executing "c/templates/a.yaml" at <include "l" (dict "a" nil)>:\n    error calling include:\nc/templates/_h.tpl:2:5\n  executing "l" at <.a.b.c>:\n    nil pointer evaluating interface {}.b',
    );
    expect(error(nested, 3).message).toMatch(
      /^template: c\/templates\/a.yaml:1:6: executing .* error calling include: template: c\/templates\/_h.tpl:2:5:/,
    );
  });
  test.each([
    ['{{ fail "a: b" }}', 'execution error at (c/templates/a.yaml:1:3): a: b'],
    ['{{ required "need it" .Values.x }}', 'execution error at (c/templates/a.yaml:1:3): need it'],
    ['{{ foo }}', 'parse error at (c/templates/a.yaml:1): function "foo" not defined'],
    [
      '{{ include "nope" . }}',
      'c/templates/a.yaml:1:3\n  executing "c/templates/a.yaml" at <include "nope" .>:\n    error calling include:\ntemplate: no template "nope" associated with template "gotpl"',
    ],
    [
      '{{ index (list 1) 5 }}',
      'template: c/templates/a.yaml:1:3: executing "c/templates/a.yaml" at <index (list 1) 5>: error calling index: index out of range: 5',
    ],
    [
      '{{ tpl "{{ if }}" . }}',
      'template: c/templates/a.yaml:1:3: executing "c/templates/a.yaml" at <tpl "{{ if }}" .>: error calling tpl: cannot parse template "{{ if }}": template: gotpl:1: missing value for if',
    ],
    [
      'a: b: c',
      'YAML parse error on c/templates/a.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context',
    ],
    [
      'true',
      'YAML parse error on c/templates/a.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal bool into Go value of type util.SimpleHead',
    ],
  ])('%s', (text, want) => {
    expect(error({ 'templates/a.yaml': text }).message).toBe(want);
  });
  test('explain shows the place, the stack, the layer that misses the key and what was meant', () => {
    const files = {
      'values.yaml': 'image: {tag: 1}\n',
      'templates/_h.tpl': '{{ define "l" }}{{ .Values.imag.tag.x }}{{ end }}',
      'templates/a.yaml': 'x: 1\ny: {{ include "l" . }}',
    };
    const said = explainRenderError(error(files), { chart: chartOf(files), layers: [{ name: 'my.yaml', values: { imag: 1 } }] });
    expect(said).toContain('> 1 | {{ define "l" }}{{ .Values.imag.tag.x }}{{ end }}');
    expect(said).toContain('at (c/templates/a.yaml:2:7)');
    expect(explainRenderError(error(files), { chart: chartOf(files), layers: [] })).toContain(
      '.Values.imag is not set; did you mean .Values.image?\n  values.yaml of c has no key imag',
    );
  });
  test('explain shows the rendered lines of what is no YAML', () => {
    const files = { 'templates/a.yaml': 'a: 1\nb: {{ "x: y: z" }}\n' };
    expect(explainRenderError(error(files), { chart: chartOf(files), layers: [] })).toContain('b: x: y: z');
  });
});

describe('line origins', () => {
  test('each line of output knows its line of the template', () => {
    const template =
      'a: 1\n{{- if .Values.yup }}\nb:\n  {{- range list 1 2 }}\n  - {{ . }}\n  {{- end }}\n{{- end }}\n{{ include "m" . }}\nc: 3\n';
    const files = { 'values.yaml': 'yup: true\n', 'templates/a.yaml': template, 'templates/_m.tpl': '{{ define "m" }}m: 1\nn: 2{{ end }}' };
    const input = {
      chart: chartOf(files),
      values: {},
      release: { name: 'r', namespace: 'ns' },
      clock: new VirtualClock(),
      random: seededRandom(1),
    };
    const text = renderFiles(files).files.get('c/templates/a.yaml') as string;
    const origins = lineOrigins(input, 'c/templates/a.yaml');
    expect(text.split('\n').map((line, i) => [line, origins[i]])).toEqual([
      ['a: 1', 1],
      ['b:', 3],
      ['  - 1', 5],
      ['  - 2', 5],
      ['m: 1', 8],
      ['n: 2', 8],
      ['c: 3', 9],
      ['', 9],
    ]);
  });
});

describe('the smaller pieces', () => {
  test.each([
    [
      'a: 1\n\n\n---   \nb: 2\n  \n--- # c\nd: 3\n---foo: 4\n\n---\n\n---\n# only\n  ---\nd: 5\n',
      ['a: 1', 'b: 2', '# c\nd: 3', 'foo: 4', '---\n# only\n  ---\nd: 5\n'],
    ],
    ['---\na\n', ['a\n']],
    ['\n\n', []],
    ['a\n \n ---\nb', ['a\n \n ---\nb']],
    ['e: 1\r\n\r\n---\r\nx: y', ['e: 1', 'x: y']],
  ])('splitManifests of %j', (text, want) => {
    expect(splitManifests(text)).toEqual(want);
    expect(splitManifests(text, 3)).toEqual(want.map((d) => d.trimEnd()));
  });
  test('splitManifests is linear in blank lines', () => {
    expect(splitManifests(`a${'\n'.repeat(200_000)}b`)).toHaveLength(1);
  });
  test('kind orders keep equal kinds in place and put unknown ones last', () => {
    expect(sortByKind(['Zed', 'Service', 'Abc', 'Namespace'], (k) => k)).toEqual(['Namespace', 'Service', 'Abc', 'Zed']);
    expect(uninstallOrder[0]).toBe(installOrder.at(-1));
  });
  test('hooks run by weight, then name', () => {
    const hook = (name: string, weight: number, deletePolicies: string[] = []): never =>
      ({ name, kind: 'Job', path: '', manifest: '', events: ['pre-install'], weight, deletePolicies, outputLogPolicies: [] }) as never;
    const hooks = [hook('b', 1), hook('c', -1), hook('a', 1)];
    expect(hooksFor(hooks, 'pre-install').map((h) => h.name)).toEqual(['c', 'a', 'b']);
    expect(hooksFor(hooks, 'test')).toEqual([]);
    expect(deletesHook(hook('x', 0), 'before-hook-creation')).toBe(true);
    expect(deletesHook(hook('x', 0, ['hook-failed']), 'hook-succeeded')).toBe(false);
    expect(waitsForHook(hook('x', 0))).toBe(true);
  });
  test.each([
    ['f/*', 'f/a', true],
    ['f/*', 'f/a/b', false],
    ['f/**', 'f/a/b', true],
    ['{a,b}.txt', 'b.txt', true],
    ['[!a].txt', 'b.txt', true],
    ['a?c', 'abc', true],
    ['a.c', 'abc', false],
    ['[', 'anything', true],
  ])('glob %s on %s is %s', (glob, name, want) => {
    expect(globMatcher(glob)(name)).toBe(want);
  });
  test.each(['  annotations:\n', '  annotations: {}\n', '  annotations: null\n', ''])(
    'a post-renderer gets objects with empty annotations: %j',
    (annotations) => {
      const files = { 'templates/a.yaml': `kind: ConfigMap\nmetadata:\n  name: a\n${annotations}` };
      const rendered = renderFiles(files, { postRender: { strategy: 'combined', run: (text) => text } });
      expect(rendered.objects()).toMatchObject([{ source: 'c/templates/a.yaml', object: { metadata: { name: 'a' } } }]);
    },
  );
  test('post-renderers get the documents that Helm sees, also where more text stands beside the separator', () => {
    const text = 'kind: A\nmetadata: {name: a}\n---# a comment\nkind: B\nmetadata: {name: b}\n---kind: C\nmetadata: {name: c}\n';
    const { manifest } = renderFiles({ 'templates/a.yaml': text }, { postRender: { strategy: 'combined', run: (all) => all } });
    const source = '---\n# Source: c/templates/a.yaml\n';
    expect(manifest).toBe(
      `${source}kind: A\nmetadata: {name: a}\n${source}# a comment\nkind: B\nmetadata: {name: b}\n${source}kind: C\nmetadata: {name: c}\n\n`,
    );
  });
  test('post-renderers see every document with its file and may change it', () => {
    const files = {
      'templates/a.yaml': 'kind: ConfigMap\nmetadata: {name: a}\n',
      'templates/h.yaml': 'kind: Job\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: test\n',
    };
    const change = (text: string): string => text.replaceAll('name: a', 'name: x-a').replaceAll('name: h', 'name: x-h');
    const combined = renderFiles(files, { postRender: { strategy: 'combined', run: change } });
    expect(combined.manifest).toBe('---\n# Source: c/templates/a.yaml\nkind: ConfigMap\nmetadata: {name: x-a}\n\n');
    expect(combined.hooks[0]?.manifest).toBe('kind: Job\nmetadata:\n  name: x-h\n  annotations:\n    helm.sh/hook: test\n');
    const nohooks = renderFiles(files, { postRender: { strategy: 'nohooks', run: change } });
    expect(nohooks.manifest).toContain('x-a');
    expect(nohooks.hooks[0]?.manifest).not.toContain('x-h');
    expect(nohooks.objects()[0]).toMatchObject({ source: 'c/templates/a.yaml', object: { metadata: { name: 'x-a' } } });
  });
});
