import { goQuote } from '@flux-ts/base';
import { readManagerKey } from './managed-fields.ts';
import { formatPath } from './path-element.ts';
import type { FieldConflict } from './updater.ts';

/** One field that another manager owns: a cause of the 409 answer. */
export interface ApplyConflict {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** Empty for appliers. */
  readonly apiVersion: string;
  readonly subresource: string;
  /** The field's path, `.spec.replicas`. */
  readonly field: string;
  /** `conflict with "kubectl" using apps/v1`. */
  readonly message: string;
}

/** The causes and the message of an apply that failed on other managers' fields. */
export function applyConflicts(conflicts: readonly FieldConflict[]): {
  readonly conflicts: readonly ApplyConflict[];
  readonly message: string;
} {
  const causes = conflicts.map(({ manager, path }): ApplyConflict => {
    const { manager: name, operation, apiVersion, subresource } = readManagerKey(manager);
    return {
      manager: name,
      operation,
      apiVersion,
      subresource,
      field: formatPath(path),
      message: `conflict with ${formatManager(manager)}`,
    };
  });
  const [only] = causes;
  if (causes.length === 1 && only !== undefined)
    return { conflicts: causes, message: `Apply failed with 1 conflict: ${only.message}: ${only.field}` };
  const byManager = new Map<string, string[]>();
  conflicts.forEach(({ manager, path }) => {
    const lines = byManager.get(manager) ?? [`conflicts with ${formatManager(manager)}:`];
    lines.push(`- ${formatPath(path)}`);
    byManager.set(manager, lines);
  });
  const lines = [...byManager.keys()].sort().flatMap((manager) => byManager.get(manager) as string[]);
  return { conflicts: causes, message: `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}` };
}

function formatManager(key: string): string {
  const { manager, operation, apiVersion, subresource } = readManagerKey(key);
  const name = subresource === '' ? goQuote(manager) : `${goQuote(manager)} with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
