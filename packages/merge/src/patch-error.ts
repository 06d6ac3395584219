import { FluxError } from '@flux-ts/base';

/** A strategic or merge patch that is not valid, does not fit the object, or contradicts a change made meanwhile. */
export class PatchError extends FluxError<'PATCH_INVALID' | 'PATCH_CONFLICT'> {
  constructor(code: PatchError['code'], message: string) {
    super({ code, message });
  }
}
