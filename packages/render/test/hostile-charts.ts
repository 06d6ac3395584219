import { loadChart, type Chart } from '@flux-ts/helm';

/** A chart that means harm, and what a render of it has to say. */
export interface HostileChart {
  readonly name: string;
  readonly template: string;
  /** What the error says. */
  readonly says: RegExp;
  /** It ends only by the wall time. */
  readonly endless?: boolean;
}

const NEVER = 'range $i := until 1000000';

/** Templates that never end, grow without end or cost more than they may. */
export const HOSTILE: readonly HostileChart[] = [
  {
    name: 'include that includes itself',
    template: '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}',
    says: /rendering template has a nested reference name: x/,
  },
  {
    name: 'template that executes itself',
    template: '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
    says: /exceeded maximum template depth|nested (too deep|more than)/,
  },
  {
    name: 'tpl that calls tpl',
    template: '{{ define "x" }}{{ tpl "{{ include \\"x\\" . }}" . }}{{ end }}{{ include "x" . }}',
    says: /nested reference name: x|nested (too deep|more than)|MiB of memory/,
  },
  { name: 'range over 1e9', template: '{{ range 1000000000 }}{{ end }}', says: /takes more than 20000000 steps/ },
  { name: 'until 1e9', template: '{{ range until 1000000000 }}{{ end }}', says: /was stopped|error calling until/ },
  {
    name: 'exponential tpl',
    template:
      '{{ define "e" }}{{ if . }}{{ tpl "{{ include \\"e\\" . }}" (rest .) }}{{ tpl "{{ include \\"e\\" . }}" (rest .) }}{{ end }}{{ end }}{{ include "e" (until 60) }}',
    says: /takes more than 20000000 steps|longer than|takes too long/,
  },
  {
    name: 'text that doubles',
    template: '{{ $x := "aaaaaaaaaaaaaaaa" }}{{ range 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}{{ $x }}',
    says: /was stopped/,
  },
  { name: 'repeat 2e9', template: 'a: {{ repeat 2000000000 "ab" }}', says: /was stopped|error calling repeat/ },
  {
    name: 'map that grows',
    template: '{{ $d := dict }}{{ range 4000000 }}{{ $_ := set $d (printf "key-%d" .) (list . . . . . .) }}{{ end }}',
    says: /needs more than \d+ MiB of memory|takes more than 20000000 steps/,
  },
  {
    name: 'list of lists that grows',
    template: '{{ $l := list }}{{ range 4000000 }}{{ $l = list $l $l . . . . . . }}{{ end }}',
    says: /needs more than \d+ MiB of memory|takes more than 20000000 steps/,
  },
  { name: 'bcrypt in a loop', template: `{{ ${NEVER} }}{{ bcrypt "x" }}{{ end }}`, says: /it took longer than/, endless: true },
  {
    name: 'derivePassword in a loop',
    template: `{{ ${NEVER} }}{{ derivePassword 1 "long" "x" "y" "z" }}{{ end }}`,
    says: /it took longer than/,
    endless: true,
  },
  {
    name: 'genPrivateKey in a loop',
    template: `{{ ${NEVER} }}{{ genPrivateKey "rsa" }}{{ end }}`,
    says: /it took longer than/,
    endless: true,
  },
  {
    name: 'regular expressions over large texts',
    template: `{{ $t := repeat 1000000 "ab" }}{{ ${NEVER} }}{{ $_ := regexReplaceAll "(a|b|ab)*c" $t "x" }}{{ end }}`,
    says: /it took longer than|was stopped/,
    endless: true,
  },
  {
    name: 'toYaml of large values',
    template: `{{ $l := until 100000 }}{{ ${NEVER} }}{{ $_ := toYaml $l }}{{ end }}`,
    says: /it took longer than|was stopped/,
    endless: true,
  },
];

/** A chart of one template, `c` 0.1.0. */
export function chartOf(template: string, more: Readonly<Record<string, string>> = {}): Chart {
  const files = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', 'templates/a.yaml': template, ...more };
  return loadChart({ files: Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })) });
}
