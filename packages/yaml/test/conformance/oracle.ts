import { spawnSync } from 'node:child_process';

/** What is asked of a text: a letter that the Go program in tests/oracle/yaml knows. */
export type Kind = 's' | 'S' | 'j' | '2' | 'p' | 'n' | 'v' | 'k' | 'd';

/** A text and what is asked of it. */
export interface Question {
  readonly kind: Kind;
  readonly text: Buffer;
}

/** A node as the Go program dumps it. */
export interface NodeDump {
  readonly k: number;
  readonly s?: number;
  readonly t?: string;
  readonly v?: string;
  readonly a?: string;
  readonly h?: string;
  readonly l?: string;
  readonly f?: string;
  readonly r?: number;
  readonly c?: number;
  readonly n?: readonly NodeDump[];
}

/** An answer; fields that are empty are absent. */
export interface Answer {
  readonly json?: string;
  readonly text?: string;
  readonly text2?: string;
  readonly docs?: readonly string[];
  readonly nodes?: readonly NodeDump[];
  readonly err?: string;
}

const MAX_OUTPUT = 2 ** 31 - 1;

/** Asks the Go program. @param program path of the built program */
export function askOracle(program: string, questions: readonly Question[]): Answer[] {
  const frames: Buffer[] = [];
  for (const { kind, text } of questions) {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(text.length, 0);
    head.write(kind, 4, 'latin1');
    frames.push(head, text);
  }
  const done = spawnSync(program, { input: Buffer.concat(frames), maxBuffer: MAX_OUTPUT });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(`oracle ended with ${String(done.status)}: ${done.stderr.toString().slice(0, 500)}`);
  const answers: Answer[] = [];
  for (let at = 0; at < done.stdout.length;) {
    const length = done.stdout.readUInt32BE(at);
    answers.push(JSON.parse(done.stdout.toString('utf8', at + 4, at + 4 + length)) as Answer);
    at += 4 + length;
  }
  if (answers.length !== questions.length) throw new Error(`oracle gave ${answers.length} answers to ${questions.length} questions`);
  return answers;
}
