import { RenderError } from '../errors.ts';
import type { HelmMajor } from '../values/coalesce.ts';
import { splitManifests } from './split.ts';
import { sourceBlock, type SortedManifests } from './manifests.ts';

/** A program between rendering and applying. */
export interface PostRender {
  /** Helm 4: hooks go through it with the rest (`combined`, default there), by themselves (`separate`), or not at all (`nohooks`, Helm 3). */
  readonly strategy: 'combined' | 'separate' | 'nohooks';
  /** Takes and gives a stream of documents. */
  run(manifests: string): string;
}

const MARK = 'postrenderer.helm.sh/postrender-filename';

/** Documents after a post-renderer, and whether it still has to run over the printed manifest. */
export interface PostRendered extends SortedManifests {
  readonly postponed: boolean;
}

interface Context {
  readonly helmVersion: HelmMajor;
  readonly postRender: PostRender | undefined;
  readonly sort: (files: ReadonlyMap<string, string>) => SortedManifests;
}

/** Marks each document with its file, in the way that survives programs that keep annotations or comments. */
function marked(files: ReadonlyMap<string, string>, helmVersion: HelmMajor): string {
  let out = '';
  for (const [path, text] of files) {
    if (path.slice(path.lastIndexOf('/') + 1).startsWith('_') || text.trim() === '') continue;
    for (const content of splitManifests(text, helmVersion)) {
      const line = /^metadata:[ \t]*$/m.exec(content);
      const inside = line === null ? undefined : /^( +)annotations:[ \t]*$/m.exec(content.slice(line.index));
      // annotations in flow style cannot take another line; a comment says the same
      const flow = /^ +annotations:[ \t]*\{/m.test(content);
      if (line === null || flow) out += `---\n# ${MARK}: ${path}\n${content}\n`;
      else if (inside === null || inside === undefined) {
        const at = line.index + line[0].length;
        const indent = /^\n( +)\S/.exec(content.slice(at))?.[1] ?? '  ';
        out += `---\n${content.slice(0, at)}\n${indent}annotations:\n${indent}  ${MARK}: ${JSON.stringify(path)}${content.slice(at)}\n`;
      } else {
        const at = line.index + inside.index + inside[0].length;
        const indent = `${inside[1]}  `;
        out += `---\n${content.slice(0, at)}\n${indent}${MARK}: ${JSON.stringify(path)}${content.slice(at)}\n`;
      }
    }
  }
  return out;
}

/** Takes the marks out again. Documents without one belong to a file of the post-renderer's own. */
function unmarked(text: string, helmVersion: HelmMajor): Map<string, string> {
  const files = new Map<string, string>();
  for (const content of splitManifests(text, helmVersion)) {
    const found = new RegExp(`^[ #]*${MARK.replaceAll('.', '\\.')}: *"?([^"\\n]*)"?[ \\t]*\\n?`, 'm').exec(content);
    const path = found?.[1] ?? 'generated-by-postrender-0.yaml';
    let body = found === null ? content : content.slice(0, found.index) + content.slice(found.index + found[0].length);
    body = body.replace(/^ +annotations:[ \t]*\n(?= {0,2}\S|\s*$)/m, '');
    const before = files.get(path);
    files.set(path, before === undefined ? body : `${before}\n---\n${body}`);
  }
  return files;
}

/**
 * Sorts rendered files into hooks and manifests with a post-renderer in its place: over everything before the hooks are
 * taken out (`combined`), over hooks and the rest apart (`separate`), or afterwards over the manifest only (`nohooks`).
 * @throws RenderError RENDER_POST where the post-renderer fails
 */
export function postRendered(files: ReadonlyMap<string, string>, context: Context): PostRendered {
  const { postRender, helmVersion, sort } = context;
  if (postRender === undefined || helmVersion === 3 || postRender.strategy === 'nohooks') return { ...sort(files), postponed: true };
  const run = (text: string): string => {
    try {
      return postRender.run(text);
    } catch (error) {
      const message = `error while running post render on files: ${error instanceof Error ? error.message : String(error)}`;
      throw new RenderError({ code: 'RENDER_POST', message, cause: error });
    }
  };
  if (postRender.strategy === 'combined') return { ...sort(unmarked(run(marked(files, helmVersion)), helmVersion)), postponed: false };
  const sorted = sort(files);
  const hooks = new Map<string, string>();
  for (const hook of sorted.hooks) hooks.set(hook.path, `${hooks.get(hook.path) ?? ''}${sourceBlock(hook.path, hook.manifest)}`);
  const done = hooks.size === 0 ? sorted.hooks : sort(unmarked(run(marked(hooks, helmVersion)), helmVersion)).hooks;
  return { hooks: done, manifests: sorted.manifests, postponed: true };
}
