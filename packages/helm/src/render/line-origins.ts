import { isLibrary, fileText, type Chart } from '../chart/model.ts';
import { childPath } from '../chart/paths.ts';
import { renderChart, type RenderInput } from './render-chart.ts';

const OPEN = '\ue000';
const CLOSE = '\ue001';
const MARKS = /\ue000(\d+)\ue001/g;

interface Piece {
  readonly kind: 'text' | 'action';
  readonly text: string;
}

/** Cuts a template into texts and actions; strings and comments inside actions are respected. */
function pieces(template: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{{', at);
    if (open < 0) break;
    if (open > at) out.push({ kind: 'text', text: template.slice(at, open) });
    const end = actionEnd(template, open);
    out.push({ kind: 'action', text: template.slice(open, end) });
    at = end;
  }
  if (at < template.length) out.push({ kind: 'text', text: template.slice(at) });
  return out;
}

function actionEnd(template: string, open: number): number {
  const comment = /^\{\{(-\s)?\s*\/\*/.exec(template.slice(open, open + 64));
  if (comment !== null) {
    const close = template.indexOf('*/', open + comment[0].length);
    const end = template.indexOf('}}', close);
    return close < 0 || end < 0 ? template.length : end + 2;
  }
  for (let i = open + 2; i < template.length; i++) {
    const ch = template[i];
    if (ch === '"' || ch === "'") {
      for (i++; i < template.length && template[i] !== ch; i++) if (template[i] === '\\') i++;
    } else if (ch === '`') {
      const close = template.indexOf('`', i + 1);
      i = close < 0 ? template.length : close;
    } else if (ch === '}' && template[i + 1] === '}') return i + 2;
  }
  return template.length;
}

/** Puts a mark before the first thing of every line that the file prints itself; what its defines print is left alone. */
function withMarks(template: string): string {
  let line = 1;
  let out = '';
  let depth = 0;
  let inDefine = -1;
  let fresh = true;
  const mark = (): string => `${OPEN}${line}${CLOSE}`;
  for (const piece of pieces(template)) {
    if (piece.kind === 'text') {
      for (const part of piece.text.split(/(?<=\n)/)) {
        const first = part.search(/\S/);
        if (first >= 0 && inDefine < 0 && fresh) out += part.slice(0, first) + mark() + part.slice(first);
        else out += part;
        if (first >= 0) fresh = false;
        if (part.endsWith('\n')) {
          line++;
          fresh = true;
        }
      }
      continue;
    }
    const word = /^\{\{-?\s*(\/\*|[a-z]+|)/.exec(piece.text)?.[1] ?? '';
    const control = ['if', 'else', 'end', 'range', 'with', 'define', 'block', 'break', 'continue', '/*'].includes(word);
    const assigns = /^\{\{-?\s*\$[A-Za-z0-9_]*\s*(:=|=|,)/.test(piece.text);
    if (inDefine < 0 && !control && !assigns && fresh) {
      const trims = piece.text.startsWith('{{-');
      out += trims ? `{{- ${JSON.stringify(mark())} }}{{ ${piece.text.slice(3)}` : mark() + piece.text;
      fresh = false;
    } else out += piece.text;
    if (['if', 'range', 'with', 'define', 'block'].includes(word)) {
      if ((word === 'define' || word === 'block') && inDefine < 0) inDefine = depth;
      depth++;
    } else if (word === 'end') {
      depth--;
      if (depth === inDefine) inDefine = -1;
    }
    const breaks = piece.text.split('\n').length - 1;
    line += breaks;
  }
  return out;
}

function withTemplate(chart: Chart, path: string, at: string, change: (text: string) => string): Chart {
  const own = chart.templates.map((file) =>
    `${at}/${file.name}` === path && !isLibrary(chart) ? { ...file, data: Buffer.from(change(fileText(file))) } : file,
  );
  const subcharts = chart.subcharts.map((child) => withTemplate(child, path, childPath(at, child), change));
  return { ...chart, templates: own, subcharts };
}

/**
 * Tells for each line of a template file's output which line of the template printed it, by rendering once more with marks.
 * What an `include` prints belongs to the line of the include.
 * @param path the template file, as in `# Source:` lines
 * @returns line numbers from 1, one a line of the output; undefined for lines before the first mark
 */
export function lineOrigins(input: RenderInput, path: string): (number | undefined)[] {
  const chart = withTemplate(input.chart, path, input.chart.metadata.name, withMarks);
  const { files } = renderFilesOnly({ ...input, chart });
  const text = files.get(path) ?? '';
  let last: number | undefined;
  return text.split('\n').map((line) => {
    const found = [...line.matchAll(MARKS)];
    const first = found[0];
    const own = first === undefined ? last : Number(first[1]);
    const end = found.at(-1);
    if (end !== undefined) last = Number(end[1]);
    return own;
  });
}

/** Renders and answers with the files even where their output is no YAML. */
function renderFilesOnly(input: RenderInput): { readonly files: ReadonlyMap<string, string> } {
  try {
    return renderChart(input);
  } catch (error) {
    if (error instanceof Error && 'files' in error && error.files instanceof Map)
      return { files: error.files as ReadonlyMap<string, string> };
    throw error;
  }
}
