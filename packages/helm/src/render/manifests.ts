import { compareBytes, errorMessage, isArray, isObject, own, type JsonValue, type Lru } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';
import { RenderError } from '../errors.ts';
import type { HelmMajor } from '../values/coalesce.ts';
import { hookOf, type Hook } from './hooks.ts';
import { installOrder, installOrder3, sortByKind } from './kinds.ts';
import { splitManifests } from './split.ts';

/** One document of a rendered file that is no hook. */
export interface Manifest {
  /** The template file, as in `# Source:` lines. */
  readonly path: string;
  readonly content: string;
  readonly kind: string;
  readonly apiVersion: string;
  /** The document, read as kubectl would. */
  readonly value: JsonValue;
}

/** The documents of all files, in the order of installation. */
export interface SortedManifests {
  readonly hooks: readonly Hook[];
  readonly manifests: readonly Manifest[];
}

interface Head {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

const WHAT = 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal';

function goKind(value: JsonValue): string {
  if (isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
}

/** A text field of a Go struct: YAML's numbers and booleans become text, other shapes are errors. */
function textField(value: JsonValue | undefined, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') throw new TypeError(`${WHAT} ${goKind(value)} into Go struct field ${field} of type string`);
  return typeof value === 'string' ? value : String(value);
}

function headOf(value: JsonValue): Head {
  if (value === null) return { apiVersion: '', kind: '', name: '', annotations: undefined };
  if (!isObject(value)) throw new TypeError(`${WHAT} ${goKind(value)} into Go value of type util.SimpleHead`);
  const metadata = own(value, 'metadata');
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) {
    const shape = 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }';
    throw new TypeError(`${WHAT} ${goKind(metadata)} into Go struct field SimpleHead.metadata of type ${shape}`);
  }
  const annotations = isObject(metadata) ? own(metadata, 'annotations') : undefined;
  if (annotations !== undefined && annotations !== null && !isObject(annotations)) {
    throw new TypeError(`${WHAT} ${goKind(annotations)} into Go struct field .metadata.annotations of type map[string]string`);
  }
  return {
    apiVersion: textField(own(value, 'apiVersion'), 'SimpleHead.apiVersion'),
    kind: textField(own(value, 'kind'), 'SimpleHead.kind'),
    name: isObject(metadata) ? textField(own(metadata, 'name'), '.metadata.name') : '',
    annotations: isObject(annotations)
      ? Object.fromEntries(Object.entries(annotations).map(([k, v]) => [k, textField(v, '.metadata.annotations')]))
      : undefined,
  };
}

/** A document that was read. */
interface ReadDocument {
  readonly value: JsonValue;
  readonly head: Head;
}

/** Documents that were read, by their text: what did not change between two renders is not read again. */
export type DocumentCache = Lru<string, ReadDocument>;

function readDocument(content: string, cache: DocumentCache | undefined): ReadDocument {
  const known = cache?.get(content);
  if (known !== undefined) return known;
  const value = parseYaml(content);
  const read = { value, head: headOf(value) };
  // secrets are not kept longer than the render that made them
  if (read.head.kind !== 'Secret') cache?.set(content, read, content.length * 4 + 256);
  return read;
}

/**
 * Splits rendered files into documents, takes the hooks out and sorts the rest by kind, then file, then place in the file.
 * @throws RenderError RENDER_YAML with Helm's text where a document is no YAML
 */
export function sortManifests(files: ReadonlyMap<string, string>, helmVersion: HelmMajor, cache?: DocumentCache): SortedManifests {
  const hooks: Hook[] = [];
  const manifests: Manifest[] = [];
  for (const path of [...files.keys()].sort(compareBytes)) {
    const text = files.get(path) as string;
    if (path.slice(path.lastIndexOf('/') + 1).startsWith('_') || text.trim() === '') continue;
    for (const content of splitManifests(text, helmVersion)) {
      let document: ReadDocument;
      try {
        document = readDocument(content, cache);
      } catch (error) {
        const message = `YAML parse error on ${path}: ${errorMessage(error)}`;
        throw new RenderError({ code: 'RENDER_YAML', message, template: path, document: content, files, cause: error });
      }
      const { head, value } = document;
      if (head.annotations === undefined || !Object.hasOwn(head.annotations, 'helm.sh/hook')) {
        manifests.push({ path, content, kind: head.kind, apiVersion: head.apiVersion, value });
        continue;
      }
      const hook = hookOf({ ...head, annotations: head.annotations }, { path, manifest: content });
      if (hook !== undefined) hooks.push(hook);
    }
  }
  const order = helmVersion === 4 ? installOrder : installOrder3;
  return { hooks: sortByKind(hooks, (h) => h.kind, order), manifests: sortByKind(manifests, (m) => m.kind, order) };
}

/** Prints a document with its place as `helm template` does. */
export function sourceBlock(path: string, content: string): string {
  return `---\n# Source: ${path}\n${content}\n`;
}
