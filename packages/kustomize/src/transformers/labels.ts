import { SpecIndex, setEntries, type FieldSpec } from '../field-spec.ts';
import type { Transformer } from './transformer.ts';

function entries(name: string, pairs: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transformer {
  const index = new SpecIndex(specs);
  const change = setEntries(pairs);
  return {
    name,
    detail: Object.entries(pairs)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    transform(map) {
      if (Object.keys(pairs).length === 0) return;
      for (const resource of map.resources) resource.object = index.change(resource.object, { create: 'map', change });
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
