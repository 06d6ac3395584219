import { gzipSync } from 'node:zlib';
import { packTar } from '@flux-ts/archive';
import { RealClock } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';
import { ChartError, RenderError, ValuesError } from '../errors.ts';
import { loadChart } from '../chart/load.ts';
import { parseSet } from '../values/strvals.ts';
import { renderFiles } from '../testing.ts';

const MIB = 1024 * 1024;

function failure(run: () => unknown): { code: string; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof RenderError || error instanceof ValuesError || error instanceof ChartError) {
      return { code: error.code, message: error.message };
    }
    throw error;
  }
  return { code: 'none', message: '' };
}

/** A packaged chart with one more entry, written by hand: our own packer refuses such names. */
function archiveWith(name: string, type = '0', link = ''): Uint8Array {
  const chart = packTar([{ path: 'c/Chart.yaml', bytes: Buffer.from('apiVersion: v2\nname: c\nversion: 0.1.0\n') }]);
  const body = type === '0' ? 'out' : '';
  const block = Buffer.alloc(body === '' ? 512 : 1024);
  block.write(name, 0, 'utf8');
  block.write('0000644\0', 100);
  block.write(`${String(body.length).padStart(11, '0')}\0`, 124);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write(link, 157, 'utf8');
  block.write('ustar\x0000', 257);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  block.write(body, 512);
  return gzipSync(Buffer.concat([block, chart]));
}

/** A chart whose one template is the text. */
function render(text: string, extra: Readonly<Record<string, string>> = {}): () => unknown {
  const clock = new RealClock();
  return () => renderFiles({ 'templates/a.yaml': text, ...extra }, { clock, budget: { deadline: { clock, atMs: clock.now() + 10_000 } } });
}

describe('hostile charts', () => {
  test('an endless recursion of include ends', () => {
    const got = failure(render('{{ define "x" }}{{ include "x" . }}{{ end }}a: {{ include "x" . }}'));
    expect(got.code).toMatch(/RENDER_EXEC|RENDER_BUDGET/);
    expect(got.message).toMatch(/rendering template has a nested reference name: x|nested too deep/);
  });
  test('an endless recursion of template ends', () => {
    expect(failure(render('{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}')).code).toMatch(/RENDER_EXEC|RENDER_BUDGET/);
  });
  test('an endless recursion of tpl ends', () => {
    const text = '{{ define "x" }}{{ tpl "{{ include \\"x\\" . }}" . }}{{ end }}{{ include "x" . }}';
    expect(failure(render(text)).code).toMatch(/RENDER_EXEC|RENDER_BUDGET/);
  });
  test('a loop over 1e9 ends at the budget', () => {
    expect(failure(render('{{ range 1000000000 }}{{ end }}')).code).toBe('RENDER_BUDGET');
    expect(failure(render('{{ range until 1000000000 }}{{ end }}')).code).toMatch(/RENDER_EXEC|RENDER_BUDGET/);
  });
  test('tpl that doubles its text again and again ends', () => {
    const text =
      '{{ define "d" }}{{ tpl (printf "%s%s" . .) $ }}{{ end }}{{ $x := "aaaaaaaaaaaaaaaa" }}{{ range 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}a: {{ $x }}';
    expect(failure(render(text)).code).toMatch(/RENDER_EXEC|RENDER_BUDGET/);
  });
  test('repeat cannot make gigabytes', () => {
    expect(failure(render('a: {{ repeat 2000000000 "ab" }}')).code).toMatch(/RENDER_EXEC|RENDER_BUDGET/);
  });
  test('an archive of some MiB that expands to gigabytes is refused', () => {
    const member = packTar([{ path: 'c/zeros', bytes: new Uint8Array(4 * MIB) }]);
    const many = Buffer.concat(Array.from({ length: 8 }, () => member.subarray(0, member.length - 1024)));
    const packed = gzipSync(many, { level: 1 });
    const bomb = Buffer.concat(Array.from({ length: 64 }, () => packed));
    const before = process.memoryUsage().rss;
    expect(failure(() => loadChart({ archive: bomb })).code).toBe('CHART_TOO_LARGE');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
  });
  test.each([
    ['../../x', 'chart illegally references parent directory'],
    ['c/../../x', 'chart illegally references parent directory'],
    ['c/templates/../../../x', 'chart illegally references parent directory'],
    ['c//etc/passwd', 'chart illegally contains absolute paths'],
    ['c\\..\\..\\x', 'chart illegally references parent directory'],
    ['c/C:/x', 'chart contains illegally named files'],
  ])('an archive with the entry %s is refused', (name, says) => {
    const got = failure(() => loadChart({ archive: archiveWith(name) }));
    expect(got.code).toBe('CHART_UNSAFE');
    expect(got.message).toMatch(new RegExp(says));
  });
  test.each(['1', '2'])('a link in an archive (type %s) is never followed', (type) => {
    const chart = loadChart({ archive: archiveWith('c/files/link', type, '/etc/passwd') });
    expect(chart.files).toEqual([]);
    expect(chart.raw.map((file) => file.name)).toEqual(['Chart.yaml']);
  });
  test('a schema that refers to itself is an error or done, never endless', () => {
    const schema = (text: string): (() => unknown) => render('a: 1', { 'values.schema.json': text, 'values.yaml': 'a: {b: 1}\n' });
    expect(failure(schema('{"$ref":"#"}'))).toMatchObject({
      code: 'VALUES_SCHEMA',
      message: expect.stringContaining('reference cycle') as string,
    });
    expect(failure(schema('{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"}]}}}')).code).toBe('VALUES_SCHEMA');
    expect(failure(schema('{"properties":{"a":{"$ref":"#"}}}')).code).toBe('none');
  });
  test('a schema reads nothing but itself', () => {
    for (const ref of ['http://127.0.0.1:1/x.json', 'file:///etc/passwd', 'other.json', 'https://example.com/a']) {
      const got = failure(render('a: 1', { 'values.schema.json': JSON.stringify({ $ref: ref }) }));
      expect(got).toMatchObject({
        code: 'VALUES_SCHEMA',
        message: expect.stringContaining('references to other documents are not followed') as string,
      });
    }
  });
  test('a schema of exponential cost ends', () => {
    const defs: Record<string, unknown> = { d0: { type: 'string' } };
    for (let i = 1; i < 30; i++) defs[`d${i}`] = { anyOf: [{ $ref: `#/$defs/d${i - 1}` }, { $ref: `#/$defs/d${i - 1}` }] };
    const got = failure(render('a: 1', { 'values.schema.json': JSON.stringify({ $ref: '#/$defs/d29', $defs: defs }) }));
    expect(got.message).toContain('too many steps');
  });
  test('--set cannot make huge lists', () => {
    expect(failure(() => parseSet('a[99999999]=1')).message).toContain('greater than maximum supported index of 65536');
  });
  test('a chart reads no file outside itself', () => {
    const rendered = renderFiles({
      'templates/a.yaml':
        'a: {{ .Files.Get "../../etc/passwd" | quote }}{{ .Files.Get "/etc/passwd" }}\nb: {{ len (.Files.Glob "../**") }}\nc: {{ getHostByName "localhost" | quote }}',
    });
    expect(rendered.manifest).toBe('---\n# Source: c/templates/a.yaml\na: ""\nb: 0\nc: ""\n');
  });
  test('env and expandenv do not exist', () => {
    expect(failure(render('{{ env "HOME" }}')).message).toContain('function "env" not defined');
    expect(failure(render('{{ expandenv "$HOME" }}')).message).toContain('function "expandenv" not defined');
  });
});
