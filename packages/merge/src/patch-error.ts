import { FluxError, type JsonObject } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';

/** A strategic or merge patch that is not valid, does not fit the object, or contradicts a change made meanwhile. */
export class PatchError extends FluxError<'PATCH_INVALID' | 'PATCH_CONFLICT'> {
  constructor(code: PatchError['code'], message: string) {
    super({ code, message });
  }
}

/** What is said of two patches that contradict each other. */
export function conflictMessage(patch: JsonObject, changes: JsonObject): string {
  return `patch:\n${printYaml(patch)}\nconflicts with changes made from original to current:\n${printYaml(changes)}\n`;
}
