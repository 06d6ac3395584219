const PATTERN = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/**
 * Compares API versions as Kubernetes ranks them: v2 before v1 before v1beta2 before v1alpha1, the rest by name after these.
 * For sorting the preferred one first.
 */
export function compareVersionNames(a: string, b: string): number {
  const left = PATTERN.exec(a);
  const right = PATTERN.exec(b);
  if (left === null || right === null) {
    if (left !== null) return -1;
    if (right !== null) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return rank(right[2]) - rank(left[2]) || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0);
}

function rank(stage: string | undefined): number {
  return stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
}

/** Whether a version is generally available: what a default cluster serves of the built-in groups. */
export function isStable(version: string): boolean {
  return /^v\d+$/.test(version);
}
