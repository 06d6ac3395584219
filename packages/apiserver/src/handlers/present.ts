import type { JsonObject } from '@flux-ts/base';
import { negotiate } from '../body/media-type.ts';
import type { ResourceContext } from '../core.ts';
import { listHead } from '../read/list.ts';
import type { WatchView } from '../read/watch.ts';
import { header, type Answer } from '../request.ts';
import { notAcceptable } from '../status.ts';
import { partialMetadata, TableMaker, type IncludeObject } from '../tables/table.ts';

const OFFERED = ['application/json', 'application/yaml'];

/** Answers one object in the form that the client asked for. */
export function presentObject(
  context: ResourceContext,
  object: JsonObject,
  options: { readonly status?: number; readonly stored?: boolean } = {},
): Answer {
  const status = options.status ?? 200;
  const form = negotiate(header(context.request, 'accept'));
  if (form.as === 'unacceptable') throw notAcceptable(OFFERED);
  if (form.as === 'Table') return { kind: 'object', status, object: tables(context, form.version).single(object) };
  if (form.as === 'PartialObjectMetadata') return { kind: 'object', status, object: partialMetadata(object, form.version) };
  return { kind: 'object', status, object, stored: options.stored ?? true };
}

/** Answers a list in the form that the client asked for. */
export function presentList(context: ResourceContext, items: readonly JsonObject[], metadata: JsonObject): Answer {
  const form = negotiate(header(context.request, 'accept'));
  if (form.as === 'unacceptable') throw notAcceptable(OFFERED);
  if (form.as === 'Table') return { kind: 'object', status: 200, object: tables(context, form.version).table(items, metadata) };
  if (form.as === 'PartialObjectMetadataList') {
    const head = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.version}`, metadata };
    return { kind: 'object', status: 200, object: { ...head, items: items.map((o) => partialMetadata(o, form.version)) } };
  }
  return { kind: 'list', head: listHead(context, metadata), items };
}

/** How a watch shows its objects; undefined: as they are. */
export function watchView(context: ResourceContext): WatchView | undefined {
  const form = negotiate(header(context.request, 'accept'));
  const { codec } = context.target.version;
  if (form.as === 'PartialObjectMetadata' || form.as === 'PartialObjectMetadataList') {
    const { version } = form;
    return {
      view: (object) => partialMetadata(codec.view(object), version),
      stored: false,
      bookmark: (resourceVersion) => partialMetadata({ metadata: { resourceVersion, creationTimestamp: null } }, version),
    };
  }
  if (form.as !== 'Table') return undefined;
  const maker = tables(context, form.version);
  let first = true;
  const withColumns = (): boolean => {
    const answer = first;
    first = false;
    return answer;
  };
  return {
    view: (object) => maker.single(codec.view(object), withColumns()),
    stored: false,
    bookmark: (resourceVersion) => maker.table([], { resourceVersion }, withColumns()),
  };
}

function tables(context: ResourceContext, tableVersion: string): TableMaker {
  const include = context.request.query.get('includeObject');
  const { type, version } = context.target;
  return new TableMaker({
    type,
    version,
    tableVersion,
    include: include === 'None' || include === 'Object' ? include : ('Metadata' satisfies IncludeObject),
    now: () => context.core.clock.now(),
  });
}
