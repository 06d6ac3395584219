import { changeAtSpec, compileSpec, specMatches, type FieldSpec } from '../field-spec.ts';
import { failure } from '../errors.ts';
import { hashOf } from '../hash.ts';
import { gvkSelected, type Gvk } from '../res-id.ts';
import type { Resource } from '../resource.ts';
import { isMap, isSeq, rawText, retext, type KValue } from '../value.ts';
import type { Transformer } from './transformer.ts';

const SKIPPED: readonly Gvk[] = [
  { group: '', version: '', kind: 'CustomResourceDefinition' },
  { group: 'apiregistration.k8s.io', version: '', kind: 'APIService' },
  { group: '', version: '', kind: 'Namespace' },
];

function affix(side: 'prefix' | 'suffix', text: string, specs: readonly FieldSpec[]): Transformer {
  const compiled = specs.map(compileSpec);
  const change = (value: KValue): KValue => {
    if (isMap(value) || isSeq(value))
      throw failure(`wrong node kind: expected ScalarNode but got ${isMap(value) ? 'MappingNode' : 'SequenceNode'}`);
    const old = rawText(value);
    return retext(value, side === 'prefix' ? text + old : old + text);
  };
  return {
    name: side === 'prefix' ? 'PrefixTransformer' : 'SuffixTransformer',
    detail: `${side === 'prefix' ? 'namePrefix' : 'nameSuffix'} ${text}`,
    transform(map) {
      for (const resource of map.resources) {
        const id = resource.originalId;
        if (SKIPPED.some((gvk) => gvkSelected(id, gvk))) continue;
        for (const spec of compiled) {
          if (!gvkSelected(id, spec)) continue;
          if (spec.path === 'metadata/name') noteAffix(resource, side, text);
          if (specMatches(spec, resource.object)) resource.object = changeAtSpec(resource.object, spec, { create: 'scalar', change });
        }
      }
    },
  };
}

function noteAffix(resource: Resource, side: 'prefix' | 'suffix', text: string): void {
  if (text === '') return;
  const list = side === 'prefix' ? 'prefixes' : 'suffixes';
  resource.state = { ...resource.state, [list]: [...resource.state[list], text] };
  resource.storePreviousId();
}

/** Puts a text before names. */
export function prefixTransformer(text: string, specs: readonly FieldSpec[]): Transformer {
  return affix('prefix', text, specs);
}

/** Puts a text after names. */
export function suffixTransformer(text: string, specs: readonly FieldSpec[]): Transformer {
  return affix('suffix', text, specs);
}

/** Puts the hash of their content after the names of generated resources that want it. */
export function hashTransformer(): Transformer {
  return {
    name: 'HashTransformer',
    detail: 'name suffix hash',
    transform(map) {
      for (const resource of map.resources) {
        if (!resource.state.needsHash) continue;
        const hash = hashOf(resource.object);
        resource.storePreviousId();
        resource.name = `${resource.name}-${hash}`;
      }
    },
  };
}
