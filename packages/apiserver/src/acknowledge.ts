import type { Core } from './core.ts';
import type { Answer } from './request.ts';
import { internalError } from './status.ts';
import { JournalError } from './storage/journal.ts';

/**
 * Gives an answer once everything that it tells of is on disk, so that no crash takes back what a client was told. Where the
 * storage fails the answer is an InternalError: what may be lost is never claimed.
 */
export async function acknowledged(core: Core, answer: Answer, flushed: Promise<void>): Promise<Answer> {
  try {
    await flushed;
    return answer;
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    core.log.error('storage failed', { error: error.message });
    if (answer.kind === 'watch') answer.events.close();
    const failed = internalError(error.message, error);
    return { kind: 'object', status: failed.httpStatus, object: failed.status };
  }
}
