import { errorMessage, isObject, type JsonObject } from '@flux-ts/base';
import { parseYaml, parseYamlDocuments } from '@flux-ts/yaml';
import type { BuildCache } from './cache.ts';
import { KustomizeError, failure, prefixed } from './errors.ts';
import { readGo } from './go-struct.ts';
import { kustomizationType } from './kustomization-schema.ts';
import { deprecationWarnings, fixKustomization, type Kustomization } from './kustomization.ts';
import type { Loader } from './loader.ts';

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Reads the one kustomization file of a directory; warnings about old fields are added to `warnings`. @throws KustomizeError in kustomize's words */
export function loadKustomization(
  loader: Loader,
  cache: BuildCache,
  warnings: string[],
): { readonly kustomization: Kustomization; readonly name: string } {
  const found: { readonly name: string; readonly bytes: Uint8Array; readonly path: string; readonly fingerprint: string }[] = [];
  for (const name of FILE_NAMES) {
    if (loader.probe(name) !== 'file') continue;
    try {
      found.push({ name, ...loader.loadFile(name) });
    } catch (error) {
      if (error instanceof KustomizeError && error.code === 'KUSTOMIZE_LIMIT') throw error;
    }
  }
  const [file] = found;
  if (file === undefined) {
    throw failure(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${loader.root}'`,
      'KUSTOMIZE_CONFIG',
    );
  }
  if (found.length > 1) throw failure(`Found multiple kustomization files under: ${loader.root}\n`, 'KUSTOMIZE_CONFIG');
  const settings = cache.settings(`${file.path}\u0000${file.fingerprint}\u0000${loader.root}`, () => {
    const raw = readKustomization(file.bytes, file.path);
    return { kustomization: fixKustomization(raw, loader.root), warnings: deprecationWarnings(raw) };
  });
  warnings.push(...settings.warnings);
  return { kustomization: settings.kustomization, name: file.name };
}

function readKustomization(bytes: Uint8Array, path: string): JsonObject {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    const value = parseYaml(text, { file: path });
    const place = (
      at: readonly (string | number)[],
    ): { readonly file: string; readonly line: number; readonly column: number } | undefined => {
      const position = parseYamlDocuments(text)[0]?.position(at);
      return position === undefined ? undefined : { ...position, file: path };
    };
    const read = readGo(value, kustomizationType, { strict: true, place });
    return isObject(read) ? (read as JsonObject) : {};
  } catch (error) {
    throw prefixed(
      'invalid Kustomization',
      error instanceof KustomizeError
        ? error
        : new KustomizeError({
            code: 'KUSTOMIZE_CONFIG',
            message: errorMessage(error).replace(/^error converting YAML to JSON: /, ''),
            cause: error,
          }),
    );
  }
}
