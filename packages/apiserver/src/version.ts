import type { JsonObject } from '@flux-ts/base';

const MINOR = '36';
const PATCH = '3';

/** The answer of `/version`. @param suffix what stands after the +, so that everybody sees that this is no ordinary cluster */
export function serverVersion(suffix: string): JsonObject {
  return {
    major: '1',
    minor: MINOR,
    emulationMajor: '1',
    emulationMinor: MINOR,
    minCompatibilityMajor: '1',
    minCompatibilityMinor: String(Number(MINOR) - 1),
    gitVersion: `v1.${MINOR}.${PATCH}+${suffix}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'v8',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
