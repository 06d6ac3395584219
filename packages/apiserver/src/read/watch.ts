import { type JsonObject } from '@flux-ts/base';
import { fieldError } from '@flux-ts/schema';
import type { ResourceContext } from '../core.ts';
import { apiVersionOf } from '../registry/resource.ts';
import { expired, invalid } from '../status.ts';
import { Watch } from '../storage/watch.ts';
import { integerOption, revisionOf } from './list.ts';
import { selectionOf } from './selection.ts';

/** How events of a watch are shown: as they are, or as tables or bare metadata. */
export interface WatchView {
  readonly view: (object: JsonObject) => JsonObject;
  readonly stored: boolean;
  readonly bookmark: (revision: string) => JsonObject;
}

/**
 * Opens a watch as the request asks for it: from a revision, from now, with all objects first (resourceVersion "0" or none),
 * or as a streaming list.
 * @throws ApiError 400, 410, 422, 504
 */
export function openWatch(context: ResourceContext, shown?: WatchView): Watch {
  const { core, request, target } = context;
  const selection = selectionOf(context);
  const table = core.store.table(target.type.table);
  const streaming = request.query.has('sendInitialEvents') && request.query.flag('sendInitialEvents');
  checkOptions(context);
  const seconds = integerOption(context, 'timeoutSeconds');
  const version = request.query.get('resourceVersion');
  const revision = revisionOf(context);
  const fromNow = core.store.revision;
  // No version, or "0": the state of now comes first, unless the client said it does not want it
  const withInitial = streaming || ((version === '' || version === '0') && !request.query.has('sendInitialEvents'));
  const after = withInitial || revision === undefined ? fromNow : revision;
  if (!table.remembers(after)) throw expired(`too old resource version: ${after} (${table.oldestRevision})`);
  const { codec } = target.version;
  const apiVersion = apiVersionOf(target.type.group, target.version.version);
  const plain = (resourceVersion: string): JsonObject => ({
    kind: target.type.kind,
    apiVersion,
    metadata: { resourceVersion, creationTimestamp: null },
  });
  const watch = new Watch({
    table,
    after,
    ...(withInitial ? { initial: table.list(selection.namespace) } : {}),
    initialBookmark: streaming && request.query.flag('allowWatchBookmarks'),
    matches: (stored) => selection.matches(stored),
    view: shown?.view ?? ((object) => codec.view(object)),
    bookmark: shown?.bookmark ?? plain,
    revision: () => core.store.revision,
    gone: () => expired('too old resource version: changes were dropped before they were read').status,
    stored: shown?.stored ?? true,
    ...(shown === undefined ? { group: groupOf(context) } : {}),
  });
  core.counters.add('apiserver.watch');
  if (seconds > 0) watch.onClose(core.clock.schedule(seconds * 1000, () => watch.end()));
  return watch;
}

/** All that decides which events a watch of a table shows. */
function groupOf({ info, request, target }: ResourceContext): string {
  const { type, version } = target;
  const { query } = request;
  const selectors = [query.get('labelSelector'), query.get('fieldSelector')];
  return JSON.stringify([type.group, type.resource, version.version, info.namespace, info.name, ...selectors]);
}

function checkOptions(context: ResourceContext): void {
  const { query } = context.request;
  const match = query.get('resourceVersionMatch');
  const errors = [];
  if (query.has('sendInitialEvents') && match === '') {
    errors.push(
      fieldError(
        'FieldValueForbidden',
        'resourceVersionMatch',
        null,
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    );
  } else if (query.has('sendInitialEvents') && match !== 'NotOlderThan') {
    errors.push(fieldError('FieldValueNotSupported', 'resourceVersionMatch', match, 'supported values: "NotOlderThan"'));
  } else if (!query.has('sendInitialEvents') && match !== '') {
    errors.push(
      fieldError(
        'FieldValueForbidden',
        'resourceVersionMatch',
        null,
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
}
