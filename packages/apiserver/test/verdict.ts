import type { JsonObject } from '@flux-ts/base';
import { formatFieldErrors, type Kinds } from '@flux-ts/schema';
import { parseYaml } from '@flux-ts/yaml';
import { validateObject } from '../src/validation/kinds.ts';

/** An object as it is when the server looks at it: canonical, with its defaults. */
function read(kinds: Kinds, text: string): { readonly kind: string; readonly object: JsonObject } {
  const manifest = parseYaml(text) as JsonObject;
  const [apiVersion, kind] = [String(manifest['apiVersion']), String(manifest['kind'])];
  const info = kinds.kind(apiVersion, kind);
  if (info === undefined) throw new Error(`${apiVersion} ${kind} is not served`);
  return { kind: `${info.group}/${info.kind}`, object: info.canonicalise(info.defaults(manifest)) };
}

/** What upstream's rules say of a manifest, as one text; empty where nothing is wrong. @param old the manifest that is stored, on updates */
export function verdictOf(kinds: Kinds, text: string, old?: string): string {
  const { kind, object } = read(kinds, text);
  const errors = validateObject({ kind, object, ...(old === undefined ? {} : { old: read(kinds, old).object }) });
  return errors.length === 0 ? '' : formatFieldErrors(errors);
}
