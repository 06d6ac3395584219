export { parseRemote, type GitAuth } from './auth.ts';
export { checkout, resolveRef, revisionOf, type Checkout, type CheckoutRequest, type GitRef, type ResolvedRef } from './checkout.ts';
export { GitError, maskUrls, type GitErrorCode } from './errors.ts';
export { listRemote, type GitOptions, type RemoteRef } from './remote.ts';
export { runGit, type RunOptions } from './run.ts';
export { serveGit, type GitServer, type GitServerOptions } from './server.ts';
export { snapshotFolder, type Snapshot } from './snapshot.ts';
export { closeWorkTree, openWorkTree, type Signature, type WorkTree } from './work-tree.ts';
