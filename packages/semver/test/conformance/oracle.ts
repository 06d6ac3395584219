import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the real helm answers: one text of 0 and 1 a constraint, or the error of its `semverCompare`. */
export type HelmAnswer = { readonly ok: true; readonly rows: readonly string[] } | { readonly ok: false; readonly error: string };

const TEMPLATE = `rows:
{{- $versions := .Files.Get "versions.json" | fromJsonArray }}
{{- range $c := .Files.Get "constraints.json" | fromJsonArray }}
- "{{ range $v := $versions }}{{ if semverCompare $c $v }}1{{ else }}0{{ end }}{{ end }}"
{{- end }}
`;

/** Asks the real helm for every pair, with a chart of one template. */
export function askHelm(helm: string, constraints: readonly string[], versions: readonly string[]): HelmAnswer {
  const chart = mkdtempSync(join(tmpdir(), 'semver-'));
  try {
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: semver\nversion: 0.1.0\n');
    writeFileSync(join(chart, 'constraints.json'), JSON.stringify(constraints));
    writeFileSync(join(chart, 'versions.json'), JSON.stringify(versions));
    writeFileSync(join(chart, 'templates', 'rows.yaml'), TEMPLATE);
    const out = execFileSync(helm, ['template', 'x', chart], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
    return { ok: true, rows: [...out.matchAll(/^- "([01]*)"$/gm)].map((m) => m[1] as string) };
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error);
    return { ok: false, error: /error calling semverCompare: ([\s\S]*?)(?:\n\nUse --debug[^\n]*)?\n*$/.exec(text)?.[1] ?? text };
  } finally {
    rmSync(chart, { recursive: true, force: true });
  }
}
