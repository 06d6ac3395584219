import { SpecIndex, setEntry, type FieldSpec } from '../field-spec.ts';
import type { Transformer } from './transformer.ts';

function entries(name: string, pairs: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transformer {
  const index = new SpecIndex(specs);
  const changes = Object.keys(pairs)
    .sort()
    .map((key) => setEntry(key, pairs[key] as string));
  return {
    name,
    detail: Object.entries(pairs)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    transform(map) {
      for (const resource of map.resources) {
        for (const change of changes) resource.object = index.change(resource.object, { create: 'map', change });
      }
    },
  };
}

/** Sets labels at all given places. */
export function labelTransformer(pairs: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transformer {
  return entries('LabelTransformer', pairs, specs);
}

/** Sets annotations at all given places. */
export function annotationsTransformer(pairs: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transformer {
  return entries('AnnotationsTransformer', pairs, specs);
}
