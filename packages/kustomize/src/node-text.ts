import { plainValue, printYaml } from '@flux-ts/yaml';
import { isMap, isSeq, type KValue } from './value.ts';

/** What kustomize's messages call the shape of a value. */
export function kindName(value: KValue): string {
  return isMap(value) ? 'MappingNode' : isSeq(value) ? 'SequenceNode' : 'ScalarNode';
}

/** A value as YAML, for messages. Differs: keys are sorted, where kustomize prints them as they stood. */
export function nodeText(value: KValue): string {
  return printYaml(plainValue(value));
}
