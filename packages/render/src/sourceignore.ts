import type { FileSystem } from '@flux-ts/base';
import { matchIgnore, parseIgnorePattern, parseIgnorePatterns, type IgnorePattern } from './gitignore.ts';

const VCS = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];
// prettier-ignore
const DEFAULTS = [
  '*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip',
  '.github/', '.circleci/', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml', 'cloudbuild.yaml',
  'codeship-services.yml', 'codeship-steps.yml', '**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml',
];

/** The patterns for the files of version control. */
export function vcsPatterns(domain: readonly string[] = []): IgnorePattern[] {
  return VCS.map((line) => parseIgnorePattern(line, domain));
}

/** The patterns for images, archives, CI files and the like, which hold where nobody gives any. */
export function defaultPatterns(domain: readonly string[] = []): IgnorePattern[] {
  return DEFAULTS.map((line) => parseIgnorePattern(line, domain));
}

/** Reads the `.sourceignore` files of a directory and all below it (`.git` left out); each is about its own directory. */
export function loadIgnorePatterns(tree: FileSystem, root: string, domain: readonly string[] = []): IgnorePattern[] {
  const base = root === '/' ? '' : root;
  const file = `${base}/.sourceignore`;
  const patterns: IgnorePattern[] = [];
  if (tree.stat(file)?.kind === 'file') patterns.push(...parseIgnorePatterns(Buffer.from(tree.read(file)).toString('utf8'), domain));
  for (const name of tree.list(root)) {
    const path = `${base}/${name}`;
    if (name !== '.git' && tree.stat(path)?.kind === 'directory') patterns.push(...loadIgnorePatterns(tree, path, [...domain, name]));
  }
  return patterns;
}

/** Tells what of a tree is left out of an artifact. */
export interface IgnoreMatcher {
  /** @param path relative to the root, with `/` */
  ignored(path: string, isDirectory: boolean): boolean;
}

/** What a matcher is made from. */
export interface IgnoreOptions {
  /** The tree whose `.sourceignore` files count; undefined: none. */
  readonly tree?: FileSystem;
  /** The directory in the tree that paths are relative to; default its root. */
  readonly root?: string;
  /** Further patterns, `spec.ignore`; they come last. */
  readonly patterns?: string;
}

/**
 * Makes the matcher that source-controller uses: the patterns for version control hold always, those for images,
 * archives and CI files only where neither `.sourceignore` files nor `spec.ignore` say anything.
 */
export function ignoreMatcher(options: IgnoreOptions): IgnoreMatcher {
  const given = options.tree === undefined ? [] : loadIgnorePatterns(options.tree, options.root ?? '/');
  if (options.patterns !== undefined) given.push(...parseIgnorePatterns(options.patterns, []));
  const patterns = [...vcsPatterns(), ...(given.length > 0 ? given : defaultPatterns())];
  return { ignored: (path, isDirectory) => matchIgnore(patterns, path.split('/'), isDirectory) };
}
