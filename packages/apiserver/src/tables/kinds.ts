import type { ResourceType } from '../registry/resource.ts';
import { CLUSTER_TABLES, createdAtTable } from './cluster.ts';
import type { KindTable } from './columns.ts';
import { NETWORK_TABLES } from './network.ts';
import { podTable } from './pod.ts';
import { STORAGE_TABLES } from './storage.ts';
import { WORKLOAD_TABLES } from './workloads.ts';

/** The columns of a built-in kind. */
export function kindTable(type: ResourceType): KindTable {
  const key = `${type.group}/${type.kind}`;
  if (key === '/Pod') return podTable;
  return WORKLOAD_TABLES[key] ?? NETWORK_TABLES[key] ?? STORAGE_TABLES[key] ?? CLUSTER_TABLES[key] ?? createdAtTable;
}
