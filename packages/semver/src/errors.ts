import { FluxError } from '@flux-ts/base';

/** A text that is no version (`SEMVER_INVALID`) or no constraint (`SEMVER_CONSTRAINT`); the message is Masterminds/semver's. */
export class SemverError extends FluxError<'SEMVER_INVALID' | 'SEMVER_CONSTRAINT'> {}
