import { compareBytes, errorMessage } from '@flux-ts/base';
import { getField, mappingNode, parseNodes, printNodes, removeField, scalarNode, setField, type YamlNode } from '@flux-ts/yaml';
import { RenderError } from '../errors.ts';
import type { HelmMajor } from '../values/coalesce.ts';
import { sourceBlock, type SortedManifests } from './manifests.ts';
import { splitManifests } from './split.ts';

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

/** The documents of a text as kyaml reads them: blank ones left out, a single List taken apart. */
function documentsOf(text: string, path: string): YamlNode[] {
  let nodes: YamlNode[];
  try {
    nodes = parseNodes(text);
  } catch (error) {
    throw failed(`parsing ${path}: ${errorMessage(error)}`, error);
  }
  const roots = nodes
    .map((node) => (node.kind === 'document' ? node.content[0] : node))
    .filter((node) => node?.kind === 'mapping') as YamlNode[];
  const [only] = roots;
  const kind = only === undefined ? undefined : getField(only, 'kind')?.text;
  if (roots.length !== 1 || only === undefined || (kind !== 'List' && kind !== 'ResourceList')) return roots;
  return getField(only, 'items')?.content ?? [];
}

/** Helm takes whatever follows `---` on its line for the next document (`---# comment`), where YAML has no separator at all. */
function separated(text: string): string {
  return /^---[^\s-]/m.test(text) ? splitManifests(text, 4).join('\n---\n') : text;
}

/** Marks each document with its file, in an annotation. */
function marked(files: ReadonlyMap<string, string>): string {
  const out: YamlNode[] = [];
  for (const path of [...files.keys()].sort(compareBytes)) {
    const text = files.get(path) as string;
    if (path.slice(path.lastIndexOf('/') + 1).startsWith('_') || text.trim() === '') continue;
    for (const node of documentsOf(separated(text), path)) {
      const annotations = mappingOf(mappingOf(node, 'metadata'), 'annotations');
      if (annotations.content.length === 0) annotations.style = mappingNode().style;
      setField(annotations, MARK, scalarNode(path, '!!str', 'single'));
      out.push(node);
    }
  }
  return printNodes(out);
}

/** The mapping under a key; an absent or empty value becomes one. */
function mappingOf(node: YamlNode, key: string): YamlNode {
  const known = getField(node, key);
  if (known?.kind === 'mapping') return known;
  const value = mappingNode();
  setField(node, key, value);
  return value;
}

/** Takes the marks out again. Documents without one belong to a file of the post-renderer's own. */
function unmarked(text: string): Map<string, string> {
  const byFile = new Map<string, YamlNode[]>();
  for (const [i, node] of documentsOf(text, 'post rendered output').entries()) {
    const metadata = getField(node, 'metadata');
    const annotations = metadata === undefined ? undefined : getField(metadata, 'annotations');
    const path = (annotations === undefined ? undefined : getField(annotations, MARK)?.text) ?? `generated-by-postrender-${i}.yaml`;
    if (annotations !== undefined && metadata !== undefined) {
      removeField(annotations, MARK);
      if (annotations.content.length === 0) removeField(metadata, 'annotations');
    }
    byFile.set(path, [...(byFile.get(path) ?? []), node]);
  }
  return new Map([...byFile].map(([path, nodes]) => [path, printNodes(nodes)]));
}

function failed(message: string, cause: unknown): RenderError {
  return new RenderError({ code: 'RENDER_POST', message, cause });
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
      throw failed(`error while running post render on files: ${errorMessage(error)}`, error);
    }
  };
  if (postRender.strategy === 'combined') return { ...sort(unmarked(run(marked(files)))), postponed: false };
  const sorted = sort(files);
  const hooks = new Map<string, string>();
  for (const hook of sorted.hooks) hooks.set(hook.path, `${hooks.get(hook.path) ?? ''}${sourceBlock(hook.path, hook.manifest)}`);
  const done = hooks.size === 0 ? sorted.hooks : sort(unmarked(run(marked(hooks)))).hooks;
  return { hooks: done, manifests: sorted.manifests, postponed: true };
}
