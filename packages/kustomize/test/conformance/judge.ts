// Says whether what a build gave is what a case expects: the very bytes, or the expected error text.
import type { LoadRestrictor } from '../../src/index.ts';

/** A case as the corpus describes it. */
export interface CaseFile {
  readonly path: string;
  readonly filesFrom?: string;
  readonly options: {
    readonly loadRestrictor: LoadRestrictor;
    readonly enableHelm: boolean;
    readonly helmKubeVersion: string;
    readonly helmApiVersions: readonly string[];
  };
  readonly expect: {
    readonly kind: 'yaml' | 'error';
    readonly match?: readonly { readonly mode: 'equals' | 'contains' | 'regexp'; readonly text: string }[];
  };
}

/** What a build gave, and what was expected. */
export interface Judged {
  readonly meta: CaseFile;
  readonly root: string;
  readonly output: { readonly yaml?: string; readonly error?: string };
  readonly expected: string;
}

/** @param show how many differing lines are listed */
export function judge(judged: Judged, show: number): { readonly ok: boolean; readonly detail: readonly string[] } {
  const { meta, output, expected } = judged;
  if (meta.expect.kind === 'error') return judgeError(judged);
  if (output.yaml === undefined) return { ok: false, detail: [`fails: ${(output.error ?? '').slice(0, 1200)}`] };
  if (output.yaml === expected) return { ok: true, detail: [] };
  return { ok: false, detail: firstDifferences(expected, output.yaml, show) };
}

function judgeError({ meta, root, output }: Judged): { readonly ok: boolean; readonly detail: readonly string[] } {
  const wanted = meta.expect.match ?? [];
  if (output.error === undefined) return { ok: false, detail: ['no error', ...wanted.map((m) => `want ${m.text.slice(0, 300)}`)] };
  const text = output.error.trim();
  const forms = [text, text.split(`${root}/`).join('/'), text.split(root).join(''), text.split(`${root}/`).join('')];
  const missing = wanted.filter((match) => !forms.some((form) => fits(form, match)));
  if (missing.length === 0) return { ok: true, detail: [] };
  return {
    ok: false,
    detail: [...missing.map((m) => `want ${JSON.stringify(m.text.slice(0, 600))}`), `got  ${JSON.stringify(text.slice(0, 900))}`],
  };
}

function fits(form: string, match: { readonly mode: 'equals' | 'contains' | 'regexp'; readonly text: string }): boolean {
  const gone = /^'(\/[^']*)' doesn't exist$/.exec(match.text.trim()); // the words of the tests' file system
  if (gone !== null && form.includes(gone[1] as string)) return true;
  if (match.mode === 'equals') return form === match.text.trim();
  if (match.mode === 'regexp') return new RegExp(match.text.replace(/\\z/g, '$').replace(/\\A/g, '^'), 's').test(form);
  return form.replace(/\s+/g, ' ').includes(match.text.replace(/\s+/g, ' ').trim());
}

function firstDifferences(want: string, got: string, show: number): string[] {
  const a = want.split('\n');
  const b = got.split('\n');
  const out: string[] = [];
  for (let i = 0; i < Math.max(a.length, b.length) && out.length < show * 3; i++) {
    if (a[i] !== b[i]) out.push(`line ${i + 1}`, `  want ${JSON.stringify(a[i] ?? '(end)')}`, `  got  ${JSON.stringify(b[i] ?? '(end)')}`);
  }
  return out;
}
