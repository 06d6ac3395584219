/** Annotation on a Pod (template), PVC or Service: what goes wrong with it. */
export const FAIL_ANNOTATION = 'simulator.flux-ts.dev/fail';
/** Annotation: a Go duration that the next step takes. */
export const DELAY_ANNOTATION = 'simulator.flux-ts.dev/delay';

/** What can go wrong with a Pod. */
export const POD_FAILURES = ['ImagePullBackOff', 'CrashLoopBackOff', 'OOMKilled', 'NotReady', 'Unschedulable', 'JobFailed'] as const;
/** What can go wrong at all. */
export const FAILURES = [...POD_FAILURES, 'PVCPending', 'LBPending'] as const;
/** A failure that can be asked for. */
export type Failure = (typeof FAILURES)[number];

/** The failures that can begin in a Pod that runs already. */
export const LATE_FAILURES: readonly Failure[] = ['CrashLoopBackOff', 'OOMKilled', 'NotReady'];

/** Reads the name of a failure; `ErrImagePull` is the first half of `ImagePullBackOff`. */
export function failureNamed(text: string): Failure | undefined {
  const name = text === 'ErrImagePull' ? 'ImagePullBackOff' : text;
  return FAILURES.find((failure) => failure === name);
}

/** The kind of object that a failure is of. */
export function kindOfFailure(failure: Failure): 'Pod' | 'PersistentVolumeClaim' | 'Service' {
  return failure === 'PVCPending' ? 'PersistentVolumeClaim' : failure === 'LBPending' ? 'Service' : 'Pod';
}
