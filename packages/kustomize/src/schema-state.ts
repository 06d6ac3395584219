import { parseYaml } from '@flux-ts/yaml';
import { failure } from './errors.ts';
import { builtinSchemas, swaggerSchemas, type MergeSchemas } from './merge-schema.ts';
import { isKnownKind } from './cluster-scope.ts';
import { fieldOf, textOf, type KObject } from './value.ts';

const BUILTIN_VERSION = 'v1.21.2';

/** The schema in use during one build: the builtin one, until a kustomization brings its own. */
export class SchemaState {
  #schemas: MergeSchemas = builtinSchemas;
  #set = false;
  #sawUnknown = false;
  readonly #keepBuiltin: boolean;

  /** @param keepBuiltin whether a custom schema is always added to the builtin one */
  constructor(keepBuiltin: boolean) {
    this.#keepBuiltin = keepBuiltin;
  }

  /** The schema in use. */
  get schemas(): MergeSchemas {
    return this.#schemas;
  }

  /** Whether a kustomization brought its own. */
  get isCustom(): boolean {
    return this.#schemas !== builtinSchemas;
  }

  /** Notes the kinds of objects that were read: an unknown one makes kustomize remember the builtin schema. */
  saw(objects: readonly KObject[]): void {
    if (this.#sawUnknown) return;
    this.#sawUnknown = objects.some(
      (object) => !isKnownKind(textOf(fieldOf(object, 'apiVersion')) ?? '', textOf(fieldOf(object, 'kind')) ?? ''),
    );
  }

  /**
   * Takes what a kustomization says under `openapi`. The first that says something is the one that counts.
   * @throws KustomizeError where a version is not there or both version and path are given
   */
  use(openapi: Readonly<Record<string, string>> | undefined, load: (path: string) => Uint8Array): void {
    const path = openapi?.['path'];
    const content = path === undefined ? undefined : load(path);
    if (this.#set) return;
    const version = openapi?.['version'];
    if (content !== undefined) {
      if (version !== undefined) throw failure('builtin version and custom schema provided, cannot use both', 'KUSTOMIZE_CONFIG');
      const document = parseYaml(Buffer.from(content).toString('utf8'), path === undefined ? {} : { file: path });
      this.#schemas = swaggerSchemas(document, this.#keepBuiltin ? 'over' : this.#sawUnknown ? 'under' : 'alone');
      this.#set = true;
      return;
    }
    if (version === undefined || version === '') return;
    if (version !== BUILTIN_VERSION) throw failure('the specified OpenAPI version is not built in', 'KUSTOMIZE_CONFIG');
    this.#set = true;
  }
}
