export { latestMatching, parseConstraint, type Constraint, type ConstraintResult } from './constraint.ts';
export { SemverError } from './errors.ts';
export {
  compareVersions,
  formatVersion,
  incMajor,
  incMinor,
  incPatch,
  parseVersion,
  setMetadata,
  setPrerelease,
  tryParseVersion,
  type ParseVersionOptions,
  type Version,
  type VersionNumber,
} from './version.ts';
