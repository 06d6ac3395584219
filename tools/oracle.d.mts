/** The path of a real program that tests compare with, or undefined where it is not installed. */
export function oraclePath(name: 'helm4' | 'helm3' | 'kubectl136' | 'kubectl131'): string | undefined;
