import type { ResourceType } from '../registry/resource.ts';
import { crdStrategy } from '../crd/crd-strategy.ts';
import { CLUSTER_STRATEGIES } from './cluster-kinds.ts';
import { CORE_STRATEGIES } from './core-kinds.ts';
import type { Strategy } from './strategy.ts';
import { WORKLOAD_STRATEGIES } from './workload-kinds.ts';

const NOTHING_SPECIAL: Strategy = {};
const CUSTOM: Strategy = { generation: true };

/** The rules of a resource's kind. */
export function strategyOf(type: ResourceType): Strategy {
  if (type.custom) return CUSTOM;
  const key = `${type.group}/${type.kind}`;
  if (key === 'apiextensions.k8s.io/CustomResourceDefinition') return crdStrategy;
  return CORE_STRATEGIES[key] ?? WORKLOAD_STRATEGIES[key] ?? CLUSTER_STRATEGIES[key] ?? NOTHING_SPECIAL;
}
