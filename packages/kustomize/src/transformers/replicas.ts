import { failure } from '../errors.ts';
import { changeAtSpec, compileSpec, specMatches, type FieldSpec } from '../field-spec.ts';
import { gvkSelected } from '../res-id.ts';
import { gvkTexts } from '../res-map.ts';
import type { Transformer } from './transformer.ts';

/** Sets the number of replicas of the workloads with a name. @throws at transform where there is none */
export function replicaTransformer(
  entry: { readonly name?: string; readonly count?: number | bigint },
  specs: readonly FieldSpec[],
): Transformer {
  const compiled = specs.map(compileSpec);
  const name = entry.name ?? '';
  const count = entry.count ?? 0;
  return {
    name: 'ReplicaCountTransformer',
    detail: `replicas ${name}`,
    transform(map) {
      let found = false;
      for (const spec of compiled) {
        for (const resource of map.byAnyId((id) => id.name === name && gvkSelected(id, spec))) {
          found = true;
          if (specMatches(spec, resource.object))
            resource.object = changeAtSpec(resource.object, spec, { create: 'scalar', change: () => count });
        }
      }
      if (!found) throw failure(`resource with name ${name} does not match a config with the following GVK ${gvkTexts(compiled)}`);
    },
  };
}
