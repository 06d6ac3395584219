export { type AnonymousPolicy, type StaticToken } from './authn/authenticate.ts';
export { ADMIN_USER, ANONYMOUS_USER, serviceAccountOf, serviceAccountUser } from './authn/users.ts';
export { PodPortError, type PodDialer } from './port-forward/pod-dialer.ts';
export { JournalError, type OpenJournal } from './storage/journal.ts';
export type { Journal, JournalContents } from './storage/store.ts';
export type { Change, Stored } from './storage/stored.ts';
export { ApiError, type StatusDetails, type StatusReason } from './status.ts';
export {
  createApiServer,
  type ApiListener,
  type ApiServer,
  type ApiServerOptions,
  type ListenOptions,
  type ObjectChange,
} from './server.ts';
