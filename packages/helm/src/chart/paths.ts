import type { Chart } from './model.ts';

/** The full path of a subchart: its parent's path, `charts`, its name (or alias). */
export function childPath(parentPath: string, child: Chart): string {
  return `${parentPath}/charts/${child.metadata.name}`;
}
