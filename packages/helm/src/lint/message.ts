/** What a rule of `helm lint` says. */
export interface LintMessage {
  readonly severity: 'INFO' | 'WARNING' | 'ERROR';
  /** The file or folder that it is about. */
  readonly path: string;
  readonly message: string;
}

/** Collects messages. */
export type Report = (severity: LintMessage['severity'], path: string, message: string) => void;
